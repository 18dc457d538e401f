// All that the kernel consists of is asked for at once, and counted as it arrives.

// `sizes` is { name: bytes }. Until the function that is returned is called, fetch answers from these downloads.
export function startDownloads(base, { download_bytes: sizes, packages }, report) {
  const total = sum(sizes);
  const arrived = {};
  const count = (name, bytes) => {
    arrived[name] = (arrived[name] ?? 0) + bytes;
    report(sum(arrived), total);
  };
  const integrity = Object.fromEntries(Object.values(packages).map((entry) => [entry.file_name, `sha256-${base64(entry.sha256)}`]));
  const downloads = {};
  for (const name of Object.keys(sizes)) {
    downloads[name] = fetch(base + name, { integrity: integrity[name] ?? "" }).then((response) => counted(response, name, sizes, count));
  }

  const originalFetch = self.fetch;
  self.fetch = (resource, options) => downloads[String(resource.url ?? resource).split("/").pop()] ?? originalFetch(resource, options);
  return () => {
    self.fetch = originalFetch;
  };
}

const sum = (numbers) => Object.values(numbers).reduce((total, number) => total + number, 0);

// The lock file writes hashes in hexadecimal, the browser wants base64.
function base64(hexadecimal) {
  return btoa(String.fromCharCode(...hexadecimal.match(/../g).map((byte) => parseInt(byte, 16))));
}

function counted(response, name, sizes, count) {
  if (!response.ok) throw new Error(`the file ${name} could not be loaded (${response.status})`);
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
