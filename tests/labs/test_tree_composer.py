"""The tree composer: its numbers against the layers and the trace, and what a reader can do."""

import numpy as np
import pytest

from dlcore import trace
from dlcore.datasets import hanzi_trees, molecule_trees
from dlcore.labs.tree_composer import TreeComposer
from dlcore.labs.tree_composer_state import LONGEST_STORY, VOCABULARY_CODE, TreeComposerState
from dlcore.labs.tree_sources import MOST_LEAVES, SOURCES, read_molecule, read_sum
from dlcore.trees import Trees
from playing import played

CASES = [
    {"source": "character"},
    {"source": "character", "character": "器", "shape": "chain"},
    {"source": "molecule", "molecule": "octane"},
    {"source": "sum", "sum": "1 + (2 - 3) - (4 + (5 - 6))"},
    {"source": "brackets", "shape": "chain"},
]
cases = pytest.mark.parametrize("settings", CASES)


@cases
def test_the_numbers_are_those_of_the_trace(settings):
    state = TreeComposerState(**settings)
    trees = Trees([state.binary], SOURCES[state.source].vocabulary())
    steps = trace(state.model, trees, np.array([[state.target]]))
    name = state.layer.name
    for node in range(state.plan.nodes):
        np.testing.assert_allclose(state.dh[node], steps[name, f"dh[{node}]"].result, rtol=1e-12)
        if node in state.dz:
            np.testing.assert_allclose(state.h[node], steps[name, f"h[{node}]"].result, rtol=1e-12)
            np.testing.assert_allclose(state.dz[node], steps[name, f"dz[{node}]"].result, rtol=1e-12)
    np.testing.assert_allclose(state.dW, steps[name, "dW"].result, rtol=1e-12)
    assert state.loss == pytest.approx((state.prediction - state.target) ** 2)


@cases
def test_the_gradient_of_w_is_the_sum_over_nodes_and_the_slope_of_the_loss(settings):
    state = TreeComposerState(**settings)
    np.testing.assert_allclose(sum(state.dW_parts.values()), state.dW, rtol=1e-9, atol=1e-12)
    trees = Trees([state.binary], SOURCES[state.source].vocabulary())
    W = state.layer.parameters["W"]
    for place in [(0, 0), (3, 12)]:
        start, losses = W[place], []
        for step in (1e-6, -1e-6):
            W[place] = start + step
            losses.append((state.model.predict(trees)[0, 0] - state.target) ** 2)
        W[place] = start
        assert state.dW[place] == pytest.approx((losses[0] - losses[1]) / 2e-6, rel=1e-5, abs=1e-7)


@cases
def test_on_a_chain_it_is_a_simple_rnn(settings):
    answers = TreeComposerState(**settings).answers
    assert answers["SimpleRNN"] == pytest.approx(answers["chain"], rel=1e-12)


def test_a_tree_that_is_no_chain_has_another_answer():
    answers = TreeComposerState(source="sum", sum="8 - (2 - 3)").answers
    assert answers["tree"] == pytest.approx(9, abs=0.5)  # with its brackets
    assert answers["chain"] == pytest.approx(3, abs=0.5)  # without


def test_the_vocabularies_are_those_that_the_networks_learned():
    scope = {"Trees": Trees, "hanzi_trees": hanzi_trees, "molecule_trees": molecule_trees}
    for name, (_, code) in VOCABULARY_CODE.items():
        assert tuple(SOURCES[name].vocabulary()) == tuple(eval(code, scope))


@cases
def test_the_code_gives_the_same_numbers(settings, capsys):
    state = TreeComposerState(**settings)
    exec(state.code(), {})
    printed = capsys.readouterr().out
    assert float(printed.split("]]")[0].strip("[ ")) == pytest.approx(state.prediction, rel=1e-5)


def test_stepping_goes_up_and_down_again():
    lab = TreeComposer(position=0)
    kinds, composed, reached = [], [], []
    while lab.transport._step():
        kinds.append(lab.state.step.kind)
        composed.append(int(lab.state.composed().sum()))
        reached.append(int(lab.state.reached().sum()))
    assert kinds == ["leaves", *["compose"] * 3, "predict", *["back"] * 3, "sum"]
    assert composed == [4, 5, 6, 7, 7, 7, 7, 7, 7]
    assert reached == [0, 0, 0, 0, 1, 3, 5, 7, 7]
    assert lab.transport.count == "Step 9 of 9"
    lab.transport.step_button.click()
    assert "last step" in lab.status.value
    for kind in reversed(kinds):
        assert lab.state.step.kind == kind
        lab.transport.back_button.click()
    assert lab.state.step is None
    lab.transport.back_button.click()
    assert "This is the start" in lab.status.value


