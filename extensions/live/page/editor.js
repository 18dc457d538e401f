// A cell's code in an editor: highlighting, indentation, completion, and keys that let one out again.
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, completionStatus, startCompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, drawSelection, keymap } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

export class Editor {
  // `complete(code, position)` asks the kernel; `run` and `leave` are what Shift+Enter and Escape do.
  constructor(parent, code, label, { run, leave, complete }) {
    this.view = new EditorView({
      parent,
      state: EditorState.create({ doc: code, extensions: extensions(label, { run, leave, complete }) }),
    });
  }

  get code() {
    return this.view.state.doc.toString();
  }

  set code(code) {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: code } });
  }
}

function extensions(label, { run, leave, complete }) {
  const done = (action) => () => (action(), true);
  const cellKeys = [
    { key: "Shift-Enter", run: done(run) },
    { key: "Mod-Enter", run: done(run) },
    { key: "Tab", run: completeOrIndent },
    { key: "Shift-Tab", run: indentLess },
  ];
  return [
    Prec.high(keymap.of(cellKeys)),
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap]),
    // last, so that Escape closes a list of completions first
    Prec.lowest(keymap.of([{ key: "Escape", run: done(leave) }])),
    history(),
    drawSelection(),
    indentUnit.of("    "),
    python(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    syntaxHighlighting(classHighlighter),
    autocompletion({ activateOnTyping: false, override: [(context) => askKernel(context, complete)] }),
    EditorView.lineWrapping, // nothing to scroll sideways, on a phone too
    EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
  ];
}

// Tab completes the name before the cursor; where there is none, it indents.
function completeOrIndent(view) {
  if (completionStatus(view.state) === "active") return acceptCompletion(view);
  const { empty, head } = view.state.selection.main;
  const afterName = /[\w.]$/.test(view.state.sliceDoc(Math.max(0, head - 1), head));
  return empty && afterName ? startCompletion(view) : indentMore(view);
}

async function askKernel(context, complete) {
  const [length, names] = await complete(context.state.doc.toString(), context.pos);
  return { from: context.pos - length, options: names.map((label) => ({ label })) };
}
