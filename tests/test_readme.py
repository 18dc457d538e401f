"""The program in README.md runs, and does what a reader would expect of it."""

import re

from pages import ROOT


def test_the_program_learns_to_read_digits(capsys):
    program = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf8"), re.S)
    exec(program[1], {})
    loss, accuracy = map(float, re.findall(r"[\d.]+", capsys.readouterr().out.splitlines()[-1]))
    assert accuracy > 0.9
    assert loss < 0.4
