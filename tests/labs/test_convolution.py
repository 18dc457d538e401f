"""The lab of the convolution."""

import asyncio

import numpy as np
import pytest

from dlcore.labs import Convolution
from dlcore.labs.convolution_state import ConvolutionState
from dlcore.labs.kernel import NAMES, Kernel, KernelControl, kernel_numbers
from dlcore.pretrained import load_pretrained

CASES = [
    {"direction": "forward"},
    {"stride": 2, "padding": "same", "activation": "relu", "loss": "half-squares", "position": 13},
    {"stride": 3, "bias": -0.4, "activation": "relu", "pooling": "average", "loss": "pooled-outputs"},
    {"picture": "clothes", "index": 8, "kernel": "sharpen", "padding": "same", "loss": "pooled-outputs"},
    {"size": "28x28", "kernel": "learned-7", "stride": 3, "position": 40, "loss": "half-squares"},
    {"picture": "drawn", "kernel": "outline", "activation": "relu", "position": 0},
]


@pytest.mark.parametrize("settings", CASES)
def test_z_is_the_sum_of_products_at_every_position(settings):
    state = ConvolutionState(**settings)
    while state.backwards("row"):
        pass
    for position in range(state.y.size):
        assert state.position == position
        assert state.products == pytest.approx(state.patch * state.W)
        assert state.z[state.row, state.column] == pytest.approx(state.products.sum() + state.bias)
        if position % 9:  # not each way at each position, but both at many
            assert state.forwards() == (position < state.y.size - 1)
        else:
            state.change(position=min(position + 1, state.y.size - 1))
    expected = np.maximum(state.z, 0) if state.activation == "relu" else state.z
    np.testing.assert_array_equal(state.y, expected)


@pytest.mark.parametrize("settings", CASES)
def test_terms_add_up_to_the_gradients_that_differences_find(settings):
    state = ConvolutionState(**settings, direction="backward") if "direction" not in settings else (
        ConvolutionState(direction="backward")
    )  # fmt: skip

    def loss(W, x, b):
        convolution = state.model.layers[0]
        state.model.set_weights([W[None, :, :, None], [b]])
        pooled = state.model.predict(x[None, :, :, None])
        y = convolution.y
        return {"outputs": y, "half-squares": y**2 / 2, "pooled-outputs": pooled}[state.loss].sum()

    state.change(position=0)
    dW, db, dx = (np.zeros_like(total) for total in (state.dW_so_far, state.db_so_far, state.dx_so_far))
    going = True
    while going:
        dW, dx = dW + state.dW_term, dx + state.dx_term
        db += state.dz[state.row, state.column]
        np.testing.assert_allclose(state.dW_so_far, dW, atol=1e-12)
        np.testing.assert_allclose(state.dx_so_far, dx, atol=1e-12)
        assert state.db_so_far == pytest.approx(db)
        np.testing.assert_allclose(state.dW_term, state.dz[state.row, state.column] * state.patch, atol=1e-12)
        going = state.forwards()
    W, x, b, h = state.W.copy(), state.x.copy(), state.bias, 1e-6
    for i, j in ((0, 0), (1, 2), (2, 1)):
        step = np.zeros((3, 3))
        step[i, j] = h
        slope = (loss(W + step, x, b) - loss(W - step, x, b)) / (2 * h)
        # a pixel of background makes equal maxima: there the slope is one of two
        if state.loss != "pooled-outputs":
            assert dW[i, j] == pytest.approx(slope, abs=1e-5)
    if state.loss != "pooled-outputs" and state.activation == "linear":
        step = np.zeros_like(x)
        step[4, 5] = h
        assert dx[4, 5] == pytest.approx((loss(W, x + step, b) - loss(W, x - step, b)) / (2 * h), abs=1e-5)
        assert db == pytest.approx((loss(W, x, b + h) - loss(W, x, b - h)) / (2 * h), abs=1e-5)


