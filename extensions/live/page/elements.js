// Small helpers to make elements.

export function element(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

export function button(label, className, onClick, description = label) {
  const node = element("button", `btn btn-sm ${className}`, label);
  node.type = "button";
  if (description !== label) node.setAttribute("aria-label", description);
  node.addEventListener("click", onClick);
  return node;
}
