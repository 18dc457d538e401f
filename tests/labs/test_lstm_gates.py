"""The lab of gates."""

import numpy as np
import pytest

from dlcore import Sequential, trace
from dlcore.labs import LSTMGates
from dlcore.labs.lstm_gates_state import GATES, LONGEST, TEXTS, LSTMGatesState, character_model
from dlcore.labs.lstm_gates_tables import gate_table, next_table

MODELS = ("names", "couplets")


@pytest.mark.parametrize("model", MODELS)
def test_the_gates_are_those_of_the_trace(model):
    state = LSTMGatesState(model=model)
    network, alphabet = character_model(model)
    embedding, _, lstm, _, dense = network.layers
    alone = Sequential([lstm, dense], dtype=np.float32)
    alone.compile(loss="sparse_categorical_crossentropy")
    numbers = alphabet.encode(state.read)
    steps = trace(alone, embedding.parameters["E"][numbers], np.append(numbers[1:], 0))
    for t in range(len(numbers)):
        for name in "ifog":
            np.testing.assert_allclose(
                steps[lstm.name, f"{name}[{t}]"].result[0], state.gates[name][t], atol=1e-6
            )
        for name in "ch":
            np.testing.assert_allclose(
                steps[lstm.name, f"{name}[{t + 1}]"].result[0], state.gates[name][t], atol=1e-6
            )


@pytest.mark.parametrize("model", MODELS)
def test_the_gates_obey_the_equations_of_an_lstm(model):
    gates = LSTMGatesState(model=model).gates
    before = np.vstack([np.zeros(64), gates["c"][:-1]])
    np.testing.assert_allclose(gates["f"] * before + gates["i"] * gates["g"], gates["c"], atol=1e-5)
    np.testing.assert_allclose(gates["o"] * np.tanh(gates["c"]), gates["h"], atol=1e-5)


def test_probabilities_are_those_of_the_network():
    state = LSTMGatesState(text="Mary")
    network, alphabet = character_model("names")
    np.testing.assert_allclose(state.probabilities.sum(axis=1), 1, rtol=1e-5)
    for end in range(1, 6):  # what comes later changes nothing
        alone = network.predict(alphabet.encode(" Mary"[:end])[None])[0, -1]
        np.testing.assert_allclose(state.probabilities[end - 1], alone, atol=1e-6)
    state.change(position=2)
    (best, p), *_ = state.likeliest(3)
    assert best == alphabet.characters[state.probabilities[2].argmax()]
    assert p == pytest.approx(state.probabilities[2].max())


def test_the_norms_are_those_of_finite_differences():
    """From a state on, the rest of the text is read with that state moved a little."""
    state = LSTMGatesState(text="Mari")
    network, alphabet = character_model("names")
    wide = network.copy(dtype=np.float64)
    embedding, _, lstm, _, dense = wide.layers
    numbers = alphabet.encode(state.read)
    lstm.forward(embedding.forward(numbers[None, :-1]))
    h, c = lstm.h[:, 0].copy(), lstm.c[:, 0].copy()
    assert len(state.norms) == 4
    for t in range(3):
        gradient = []
        for unit in range(lstm.units):
            losses = []
            for step in (-1e-5, 1e-5):
                moved = h[t + 1 : t + 2].copy()
                moved[0, unit] += step
                x = embedding.forward(numbers[None, t + 1 : -1])
                y = dense.forward(lstm.forward(x, initial_state=(moved, c[t + 1 : t + 2])))
                losses.append(-np.log(y[0, -1, numbers[-1]]))
            gradient.append((losses[1] - losses[0]) / 2e-5)
        assert np.linalg.norm(gradient) == pytest.approx(state.norms[t], rel=1e-3)
    assert state.last_loss == pytest.approx(-np.log(state.probabilities[-2, numbers[-1]]))


@pytest.mark.parametrize("model", MODELS)
def test_a_sample_is_given_by_its_seed(model):
    one, other = (LSTMGatesState(model=model, seed=5, characters=20) for _ in range(2))
    assert one.sample() == other.sample() == one.sample()
    assert len(one.sample()) == 20
    assert one.sample(7) == one.sample()[:7]
    other.change(seed=6)
    assert other.sample() != one.sample()
    assert one.text == TEXTS[model]


