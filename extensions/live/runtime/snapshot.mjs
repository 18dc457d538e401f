// node snapshot.mjs RUNTIME TARGET: start Python and the kernel once, and keep the memory as it is then.
//
// A page that loads this snapshot skips what happened before: it starts about four seconds earlier.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { constants, gzipSync } from "node:zlib";
import { unpack } from "../worker/downloads.js";
import { nameIn, startPython } from "../worker/python.js";

const [runtime, dlcore, target] = process.argv.slice(2).map((path) => resolve(path));
const here = (path) => join(import.meta.dirname, path);
const require = createRequire(import.meta.url);
const { loadPyodide } = require(`${runtime}/pyodide.js`);
require(`${runtime}/pyodide.asm.js`);

const packs = [`${runtime}/packages.pack`, `${dlcore}/dlcore.pack`].map((path) => unpack(new Response(readFileSync(path))));
// Pyodide cannot keep its list of installed packages, so it must find none.
const files = (await Promise.all(packs)).flat().filter(([name]) => !name.includes(".dist-info/"));
for (const name of readdirSync(here("../worker")).filter((name) => name.endsWith(".py"))) {
  files.push([name, readFileSync(here(`../worker/${name}`))]);
}

const options = { indexURL: `${runtime}/`, _makeSnapshot: true };
const { python, matmul } = await startPython(loadPyodide, files, readFileSync(`${runtime}/matmul.wasm`), options);
python.runPython("import live_kernel; live_kernel.rehearse()");
const memory = python.makeMemorySnapshot({ serializer: (object) => nameIn(matmul, object) });
writeFileSync(join(target, "python.snapshot"), gzipSync(memory, { level: constants.Z_BEST_COMPRESSION }));
