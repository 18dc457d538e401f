"""The lab of one neuron."""

import numpy as np
import pytest

from dlcore.activations import get
from dlcore.labs import Neuron
from dlcore.labs.neuron import NAMES, TICKS, NeuronState


@pytest.mark.parametrize("activation", NAMES)
def test_the_state_is_the_formula(activation):
    state = NeuronState(w1=1.2, w2=-0.7, b=0.3, x1=-1.1, x2=0.4, activation=activation)
    z = 1.2 * -1.1 + -0.7 * 0.4 + 0.3
    lower, y, upper = get(activation)(z + np.array([-1e-6, 0, 1e-6]))
    assert state.z == pytest.approx(z)
    assert state.y == pytest.approx(y)
    assert state.slope == pytest.approx((upper - lower) / 2e-6, abs=1e-6)


def test_the_plane_holds_the_answer_at_each_place():
    state = NeuronState()
    z, y = state.plane()
    state.change(x1=TICKS[7], x2=TICKS[30])
    assert (z[30, 7], y[30, 7]) == pytest.approx((state.z, state.y))


def test_sliders_move_the_state_and_the_picture():
    lab = Neuron()
    before = lab.formula.value, lab.curve_surface.value, lab.plane_surface.value
    lab.controls["w2"].value = 2
    lab.controls["activation"].value = "relu"
    assert (lab.state.w2, lab.state.activation) == (2, "relu")
    after = lab.formula.value, lab.curve_surface.value, lab.plane_surface.value
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert f"{lab.state.z:.4f}" in lab.formula.value


def test_pasted_settings_move_the_sliders():
    lab = Neuron()
    lab.sharing.text.value = "neuron w1=-0.5 activation=sigmoid"
    lab.sharing.use.click()
    assert lab.controls["w1"].value == lab.state.w1 == -0.5
    assert lab.controls["activation"].value == "sigmoid"
    assert lab.state.copy_settings() == "neuron w1=-0.5 activation=sigmoid"


@pytest.mark.parametrize(
    "text", ["", "playground", "neuron w1=3", "neuron w9=1", "neuron activation=softmax"]
)
def test_a_bad_string_changes_nothing_and_says_why(text):
    lab = Neuron(w1=0.5)
    lab.sharing.text.value = text
    lab.sharing.use.click()
    assert lab.state.copy_settings() == "neuron w1=0.5"
    assert 'role="alert"' in lab.status.value


def test_the_code_gives_the_same_numbers(capsys):
    state = NeuronState(w1=0.7, x2=-1.3, activation="sigmoid")
    scope = {}
    exec(state.code(), scope)
    assert scope["y"][0, 0] == state.y
    assert capsys.readouterr().out.startswith(f"[[{state.z:g}]]")


def test_two_labs_start_alike():
    one, two = Neuron(), Neuron()
    assert one.curve_surface.value == two.curve_surface.value
    assert one.plane_surface.value == two.plane_surface.value
    assert str(one.state) == str(two.state)


def test_making_and_showing_prints_nothing(capsys):
    repr(Neuron())
    assert capsys.readouterr().out == ""


def test_a_weightless_neuron_has_no_line():
    lab = Neuron(w1=0, w2=0, b=0)
    assert len(lab.plane.boundary.get_xdata()) == 0


def test_a_bad_string_stays_in_its_field():
    lab = Neuron()
    lab.sharing.text.value = "neuron b=7 w1=1 activation=relu"
    lab.sharing.use.click()
    assert lab.sharing.text.value == "neuron b=7 w1=1 activation=relu"
    lab.sharing.text.value = "neuron w1=0.50"
    lab.sharing.use.click()
    assert lab.sharing.text.value == "neuron w1=0.5"
