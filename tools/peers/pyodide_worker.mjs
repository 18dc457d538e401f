// worker.py for dlcore inside Pyodide, under node: Python without BLAS, as in a reader's browser, and with the product
// of matrices of the live pages.
// usage: node pyodide_worker.mjs RUNTIME_FOLDER PROJECT_FOLDER
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { installFiles, unpack } from '../../extensions/live/worker/downloads.js';
import { offerMatmul, watchForMemory } from '../../extensions/live/worker/matmul.js';

const [runtime, project] = process.argv.slice(2);
const { loadPyodide } = createRequire(import.meta.url)(`${runtime}/pyodide.js`);
const packages = await unpack(new Response(await readFile(`${runtime}/packages.pack`)));
watchForMemory();
const python = await loadPyodide({
  indexURL: `${runtime}/`,
  fsInit: (FS, { sitePackages }) => installFiles(FS, sitePackages, packages),
});
await offerMatmul(python, await readFile(`${runtime}/matmul.wasm`));
python.mountNodeFS('/project', project);
python.runPython("import sys; sys.path[:0] = ['/project', '/project/tools']");
const answer = python.pyimport('peers.worker').answerer('dlcore');
for await (const line of createInterface({ input: process.stdin })) console.log(answer(line));