def test_max_pooling_sends_the_gradient_to_its_winner_alone():
    state = ConvolutionState(position=35, loss="pooled-outputs", direction="backward")
    row, column = state.pool_place
    window = state.y[2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
    assert state.y[state.winner] == window.max() == state.pooled[row, column]
    assert state.dz[state.winner] == 1
    assert state.dz[2 * row : 2 * row + 2, 2 * column : 2 * column + 2].sum() == 1
    state.change(pooling="average")
    assert state.winner is None
    assert state.pooled[row, column] == pytest.approx(window.mean())
    assert (state.dz[2 * row : 2 * row + 2, 2 * column : 2 * column + 2] == 0.25).all()


def test_a_cell_that_no_pooling_window_reaches_is_named():
    state = ConvolutionState(stride=3)  # 3 × 3 cells, pooled 1 × 1
    state.change(position=8)
    assert state.pool_place is None
    assert "no window of 2 × 2 has this cell" in str(state)
    Convolution(stride=3, position=8)  # and it can be drawn


@pytest.mark.parametrize("settings", CASES)
def test_the_code_gives_the_same_number(settings, capsys):
    state, scope = ConvolutionState(**settings), {}
    exec(state.code(), scope)
    np.testing.assert_allclose(scope["convolution"].z[0, :, :, 0], state.z, atol=1e-5)
    np.testing.assert_allclose(scope["pooled"][0, :, :, 0], state.pooled, atol=1e-5)
    assert float(capsys.readouterr().out) == pytest.approx(state.z[state.row, state.column], abs=1e-5)


def test_the_words_hold_the_numbers():
    state = ConvolutionState(kernel=[0, 0, 0, 0, -2, 0, 0, 0, 0], bias=0.5, picture="drawn", position=3)
    assert state.patch[1, 1] == 1
    assert "1.000·(−2)" in str(state)
    assert "  = −1.500" in str(state)
    state.change(direction="backward", loss="half-squares")
    assert "∂L/∂z of this cell = −1.500" in str(state)


# ---------------------------------------------------------------------- settings


@pytest.mark.parametrize("settings", CASES)
def test_settings_travel_as_a_string(settings):
    state, again = ConvolutionState(**settings), ConvolutionState()
    again.paste_settings(state.copy_settings())
    assert again.values == state.values
    np.testing.assert_array_equal(again.y, state.y)


def test_own_numbers_travel_too():
    state, again = ConvolutionState(kernel=(0.25, -1, 0, 1e-7, 2, 3, -4, 5, 6)), ConvolutionState()
    assert state.copy_settings() == "convolution kernel=0.25,-1,0,1e-07,2,3,-4,5,6"
    again.paste_settings(state.copy_settings())
    np.testing.assert_array_equal(again.W, state.W)


def test_what_is_not_possible_together_gives_way_and_is_explained():
    state = ConvolutionState(size="28x28", position=700)
    assert state.position == 675
    assert "26 × 26" in state.notice
    state.change(picture="drawn")
    assert (state.size, state.position) == ("10x10", 63)
    assert "10 × 10" in state.notice
    assert "8 × 8" in state.notice


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"kernel": "blurr"}, "Did you mean 'blur'"),
        ({"kernel": (1, 2)}, "got 2 numbers"),
        ({"kernel": (1, 2, 3, 4, 5, 6, 7, 8, 10)}, "got 10"),
        ({"kernel": (1, 2, 3, 4, 5, 6, 7, 8, float("nan"))}, "got nan"),
        ({"kernel": ["a"] * 9}, "got"),
        ({"stride": 4}, "nearest possible is 3"),
        ({"drawing": "000"}, "10 rows"),
        ({"drawing": "-".join(["400"] * 10)}, "up to 3ff"),
        ({"drawing": np.zeros((8, 8))}, r"\(8, 8\)"),
    ],
)
def test_an_impossible_setting_changes_nothing(settings, words):
    state = ConvolutionState()
    before = state.copy_settings()
    with pytest.raises(ValueError, match=words):
        state.change(**settings)
    assert state.copy_settings() == before


# ---------------------------------------------------------------------- kernels


def test_learned_kernels_are_those_of_the_trained_network():
    W = load_pretrained("cnn").layers[0].parameters["W"]
    np.testing.assert_allclose(kernel_numbers("learned-31"), W[31, :, :, 0], atol=6e-4)
    assert all(kernel_numbers(name).shape == (3, 3) for name in NAMES)
    assert kernel_numbers("blur").sum() == pytest.approx(1)
    assert kernel_numbers("outline").sum() == 0