def test_level_by_level():
    lab = TreeComposer(position=0)
    lab.transport.granularity_control.value = "level"
    stops = []
    while lab.transport._step():
        stops.append(lab.state.position)
    assert stops == [1, 3, 4, 5, 6, 8, 9]


def test_playing_ends_by_itself_and_closing_leaves_no_task():
    lab = played(lambda: TreeComposer(position=0))
    assert lab.state.position == len(lab.state.story)
    played(lambda: TreeComposer(position=0), close=True)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("character", "ab", "one Chinese character"),
        ("character", "鱻", "not among the 3,748 common characters"),
        ("character", "人", "nothing to compose"),
        ("molecule", "etanol", "Did you mean"),
        ("molecule", "C2H6O", "formula of"),
        ("molecule", "CC(", "expected a whole molecule"),
        ("molecule", "CCCCCCCCCCCCCC", "no boiling point is known here"),
        ("sum", "(3 + (2 - 4)", "never closed"),
        ("sum", "3 + (2 * 4)", r"learned \+ and - only"),
        ("sum", "3 4", r"expected \+ or - between two numbers"),
        ("sum", "3 +", "expected a number after"),
        ("sum", "- 3", "expected a number beside"),
        ("sum", "12 + 3", "digits 0 to 9"),
        ("sum", "7", "nothing to compose"),
        ("brackets", "a b c d e f g h i j k l m", "at most 12 leaves, got 13"),
        ("brackets", "", "nothing to read yet"),
    ],
)
def test_what_cannot_be_read_is_explained_and_nothing_is_lost(name, text, message):
    lab = TreeComposer(source=name)
    before = lab.state.copy_settings()
    lab.controls[name].value = text
    assert 'role="alert"' in lab.status.value
    with pytest.raises(ValueError, match=message):
        lab.state.change(**{name: text})
    assert lab.state.copy_settings() == before
    assert lab.controls[name].value == text  # the reader can mend it


def test_a_molecule_has_a_name_a_formula_and_a_notation():
    assert read_molecule("methanol") == read_molecule("CO") == read_molecule("CH4O")


def test_sums_come_to_what_python_says():
    for text in ("3 + 4", "8 - (2 - 3)", "(1 - 2) - (3 - (4 + 5))", "1 + 2 - 3"):
        assert read_sum(text).target == eval(text)


def test_a_new_lab_shows_the_prediction():
    for settings in CASES:
        assert TreeComposerState(**settings).step.kind == "predict"


def test_another_tree_is_shown_composed_and_its_field_alone():
    lab = TreeComposer(position=0)
    picture = lab.surface.value
    lab.controls["source"].value = "sum"
    assert lab.state.step.kind == "predict"
    assert lab.surface.value != picture
    shown = [name for name in SOURCES if lab.controls[name].layout.display == "flex"]
    assert shown == ["sum"]
    lab.controls["shape"].value = "chain"
    assert lab.state.binary == (((("8", "-"), "2"), "-"), "3")
    assert "too" in lab.answers.value
    assert lab.table.value.count("<tr") == lab.state.plan.nodes + 1


@cases
def test_settings_travel(settings):
    state = TreeComposerState(**settings, position=3)
    other = TreeComposerState()
    other.paste_settings(state.copy_settings())
    assert other.values == state.values
    assert str(other) == str(state)


def test_the_longest_story_can_be_told():
    state = TreeComposerState(source="brackets", brackets=" ".join("abcdefghijkl"), position=LONGEST_STORY)
    assert len(state.example.words) == MOST_LEAVES
    assert len(state.story) == LONGEST_STORY == state.position


def test_a_pasted_line_cannot_lock_a_source():
    lab = TreeComposer()
    before = lab.state.copy_settings()
    lab.paste("treecomposer source=sum character=XY")
    assert "XY" in lab.status.value
    assert lab.state.copy_settings() == before
    lab.paste("treecomposer source=sum character=好")
    lab.controls["source"].value = "character"
    assert (lab.state.source, lab.state.character) == ("character", "好")
