// Terminal colours, as IPython writes them in tracebacks, become the classes of the book's style sheet.

const COLOURS = ["Black", "Red", "Green", "Yellow", "Blue", "Magenta", "Cyan", "White"];

export function ansiToNodes(text) {
  const nodes = [];
  let classes = [];
  // an odd part is the list of codes of an escape sequence
  text.split(/\x1b\[([\d;]*)m/).forEach((part, index) => {
    if (index % 2) classes = applyCodes(part, classes);
    else if (part && classes.length) {
      const span = document.createElement("span");
      span.className = classes.join(" ");
      span.textContent = part;
      nodes.push(span);
    } else if (part) nodes.push(part);
  });
  return nodes;
}

function applyCodes(codes, classes) {
  for (const code of codes.split(";").map(Number)) {
    if (code === 0) classes = [];
    else if (code === 1) classes = [...classes, "-Color-Bold"];
    else if (code >= 30 && code <= 37) {
      classes = [...classes.filter((name) => name === "-Color-Bold"), "-Color", `-Color-${COLOURS[code - 30]}`];
    }
  }
  return classes;
}
