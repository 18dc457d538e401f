// The page's own formulas are typeset when the book is built. What a cell or a widget writes in LaTeX is typeset
// here, by MathJax, which is loaded when the first such formula comes.

let loading;
const mathJax2 = { Queue: ([, , box]) => typeset(box) };

function loadMathJax() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL("tex-svg-full.js", import.meta.url);
    script.onload = () => {
      MathJax.Hub = mathJax2;
      resolve(MathJax.startup.promise);
    };
    script.onerror = () => {
      loading = undefined; // the next formula tries again
      reject(new Error("MathJax could not be loaded"));
    };
    document.head.append(script);
  });
  return loading;
}

// IPython gives LaTeX with its delimiters: $...$, $$...$$ or \[...\], or an environment without any.
export async function drawLatex(latex, box) {
  const [, opening, inner] = latex.trim().match(/^(\$\$?|\\\[)?([\s\S]*?)(?:\$\$?|\\\])?$/);
  await loadMathJax();
  box.append(await MathJax.tex2svgPromise(inner, { display: opening !== "$" }));
}

// ipywidgets' labels and HTMLMath call MathJax 2 whatever they contain; hand formulas to MathJax 3.
export function answerMathJax2Calls() {
  window.MathJax = { Hub: mathJax2, startup: { typeset: false } };
}

async function typeset(box) {
  if (!/\$\$|\\[[(]/.test(box.textContent)) return;
  await loadMathJax();
  await MathJax.typesetPromise([box]);
}
