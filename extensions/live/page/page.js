// What every page with code loads: it offers to go live, and loads the rest when the reader accepts.
import { Bar } from "./bar.js";
import { findCells } from "./cells.js";
import { Kernel } from "./kernel.js";

const script = document.currentScript;
const base = new URL(".", script.src);
const { downloadBytes, notebook } = script.dataset;

const FROM_DISK =
  "A browser lets Python run only on a page that a server sends. In a terminal, in the folder of this book's " +
  "index.html, run: python -m http.server 8000 — then open http://localhost:8000 in the browser.";

const cells = findCells();
if (cells.length) offer();

function offer() {
  let started = false;
  let session;
  const bar = new Bar({ onStart: start, downloadBytes: Number(downloadBytes), notebook });
  bar.insert();
  for (const preview of document.querySelectorAll(".live-preview")) {
    preview.querySelector(".live-preview-start").hidden = false;
    preview.addEventListener("click", start);
  }

  async function start() {
    if (location.protocol === "file:") return bar.showFailure(FROM_DISK);
    if (started) return;
    started = true;
    bar.showStarting();
    const startKernel = () => new Kernel(base, (message) => bar.showProgress(message));
    const kernel = startKernel(); // it loads while the page loads its own part
    try {
      const parts = [import(new URL("session.js", base)), loadStyle(new URL("session.css", base))];
      const [{ Session }] = await Promise.all(parts);
      session ??= new Session(cells, bar, startKernel);
      await session.start(kernel);
    } catch (error) {
      console.error(error);
      kernel.stop();
      started = false;
      bar.showFailure(`Python did not start: ${error.message}. Press Live to try again.`);
    }
  }
}

function loadStyle(address) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = address;
  document.head.append(link);
  return new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = () => reject(new Error("its style sheet could not be loaded"));
  });
}