def test_the_fields_follow_the_list_and_the_list_follows_the_fields():
    control = KernelControl(Kernel("Kernel", "identity", -9, 9))
    control.names.value = "sharpen"
    assert [field.value for field in control.fields] == [0, -1, 0, -1, 5, -1, 0, -1, 0]
    control.names.value = "own numbers"
    assert control.value == (0, -1, 0, -1, 5, -1, 0, -1, 0)
    control.fields[0].value = 1.5
    assert control.value[0] == 1.5
    control.value = "blur"
    assert control.names.value == "blur"
    assert control.fields[8].value == pytest.approx(1 / 9, abs=1e-4)


# ---------------------------------------------------------------------- the lab


def pictures(lab):
    surfaces = (lab.picture_surface, lab.patch_surface, lab.map_surface, lab.result_surface)
    return [surface.value for surface in surfaces]


def test_controls_move_the_state_and_the_pictures():
    lab = Convolution()
    for name, value in {"position": 5, "kernel": "blur", "bias": 1, "stride": 2, "padding": "same"}.items():
        before = pictures(lab)
        lab.controls[name].value = value
        assert getattr(lab.state, name) == value
        assert pictures(lab) != before
        assert lab.formula.value.count(f"position {lab.state.position}:") == 1
    before = pictures(lab)
    lab.controls["direction"].value = "backward"
    assert all(old != new for old, new in zip(before[1:], pictures(lab)[1:], strict=True))
    assert "∂L/∂W" in lab.formula.value


def test_the_slider_ends_where_the_map_ends():
    lab = Convolution(stride=2)
    assert lab.controls["position"].max == 15
    assert lab.controls["position"].description == "Position (0 to 15)"
    lab.transport.granularity_control.value = "row"
    lab.transport.reset()
    lab.transport.step()
    assert lab.state.position == 4
    lab.transport.back()
    lab.transport.back()
    assert lab.state.position == 0
    assert "first position" in lab.status.value


def test_play_stops_at_the_last_position_and_when_the_lab_is_closed():
    async def scenario():
        lab = Convolution(position=62)
        lab.transport.frames_per_second = 1000
        lab.transport.play()
        await asyncio.wait_for(lab.transport._task, timeout=30)
        assert lab.state.position == 63
        assert not lab.transport.playing
        lab.change(position=0)
        lab.transport.play()
        lab.close()
        await asyncio.wait_for(lab.transport._task, timeout=30)
        assert lab.state.position <= 1
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(scenario())


def test_the_picture_can_be_taken_over_and_drawn_on():
    lab = Convolution(size="28x28")
    assert not lab.controls["drawing"].boxes
    lab.change(size="10x10")
    digit = lab.state.x
    lab.draw_over.click()
    assert lab.state.picture == "drawn"
    np.testing.assert_array_equal(lab.state.x, digit > 1 / 3)
    box = lab.controls["drawing"].boxes[0]
    assert not box.value
    box.value = True
    assert lab.state.x[0, 0] == 1
    assert lab.state.drawing.startswith("2")


def test_drawing_over_a_large_picture_takes_the_small_one():
    lab = Convolution(size="28x28")
    lab.draw_over.click()
    assert lab.state.x.shape == (10, 10)
    assert lab.state.x.sum() > 5


def test_two_labs_start_alike_and_print_nothing(capsys):
    one, two = Convolution(), Convolution()
    assert pictures(one) == pictures(two)
    assert str(one.state) == str(two.state)
    assert capsys.readouterr().out == ""


def test_editing_one_number_leaves_the_others_as_exact_as_they_were():
    control = KernelControl(Kernel("Kernel", "blur", -9, 9))
    control.fields[4].value = 2
    assert control.value == (*(1 / 9,) * 4, 2, *(1 / 9,) * 4)
    lab = Convolution(kernel=(0.123456,) * 9)
    lab.controls["kernel"].fields[0].value = -1
    assert lab.state.kernel == (-1, *(0.123456,) * 8)
