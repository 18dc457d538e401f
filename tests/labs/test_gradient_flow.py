"""Gradient flow through depth: the numbers against the layers, and what the lab says of them."""

import numpy as np
import pytest

from dlcore.labs import GradientFlow
from dlcore.labs.gradient_flow_state import ACTIVATIONS, INITIALIZERS, GradientFlowState, samples

residuals = pytest.mark.parametrize("residual", ["off", "on"])


@residuals
@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_the_norms_are_those_of_central_differences(residual, activation):
    """L = sum of y·r has dL/dy = r; a bias that is moved moves z by as much in every sample."""
    state = GradientFlowState(activation=activation, depth=4, width=3, residual=residual, inputs="digits")
    model, x = state.model, samples("digits", 0)
    r = np.random.default_rng(0).normal(size=(32, 3))
    r /= np.linalg.norm(r)
    for number, layer in enumerate(model.layers):
        dz = np.empty((len(x), 3))
        for sample in range(len(x)):
            for unit in range(3):
                b, losses = layer.parameters["b"], []
                for step in (1e-5, -1e-5):
                    b[unit] = step
                    losses.append(float((model.forward(x[sample : sample + 1]) * r[sample]).sum()))
                b[unit] = 0
                dz[sample, unit] = (losses[0] - losses[1]) / 2e-5
        assert state.gradient_norms[number] == pytest.approx(np.linalg.norm(dz), rel=1e-6)


@residuals
def test_the_spreads_are_those_of_the_outputs(residual):
    state = GradientFlowState(depth=6, width=5, residual=residual, activation="relu", initializer="he_normal")
    for depth in (1, 3, 6):
        part = GradientFlowState(**state.values | {"depth": depth})
        y = part.model.predict(samples("random", 0))
        assert state.spreads[depth - 1] == pytest.approx(y.std(), rel=1e-12)


@pytest.mark.parametrize("inputs", ["random", "digits"])
def test_both_kinds_of_inputs_are_scaled_alike(inputs):
    x = samples(inputs, 3)
    assert x.shape == (32, 64)
    assert x.mean() == pytest.approx(0, abs=0.1)
    assert x.std() == pytest.approx(1, abs=0.1)


def test_what_is_known_of_deep_stacks():
    """Sigmoid vanishes (Glorot and Bengio, 2010), He's start keeps ReLU alive (He et al., 2015)."""

    def ratio(**settings):
        return GradientFlowState(depth=20, width=64, **settings).ratio

    assert ratio(activation="sigmoid") < 1e-9
    assert ratio(activation="sigmoid", residual="on") > 0.1
    assert ratio(activation="relu", initializer="he_normal") > 0.05
    assert ratio(activation="relu", initializer="glorot_normal") < 0.02
    assert ratio(activation="linear", initializer="orthogonal") == pytest.approx(1)
    assert ratio(activation="tanh", initializer="random_normal") < 1e-6
    assert ratio(activation="linear", initializer="he_normal") > 100


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_combination_can_be_shown(activation):
    for initializer in INITIALIZERS:
        state = GradientFlowState(activation=activation, initializer=initializer, depth=30, width=8)
        assert len(state.gradient_norms) == len(state.spreads) == 30
        assert np.isfinite(state.gradient_norms).all()
        assert "ayer 1" in state.verdict()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "It vanishes"),
        ({"activation": "linear", "initializer": "he_normal"}, "It explodes"),
        ({"residual": "on"}, "all layers learn"),
        ({"depth": 1}, "single layer"),
    ],
)
def test_the_effect_in_words(settings, words):
    lab = GradientFlow(**settings)
    assert words in lab.state.verdict()
    assert words in lab.verdict.value
    assert words in str(lab.state)


def test_a_gradient_that_is_lost_altogether_is_announced():
    state = GradientFlowState(activation="relu", width=2, depth=30)
    while state.gradient_norms.all():
        state.change(seed=state.seed + 1)
    assert "Nothing arrives at layer 1" in state.verdict()
    GradientFlow(**state.values)


def test_controls_move_the_state_and_the_pictures():
    lab = GradientFlow()
    before = lab.gradients_surface.value, lab.outputs_surface.value, lab.table.value
    norms = lab.state.gradient_norms
    lab.controls["residual"].value = "on"
    after = lab.gradients_surface.value, lab.outputs_surface.value, lab.table.value
    assert all(old != new for old, new in zip(before, after, strict=True))
    np.testing.assert_array_equal(lab.state.before[0], norms)
    lab.controls["depth"].value = 7
    assert lab.table.value.count("<tr") == 8
    lab.new_weights.click()
    assert lab.controls["seed"].value == lab.state.seed == 1


def test_settings_travel_and_the_code_gives_the_same_numbers(capsys):
    for residual, inputs in (("on", "random"), ("off", "digits")):
        state = GradientFlowState(
            residual=residual, inputs=inputs, depth=4, width=6, seed=5, activation="tanh"
        )
        other = GradientFlowState()
        other.paste_settings(state.copy_settings())
        np.testing.assert_array_equal(other.gradient_norms, state.gradient_norms)
        exec(state.code(), {})
        printed = [line.split() for line in capsys.readouterr().out.splitlines()]
        np.testing.assert_allclose([float(line[1]) for line in printed[::-1]], state.gradient_norms)
        np.testing.assert_allclose([float(line[2]) for line in printed[::-1]], state.spreads)


def test_a_bad_string_changes_nothing_and_says_why():
    lab = GradientFlow(depth=5)
    lab.paste("gradientflow depth=99")
    assert lab.state.depth == 5
    assert "The nearest possible is 30" in lab.status.value
