"""Every data file that the repository ships is accounted for in DATA_LICENSES.md."""

import hashlib

import pytest

from pages import ROOT

DATA = [path for path in (ROOT / "dlcore" / "datasets").iterdir() if path.suffix in {".npz", ".csv", ".txt"}]
ACCOUNT = (ROOT / "DATA_LICENSES.md").read_text(encoding="utf8")


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.name)
def test_a_data_file_has_a_licence_and_its_check_sum(path):
    assert f"| `{path.name}` |" in ACCOUNT
    assert f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" in ACCOUNT
