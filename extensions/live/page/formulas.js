// Formulas are typeset by the book's MathJax; a page without formulas does not load it and shows their source.

// IPython gives LaTeX with its delimiters: $...$, $$...$$ or \[...\], or an environment without any.
export async function drawLatex(latex, box) {
  const [, dollars, inner] = latex.trim().match(/^(\$\$?|\\\[)?([\s\S]*?)(?:\$\$?|\\\])?$/);
  if (!window.MathJax?.tex2svgPromise) return void box.append(latex);
  box.append(await MathJax.tex2svgPromise(inner, { display: dollars !== "$" }));
}

// ipywidgets' HTMLMath and labels call MathJax 2; hand these calls to the book's MathJax 3.
export function answerMathJax2Calls() {
  if (!window.MathJax || MathJax.Hub) return;
  MathJax.Hub = { Queue: (call) => MathJax.typesetPromise?.([call[2]]) };
}
