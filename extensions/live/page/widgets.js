// ipywidgets in the page: Jupyter's own widget manager, and comms that reach the kernel through the worker.
import "@lumino/widgets/style/index.css"; // without it all pages of a Tab show at once
import "@jupyter-widgets/base/css/index.css";
import { HTMLManager } from "@jupyter-widgets/html-manager/lib/htmlmanager";
import { answerMathJax2Calls } from "./formulas.js";
import { nameParts } from "./names.js";
import { LONGEST_TEXT } from "./outputs.js";

class Manager extends HTMLManager {
  async create_view(model, options) {
    const view = await super.create_view(model, options);
    nameParts(view.el, model);
    return view;
  }
}

export class Widgets {
  constructor() {
    answerMathJax2Calls();
  }

  // After a restart nothing of the old kernel is left.
  connect(kernel) {
    this.kernel = kernel;
    this.manager?.clear_state();
    this.manager = new Manager();
    this.comms = new Map();
    this.waiting = new Map(); // message -> what to call once the kernel has dealt with it
  }

  async show(modelId, box) {
    const model = await this.manager.get_model(modelId);
    const view = await this.manager.create_view(model);
    await this.manager.display_view(view, box);
    return view;
  }

  receive(message) {
    if (message.type === "comm_done") return this.settle(message.msg_id);
    const { comm_id: id, target: target_name, data, metadata, buffers } = message;
    const views = (buffers ?? []).map((bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    const jupyter = { content: { comm_id: id, target_name, data }, metadata, parent_header: {}, buffers: views };
    if (message.type === "comm_open") {
      this.comms.set(id, new PageComm(this, id, target_name));
      return this.manager.handle_comm_open(this.comms.get(id), jupyter);
    }
    const comm = this.comms.get(id);
    if (message.type === "comm_msg") return comm?.onMessage?.(jupyter);
    this.comms.delete(id);
    return comm?.onClose?.(jupyter);
  }

  send(id, data, callbacks, buffers) {
    const copies = (buffers ?? []).map(copyBytes);
    // through JSON, since a model's state may hold objects that postMessage cannot copy
    const message = this.kernel.sendComm(id, JSON.parse(JSON.stringify(data)), copies);
    if (callbacks?.iopub?.status) this.waiting.set(message, callbacks.iopub.status);
    return message;
  }

  // The kernel is idle again: a slider now sends the position that it has reached meanwhile.
  settle(message) {
    this.waiting.get(message)?.({ content: { execution_state: "idle" } });
    this.waiting.delete(message);
  }

  // What is printed inside `with output:` becomes part of that Output widget's state.
  async addToOutput(modelId, message) {
    const model = await this.manager.get_model(modelId);
    if (message.type === "clear" && message.wait) {
      model.clearNext = true;
      return;
    }
    const before = message.type === "clear" || model.clearNext ? [] : model.get("outputs");
    model.clearNext = false;
    model.set("outputs", withOutput(before, message));
  }
}

// The form in which the widget manager expects a comm.
class PageComm {
  constructor(widgets, id, target) {
    this.widgets = widgets;
    this.comm_id = id;
    this.target_name = target;
  }

  open() {}
  close() {}

  on_msg(callback) {
    this.onMessage = callback;
  }

  on_close(callback) {
    this.onClose = callback;
  }

  // A Play widget of the time before a restart goes on ticking: the new kernel does not know it.
  send(data, callbacks, metadata, buffers) {
    if (this.widgets.comms.get(this.comm_id) !== this) return "";
    return this.widgets.send(this.comm_id, data, callbacks, buffers);
  }
}

function copyBytes(source) {
  const { buffer, byteOffset, byteLength } = ArrayBuffer.isView(source) ? source : new Uint8Array(source);
  return new Uint8Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

// Outputs in the form of a notebook file, with one more.
function withOutput(outputs, message) {
  const last = outputs.at(-1);
  if (message.type === "stream" && last?.output_type === "stream" && last.name === message.name) {
    if (last.text.length > LONGEST_TEXT) return outputs;
    return [...outputs.slice(0, -1), { ...last, text: last.text + message.text }];
  }
  const { name, text, ename, evalue, traceback, data, metadata, display_id } = message;
  const transient = { display_id };
  if (message.type === "stream") return [...outputs, { output_type: "stream", name, text }];
  if (message.type === "display" && message.update) {
    return outputs.map((output) => (output.transient?.display_id === display_id ? { ...output, data, metadata } : output));
  }
  if (message.type === "display") return [...outputs, { output_type: "display_data", data, metadata, transient }];
  if (message.type === "error") return [...outputs, { output_type: "error", ename, evalue, traceback: traceback.split("\n") }];
  return outputs;
}
