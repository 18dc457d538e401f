// The kernel's side of a live page: Pyodide in a Web Worker. A plain static host is enough for it.
import kernelSource from "./live_kernel.py";
import outputSource from "./live_output.py";
import commsSource from "./live_comms.py";
import { startDownloads } from "./downloads.js";
import { closeDoors } from "./doors.js";

const here = new URL(".", self.location.href).href;
const modules = { live_output: outputSource, live_comms: commsSource, live_kernel: kernelSource };
let python, kernel;

async function boot() {
  const lock = await (await fetch(`${here}pyodide-lock.json`)).json();
  const downloadsEnd = startDownloads(here, lock, (loaded, total) => postMessage({ type: "progress", loaded, total }));
  const purePackages = fetch(`${here}python_packages.zip`).then((response) => response.arrayBuffer());
  importScripts(`${here}pyodide.js`);
  python = await loadPyodide({ indexURL: here, packages: Object.keys(lock.packages) });
  python.FS.writeFile("/lib/python_packages.zip", new Uint8Array(await purePackages));
  downloadsEnd();
  python.FS.mkdir("/lib/live");
  for (const [name, source] of Object.entries(modules)) python.FS.writeFile(`/lib/live/${name}.py`, source);
  python.runPython("import sys; sys.path += ['/lib/python_packages.zip', '/lib/live']");
  python.registerJsModule("live_bridge", {
    post: (message) => postMessage(message, (message.buffers ?? []).map((bytes) => bytes.buffer)),
  });
  closeDoors();
  kernel = python.pyimport("live_kernel");
  postMessage({ type: "ready", python: python.runPython("sys.version.split()[0]") });
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
    postMessage({ type: "completions", id, found: kernel.complete(code, position) });
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
