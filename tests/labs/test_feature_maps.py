"""The lab of the trained CNN."""

import numpy as np
import pytest

from dlcore.datasets import mnist
from dlcore.figures.mosaic import Mosaic, side_by_side
from dlcore.labs import FeatureMaps
from dlcore.labs.drawing import larger, smaller, to_cells, to_text
from dlcore.labs.feature_maps_state import LAYERS, FeatureMapsState
from dlcore.pretrained import load_pretrained
from dlcore.tracing import trace

CASES = [
    {},
    {"index": 321, "layer": "conv2", "filter": 63, "rotation": 45},
    {"index": 5, "layer": "pool1", "shift_down": -3, "shift_right": 4, "occlusion": 7, "occlusion_top": 10},
    {"picture": "drawn", "layer": "pool2", "filter": 12, "noise": 0.3, "seed": 4},
]


@pytest.mark.parametrize("settings", CASES)
def test_maps_and_probabilities_are_those_of_the_traced_network(settings):
    state = FeatureMapsState(**settings)
    model = load_pretrained("cnn")
    steps = trace(model, x=state.x[:, :, None], y=np.eye(10)[3])
    layer = model.layers[LAYERS.index(state.layer)]
    np.testing.assert_allclose(state.maps, steps[layer.name, "y"].result[0], atol=1e-4)
    np.testing.assert_allclose(state.probabilities, steps["dense_1", "y"].result[0], atol=1e-4)
    np.testing.assert_array_equal(state.map, state.maps[:, :, state.filter])
    assert state.answer == state.probabilities.argmax()


def test_the_kernel_is_that_of_the_filter():
    W = [layer.parameters["W"] for layer in load_pretrained("cnn").layers if layer.parameters]
    for layer, weights in zip(LAYERS, (W[0], W[0], W[1], W[1]), strict=True):
        np.testing.assert_array_equal(FeatureMapsState(layer=layer, filter=9).kernel, weights[9])


def test_a_digit_as_it_is_comes_from_the_held_out_ones():
    _, (x, y) = mnist()
    state = FeatureMapsState(index=17)
    np.testing.assert_array_equal(state.x, x[17] / 255)
    assert state.label == y[17]
    # the same but for rounding: the two go through the network side by side
    np.testing.assert_allclose(state.probabilities, state.original_probabilities, rtol=1e-5)
    assert "disturbed" not in str(state)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"rotation": -30}, "turned by −30°"),
        ({"shift_down": 2}, "shifted down by 2"),
        ({"shift_right": -4}, "shifted right by −4"),
        ({"occlusion": 6, "occlusion_top": 3}, "covered by a square of 6 from row 3, column 8"),
        ({"noise": 0.25}, "noise of 0.25"),
    ],
)
def test_each_disturbance_changes_what_the_network_sees_and_is_named(settings, words):
    state = FeatureMapsState(**settings)
    assert state.disturbances == [words]
    assert (state.x != state.original).any()
    assert (state.probabilities != state.original_probabilities).any()
    assert words in str(state)


def test_disturbances_come_in_the_order_in_which_they_are_told():
    state = FeatureMapsState(rotation=30, occlusion=20, occlusion_top=4, occlusion_left=4)
    assert (state.x[4:24, 4:24] == 0).all()  # the square covers what has been turned


def test_a_drawing_is_read_twice_as_large_and_can_be_made_of_a_digit():
    state = FeatureMapsState(picture="drawn")
    assert (state.label, state.answer) == (None, 7)
    assert "Your drawing" in str(state)
    cells = np.random.default_rng(1).integers(0, 2, (10, 10)).astype(float)
    np.testing.assert_array_equal(smaller(larger(cells)), cells)
    assert larger(cells)[:4].sum() == 0


def test_digits_that_are_drawn_over_are_still_read():
    _, (x, y) = mnist()
    drawn = np.stack([larger(to_cells(to_text(smaller(digit / 255)))) for digit in x])
    assert (load_pretrained("cnn").predict(drawn[..., None]).argmax(axis=1) == y).mean() > 0.9


def test_a_filter_that_the_layer_has_not_is_replaced_and_explained():
    state = FeatureMapsState(layer="conv2", filter=50)
    state.change(layer="pool1")
    assert state.filter == 31
    assert "32 filters" in state.notice


