// node snapshot.mjs RUNTIME TARGET: start Python and the kernel once, and keep the memory as it is then.
//
// A page that loads this snapshot skips what happened before: it starts almost two seconds earlier.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { constants, gzipSync } from "node:zlib";
import { installFiles, unpack } from "../worker/downloads.js";

const [runtime, target] = process.argv.slice(2).map((path) => resolve(path));
const here = (path) => readFileSync(join(import.meta.dirname, path));
const { loadPyodide } = createRequire(import.meta.url)(`${runtime}/pyodide.js`);

const packages = await unpack(new Response(readFileSync(`${runtime}/packages.pack`)));
// Pyodide cannot keep its list of installed packages, so it must find none.
const files = packages.filter(([name]) => !name.includes(".dist-info/"));
for (const name of ["live_output.py", "live_comms.py", "live_kernel.py"]) files.push([name, here(`../worker/${name}`)]);

const python = await loadPyodide({
  indexURL: `${runtime}/`,
  _makeSnapshot: true,
  fsInit: (FS, { sitePackages }) => installFiles(FS, sitePackages, files),
});
python.runPython(here("warm_up.py").toString());
python.runPython("import live_kernel; live_kernel.rehearse()");
const memory = gzipSync(python.makeMemorySnapshot(), { level: constants.Z_BEST_COMPRESSION });
writeFileSync(join(target, "python.snapshot"), memory);
