"""The playground: state, controls and pictures."""

import asyncio

import numpy as np
import pytest

from dlcore.figures.layer_histograms import LayerHistograms
from dlcore.figures.loss_curves import LossCurves
from dlcore.labs import Playground
from dlcore.labs.playground_data import NAMES
from dlcore.labs.playground_state import OPTIMIZERS, PlaygroundState


def small(**settings):
    """A state that is quick to make."""
    return PlaygroundState(**{"samples": 50, "hidden": (3,), "batches": 0} | settings)


def weights(state):
    return np.concatenate([array.ravel() for array in state.model.get_weights()])


@pytest.mark.parametrize("data", NAMES)
@pytest.mark.parametrize("optimizer", ["adam", "momentum"])
def test_the_code_reproduces_the_weights_and_the_loss(data, optimizer, capsys):
    state = small(data=data, optimizer=optimizer, hidden=(5, 3), seed=3, batches=17, noise=0.2)
    scope = {}
    exec(state.code(), scope)
    for own, shown in zip(state.model.get_weights(), scope["model"].get_weights(), strict=True):
        np.testing.assert_array_equal(own, shown)
    loss = state.model.evaluate(*state.dataset.held_out)[0]
    assert f"'loss': {loss}" in capsys.readouterr().out


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_settings_reproduce_the_weights(optimizer, activation):
    state = small(optimizer=optimizer, activation=activation, seed=7)
    state.step("batch", times=11)
    other = PlaygroundState()
    other.paste_settings(state.copy_settings())
    np.testing.assert_array_equal(weights(state), weights(other))


@pytest.mark.parametrize("granularity", ["operation", "sample"])
def test_walking_through_batches_ends_in_the_same_weights(granularity):
    walked, whole = small(batch_size=8), small(batch_size=8)
    for batches in range(1, 8):  # five batches make an epoch, the last one is smaller
        before = weights(walked)
        while walked.batches < batches:
            np.testing.assert_array_equal(weights(walked), before)
            walked.step(granularity)
        whole.step("batch")
        np.testing.assert_array_equal(weights(walked), weights(whole))


def test_the_walk_tells_the_loss_that_the_step_then_has():
    state = small(batch_size=8)
    for _ in range(7):  # five batches make an epoch
        state.step("operation", times=3)
        told = state.doing
        state.step("batch")
        assert f"L = {state.last_step.loss:.4f}" in told


def test_one_batch_has_its_operations_in_order():
    state = small(hidden=(3, 2))
    told = []
    while not state.batches:
        state.step("operation")
        told.append(state.doing.partition(". ")[2].split(":")[0])
    layers = [f"layer {number}" for number in (1, 2, 3)]
    assert told == [
        *(f"Forward, {layer}" for layer in layers),
        "Loss",
        *(f"Backward, {layer}" for layer in reversed(layers)),
        "Update",
    ]


def test_an_epoch_ends_where_epochs_end():
    state = small(batch_size=8)  # 35 training samples: 5 batches
    state.step("batch", times=2)
    state.step("epoch")
    assert (state.batches, state.epoch, state.epochs) == (5, 1, [0, 1])
    state.step("epoch")
    assert (state.batches, state.epoch) == (10, 2)


def test_the_ringed_samples_are_those_that_are_learned_from(monkeypatch):
    state = small(batch_size=8)
    seen = []
    learned = state.model.loss_and_gradients
    monkeypatch.setattr(
        state.model,
        "loss_and_gradients",
        lambda x, *rest, **more: (seen.append(x), learned(x, *rest, **more))[1],
    )
    for _ in range(7):
        present = state.dataset.training[0][state.present]
        state.step("batch")
        np.testing.assert_array_equal(seen[-1], present)


def test_reset_brings_the_same_weights_and_new_weights_others():
    state = small()
    start = weights(state)
    state.step("epoch", times=2)
    state.reset()
    np.testing.assert_array_equal(weights(state), start)
    assert state.batches == 0
    state.new_weights()
    assert state.seed == 1
    assert (weights(state) != start).any()


def test_training_that_diverges_is_announced_and_keeps_the_last_weights():
    lab = Playground(
        optimizer="sgd", activation="linear", hidden=(32, 32, 32, 32), learning_rate=10, batches=0
    )
    lab.transport.granularity_control.value = "batch"
    for _ in range(30):
        lab.transport.step_button.click()
    assert "NaN or infinite" in lab.status.value
    assert 'role="alert"' in lab.status.value
    assert np.isfinite(weights(lab.state)).all()
    lab.transport.reset_button.click()
    assert lab.status.value == lab.state.trouble == ""


def test_an_impossible_batch_size_is_explained_and_the_nearest_taken():
    lab = Playground(samples=50, batches=0)
    lab.controls["batch_size"].value = 128
    assert lab.state.batch_size == lab.controls["batch_size"].value == 35
    assert "A batch of 128 needs as many training samples" in lab.status.value


def test_what_gives_way_at_the_start_is_explained_too():
    assert "The batch size is 14 now" in Playground(samples=20, batches=0).status.value


@pytest.mark.parametrize("text", ["playground hidden=64", "playground data=moon", "neuron"])
def test_a_bad_string_changes_nothing_and_says_why(text):
    lab = Playground(samples=50, batches=3)
    before = weights(lab.state)
    lab.paste(text)
    assert 'role="alert"' in lab.status.value
    np.testing.assert_array_equal(weights(lab.state), before)