def test_a_low_temperature_takes_the_likeliest():
    state = LSTMGatesState(text="Elizabe", temperature=0.1)
    greedy = state.alphabet.characters[state.probabilities[-1].argmax()]
    assert {LSTMGatesState(text="Elizabe", temperature=0.1, seed=seed).sample(1) for seed in range(20)} == {
        greedy
    }
    p = state.probabilities[-1].astype(float)
    z = np.log(p) / 0.1
    softmax = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    np.testing.assert_allclose(state.at_temperature(p), softmax, atol=1e-9)


def test_samples_keep_the_form_of_what_was_learned():
    """Of a hundred names most begin with a capital and have no other; nearly all couplets have 5 and 5."""
    names = LSTMGatesState(text="", characters=40, temperature=0.7)
    words = []
    for seed in range(15):
        names.change(seed=seed)
        words += names.sample().split()[:-1]
    assert np.mean([word == word.capitalize() and 2 <= len(word) <= 11 for word in words]) > 0.95
    verses = LSTMGatesState(model="couplets", text="", temperature=0.7)
    couplets = [verses.sample(12)]
    for seed in range(1, 20):
        verses.change(seed=seed)
        couplets.append(verses.sample(12))
    assert np.mean([couplet[5] == "，" and couplet[11] == "。" for couplet in couplets]) >= 0.9


# ---------------------------------------------------------------------- what cannot be read


def test_unknown_characters_are_named_and_left_out():
    lab = LSTMGates()
    lab.controls["text"].value = "Zoé 3"
    assert lab.state.read == " Zo "
    assert lab.state.text == lab.controls["text"].value == "Zoé 3"
    assert "does not know “é”, “3”" in lab.status.value
    assert lab.state.position == 3
    assert LSTMGatesState(text="Zo ").gates["c"] == pytest.approx(lab.state.gates["c"])


def test_a_text_of_nothing_but_unknown_characters_is_kept_to_be_mended():
    lab = LSTMGates(text="Anna")
    lab.controls["text"].value = "123"
    assert "knows no character" in lab.status.value
    assert lab.controls["text"].value == "123"
    assert lab.state.text == "Anna"


def test_each_network_keeps_its_text():
    lab = LSTMGates(text="Anna")
    lab.controls["model"].value = "couplets"
    assert lab.state.text == TEXTS["couplets"]
    lab.controls["text"].value = "春风"
    lab.controls["model"].value = "names"
    assert lab.state.text == lab.controls["text"].value == "Anna"
    lab.controls["model"].value = "couplets"
    assert lab.state.text == "春风"
    assert lab.state.read == "。春风"


@pytest.mark.parametrize("model", MODELS)
def test_an_empty_text_is_a_start(model):
    lab = LSTMGates(model=model)
    lab.controls["text"].value = ""
    assert len(lab.state.read) == 1
    assert lab.state.norms.size == 0
    assert "after character 0 of 0" in str(lab.state)
    lab.transport.step()
    assert "last character" in lab.status.value


# ---------------------------------------------------------------------- controls


def test_every_setting_has_a_control_that_moves_the_lab():
    lab = LSTMGates()
    for name, value in {
        "position": 3, "show": "f", "temperature": 1.5, "characters": 5, "seed": 8, "text": "Anna",
        "model": "couplets",
    }.items():  # fmt: skip
        before = lab.strips_surface.value, lab.next_table.value, lab.sample_button.description
        lab.controls[name].value = value
        assert getattr(lab.state, name) == value
        after = lab.strips_surface.value, lab.next_table.value, lab.sample_button.description
        assert after != before or name == "seed"
        assert f"{name}=" in lab.sharing.text.value


def test_step_and_back_move_the_mark():
    lab = LSTMGates(text="Anna", position=0)
    lab.transport.step()
    assert lab.state.position == lab.controls["position"].value == 1
    assert lab.transport.count == "Character 1 of 4: <b>A</b>"
    lab.transport.back()
    lab.transport.back()
    assert lab.state.position == 0
    assert "This is the start" in lab.status.value
    lab.change(position=4)
    lab.transport.reset()
    assert lab.state.position == 0


