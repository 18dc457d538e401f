// The widget manager typesets formulas through MathJax 2's queue; the book has MathJax 3.
if (window.MathJax && !MathJax.Hub) {
  MathJax.Hub = { Queue: (call) => MathJax.typesetPromise([call[2]]) };
}
