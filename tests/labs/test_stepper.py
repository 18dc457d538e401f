"""The stepper lab: going forward and back through the trace, and what is in sight at each operation."""

import asyncio

import numpy as np
import pytest

from dlcore.labs.stepper import Stepper
from dlcore.labs.stepper_state import EVERY, LONGEST_TRACE, StepperState
from dlcore.tracing.formatting import number


def names(scene):
    return scene.value_names, scene.gradient_names, scene.edge_names


def test_stepping_goes_through_the_trace_in_its_order():
    lab = Stepper(position=0)
    assert lab.state.step is None
    assert "Operation 0 of 14" in lab.transport.count
    seen = []
    while lab.transport._step():
        seen.append(lab.state.step)
        assert lab.transport.count == f"Operation {len(seen)} of 14"
        assert lab.controls["position"].value == len(seen)
    assert seen == list(lab.state.trace)
    lab.transport.step_button.click()
    assert "last operation" in lab.status.value
    assert lab.state.position == 14
    for step in reversed(seen):
        assert lab.state.step is step
        lab.transport.back_button.click()
    assert lab.state.step is None
    lab.transport.back_button.click()
    assert "This is the start" in lab.status.value


def test_reset_keeps_the_weights_and_new_weights_do_not():
    lab = Stepper(position=9)
    weights = lab.state.model.get_weights()
    lab.transport.reset_button.click()
    assert lab.state.position == 0
    for before, after in zip(weights, lab.state.model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    lab.new_weights.click()
    assert lab.controls["seed"].value == lab.state.seed == 1
    assert not np.array_equal(weights[0], lab.state.model.get_weights()[0])
    lab.controls["seed"].value = 0
    np.testing.assert_array_equal(weights[0], lab.state.model.get_weights()[0])


RAIN = "0.5 -0.5 -1 1 0.5 1  0.5 0.5 0  1 1 -0.5 -1 0.5 0.5  0 1"  # the network of pages 2.1 and 3.1


def test_weights_can_be_typed():
    lab = Stepper(x0=2, x1=1, activation="relu")
    lab.controls["weights"].value = RAIN
    np.testing.assert_array_equal(lab.state.trace["dense", "z"].result, [[1, -0.5, 2]])
    np.testing.assert_allclose(lab.state.trace["dense_1", "y"].result, [[0.268941, 0.731059]], rtol=1e-5)
    other = Stepper()
    other.paste(lab.state.copy_settings())
    np.testing.assert_array_equal(other.state.model.get_weights()[2], lab.state.model.get_weights()[2])
    namespace = {}
    exec(lab.state.code(), namespace)
    np.testing.assert_array_equal(namespace["steps"]["dense", "z"].result, [[1, -0.5, 2]])


@pytest.mark.parametrize(("typed", "said"), [("1 2 3", "17 numbers, W 3×2, b 3"), ("1 two", "two")])
def test_weights_that_do_not_fit_change_nothing(typed, said):
    lab = Stepper(weights=RAIN)
    lab.controls["weights"].value = typed
    assert said in lab.status.value
    assert lab.state.weights == RAIN


@pytest.mark.parametrize(("change", "said"), [({"hidden": (2,)}, "do not fit"), ({"seed": 5}, "")])
def test_typed_weights_give_way_to_another_network(change, said):
    lab = Stepper(weights=RAIN)
    lab.change(**change)
    assert lab.state.weights == ""
    assert said in lab.status.value


def test_a_whole_layer_at_once():
    lab = Stepper(position=0)
    lab.transport.granularity_control.value = "layer"
    ends = []
    while lab.transport._step():
        ends.append((lab.state.step.layer, lab.state.step.name))
    assert ends == [
        *[("dense", "y"), ("dense_1", "y"), ("loss", "L")],
        *[("loss", "dy"), ("dense_1", "dx"), ("dense", "dx")],
    ]
    lab.transport.back_button.click()
    assert (lab.state.step.layer, lab.state.step.name) == ("dense_1", "dx")


def test_playing_takes_all_steps_and_leaves_no_task():
    async def play():
        lab = Stepper(position=0)
        lab.transport.frames_per_second = 1000
        lab.transport.play_button.click()
        for _ in range(500):
            await asyncio.sleep(0.01)
            if not lab.transport.playing:
                break
        assert lab.state.position == 14
        assert len(asyncio.all_tasks()) == 1  # this function's own

    asyncio.run(play())


def test_the_formula_shows_the_numbers_of_the_operation():
    lab = Stepper()
    for position in range(1, 15):
        lab.controls["position"].value = position
        shown = lab.formula.value.replace("−", "-").replace("\u2007", "")
        assert lab.state.step.title in lab.formula.value
        for value in lab.state.step.result.ravel():
            assert number(value) in shown
        assert str(lab.state) == str(lab.state.step)


def test_looking_at_one_neuron_spells_out_its_sums():
    lab = Stepper(position=8, neuron="1")  # the gradient of the second layer's weights
    titles = [step.title for step in lab.state.details()]
    assert titles == [f"gradient of the weight W[1, {j}]" for j in range(3)]
    assert all(title in lab.formula.value for title in titles)
    assert lab.state.scene().active_edges[1].tolist() == [[False] * 3, [True] * 3]
    lab.controls["position"].value = 1
    assert [step.title for step in lab.state.details()] == ["weighted sum of neuron 1"]
    lab.controls["position"].value = 9
    assert [step.title for step in lab.state.details()] == ["gradient of the bias b[1]"]
    lab.controls["neuron"].value = "3"  # the layer has no such neuron: the whole layer stays in sight
    assert lab.state.details() == []
    assert lab.state.scene().active_nodes[2].all()


def test_the_scene_fills_up_forward_and_then_backward():
    state = StepperState(position=0)
    scene = state.scene()
    np.testing.assert_array_equal(scene.values[0], state.x)
    assert all(np.isnan(values).all() for values in scene.values[1:])
    assert scene.active_nodes[0].all()

    state.change(position=5)
    scene = state.scene()
    for column, layer in enumerate(("dense", "dense_1"), start=1):
        np.testing.assert_array_equal(scene.values[column], state.trace[layer, "y"].result[0])
    assert scene.loss == state.trace.loss
    assert scene.loss_active
    assert names(scene) == (["x", "y", "y"], ["", "", ""], ["W", "W"])

    state.change(position=8)  # dW of the last layer
    scene = state.scene()
    np.testing.assert_array_equal(scene.gradients[2], state.trace["dense_1", "dz"].result[0])
    np.testing.assert_array_equal(scene.edges[1], state.trace["dense_1", "dW"].result)
    assert names(scene) == (["x", "y", "y"], ["", "", "δ"], ["W", "∂L/∂W"])
    assert scene.active_edges[1].all()
    assert not scene.active_edges[0].any()

    state.change(position=10)  # dx of the last layer goes through W itself
    scene = state.scene()
    np.testing.assert_array_equal(scene.edges[1], state.trace["dense_1", "dx"].operands["W"])
    np.testing.assert_array_equal(scene.gradients[1], state.trace["dense_1", "dx"].result[0])
    assert names(scene) == (["x", "y", "y"], ["", "∂L/∂y", "δ"], ["W", "W"])
    assert scene.active_nodes[1].all()

    state.change(position=14)
    assert names(state.scene()) == (["x", "y", "y"], ["∂L/∂x", "δ", "δ"], ["W", "∂L/∂W"])


def test_the_picture_changes_with_every_operation():
    lab = Stepper(position=0)
    pictures = {lab.surface.value}
    words = {lab.surface.tooltip}
    for _ in range(14):
        lab.transport.step()
        pictures.add(lab.surface.value)
        words.add(lab.surface.tooltip)
    assert len(words) == 15
    # Only the activation of the linear kind and the gradient of a bias may leave the picture as it was.
    assert len(pictures) >= 13


def test_another_network_gets_another_drawing():
    lab = Stepper(position=14)
    lab.controls["hidden"].value = (2, 4)
    lab.controls["inputs"].value = 3
    assert lab.sizes == [3, 2, 4, 2]
    assert lab.controls["position"].max == len(lab.state.trace) == LONGEST_TRACE
    lab.controls["position"].value = LONGEST_TRACE
    lab.controls["hidden"].value = (1,)
    assert lab.state.position == lab.controls["position"].value == 14
    assert lab.controls["x2"].layout.display != "none"
    assert lab.controls["x3"].layout.display == "none"


def test_input_values_keep_the_operation_in_sight():
    lab = Stepper(position=2)
    before = lab.formula.value
    lab.controls["x0"].value = -1.5
    assert lab.state.position == 2
    assert lab.state.x[0] == -1.5
    assert lab.formula.value != before


@pytest.mark.parametrize(
    ("task", "loss", "outputs"),
    [("class", "categorical_crossentropy", 3), ("yes-or-no", "binary_crossentropy", 1),
     ("number", "mean_squared_error", 1)],
)  # fmt: skip
def test_target_loss_and_outputs_belong_together(task, loss, outputs):
    lab = Stepper(outputs=3)
    lab.controls["task"].value = task
    assert (lab.state.model.loss.name, lab.state.outputs) == (loss, outputs)
    assert lab.controls["outputs"].value == outputs
    assert ("1 output" in lab.status.value) == (outputs == 1)
    assert (lab.controls["target"].layout.display == "none") == (task != "number")


def test_what_is_impossible_together_gives_way_in_words():
    lab = Stepper()
    lab.controls["label"].value = 3
    assert lab.state.label == 1
    assert "There is no class 3: the nearest is 1." in lab.status.value
    lab.controls["outputs"].value = 1
    assert lab.state.outputs == 2
    assert "at least 2 outputs" in lab.status.value


@pytest.mark.parametrize(
    "text",
    [
        "stepper",
        "stepper position=7 neuron=1 hidden=4-2 task=number target=-0.5 seed=8",
        "stepper inputs=4 x3=2",
    ],
)
def test_settings_can_be_copied_and_pasted(text):
    lab = Stepper(position=3)
    lab.sharing.text.value = text
    lab.sharing.use.click()
    if text != "stepper":
        assert lab.state.copy_settings().split()[0] == "stepper"
        assert set(text.split()) <= set(lab.state.copy_settings().split()) | {"outputs=1"}
    other = Stepper()
    other.paste(lab.state.copy_settings())
    assert str(other.state) == str(lab.state)
    assert other.state.neuron in (EVERY, "1")


@pytest.mark.parametrize(
    "settings", [{}, {"task": "number", "hidden": (2, 2)}, {"task": "yes-or-no", "position": 0}]
)
def test_the_code_gives_the_same_numbers(settings, capsys):
    state = StepperState(**settings)
    exec(state.code(), {})
    shown = state.step or state.trace
    assert capsys.readouterr().out == f"{shown}\n"


@pytest.mark.parametrize("blank", ["   ", ",", " , "])
def test_weights_without_a_number_are_none(blank):
    lab, untouched = Stepper(), Stepper()
    lab.controls["weights"].value = blank
    lab.change(x0=0.3)
    untouched.change(x0=0.3)
    assert lab.state.copy_settings() == untouched.state.copy_settings()
    assert str(lab.state) == str(untouched.state)


@pytest.mark.parametrize("wrong", ["nan", "inf", "-inf", "1e39"])
def test_weights_are_numbers_that_a_network_can_hold(wrong):
    with pytest.raises(ValueError, match=f"own weights expected numbers from .* got '{wrong}'"):
        StepperState(inputs=1, hidden=1, outputs=2, weights=f"1 0 {wrong} 1 0 0")


def test_a_pasted_seed_leaves_the_pasted_weights():
    small = "stepper inputs=1 hidden=1 weights='2 0.5 1 -1 0 0'"
    lab = Stepper()
    lab.paste(small)
    lab.paste(f"{small} seed=3")
    assert (lab.state.seed, lab.state.weights) == (3, "2 0.5 1 -1 0 0")
    lab.controls["seed"].value = 4
    assert lab.state.weights == ""
