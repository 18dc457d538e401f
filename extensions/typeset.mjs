// node typeset.mjs MATHJAX_FOLDER: typeset formulas with MathJax, one for each line of standard input.
//
// The first line of output is the style sheet. Each line in is JSON: {"tex": "...", "display": true};
// each line out is JSON, too: the formula as HTML that needs no script, SVG to see and MathML to be read aloud.
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url);
const MathJax = await require(join(resolve(process.argv[2]), "node-main.js")).init({
  // the "full" TeX input: with the plain one \boldsymbol is not known
  loader: { load: ["input/tex-full", "output/svg", "a11y/assistive-mml"] },
  svg: { fontCache: "none" }, // the same formula gives the same HTML, whatever stands before it
});

const adaptor = MathJax.startup.adaptor;
const write = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
write(adaptor.textContent(MathJax.svgStylesheet()));
for await (const line of createInterface({ input: process.stdin })) {
  const { tex, display } = JSON.parse(line);
  write(adaptor.outerHTML(MathJax.tex2svg(tex, { display })));
}
