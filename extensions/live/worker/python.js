// Starts Python with all compiled libraries, and the product of matrices, already in its memory.
//
// Pyodide loads a compiled library when it is imported. A snapshot of the memory could then not hold it: in another page
// it would lie elsewhere. Here all are loaded in the same order each time, before Python begins.

const PAGE = 2 ** 16; // bytes: WebAssembly counts memory in such pages
const FIRST_MEMORY = 20 * 2 ** 20; // bytes, where no snapshot says how much

// `files`: a promise of [name, bytes] each; `matmulCode`: a promise of the bytes of matmul.wasm. pyodide.asm.js has run.
// Returns Python, and the functions that it has as the module live_matmul (../runtime/matmul.ts).
export async function startPython(loadPyodide, files, matmulCode, options) {
  const libraries = compileLibraries(files); // while the snapshot is unpacked
  let product, module, functions;
  // not before Python is there: the product calls its allocator
  const matmul = () => (functions ??= new WebAssembly.Instance(product, { env: { memory: module.wasmMemory }, python: module }).exports);
  const createModule = globalThis._createPyodideModule;
  globalThis._createPyodideModule = async (settings) => {
    const compiled = await libraries;
    product = await WebAssembly.compile(await matmulCode);
    // the product works in this memory, which Pyodide would show to nobody
    const initial = Math.floor((settings.INITIAL_MEMORY ?? FIRST_MEMORY) / PAGE);
    settings.wasmMemory = new WebAssembly.Memory({ initial, maximum: 2 ** 32 / PAGE });
    settings.preRun.unshift((module) => loadLibraries(module, compiled)); // the first in this list runs last
    return (module = await createModule(settings));
  };
  const python = await loadPyodide({
    ...options,
    fsInit: async (FS, { sitePackages }) => installFiles(FS, sitePackages, await files),
    _snapshotDeserializer: (name) => matmul()[name] ?? matmul(),
  });
  globalThis._createPyodideModule = createModule;
  if (!options._loadSnapshot) python.registerJsModule("live_matmul", matmul());
  return { python, matmul: matmul() };
}

// A snapshot keeps, of each of these functions and of their module, the name.
export function nameIn(matmul, object) {
  return Object.keys(matmul).find((name) => matmul[name] === object) ?? "live_matmul";
}

async function compileLibraries(files) {
  const libraries = (await files).filter(([name]) => name.endsWith(".so"));
  return Promise.all(libraries.map(async ([name, bytes]) => [name, await WebAssembly.compile(bytes)]));
}

// When Python imports a library, it finds it here.
function loadLibraries(module, libraries) {
  for (const [name, code] of libraries) {
    const path = `${module.API.sitePackages}/${name}`;
    module.preloadedWasm[path] = module.loadWebAssemblyModule(code, { allowUndefined: true, nodelete: true }, path, {});
  }
  module.reportUndefinedSymbols();
}

function installFiles(FS, folder, files) {
  for (const [name, content] of files) {
    const path = `${folder}/${name}`;
    FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    FS.writeFile(path, content, { canOwn: true });
  }
}
