// The kernel's side of a live page: Pyodide in a Web Worker. A plain static host is enough for it.
import kernelSource from "./live_kernel.py";
import surroundingsSource from "./live_surroundings.py";
import outputSource from "./live_output.py";
import commsSource from "./live_comms.py";
import { decompress, download, startDownloads, unpack } from "./downloads.js";
import { closeDoors } from "./doors.js";
import { startPython } from "./python.js";

const here = new URL(".", self.location.href).href;
const modules = {
  live_surroundings: surroundingsSource,
  live_output: outputSource,
  live_comms: commsSource,
  live_kernel: kernelSource,
};
const sources = Object.entries(modules).map(([name, source]) => [`${name}.py`, source]);
let python, kernel;

// ../runtime/snapshot.mjs has made a snapshot of Python's memory. Pyodide puts a function there that it makes with the
// garbage collection of WebAssembly, and leaves out on iOS: where it has none, Python starts from scratch.
const onIOS = /iPad|iPhone|iPod/.test(navigator.platform);
const A_MODULE_WITH_A_STRUCT = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 95, 1, 120, 0];
const canUseSnapshot = !onIOS && WebAssembly.validate(new Uint8Array(A_MODULE_WITH_A_STRUCT));

async function boot() {
  const { download_bytes: sizes } = await (await download(here, "pyodide-lock.json")).json();
  delete sizes[canUseSnapshot ? "imported.pack" : "python.snapshot"];
  const downloads = startDownloads(here, sizes, (loaded, total) => postMessage({ type: "progress", loaded, total }));
  // unpacked while the browser compiles Python
  const packs = Object.keys(sizes).filter((name) => name.endsWith(".pack")).map((name) => unpack(downloads[name]));
  const files = Promise.all(packs).then((unpacked) => [...unpacked.flat(), ...sources]);
  const matmulCode = downloads["matmul.wasm"].then((response) => response.arrayBuffer());
  // compiled from the start, though Pyodide asks for it only when it has the snapshot
  const compiled = downloads["pyodide.asm.wasm"].then(compile);
  const { instantiateStreaming } = WebAssembly;
  // where a file is missing or broken, Pyodide may say so in the console only, and wait for ever
  const failure = new Promise((_, reject) => {
    Promise.all(Object.values(downloads)).catch(reject);
    WebAssembly.instantiateStreaming = async (response, imports) => {
      try {
        const module = await compiled;
        return { module, instance: await WebAssembly.instantiate(module, imports) };
      } catch (error) {
        reject(error);
        throw error;
      }
    };
  });
  const originalFetch = self.fetch;
  self.fetch = (resource, options) => downloads[String(resource.url ?? resource).split("/").pop()] ?? originalFetch(resource, options);
  importScripts(`${here}pyodide.js`, `${here}pyodide.asm.js`);
  const _loadSnapshot = canUseSnapshot && decompress(downloads["python.snapshot"]);
  const started = startPython(loadPyodide, files, matmulCode, { indexURL: here, _loadSnapshot });
  ({ python } = await Promise.race([started, failure]));
  // a crash may come where nobody waits for the result, and no run that is under way ends after it
  python._api.on_fatal = (error) => postMessage({ type: "fatal", message: String(error) });
  self.fetch = originalFetch;
  WebAssembly.instantiateStreaming = instantiateStreaming;
  closeDoors();
  kernel = python.pyimport("live_kernel");
  kernel.start(send);
  postMessage({ type: "ready", python: python.runPython("import sys; sys.version.split()[0]") });
}

// Some hosts do not say that the file is WebAssembly; then it is compiled when all of it is there.
async function compile(response) {
  const streaming = response.headers.get("Content-Type")?.startsWith("application/wasm");
  return streaming ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

function send(pythonDict) {
  const message = pythonDict.toJs({ dict_converter: Object.fromEntries });
  postMessage(message, (message.buffers ?? []).map((bytes) => bytes.buffer));
}

let lastRun = Promise.resolve();

const actions = {
  boot,
  async run({ cell, code }) {
    const thisRun = lastRun.then(() => kernel.run(code, cell));
    lastRun = thisRun.catch(() => {});
    postMessage({ type: "done", cell, succeeded: await thisRun });
  },
  comm({ comm_id, msg_id, data, buffers }) {
    kernel.receive(comm_id, python.toPy(data), python.toPy(buffers));
    postMessage({ type: "comm_done", msg_id });
  },
  complete({ id, code, position }) {
    postMessage({ type: "completions", id, found: kernel.complete(code, position).toJs() });
  },
};

self.onmessage = async ({ data: message }) => {
  try {
    await actions[message.type](message);
  } catch (error) {
    postMessage({ type: "fatal", message: String(error?.message ?? error) });
    if (message.type === "run") postMessage({ type: "done", cell: message.cell, succeeded: false });
  }
};
