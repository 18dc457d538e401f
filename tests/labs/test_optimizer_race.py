"""The optimizer race: the paths are those of the optimizers, and the lab says who wins and who is lost."""

import numpy as np
import pytest

from dlcore.labs import OptimizerRace
from dlcore.labs.optimizer_race_state import RACERS, STABLE, TOO_HIGH, OptimizerRaceState
from dlcore.landscapes import NAMES, landscape
from playing import played


@pytest.mark.parametrize("surface", NAMES)
def test_paths_are_those_of_the_optimizers(surface):
    state = OptimizerRaceState()
    state.change(surface=surface, steps=12)
    for name, make in RACERS.items():
        theta, optimizer = np.array([state.start_x, state.start_y]), make(state.learning_rate)
        for step in range(12):
            np.testing.assert_allclose(state.paths[name][step], theta)
            assert state.losses[name][step] == pytest.approx(float(state.landscape.value(*theta)))
            optimizer.update(theta, state.landscape.gradient(theta))


def test_sgd_and_momentum_by_hand():
    state = OptimizerRaceState(condition=10, learning_rate=0.05, start_x=1, start_y=1, steps=3)
    x, y, v = 1.0, 1.0, np.zeros(2)
    for step in range(4):
        np.testing.assert_allclose(state.paths["SGD"][step], [0.95**step, 0.5**step])
        np.testing.assert_allclose(state.paths["momentum"][step], [x, y])
        v = 0.9 * v - 0.05 * np.array([x, 10 * y])
        x, y = x + v[0], y + v[1]


def test_going_on_is_the_same_as_having_gone():
    one, other = OptimizerRaceState(steps=0), OptimizerRaceState(steps=40)
    while one.steps < 40:
        assert one.forwards(10)
    one.backwards(5)
    one.forwards(5)
    for name in RACERS:
        np.testing.assert_array_equal(one.paths[name], other.paths[name])
    assert str(one) == str(other)
    one.change(steps=300)
    assert not one.forwards()


@pytest.mark.parametrize("name", STABLE)
def test_the_bound_of_the_learning_rate_on_a_bowl(name):
    """Just below it the loss falls in the end, just above it diverges."""
    bound = STABLE[name] / 100
    for factor, falls in ((0.97, True), (1.03, False)):
        state = OptimizerRaceState(condition=100, learning_rate=factor * bound, start_x=0, steps=300)
        racer = state.racers[name]
        assert (racer.losses[-1] < racer.losses[0]) == falls
        assert (racer.diverged is None) == falls


def test_divergence_is_announced_in_words():
    lab = OptimizerRace(condition=20, learning_rate=0.12, steps=60)
    step = lab.state.diverged["SGD"]
    assert lab.state.losses["SGD"][step] > TOO_HIGH >= lab.state.losses["SGD"][step - 1]
    assert f"SGD has diverged: at step {step}" in lab.state.verdict()
    assert "below 0.1." in lab.state.verdict()
    assert "dlcore-alert" in lab.verdict.value
    assert f"diverged at step {step}" in lab.table.value
    assert lab.state.ranking()[-1] in ("SGD", "Nesterov")
    lab.change(steps=step - 1)
    assert "SGD has diverged" not in lab.verdict.value


def test_nobody_leads_where_all_have_diverged():
    state = OptimizerRaceState(steps=10)
    assert "leads" in state.verdict()
    for racer in state.racers.values():
        racer.diverged = 5
    assert "leads" not in state.verdict()
    assert state.verdict().count("has diverged: at step 5") == len(RACERS)


def test_plain_descent_is_slow_where_the_valley_is_long_and_at_a_saddle():
    losses = OptimizerRaceState(condition=100, learning_rate=0.01, steps=100).losses
    assert losses["Nesterov"][-1] < losses["SGD"][-1] / 10
    state = OptimizerRaceState()
    state.change(surface="saddle", steps=60)
    assert all(state.losses[name][-1] < state.losses["SGD"][-1] / 10 for name in RACERS if name != "SGD")


def test_the_best_rates_are_at_least_as_good_as_a_common_one():
    for surface in ("bowl", "valley"):
        for rate in (0.001, 0.01, 0.1):
            common = OptimizerRaceState(surface=surface, learning_rate=rate, steps=60)
            best = OptimizerRaceState(surface=surface, rates="best-for-each", steps=60)
            for name in RACERS:
                assert not best.losses[name][-1] > common.losses[name][-1]


def test_another_surface_brings_its_own_start():
    lab = OptimizerRace()
    picture = lab.paths_surface.value
    lab.controls["surface"].value = "saddle"
    own = landscape("saddle", 1.0)
    assert (lab.state.start_x, lab.state.start_y) == own.start
    assert lab.controls["learning_rate"].value == lab.state.learning_rate == own.learning_rate
    assert lab.controls["condition"].layout.display == "none"
    assert lab.paths_surface.value != picture
    lab.change(surface="bowl", start_x=1)
    assert (lab.state.start_x, lab.state.start_y) == (1, 1)
    with pytest.raises(ValueError, match="Did you mean 'valley'"):
        lab.state.change(surface="valey")


def test_controls_and_buttons():
    lab = OptimizerRace(steps=0)
    lab.transport.step_button.click()
    lab.transport.granularity_control.value = "10 steps"
    lab.transport.step_button.click()
    assert lab.state.steps == lab.controls["steps"].value == 11
    assert lab.transport.count == "Step 11 of 300"
    curves = lab.curves_surface.value
    lab.controls["learning_rate"].value = 0.01
    assert lab.state.learning_rate == pytest.approx(0.01)
    assert lab.curves_surface.value != curves
    lab.transport.back_button.click()
    assert lab.state.steps == 1
    lab.transport.reset_button.click()
    assert lab.state.steps == 0
    assert "All stand at the start" in lab.verdict.value
    lab.transport.back_button.click()
    assert "This is the start" in lab.status.value


def test_playing_ends_by_itself_and_closing_leaves_no_task():
    lab = played(lambda: OptimizerRace(steps=290))
    assert lab.state.steps == 300
    played(lambda: OptimizerRace(steps=290), close=True)


@pytest.mark.parametrize("settings", [{}, {"surface": "network"}, {"rates": "best-for-each", "condition": 7}])
def test_settings_travel_and_the_code_gives_the_same_numbers(settings, capsys):
    state = OptimizerRaceState(**settings, steps=20)
    other = OptimizerRaceState()
    other.paste_settings(state.copy_settings())
    assert str(other) == str(state)
    exec(state.code(), {})
    printed = capsys.readouterr().out.splitlines()
    for name, line in zip(RACERS, printed, strict=True):
        assert line.startswith(name)
        assert float(line.split()[-1]) == pytest.approx(state.losses[name][-1])
