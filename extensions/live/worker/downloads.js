// Progress in bytes: fetch is watched while the kernel loads.

// The listed files, { name: bytes }, are counted as they arrive. Returns a function that stops it.
export function countDownloads(sizes, report) {
  const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
  const arrived = {};
  const originalFetch = self.fetch;
  const add = (name, bytes) => {
    arrived[name] = (arrived[name] ?? 0) + bytes;
    report(Object.values(arrived).reduce((sum, size) => sum + size, 0), total);
  };

  self.fetch = async (resource, options) => {
    const response = await originalFetch(resource, options);
    const name = String(resource.url ?? resource).split("/").pop();
    if (!(name in sizes) || !response.ok) return response;
    if (name.endsWith(".wasm")) {
      add(name, sizes[name]); // a wrapped response would keep the browser from caching the compiled code
      return response;
    }
    const counter = new TransformStream({
      transform(chunk, controller) {
        add(name, chunk.length);
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body.pipeThrough(counter), response);
  };
  return () => {
    self.fetch = originalFetch;
    report(total, total);
  };
}
