// The code cells of a page, as the book's HTML has them.
import { CellOutput } from "./outputs.js";

class Cell {
  constructor(box, index) {
    this.box = box;
    this.index = index;
    this.input = box.querySelector(".cell_input");
    // textContent, because innerText is empty inside a closed <details> (the tag hide-input)
    this.originalCode = this.input.querySelector("pre").textContent.replace(/\n$/, "");
    this.mayFail = box.matches(".tag_raises-exception");
    let output = box.querySelector(".cell_output");
    if (!output) {
      output = document.createElement("div");
      output.className = "cell_output docutils container";
      box.append(output);
    }
    this.output = new CellOutput(output);
  }

  // "idle", "waiting", "running", "done" or "failed"; the style sheet and the cell's tools show it
  set state(state) {
    this.box.dataset.liveState = state;
    this.onState?.(state);
  }

  get state() {
    return this.box.dataset.liveState;
  }

  get code() {
    return this.editor?.code ?? this.originalCode;
  }

  set code(code) {
    if (this.editor) this.editor.code = code;
  }
}

// A cell with the tag no-live needs something that a browser lacks: it stays as it is.
export function findCells() {
  return [...document.querySelectorAll("article div.cell:not(.tag_no-live)")]
    .filter((box) => box.querySelector(".cell_input pre"))
    .map((box, index) => new Cell(box, index));
}
