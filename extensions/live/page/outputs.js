// What a cell shows below its code, drawn with the classes that the book's own pages have.
import { ansiToNodes } from "./ansi.js";
import { element } from "./elements.js";

export const LONGEST_TEXT = 200_000; // characters of one printed text; more would make the page slow

export class CellOutput {
  constructor(box) {
    this.box = box;
    this.stale = false; // the next output replaces what is there
    // The book's pictures have captions and alternative texts: a picture drawn again takes them over.
    this.frames = [...box.querySelectorAll("figure, img")].filter((node) => !node.parentElement.closest("figure, .live-preview"));
  }

  // A new run begins: keep the old output until there is a new one, so that the page does not jump.
  begin() {
    this.stale = true;
    this.pictures = 0;
  }

  end() {
    if (this.stale) this.clear();
  }

  clear() {
    for (const node of this.box.children) removeView(node);
    this.box.replaceChildren();
    this.stream = null;
    this.stale = false;
  }

  async add(message, session) {
    if (message.type === "clear" && message.wait) {
      this.stale = true;
      return;
    }
    if (message.type === "clear" || this.stale) this.clear();
    if (message.type === "stream") this.addText(message);
    else if (message.type === "error") this.append(textBox("traceback", message.traceback));
    else if (message.type === "display" && message.update) await updateDisplays(message, session);
    else if (message.type === "display") await this.addDisplay(message, session);
  }

  append(node) {
    this.stream = null;
    this.box.append(node);
  }

  addText({ name, text }) {
    if (this.stream?.name !== name) {
      const node = textBox(name === "stderr" ? "stderr" : "stream", "");
      this.append(node);
      this.stream = { name, pre: node.querySelector("pre"), length: 0 };
    }
    if (this.stream.length > LONGEST_TEXT) return;
    this.stream.length += text.length;
    const tooLong = this.stream.length > LONGEST_TEXT;
    this.stream.pre.append(...ansiToNodes(text), tooLong ? "\n… The rest of this text is not shown: it is too long.\n" : "");
  }

  async addDisplay({ data, display_id: id }, session) {
    const node = element("div", "live-display");
    if (id) node.dataset.display = id;
    this.append(node);
    const picture = ["image/png", "image/jpeg"].find((mime) => mime in data);
    const frame = picture && this.frames[this.pictures++];
    if (!frame) return drawBundle(data, node, session);
    const copy = frame.cloneNode(true);
    (copy.matches("img") ? copy : copy.querySelector("img")).src = `data:${picture};base64,${data[picture]}`;
    node.append(copy);
  }
}

function textBox(kind, text) {
  return element("div", `output ${kind} highlight-myst-ansi notranslate`, element("div", "highlight", element("pre", "", ...ansiToNodes(text))));
}

// A view that is out of the page would go on drawing itself whenever its widget changes.
function removeView(box) {
  box.liveView?.remove();
  box.liveView = null;
}

async function updateDisplays({ data, display_id: id }, session) {
  for (const node of document.querySelectorAll(`[data-display="${CSS.escape(id)}"]`)) {
    removeView(node);
    node.replaceChildren();
    await drawBundle(data, node, session);
  }
}

// What each kind of content looks like, the richest first, as in a notebook.
const RENDERERS = {
  "application/vnd.jupyter.widget-view+json": async ({ model_id: id }, box, session) => {
    box.classList.add("widget-subarea"); // the book's light plate for widgets
    box.liveView = await session.widgets.show(id, box);
  },
  "text/html": (html, box) => {
    box.classList.add("output", "text_html");
    setHtml(box, html);
  },
  "image/svg+xml": (svg, box) => setHtml(box, svg),
  "image/png": (data, box) => box.append(image("image/png", data)),
  "image/jpeg": (data, box) => box.append(image("image/jpeg", data)),
  "text/latex": (latex, box, session) => session.drawLatex(latex, box),
  "text/markdown": (text, box) => box.append(textBox("text_plain", text)), // as it was written
  "text/plain": (text, box) => box.append(textBox("text_plain", text)),
};

async function drawBundle(data, box, session) {
  const mime = Object.keys(RENDERERS).find((candidate) => candidate in data);
  if (mime) await RENDERERS[mime](data[mime], box, session);
}

function image(mime, data) {
  const node = element("img");
  node.src = `data:${mime};base64,${data}`;
  node.alt = "Output of this cell";
  return node;
}

// Scripts that arrive through innerHTML do not run; a notebook runs them, and so does this.
function setHtml(box, html) {
  box.innerHTML = html;
  for (const inert of box.querySelectorAll("script")) {
    const script = document.createElement("script");
    for (const { name, value } of inert.attributes) script.setAttribute(name, value);
    script.textContent = inert.textContent;
    inert.replaceWith(script);
  }
}
