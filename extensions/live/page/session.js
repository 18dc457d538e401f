// A live page: loaded after the reader's click. It ties cells, kernel, widgets and bar together.
import { button, element } from "./elements.js";
import { Editor } from "./editor.js";
import { drawLatex } from "./formulas.js";
import { Widgets } from "./widgets.js";

export class Session {
  constructor(cells, bar, startKernel) {
    this.cells = cells;
    this.bar = bar;
    this.startKernel = startKernel;
    this.widgets = new Widgets();
    this.drawLatex = drawLatex;
    this.lastRun = Promise.resolve();
    for (const cell of cells) this.makeEditable(cell); // while Python loads
  }

  async start(kernel) {
    await this.connect(kernel);
    await this.runAll();
  }

  async connect(kernel) {
    this.kernel = kernel;
    kernel.onMessage = (message) => this.receive(message);
    this.widgets.connect(kernel);
    this.python = (await kernel.ready).python;
    kernel.onFailure = () => this.bar.say("Python has crashed. Press Restart.");
    this.bar.showRunning(this);
  }

  receive(message) {
    if (message.type.startsWith("comm_")) return this.widgets.receive(message);
    const [kind, id] = message.sink;
    if (kind === "widget") return this.widgets.addToOutput(id, message);
    return this.cells[id ?? 0].output.add(message, this);
  }

  // Cells run one after the other: one that is asked for while another runs waits for its turn.
  run(cell) {
    const { kernel } = this;
    const { code } = cell;
    cell.state = "waiting";
    this.lastRun = this.lastRun.then(() => this.takeTurn(cell, code, kernel));
    return this.lastRun;
  }

  async takeTurn(cell, code, kernel) {
    if (kernel !== this.kernel) return false; // restarted meanwhile
    if (kernel.isGone) {
      cell.state = "idle";
      return false;
    }
    cell.state = "running";
    cell.output.begin();
    const succeeded = await kernel.run(cell.index, code);
    if (kernel !== this.kernel) return false;
    cell.output.end();
    cell.state = succeeded ? "done" : "failed";
    return succeeded || cell.mayFail;
  }

  async runAll() {
    const { kernel, cells } = this;
    if (this.runningAll === kernel) return;
    this.runningAll = kernel;
    const last = await this.runUntilError(kernel);
    if (kernel !== this.kernel) return;
    this.runningAll = null;
    if (kernel.isGone) return;
    if (last < cells.length) return this.bar.say(`Cell ${last + 1} stopped with an error; the cells below it did not run.`);
    this.bar.say(`Ready. Python ${this.python} runs in this page; Shift+Enter runs a cell.`);
  }

  // The index of the cell that failed; if all have run, their number.
  async runUntilError(kernel) {
    for (const [index, cell] of this.cells.entries()) {
      this.bar.say("Running all cells …", `cell ${index + 1} of ${this.cells.length}`);
      if (!(await this.run(cell)) || kernel !== this.kernel) return index;
    }
    return this.cells.length;
  }

  // A reader's own run of one cell; what came of it is said, too.
  async runOne(cell) {
    const { kernel } = this;
    await this.run(cell);
    if (kernel !== this.kernel || kernel.isGone || this.runningAll === kernel) return;
    this.bar.say(cell.state === "failed" ? `Cell ${cell.index + 1} stopped with an error.` : `Cell ${cell.index + 1} has run.`);
  }

  // Ends whatever runs, an endless loop too: the worker is thrown away and a new one made.
  async restart() {
    this.kernel.stop();
    for (const cell of this.cells) {
      cell.output.clear();
      cell.state = "idle";
    }
    this.bar.say("Restarting Python …");
    const kernel = this.startKernel();
    try {
      await this.connect(kernel);
      this.bar.say("Python has restarted and knows nothing yet: run the cells again, or press Run all.");
    } catch (error) {
      if (kernel.stopped) return; // by the next restart
      kernel.stop();
      this.bar.say(`Python did not restart: ${error.message}. Press Restart to try again.`);
    }
  }

  makeEditable(cell) {
    const name = `cell ${cell.index + 1}`;
    const place = element("div", "live-editor");
    const status = element("span", "live-cell-status");
    const run = button("Run", "live-run", () => this.runOne(cell), `Run ${name}`);
    const reset = button("Reset cell", "live-reset", () => (cell.code = cell.originalCode), `Reset ${name}`);
    run.title = "Shift+Enter in the code";
    cell.onState = (state) => (status.textContent = STATE_WORDS[state]);
    const printed = [...cell.input.children];
    cell.input.append(place, element("div", "live-tools", run, reset, status));
    // not all at once: Python is starting, and an editor takes its time to make
    whenNear(cell.box, () => {
      cell.editor = new Editor(place, cell.originalCode, `Code of ${name}. Escape leaves the editor.`, {
        run: () => this.runOne(cell),
        leave: () => run.focus(),
        complete: (code, position) => this.kernel.complete(code, position),
      });
      for (const node of printed) node.hidden = true;
    });
  }
}

// Calls `act` once, when less than a screen lies between the reader and the node.
function whenNear(node, act) {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      act();
    },
    { rootMargin: "100% 0px" },
  );
  observer.observe(node);
}

const STATE_WORDS = { idle: "", waiting: "waits …", running: "running …", done: "", failed: "stopped with an error" };
