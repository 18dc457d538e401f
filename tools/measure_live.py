"""Measure the live pages of the built book in Chromium, and print a table.

    python tools/measure_live.py                    # _build/html, five rounds
    python tools/measure_live.py --rounds 1 --write # and keep the table for the page on performance

Times are medians over the rounds. Each round is a new reader, whose browser finds an empty cache at the
first page. Close what else uses the machine: it is all in the numbers.
"""

import argparse
import gzip
import json
import statistics
from collections import defaultdict
from pathlib import Path
from urllib.parse import unquote, urlparse

from chromium import chromium_of_a_new_reader
from static_server import serve

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "chapters" / "performance-live.json"
CODE_PAGE, LAB_PAGE = "chapters/4-code/1-dense", "chapters/2-concepts/1-neural-network"

# The aims on the machine on which the book is made: two cores.
AIMS = {
    "page before the click, kB gzipped": 1000,
    "after the click, MB gzipped": None,
    "click → first output, s": 4,
    "click → all cells of the dense chapter, s": 8,
    "next page, click → first output, s": 4,
    "slider → new picture, ms": 80,
    "training, pictures/s": 15,
    "page while training, frames/s": 15,
    "Stop → last picture, ms": 150,
}
AT_LEAST = {"training, pictures/s", "page while training, frames/s"}

# These run in the page, so that what drives the browser is not measured.
HELPERS = """
const now = () => performance.now();
const frame = () => new Promise(requestAnimationFrame);
const until = async (test) => { const start = now(); while (!test()) await frame(); return now() - start; };
const labs = [...document.querySelectorAll('.dlcore-lab')];
const pictureOf = (lab) => lab.querySelector('img.dlcore-surface');
"""
GO_LIVE = """async () => {%s
  document.querySelector('.live-start').click();
  const first = await until(() => document.querySelector('[data-live-state=done]'));
  const status = document.querySelector('.live-status');
  const rest = await until(() => /^Ready|stopped/.test(status.textContent));
  return { first, all: first + rest };
}"""
MOVE_SLIDER = """async () => {%s
  const lab = labs[0], handle = lab.querySelector('.noUi-handle'), picture = pictureOf(lab);
  const times = [];
  for (let i = 0; i < 20; i++) {
    const before = picture.src, key = i %% 2 ? 'ArrowLeft' : 'ArrowRight', start = now();
    handle.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    while (picture.src === before || !picture.complete) await new Promise((done) => setTimeout(done, 1));
    times.push(now() - start);
    await new Promise((done) => setTimeout(done, 100));
  }
  return times;
}"""
TRAIN = """async () => {%s
  const lab = labs.find((each) => each.textContent.includes('learning rate')) ?? labs.at(-1);
  const buttons = [...lab.querySelectorAll('.dlcore-transport button')];
  const play = buttons.find((each) => each.textContent.includes('Play'));
  const changes = [];
  new MutationObserver(() => changes.push(now())).observe(pictureOf(lab), { attributeFilter: ['src'] });
  play.click();
  await until(() => changes.length > 5);
  const start = now(), before = changes.length;
  let frames = 0;
  while (now() - start < 3000) { await frame(); frames++; }
  const seconds = (now() - start) / 1000, pictures = changes.length - before, stops = [];
  for (let i = 0; i < 10; i++) {
    const stop = now();
    play.click();
    // the kernel names the button anew; a picture may still be on its way then
    await until(() => play.textContent.includes('Play'));
    const answered = now();
    await new Promise((done) => setTimeout(done, 500));
    stops.push(Math.max(answered, changes.at(-1)) - stop);
    const pictures = changes.length;
    play.click();
    await until(() => changes.length > pictures + 5);
  }
  play.click();
  return { pictures: pictures / seconds, frames: frames / seconds, stops };
}"""


def measure_round(context, address: str, folder: Path, found: dict[str, list[float]]) -> None:
    """Add the numbers of one reader who opens two pages."""
    page = context.new_page()
    requests = []
    page.on("request", lambda request: requests.append(request.url))

    def weight() -> int:
        paths = {unquote(urlparse(url).path) for url in requests if url.startswith(address)}
        return sum(len(gzip.compress((folder / path[1:]).read_bytes())) for path in paths)

    page.goto(f"{address}/{CODE_PAGE}.html")
    page.wait_for_load_state("networkidle")
    before = weight()
    found["page before the click, kB gzipped"].append(before / 1e3)
    times = page.evaluate(GO_LIVE % HELPERS)
    found["after the click, MB gzipped"].append((weight() - before) / 1e6)
    found["click → first output, s"].append(times["first"] / 1e3)
    found["click → all cells of the dense chapter, s"].append(times["all"] / 1e3)

    page.goto(f"{address}/{LAB_PAGE}.html")
    page.wait_for_load_state("networkidle")
    times = page.evaluate(GO_LIVE % HELPERS)
    found["next page, click → first output, s"].append(times["first"] / 1e3)
    found["slider → new picture, ms"] += page.evaluate(MOVE_SLIDER % HELPERS)
    training = page.evaluate(TRAIN % HELPERS)
    found["training, pictures/s"].append(training["pictures"])
    found["page while training, frames/s"].append(training["frames"])
    found["Stop → last picture, ms"] += training["stops"]


def table(found: dict[str, list[float]]) -> list[dict]:
    """Return one row for each number: what, its median, the aim, and whether it is reached."""
    rows = []
    for name, aim in AIMS.items():
        value = statistics.median(found[name])
        reached = aim is None or (value >= aim if name in AT_LEAST else value <= aim)
        rows.append({"what": name, "median": float(f"{value:.3g}"), "aim": aim, "reached": reached})
    return rows


def main() -> None:
    """Measure, print, and keep if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help=f"write {RESULTS.relative_to(ROOT)}")
    arguments = parser.parse_args()
    found = defaultdict(list)
    with serve(arguments.folder) as address:
        for _ in range(arguments.rounds):
            with chromium_of_a_new_reader() as context:
                measure_round(context, address, arguments.folder, found)
    rows = table(found)
    for row in rows:
        bound = "" if row["aim"] is None else f"{'≥' if row['what'] in AT_LEAST else '≤'} {row['aim']}"
        print(f"{row['what']:44}{row['median']:>8g}   {bound:8}{'' if row['reached'] else 'missed'}")
    if arguments.write:
        RESULTS.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
