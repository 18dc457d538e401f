// ipywidgets leave a slider's handle and a picture without a name for screen readers. Here they get
// it: the handle from the label beside it, the picture from its tooltip.
{
  const nameThem = () => {
    for (const handle of document.querySelectorAll(".widget-slider .noUi-handle")) {
      const label = handle.closest(".widget-slider").querySelector(".widget-label");
      handle.setAttribute("aria-label", label.textContent);
    }
    for (const picture of document.querySelectorAll("img.widget-image")) {
      picture.alt = picture.title;
    }
  };
  new MutationObserver(nameThem).observe(document.documentElement, {
    attributeFilter: ["title"],
    childList: true,
    subtree: true,
  });
}