def test_dead_neurons_are_counted():
    state = small(activation="relu", hidden=(4,))
    layer = state.model.layers[0]
    layer.parameters["b"][:2] = -100
    assert state.dead_shares() == [0.5, None]
    assert small(activation="tanh").dead_shares() == [None, None]


def test_the_plane_holds_the_answer_at_each_place():
    from dlcore.labs.playground_state import TICKS

    state = small(batches=5)
    np.testing.assert_allclose(state.plane()[30, 7], state.model.predict([[TICKS[7], TICKS[30]]])[0])


def test_every_control_reaches_the_state():
    lab = Playground(samples=50, batches=2)
    new = {
        "data": "xor", "samples": 60, "noise": 0.2, "hidden": (4, 2, 2), "activation": "relu",
        "optimizer": "sgd", "learning_rate": 0.1, "batch_size": 4, "seed": 5,
    }  # fmt: skip
    for name, value in new.items():
        lab.controls[name].value = value
    assert lab.state.values == new | {"batches": 2}
    assert lab.state.copy_settings() in lab.sharing.text.value


def test_digits_stand_in_place_of_the_plane_and_go_again():
    lab = Playground(samples=100, batches=1)
    assert lab.answers_surface.figure is lab.plane.figure
    lab.controls["data"].value = "digits"
    assert lab.answers_surface.figure is lab.digits.figure
    said = lab.state.model.predict(lab.state.dataset.held_out[0][:20]).argmax(axis=1)
    shown = [int(text.get_text().split()[0]) for text in lab.digits.texts]
    assert shown == said.tolist()
    lab.controls["data"].value = "moons"
    assert lab.answers_surface.figure is lab.plane.figure


def test_two_labs_start_alike_and_say_nothing(capsys):
    one, two = Playground(samples=50, batches=4), Playground(samples=50, batches=4)
    for name in ("answers_surface", "curves_surface", "steps_surface", "histograms_surface", "table"):
        assert getattr(one, name).value == getattr(two, name).value
    assert str(one.state) == str(two.state)
    assert repr(one) == "<lab: playground samples=50 batches=4>"
    assert capsys.readouterr().out == ""


def test_play_trains_and_close_leaves_no_task():
    async def scenario():
        lab = Playground(samples=50, batches=0)
        lab.transport.play_button.click()
        async with asyncio.timeout(20):
            while lab.state.epoch < 3:
                await asyncio.sleep(0.01)
            lab.close()
            while asyncio.all_tasks() - {asyncio.current_task()}:
                await asyncio.sleep(0.01)

    asyncio.run(scenario())


def test_a_changed_setting_pauses():
    async def scenario():
        lab = Playground(samples=50, batches=0)
        lab.transport.play()
        await asyncio.sleep(0.05)
        lab.controls["learning_rate"].value = 0.1
        assert not lab.transport.playing
        assert lab.state.learning_rate == pytest.approx(0.1)

    asyncio.run(scenario())


def test_the_log_axis_can_be_switched_on_and_off():
    lab = Playground(samples=50, batches=5)
    lab.log_control.value = True
    assert lab.curves.axes.get_yscale() == "log"
    lab.log_control.value = False
    assert lab.curves.axes.get_yscale() == "linear"


def test_the_playground_ends_at_its_bound():
    state = small()
    state.batches = 19_999
    assert state.step("batch")
    assert not state.step("batch")
    assert "ends after 20,000 batches" in state.trouble


def test_few_digits_are_possible_too():
    lab = Playground(data="digits", samples=20, batches=0)
    assert sum(bool(text.get_text()) for text in lab.digits.texts) == 6


def test_a_training_that_diverges_is_shown_to_its_end():
    settings = {"activation": "linear", "optimizer": "momentum", "learning_rate": 10, "hidden": (32,) * 4}
    lab = Playground(**settings, batches=0)
    lab.transport.granularity_control.value = "batch"
    for _ in range(10):
        lab.transport.step()
    assert "Training diverged" in lab.status.value
    lab.paste("nonsense")
    assert "nonsense" in lab.status.value
    assert "Training diverged" in lab.status.value


@pytest.mark.parametrize("bad", [np.inf, np.nan, 1.7e308])
@pytest.mark.parametrize("log", [False, True])
def test_the_charts_keep_to_numbers_that_axes_can_hold(bad, log):
    curves, histograms = LossCurves(), LayerHistograms()
    curves.update([0, 1], [0.7, bad], [3.0, bad], log=log)
    assert curves.axes.get_ylim() == ((0.1, 10) if log else (0, 5))
    curves.update([0], [bad], [bad], log=log)
    histograms.update([np.array([0.3, bad])], [np.array([bad, bad])])
    assert [axes.get_xlim() for axes in histograms.charts] == [(-0.5, 0.5), (-1, 1)]
    assert histograms.lines[0][0].get_ydata().sum() == 0.5


def test_a_step_clears_what_was_said_before():
    lab = Playground(batches=0, samples=20, hidden=(2,))
    lab.paste("nonsense")
    lab.transport.step()
    assert lab.status.value == ""
