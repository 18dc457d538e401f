// The bar at the top of a page, and the button in the header: what a reader presses and is told.
import { button, element } from "./elements.js";

const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

export class Bar {
  constructor({ onStart, downloadBytes, notebook }) {
    this.status = element("span", "live-status", `Run and change this page's code here. Loads ${megabytes(downloadBytes)} MB once.`);
    this.status.setAttribute("role", "status");
    this.detail = element("span", "live-detail"); // beside what is announced, since it changes all the time
    this.progress = element("progress", "live-progress");
    this.progress.setAttribute("aria-label", "Loading Python");
    this.progress.hidden = true;
    this.live = button("Live", "btn-primary live-start", onStart, "Live: run this page's code in the browser");
    this.runAll = button("Run all", "live-run-all", () => this.session.runAll());
    this.restart = button("Restart", "live-restart", () => this.session.restart());
    this.runAll.hidden = this.restart.hidden = true;
    const download = element("a", "live-download", "Download notebook");
    download.href = notebook;
    download.download = "";
    this.box = element("div", "live-bar", this.live, this.runAll, this.restart, this.progress, this.status, this.detail, download);
    this.box.setAttribute("role", "region");
    this.box.setAttribute("aria-label", "Live page");
    this.headerButton = button("Live", "live-header", onStart, "Live: run this page's code in the browser");
  }

  // Below the page's title, and first among the header's buttons.
  insert() {
    document.querySelector("article h1").after(this.box);
    document.querySelector(".article-header-buttons")?.prepend(this.headerButton);
  }

  say(text, detail = "") {
    if (this.status.textContent !== text) this.status.textContent = text;
    this.detail.textContent = detail;
  }

  // Not `disabled`, which would take the focus away from a reader without a mouse.
  set startable(startable) {
    for (const each of [this.live, this.headerButton]) each.setAttribute("aria-disabled", !startable);
  }

  showStarting() {
    this.startable = false;
    this.progress.hidden = false;
    this.box.classList.add("live-bar-on");
    this.say("Loading Python …");
  }

  showProgress({ loaded, total }) {
    this.progress.max = total;
    this.progress.value = loaded;
    const amount = `${megabytes(loaded)} of ${megabytes(total)} MB`;
    this.say(loaded < total ? "Loading Python …" : "Starting Python …", amount);
  }

  showRunning(session) {
    this.session = session;
    const pressed = [this.live, this.headerButton].includes(document.activeElement);
    this.progress.hidden = this.live.hidden = this.headerButton.hidden = true;
    this.runAll.hidden = this.restart.hidden = false;
    if (pressed) this.runAll.focus({ preventScroll: true }); // from the button that is gone
  }

  showFailure(text) {
    this.progress.hidden = true;
    this.startable = true;
    this.say(text);
  }
}