def test_a_sample_extends_the_text_and_can_be_taken_back():
    lab = LSTMGates(text="El", seed=3)
    added = lab.state.sample()
    assert lab.undo_button.disabled
    lab.sample_button.click()
    assert lab.state.text == lab.controls["text"].value == "El" + added
    assert lab.state.position == len(lab.state.read) - 1
    lab.sample_button.click()
    lab.undo_button.click()
    assert lab.state.text == "El" + added
    lab.undo_button.click()
    assert lab.state.text == "El"
    assert lab.undo_button.disabled


def test_a_typed_text_is_not_taken_back():
    lab = LSTMGates(text="El")
    lab.sample_button.click()
    lab.controls["text"].value = "Anna"
    assert lab.undo_button.disabled


def test_a_full_text_is_said_in_words():
    lab = LSTMGates(text="Anna", characters=40)
    lab.sample_button.click()
    lab.sample_button.click()
    assert len(lab.state.text) == LONGEST
    lab.sample_button.click()
    assert "The text is full" in lab.status.value
    lab.change(text="x" * (LONGEST + 1))
    assert f"at most {LONGEST} characters" in lab.status.value
    assert len(lab.state.text) == LONGEST


def test_a_long_text_is_shown_around_the_mark():
    lab = LSTMGates(text="Anna Maria Elizabeth Catherine", show="h")
    for position in (0, 1, 9, 10, 11, 20, 21, 22, 29, 30):
        lab.change(position=position)
        window = lab.window
        assert window.start <= position < window.stop
        assert window.stop - window.start == 20
        assert lab.above.value.count("<span") == 20


def test_the_tables_hold_the_numbers():
    state = LSTMGatesState(position=4)
    assert f"<td>{state.likeliest(1)[0][1]:.3f}</td>" in next_table(state)
    for name in GATES:
        assert f"<td>{state.gates[name][4].mean():.3f}</td>".replace("-", "−") in gate_table(state)


def test_settings_travel_in_a_string():
    lab = LSTMGates(model="couplets", text="明月", position=1, show="c", temperature=1.2)
    other = LSTMGates(position=1)
    other.paste(lab.state.copy_settings())
    assert other.state.values == lab.state.values
    names = LSTMGates(text="Anna Lee", seed=4)
    other.paste(names.state.copy_settings())
    assert other.state.values == names.state.values
    other.paste("gates model=french")
    assert "unknown model" in other.status.value
    assert other.state.values == names.state.values


@pytest.mark.parametrize("model", MODELS)
def test_the_code_gives_the_same_numbers(model, capsys):
    state = LSTMGatesState(model=model, position=3)
    scope = {}
    exec(state.code(), scope)
    np.testing.assert_allclose(scope["probabilities"], state.probabilities, atol=1e-6)
    for name in GATES:
        np.testing.assert_allclose(scope[name], state.gates[name], atol=1e-6)
    printed = capsys.readouterr().out.split("\n")
    assert printed[0].startswith(state.likeliest(1)[0][0])


def test_two_labs_do_not_disturb_each_other():
    one = LSTMGates(text="Anna")
    gates = {name: values.copy() for name, values in one.state.gates.items()}
    LSTMGates(text="Robert").change(position=2)
    for name, values in gates.items():
        np.testing.assert_array_equal(one.state.gates[name], values)


def test_making_and_showing_prints_nothing(capsys):
    repr(LSTMGates())
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("text", "typed"), [("", "Joe"), ("El", "Elvira"), ("El", None)])
def test_what_was_typed_after_a_sample_is_not_taken_back(text, typed):
    lab = LSTMGates(text=text, characters=3)
    lab.extend()
    typed = typed or lab.state.text + "a"
    lab.controls["text"].value = typed
    assert lab.undo_button.disabled
    assert lab.state.text == typed


def test_a_step_clears_what_was_said_before():
    lab = LSTMGates(text="Anna")
    lab.transport.step()
    assert "last character" in lab.status.value
    lab.transport.back()
    assert lab.status.value == ""
