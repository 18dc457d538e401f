// node byte_compile.mjs NPM SOURCE TARGET: byte-compile the Python archives in SOURCE into TARGET.
//
// The bytecode must be that of the Python which will run it, and Pyodide under node is that Python.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [npm, source, target] = process.argv.slice(2).map((path) => resolve(path));
const { loadPyodide } = await import(pathToFileURL(join(npm, "node_modules/pyodide/pyodide.mjs")));
const python = await loadPyodide();
python.mountNodeFS("/source", source);
python.mountNodeFS("/target", target);
python.runPython(readFileSync(new URL("byte_compile.py", import.meta.url), "utf8"));
