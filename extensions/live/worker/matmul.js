// Gives Python the module live_matmul: a fast product of matrices, compiled from ../runtime/matmul.ts.

let memory;

// The product works in Python's memory, which Pyodide shows to nobody but WebAssembly, when it starts. Call this before.
export function watchForMemory() {
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = (module, imports) => {
    memory ??= imports?.env?.memory;
    if (memory) WebAssembly.instantiate = instantiate;
    return instantiate(module, imports);
  };
}

export async function offerMatmul(python, bytes) {
  const imports = { env: { memory }, python: python._module };
  const { instance } = await WebAssembly.instantiate(bytes, imports);
  python.registerJsModule("live_matmul", instance.exports);
}
