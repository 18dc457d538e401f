// The kernel's side of a live page: Pyodide in a Web Worker. A plain static host is enough for it.
import kernelSource from "./live_kernel.py";
import outputSource from "./live_output.py";
import commsSource from "./live_comms.py";
import { startDownloads, unpack } from "./downloads.js";
import { closeDoors } from "./doors.js";

const here = new URL(".", self.location.href).href;
const modules = { live_output: outputSource, live_comms: commsSource, live_kernel: kernelSource };
let python, kernel;

async function boot() {
  const { download_bytes: sizes } = await (await fetch(`${here}pyodide-lock.json`)).json();
  const downloads = startDownloads(here, sizes, (loaded, total) => postMessage({ type: "progress", loaded, total }));
  // unpacked while the browser compiles Python
  const packs = Object.keys(sizes).filter((name) => name.endsWith(".pack")).map((name) => unpack(downloads[name]));
  const originalFetch = self.fetch;
  self.fetch = (resource, options) => downloads[String(resource.url ?? resource).split("/").pop()] ?? originalFetch(resource, options);
  importScripts(`${here}pyodide.js`);
  python = await loadPyodide({ indexURL: here, fsInit: async (FS, { sitePackages }) => installFiles(FS, sitePackages, await Promise.all(packs)) });
  self.fetch = originalFetch;
  python.registerJsModule("live_bridge", {
    post: (message) => postMessage(message, (message.buffers ?? []).map((bytes) => bytes.buffer)),
  });
  closeDoors();
  kernel = python.pyimport("live_kernel");
  postMessage({ type: "ready", python: python.runPython("import sys; sys.version.split()[0]") });
}

function installFiles(FS, folder, packs) {
  const sources = Object.entries(modules).map(([name, source]) => [`${name}.py`, source]);
  for (const [name, content] of [...packs.flat(), ...sources]) {
    const path = `${folder}/${name}`;
    FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    FS.writeFile(path, content, { canOwn: true });
  }
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
