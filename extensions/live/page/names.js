// Jupyter's widgets leave some of their parts without a name; a screen reader needs one.

const PLAY_BUTTONS = ["Play or pause", "Stop", "Repeat"];

// Called once for each widget that is shown.
export function nameParts(box, model) {
  const name = model.get("description") || model.get("tooltip") || "value";
  for (const part of box.querySelectorAll(".noUi-handle, [contenteditable]")) part.setAttribute("aria-label", name);
  if (box.matches(".widget-play")) {
    box.querySelectorAll("button").forEach((button, index) => button.setAttribute("aria-label", PLAY_BUTTONS[index]));
  }
  if (box.matches("img")) {
    const describe = () => (box.alt = model.get("tooltip") || "Picture of this lab");
    describe();
    model.on("change:tooltip", describe);
  }
}
