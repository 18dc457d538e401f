"""The Python side of live pages: what is gathered and checked, the lint of tags, the static pictures."""

import gzip
import hashlib
import json
import os
import subprocess
import time

import pytest
from book import picture
from sphinx.errors import ExtensionError

from live import assets, commands, gather_assets, preview
from live.lint import lost_names
from pages import ROOT
from static_server import CONTENT_SECURITY_POLICY


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Put the stages into a folder of the test."""
    monkeypatch.setattr(assets, "CACHE", tmp_path / "cache")
    return tmp_path / "cache"


def finished(returncode, stdout=""):
    """Return what a program leaves behind."""
    return subprocess.CompletedProcess([], returncode, stdout)


def test_a_stage_is_made_again_only_when_its_sources_change(cache, monkeypatch, tmp_path):
    source = tmp_path / "source.txt"
    source.write_text("one")
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    monkeypatch.setattr(assets, "RECIPES", [])
    made = []

    def make(folder):
        made.append(folder)
        (folder / "result").write_text(source.read_text())

    first = assets.stage("test", [source], make)
    assert assets.stage("test", [source], make) == first
    assert len(made) == 1
    source.write_text("two")
    assert (assets.stage("test", [source], make) / "result").read_text() == "two"
    assert len(made) == 2


def test_a_new_stage_removes_those_that_no_build_uses(cache, monkeypatch, tmp_path):
    source = tmp_path / "source.txt"
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    monkeypatch.setattr(assets, "RECIPES", [])

    def stage(content, name="test"):
        source.write_text(content)
        return assets.stage(name, [source], lambda folder: None)

    used, unused, other = stage("used"), stage("unused"), stage("other", name="tests")
    long_ago = time.time() - assets.UNUSED_SECONDS - 1
    for folder in (used, unused, other):
        os.utime(folder, (long_ago, long_ago))
    stage("used")  # found, and so in use again
    new = stage("new")
    assert set(cache.iterdir()) == {used, other, new}


def test_a_stage_that_fails_leaves_nothing_behind(cache):
    def fail(folder):
        (folder / "half").write_text("done")
        raise ExtensionError("no")

    with pytest.raises(ExtensionError):
        assets.stage("test", [], fail)
    assert list(cache.iterdir()) == []


def test_the_wheels_are_those_of_pyodides_own_lock():
    npm = assets.stage("npm", assets.NPM_FILES, assets.install_npm_packages)
    official = json.loads((npm / "node_modules/pyodide/pyodide-lock.json").read_text())
    wheels = sorted((assets.RUNTIME / "wheels").glob("*.whl"))
    for wheel in wheels:
        assets.require_official(wheel, official)
    names = [wheel.name.split("-")[0] for wheel in wheels]
    assert names == ["contourpy", "kiwisolver", "matplotlib", "numpy", "pillow"]


def test_a_changed_wheel_stops_the_build(tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    wheel = tmp_path / "numpy-2.0.2.whl"
    wheel.write_bytes(b"changed")
    official = {
        "packages": {"numpy": {"file_name": wheel.name, "sha256": hashlib.sha256(b"as it was").hexdigest()}}
    }
    with pytest.raises(ExtensionError, match=r"numpy-2\.0\.2\.whl is not the file .*git checkout -- numpy"):
        assets.require_official(wheel, official)


@pytest.mark.parametrize(
    ("program", "sign", "said"),
    [
        ("pip", "DO NOT MATCH THE HASHES", "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE FILE"),
        ("npm", "EINTEGRITY", "npm error code EINTEGRITY"),
    ],
)
def test_a_file_with_another_hash_stops_the_build(program, sign, said):
    with pytest.raises(ExtensionError, match=f"{program} refused a file"):
        commands.require_fetched(finished(1, said), program, sign)


def test_pip_checks_the_hashes(tmp_path):
    pins = (assets.RUNTIME / "requirements.txt").read_text()
    wrong = tmp_path / "requirements.txt"
    six = next(block for block in pins.replace("\\\n", "").splitlines() if block.startswith("six=="))
    wrong.write_text(f"{six.split()[0]} --hash=sha256:{'0' * 64}\n")
    with pytest.raises((ExtensionError, commands.AssetsUnavailableError), match=r"hash|pip:"):
        commands.download_wheels(wrong, tmp_path / "wheels")


class App:
    """As much of Sphinx as `gather_assets` needs."""

    class config:  # noqa: N801 - Sphinx's name
        nb_ipywidgets_js = None


def test_without_a_network_the_book_is_built_and_the_button_explains(monkeypatch, tmp_path):
    def no_network():
        raise commands.AssetsUnavailableError("npm: npm error code ENOTFOUND")

    monkeypatch.setattr("live.gather", no_network)
    app = App()
    gather_assets(app, app.config)
    folder = tmp_path / "live" / app.config.live_version
    assets.copy_to(folder, app.live_stages)
    assert {path.name for path in folder.iterdir()} == {"page.js", "live.css"}
    assert "without live pages" in (folder / "page.js").read_text()


def test_what_is_gathered_is_complete_and_older_versions_go(tmp_path):
    stages = assets.gather()
    older = tmp_path / "live" / "older"
    older.mkdir(parents=True)
    folder = tmp_path / "live" / assets.version_of(stages)
    assets.copy_to(folder, stages)
    assert not older.exists()
    lock = json.loads((folder / "pyodide-lock.json").read_text())
    assert lock["packages"] == {}
    kernel = {
        "pyodide.asm.wasm",
        "python_stdlib.zip",
        "files.pack",
        "imported.pack",
        "python.snapshot",
        "matmul.wasm",
    }
    assert lock["download_bytes"].keys() == kernel
    for name, size in lock["download_bytes"].items():
        assert size == (folder / name).stat().st_size


def unpack(path):
    """Return the files of a pack, as the worker's unpack() does."""
    content = gzip.decompress(path.read_bytes())
    position = 4 + int.from_bytes(content[:4], "little")
    files = {}
    for name, size in json.loads(content[4:position]).items():
        files[name] = content[position : position + size]
        position += size
    assert position == len(content)
    return files


