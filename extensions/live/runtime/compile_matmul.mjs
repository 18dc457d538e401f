// node compile_matmul.mjs NPM TARGET: compile matmul.ts to WebAssembly.
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [npm, target] = process.argv.slice(2).map((path) => resolve(path));
const { default: asc } = await import(pathToFileURL(join(npm, "node_modules/assemblyscript/dist/asc.js")));
const files = ["matmul.ts", "--baseDir", import.meta.dirname, "--outFile", "matmul.wasm", "--textFile", "matmul.wat"];
const options = ["-O3", "--noAssert", "--runtime", "stub", "--enable", "simd", "--importMemory", "--noExportMemory"];
const written = {};
const { error, stderr } = await asc.main([...files, ...options], {
  writeFile: (name, content) => void (written[name] = content),
});
if (error) throw new Error(String(stderr));
if (written["matmul.wat"].includes("(data ")) {
  throw new Error("matmul.ts has a constant that is stored in memory. That memory is Python's: it would be overwritten.");
}
writeFileSync(join(target, "matmul.wasm"), written["matmul.wasm"]);
