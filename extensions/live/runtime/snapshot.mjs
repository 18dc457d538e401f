// node snapshot.mjs RUNTIME PACKAGES DLCORE TARGET: start Python and the kernel once, and keep the memory as it is then.
//
// A page that loads this snapshot skips what happened before: its first picture comes two seconds and a half earlier.
// It needs no bytecode of the modules that are in the memory. So the files of the packages are in two packs:
// imported.pack holds that bytecode, for browsers that cannot use the snapshot, and files.pack all else.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { constants, gzipSync } from "node:zlib";
import { unpack } from "../worker/downloads.js";
import { nameIn, startPython } from "../worker/python.js";

const [runtime, packages, dlcore, target] = process.argv.slice(2).map((path) => resolve(path));
const worker = join(import.meta.dirname, "../worker");
const require = createRequire(import.meta.url);
const { loadPyodide } = require(`${runtime}/pyodide.js`);
require(`${runtime}/pyodide.asm.js`);

const packs = [`${packages}/packages.pack`, `${dlcore}/dlcore.pack`].map((path) => unpack(new Response(readFileSync(path))));
const files = (await Promise.all(packs)).flat();
const modules = readdirSync(worker).filter((name) => name.endsWith(".py")).map((name) => [name, readFileSync(join(worker, name))]);
// Pyodide cannot keep its list of installed packages, so it must find none.
const visible = files.filter(([name]) => !name.includes(".dist-info/"));
const options = { indexURL: `${runtime}/`, _makeSnapshot: true };
const matmulCode = readFileSync(`${runtime}/matmul.wasm`);
const { python, matmul } = await startPython(loadPyodide, [...visible, ...modules], matmulCode, options);
const imported = new Set(python.runPython("import live_kernel; live_kernel.rehearse()").toJs());
write("python.snapshot", python.makeMemorySnapshot({ serializer: (object) => nameIn(matmul, object) }));
writePack("imported.pack", files.filter(([name]) => imported.has(name)));
writePack("files.pack", files.filter(([name]) => !imported.has(name)));

function write(name, content) {
  writeFileSync(join(target, name), gzipSync(content, { level: constants.Z_BEST_COMPRESSION }));
}

// byte_compile.py says what a pack is
function writePack(name, files) {
  const index = Buffer.from(JSON.stringify(Object.fromEntries(files.map(([name, content]) => [name, content.length]))));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(index.length);
  write(name, Buffer.concat([size, index, ...files.map(([, content]) => content)]));
}