def test_dlcore_keeps_its_source_and_libraries_do_not():
    _, memory, _ = assets.gather()
    files, imported = unpack(memory / "files.pack"), unpack(memory / "imported.pack")
    assert files["dlcore/affine.py"] == (ROOT / "dlcore" / "affine.py").read_bytes()
    assert {"matplotlib/fontlist.json", "matplotlib/backends/backend_svg.pyc"} <= files.keys()
    modules = {"dlcore/__pycache__/affine.cpython-312.pyc", "IPython/__init__.pyc", "numpy/__init__.pyc"}
    assert modules <= imported.keys()
    assert all(name.endswith(".pyc") for name in imported)
    assert not files.keys() & imported.keys()
    assert [name for name in files if name.endswith(".py") and not name.startswith("dlcore/")] == []


def test_the_lock_names_no_address_of_a_package():
    lock = (assets.HERE / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') > 100


def test_the_policy_of_these_tests_is_the_one_that_hosts_are_told_to_send():
    notebook = json.loads((ROOT / "chapters/how-live-works.ipynb").read_text(encoding="utf8"))
    text = " ".join("".join(part["source"]) for part in notebook["cells"])
    assert CONTENT_SECURITY_POLICY in " ".join(text.split())


def cell(source, *tags):
    """Return a code cell as a notebook file has it."""
    return {"cell_type": "code", "source": source.splitlines(keepends=True), "metadata": {"tags": list(tags)}}


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ([cell("import numpy as np", "remove-input"), cell("np.ones(3)")], [(1, "remove-input", ["np"])]),
        (
            [cell("def f():\n    pass", "remove-cell"), cell("x = 1"), cell("f()")],
            [(1, "remove-cell", ["f"])],
        ),
        ([cell("x = 1"), cell("y = 2", "no-live"), cell("x + y")], [(2, "no-live", ["y"])]),
        ([cell("x = 1", "no-live"), cell("x", "no-live"), cell("y = 2")], []),
        ([cell("x = 1", "hide-input"), cell("x")], []),
        ([cell("print('only shown')", "remove-input"), cell("%time x")], []),
    ],
)
def test_the_lint_finds_names_that_a_live_page_would_lack(cells, found):
    assert lost_names(cells) == found


def test_the_picture_of_a_lab_is_found_in_its_children_with_name_and_words():
    models = {
        "lab": {"model_name": "VBoxModel", "state": {"children": ["IPY_MODEL_picture", "IPY_MODEL_text"]}},
        "text": {
            "model_name": "TextModel",
            "state": {"_dom_classes": ["dlcore-settings"], "value": "neuron b=1"},
        },
        "picture": {
            "model_name": "ImageModel",
            "state": {"tooltip": 'Loss "L" < 1.'},
            "buffers": [{"data": picture(), "path": ["value"]}],
        },
    }
    (found,) = preview.pictures(models, "lab")
    assert preview.lab_name(models, "lab") == "neuron"
    html = preview.preview_figure([found], "neuron")
    assert html.startswith('<figure><img alt="Loss &quot;L&quot; &lt; 1." src="data:image/png;base64,')
    assert "<figcaption><strong>Lab: neuron.</strong> Loss &quot;L&quot; &lt; 1. This is how" in html
    assert list(preview.pictures({}, "not stored")) == []
    assert preview.lab_name({}, "not stored") == ""
