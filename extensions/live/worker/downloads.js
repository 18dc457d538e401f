// All that the kernel consists of is asked for at once, and counted as it arrives.

// `sizes` is { name: bytes }. Returns { name: promise of a Response }, for fetch to answer from.
export function startDownloads(base, sizes, report) {
  const total = sum(sizes);
  const arrived = {};
  const count = (name, bytes) => {
    arrived[name] = (arrived[name] ?? 0) + bytes;
    report(sum(arrived), total);
  };
  const downloads = {};
  for (const name of Object.keys(sizes)) {
    downloads[name] = download(base, name).then((response) => counted(response, name, sizes, count));
  }
  return downloads;
}

export async function download(base, name) {
  const response = await fetch(base + name);
  if (!response.ok) throw new Error(`the file ${name} could not be loaded (${response.status})`);
  return response;
}

const sum = (numbers) => Object.values(numbers).reduce((total, number) => total + number, 0);

function counted(response, name, sizes, count) {
  if (name.endsWith(".wasm")) {
    count(name, sizes[name]); // a wrapped response would keep the browser from caching the compiled code
    return response;
  }
  const counter = new TransformStream({
    transform(chunk, controller) {
      count(name, chunk.length);
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(counter), response);
}

export async function decompress(download) {
  const reader = (await download).body.pipeThrough(new DecompressionStream("gzip")).getReader();
  const parts = [];
  let size = 0;
  // by hand: a Response takes twice as long to put them together
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    size += part.value.length;
  }
  const whole = new Uint8Array(size);
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}

// The files of a pack, [name, bytes] each; ../runtime/byte_compile.py says what a pack is.
export async function unpack(download) {
  const content = await decompress(download);
  let position = 4 + new DataView(content.buffer).getUint32(0, true);
  const index = JSON.parse(new TextDecoder().decode(content.subarray(4, position)));
  return Object.entries(index).map(([name, size]) => [name, content.subarray(position, (position += size))]);
}
