// The page's side of the kernel: the worker, and what is sent to it and comes back.

export class Kernel {
  // `onProgress` is told of the start. Outputs and comms go to `onMessage`, which is set before the first run,
  // strictly in order; each is awaited.
  constructor(base, onProgress) {
    this.onProgress = onProgress;
    this.queue = Promise.resolve();
    this.runs = new Map(); // cell -> what to call when it has run
    this.questions = new Map();
    this.sent = 0;
    this.worker = new Worker(new URL("worker.js", base));
    this.worker.onmessage = ({ data }) => this.receive(data);
    this.ready = new Promise((resolve, reject) => {
      this.onReady = resolve;
      this.onFailure = reject;
      this.worker.onerror = (event) => this.fail(event.message || "the worker did not start");
    });
    this.worker.postMessage({ type: "boot" });
  }

  receive(message) {
    if (this.stopped) return;
    if (message.type === "progress") this.onProgress(message);
    else if (message.type === "ready") this.onReady(message);
    else if (message.type === "fatal") this.fail(message.message);
    else if (message.type === "completions") this.answer(message.id, message.found);
    else this.queue = this.queue.then(() => this.pass(message)).catch((error) => console.error("live page:", error));
  }

  // A late message of a kernel that was stopped must not reach the page.
  pass(message) {
    if (this.stopped) return;
    if (message.type === "done") this.finish(message.cell, message.succeeded);
    else return this.onMessage(message);
  }

  // Nothing that was running will answer any more.
  fail(reason) {
    console.error("live page:", reason);
    this.crashed = true;
    this.onFailure(new Error(reason.trim().split("\n").at(-1)));
    this.finishAll();
  }

  // What is sent before Python is ready waits for it.
  send(message) {
    this.ready.then(
      () => this.worker.postMessage(message),
      () => this.stop(),
    );
  }

  run(cell, code) {
    this.send({ type: "run", cell, code });
    return new Promise((resolve) => this.runs.set(cell, resolve));
  }

  finish(cell, succeeded) {
    const resolve = this.runs.get(cell);
    this.runs.delete(cell);
    resolve?.(succeeded);
  }

  sendComm(id, data, buffers) {
    const message_id = `page-${++this.sent}`;
    this.send({ type: "comm", comm_id: id, msg_id: message_id, data, buffers });
    return message_id;
  }

  complete(code, position) {
    const id = ++this.sent;
    this.send({ type: "complete", id, code, position });
    return new Promise((resolve) => this.questions.set(id, resolve));
  }

  answer(id, found) {
    this.questions.get(id)?.(found);
    this.questions.delete(id);
  }

  stop() {
    this.stopped = true;
    this.worker.terminate();
    for (const resolve of this.questions.values()) resolve([0, []]);
    this.finishAll();
  }

  get isGone() {
    return this.stopped || this.crashed;
  }

  finishAll() {
    for (const cell of [...this.runs.keys()]) this.finish(cell, false);
  }
}
