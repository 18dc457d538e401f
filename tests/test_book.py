"""The built book as files: links, anchors, pictures, titles, and where it would load from."""

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from pages import PAGES

# What a browser fetches without being asked, and the attribute that says from where.
LOADED = {
    "audio": "src",
    "embed": "src",
    "iframe": "src",
    "img": "src",
    "link": "href",
    "object": "data",
    "script": "src",
    "source": "src",
    "video": "src",
}
# Relations of a <link> that only tell where something is.
NOT_FETCHED = {"author", "canonical", "index", "next", "prev", "search"}


@cache
def soup(path: Path) -> BeautifulSoup:
    """Return the parsed page."""
    return BeautifulSoup(path.read_text(encoding="utf8"), "html.parser")


@cache
def anchors(path: Path) -> set[str]:
    """Return what a link into the page may point at."""
    return {tag["id"] for tag in soup(path).find_all(id=True)}


@pytest.fixture(params=PAGES)
def page(request, built_book) -> Path:
    """Return one page of the built book after the other."""
    return built_book / f"{request.param}.html"


def test_the_first_page_is_where_readers_look_for_it(built_book):
    target = soup(built_book / "index.html").find("meta", attrs={"http-equiv": "Refresh"})
    assert target is not None, "index.html expected a redirect to the cover"
    assert (built_book / target["content"].partition("url=")[2]).exists()


def test_links_and_anchors_resolve(page):
    broken = []
    for link in soup(page).find_all("a", href=True):
        address = urlsplit(link["href"])
        if address.scheme or address.netloc:
            continue
        target = (page.parent / unquote(address.path)).resolve() if address.path else page
        if not target.is_file() or (
            # "#" alone is the top of the page
            address.fragment and target.suffix == ".html" and unquote(address.fragment) not in anchors(target)
        ):
            broken.append(link["href"])
    assert broken == []


def test_every_picture_has_alternative_text(page):
    silent = [str(image)[:200] for image in soup(page).find_all("img") if not image.get("alt", "").strip()]
    assert silent == []


def test_a_page_has_one_title(page):
    assert len(soup(page).find_all("h1")) == 1


def test_headings_do_not_skip_a_level(page):
    levels = [int(tag.name[1]) for tag in soup(page).article.find_all(re.compile("^h[1-6]$"))]
    skips = [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1]
    assert skips == []


def test_no_markup_is_left_over(page):
    text = "".join(
        part
        for part in soup(page).article.find_all(string=True)
        if not part.find_parent(["pre", "code", "script"])
    )
    assert re.findall(r"\$\$|\{\w+\}`|:::|```|\]\(", text) == []


def test_no_page_loads_from_another_origin(page):
    foreign = [
        str(tag)[:200]
        for tag in soup(page).find_all(list(LOADED))
        if not NOT_FETCHED.intersection(tag.get("rel", [])) and urlsplit(tag.get(LOADED[tag.name], "")).netloc
    ]
    foreign += [style[:200] for tag in soup(page).find_all(style=True) if "//" in (style := tag["style"])]
    assert foreign == []


def test_no_style_sheet_loads_from_another_origin(built_book):
    sheets = list(built_book.rglob("*.css"))
    assert sheets, f"expected style sheets below {built_book}"
    foreign = {
        f"{sheet.name}: {address}"
        for sheet in sheets
        for address in re.findall(
            r"""(?:url\(|@import)\s*["']?((?:https?:)?//[^"')\s]+)""",
            sheet.read_text(encoding="utf8"),
        )
    }
    assert foreign == set()