@pytest.mark.parametrize("settings", CASES)
def test_settings_travel_and_the_code_gives_the_same_numbers(settings, capsys):
    state, again, scope = FeatureMapsState(**settings), FeatureMapsState(), {}
    again.paste_settings(state.copy_settings())
    np.testing.assert_array_equal(again.probabilities, state.probabilities)
    exec(state.code(), scope)
    np.testing.assert_allclose(scope["probabilities"], state.probabilities, atol=1e-6)
    np.testing.assert_allclose(scope["maps"], state.maps, atol=1e-5)
    assert capsys.readouterr().out.startswith(f"{state.answer} ")


# ---------------------------------------------------------------------- the lab


def pictures(lab):
    surfaces = (lab.pictures_surface, lab.maps_surface, lab.map_surface, lab.kernel_surface)
    return [surface.value for surface in surfaces]


def test_controls_move_the_state_the_pictures_and_the_probabilities():
    lab = FeatureMaps()
    for name, value in {"index": 3, "rotation": 40, "layer": "conv2", "filter": 8, "noise": 0.5}.items():
        before, bars = pictures(lab), lab.answers.value
        lab.controls[name].value = value
        assert getattr(lab.state, name) == value
        assert pictures(lab) != before
        assert (lab.answers.value != bars) == (name not in ("layer", "filter"))
    for probability in lab.state.probabilities:
        assert f"<td>{probability:.3f}</td>" in lab.answers.value
    lab.undisturbed.click()
    assert lab.state.disturbances == []
    assert lab.controls["rotation"].value == 0


def test_the_filter_slider_ends_with_the_layer():
    lab = FeatureMaps()
    assert lab.controls["filter"].max == 31
    lab.controls["layer"].value = "conv2"
    lab.controls["filter"].value = 63
    assert lab.state.filter == 63
    lab.controls["layer"].value = "conv1"
    assert (lab.state.filter, lab.controls["filter"].max) == (31, 31)
    assert "32 filters" in lab.status.value


def test_only_what_is_needed_is_shown():
    lab = FeatureMaps()

    def hidden():
        return {name for name, widget in lab.controls.items() if widget.layout.display == "none"}

    original = lab.state.original
    assert hidden() == {"drawing", "occlusion_top", "occlusion_left", "seed"}
    lab.change(occlusion=3, noise=0.1)
    assert hidden() == {"drawing"}
    lab.change(rotation=90)
    lab.draw_over.click()
    np.testing.assert_array_equal(smaller(lab.state.original), smaller(original) > 1 / 3)  # not turned twice
    assert hidden() == {"index"}
    assert len(lab.controls["drawing"].boxes) == 100


def test_a_bad_string_changes_nothing_and_says_why():
    lab = FeatureMaps(index=8)
    lab.paste("feature-maps layer=conv3")
    assert lab.state.copy_settings() == "feature-maps index=8"
    assert 'role="alert"' in lab.status.value


def test_two_labs_start_alike_and_print_nothing(capsys):
    one, two = FeatureMaps(), FeatureMaps(index=9)
    two.change(index=0)
    assert pictures(one) == pictures(two)
    assert capsys.readouterr().out == ""


# ---------------------------------------------------------------------- the mosaic


def test_a_mosaic_holds_every_map_in_its_place():
    maps = np.random.default_rng(0).uniform(0, 1, (3, 4, 7))
    sheet = side_by_side(maps)  # 3 by 3 places
    assert sheet.shape == (11, 14)
    for number in range(7):
        row, column = divmod(number, 3)
        np.testing.assert_array_equal(
            sheet[4 * row : 4 * row + 3, 5 * column : 5 * column + 4], maps[:, :, number]
        )
    assert np.isnan(sheet).sum() == 11 * 14 - maps.size


def test_the_frame_lies_around_the_chosen_map():
    mosaic = Mosaic(signed=False)
    mosaic.update("maps", np.ones((3, 4, 7)), chosen=5)
    assert mosaic.frame.line.get_xy() == (2 * 5 - 0.5, 1 * 4 - 0.5)
    assert (mosaic.frame.line.get_width(), mosaic.frame.line.get_height()) == (4, 3)
