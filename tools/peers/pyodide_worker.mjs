// worker.py for dlcore inside Pyodide, under node: Python without BLAS, as in a reader's browser, and with the product
// of matrices of the live pages.
// usage: node pyodide_worker.mjs RUNTIME_FOLDER PACKAGES_FOLDER PROJECT_FOLDER
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { unpack } from '../../extensions/live/worker/downloads.js';
import { startPython } from '../../extensions/live/worker/python.js';

const [runtime, packages, project] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const { loadPyodide } = require(`${runtime}/pyodide.js`);
require(`${runtime}/pyodide.asm.js`);
const files = unpack(new Response(await readFile(`${packages}/packages.pack`)));
const matmulCode = readFile(`${runtime}/matmul.wasm`);
const { python } = await startPython(loadPyodide, files, matmulCode, { indexURL: `${runtime}/` });
python.mountNodeFS('/project', project);
python.runPython("import sys; sys.path[:0] = ['/project', '/project/tools']");
const answer = python.pyimport('peers.worker').answerer('dlcore');
for await (const line of createInterface({ input: process.stdin })) console.log(answer(line));
