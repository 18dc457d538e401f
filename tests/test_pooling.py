"""Pooling: by hand, gradients by central differences, ties, promises and errors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import promises
from differences import assert_layer_gradients
from dlcore.layers import AveragePooling2D, GlobalAveragePooling2D, MaxPooling2D, windows
from windows_by_hand import starts

seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=40, deadline=None)
both_kinds = pytest.mark.parametrize("kind", [MaxPooling2D, AveragePooling2D])


@st.composite
def cases(draw, kinds=(MaxPooling2D, AveragePooling2D)):
    """A layer with options drawn at random, and the shape of a batch that it can take."""
    height, width = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    padding = draw(st.sampled_from(["valid", "same"]))
    longest = (height, width) if padding == "valid" else (4, 4)
    size = tuple(draw(st.integers(1, min(4, length))) for length in longest)
    strides = draw(st.none() | st.tuples(st.integers(1, 3), st.integers(1, 3)))
    layer = draw(st.sampled_from(kinds))(size, strides, padding)
    return layer, (draw(st.integers(1, 3)), height, width, draw(st.integers(1, 3)))


def distinct(shape, seed):
    """Numbers in random order, at least 0.1 apart: no step of 1e-5 makes another one the largest."""
    return np.random.default_rng(seed).permutation(np.arange(0.0, np.prod(shape))).reshape(shape) / 10


def windows_by_hand(layer, x):
    """For each output (n, row, column): the slices of the picture that its window covers."""
    size, strides = layer.pool_size, layer.strides or layer.pool_size
    axes = []
    for length, k, s in zip(x.shape[1:3], size, strides, strict=True):
        axes.append([slice(max(i, 0), min(i + k, length)) for i in starts(length, k, s, layer.padding)])
    for n in range(len(x)):
        for r, rows in enumerate(axes[0]):
            for c, columns in enumerate(axes[1]):
                yield (n, r, c), (n, rows, columns)


@quick
@given(case=cases(), seed=seeds)
def test_forward_and_backward_by_hand(case, seed):
    layer, shape = case
    _, dy = promises.built(layer, shape, seed)
    x = distinct(shape, seed)
    y, dx = layer.forward(x), np.zeros(shape)
    for output, window in windows_by_hand(layer, x):
        pixels = x[window].reshape(-1, shape[-1])
        if isinstance(layer, MaxPooling2D):
            np.testing.assert_array_equal(y[output], pixels.max(axis=0))
            dx[window] += (x[window] == pixels.max(axis=0)) * dy[output]
        else:
            np.testing.assert_allclose(y[output], pixels.mean(axis=0), rtol=1e-12)
            dx[window] += dy[output] / len(pixels)
    np.testing.assert_allclose(layer.backward(dy), dx, rtol=1e-12, atol=1e-12)


@quick
@given(case=cases(), seed=seeds)
def test_gradients(case, seed):
    layer, shape = case
    _, dy = promises.built(layer, shape, seed)
    assert_layer_gradients(layer, distinct(shape, seed), dy)


@quick
@given(keepdims=st.booleans(), shape=st.tuples(*[st.integers(1, 4)] * 4), seed=seeds)
def test_global_average(keepdims, shape, seed):
    layer = GlobalAveragePooling2D(keepdims=keepdims)
    x, dy = promises.built(layer, shape, seed)
    np.testing.assert_allclose(layer.forward(x).reshape(len(x), -1), x.mean(axis=1).mean(axis=1), atol=1e-12)
    assert_layer_gradients(layer, x, dy)
    promises.assert_backward_twice_is_the_same(layer, x, dy, training=False)
    promises.assert_samples_do_not_see_each_other(layer, x, dy)
    promises.assert_training_on_reused_memory_changes_nothing(layer, x, dy)


@quick
@given(case=cases(), seed=seeds, training=st.booleans())
def test_backward_twice_is_the_same_and_changes_no_argument(case, seed, training):
    layer, shape = case
    promises.assert_backward_twice_is_the_same(layer, *promises.built(layer, shape, seed), training)


@quick
@given(case=cases(), seed=seeds)
def test_samples_do_not_see_each_other(case, seed):
    layer, shape = case
    promises.assert_samples_do_not_see_each_other(layer, *promises.built(layer, shape, seed))


@quick
@given(case=cases(), seed=seeds)
def test_training_gives_the_same_numbers(case, seed):
    layer, shape = case
    promises.assert_training_on_reused_memory_changes_nothing(layer, *promises.built(layer, shape, seed))


@both_kinds
def test_the_size_of_a_piece_changes_nothing(kind, monkeypatch):
    layer, shape = kind(3, 2, "same"), (5, 6, 7, 2)
    _, dy = promises.built(layer, shape, seed=0)
    x = distinct(shape, seed=0)
    y, dx = layer.forward(x), layer.backward(dy)
    monkeypatch.setattr(windows, "PIECE", 1)
    np.testing.assert_array_equal(layer.forward(x), y)
    np.testing.assert_array_equal(layer.backward(dy), dx)


@pytest.mark.parametrize("pool_size", [(2, 2), (3, 2), (16, 17)])  # 272 pixels do not fit in one byte
def test_of_equal_maxima_the_first_wins_row_by_row(pool_size):
    layer = MaxPooling2D(pool_size)
    x = np.zeros((1, *pool_size, 1))
    layer.forward(x)
    np.testing.assert_array_equal(np.argwhere(layer.backward([[[[1.0]]]])), [[0, 0, 0, 0]])
    x[0, 0, 1] = x[0, 1, 0] = x[0, -1, -1] = 5
    layer.forward(x)
    np.testing.assert_array_equal(np.argwhere(layer.backward([[[[1.0]]]])), [[0, 0, 1, 0]])
    x[0, -1, -1] = 6
    layer.forward(x)
    assert layer.winner.item() == pool_size[0] * pool_size[1] - 1
    np.testing.assert_array_equal(
        np.argwhere(layer.backward([[[[1.0]]]])), [[0, pool_size[0] - 1, pool_size[1] - 1, 0]]
    )


def test_the_margin_never_wins():
    layer = MaxPooling2D(2, padding="same")
    x = np.full((1, 3, 3, 1), -7.0)
    np.testing.assert_array_equal(layer.forward(x), np.full((1, 2, 2, 1), -7.0))
    np.testing.assert_array_equal(
        layer.backward(np.ones((1, 2, 2, 1)))[0, :, :, 0], [[1, 0, 1], [0, 0, 0], [1, 0, 1]]
    )


@both_kinds
def test_valid_drops_the_rows_that_no_window_reaches(kind):
    """As for the article's network, where 11 x 11 becomes 5 x 5; no gradient goes to the dropped ones."""
    layer = kind((2, 2), input_shape=(11, 11, 1))
    layer.build((11, 11, 1))
    assert layer.output_shape == (5, 5, 1)
    layer.forward(distinct((1, 11, 11, 1), seed=0))
    dx = layer.backward(np.ones((1, 5, 5, 1)))
    assert (dx[:, 10] == 0).all()
    assert (dx[:, :, 10] == 0).all()
    assert dx.sum() == pytest.approx(25)


@both_kinds
def test_saved_and_loaded(kind, tmp_path):
    promises.assert_saved_and_loaded(kind((2, 3), 1, "same"), np.ones((2, 5, 5, 3)), tmp_path)
    promises.assert_saved_and_loaded(kind(), np.ones((2, 5, 5, 3)), tmp_path)


def test_global_average_saved_and_loaded(tmp_path):
    promises.assert_saved_and_loaded(GlobalAveragePooling2D(keepdims=True), np.ones((2, 5, 5, 3)), tmp_path)


def test_pictures_of_any_size_where_the_shape_says_none():
    layer = MaxPooling2D(2, input_shape=(None, None, 3))
    layer.build((None, None, 3))
    assert layer.output_shape == (None, None, 3)
    assert layer.forward(np.zeros((1, 5, 8, 3))).shape == (1, 2, 4, 3)
    assert GlobalAveragePooling2D().forward(np.zeros((1, 5, 8, 3))).shape == (1, 3)


@both_kinds
@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"pool_size": 0}, ValueError, "pool_size of at least 1, got 0"),
        ({"pool_size": 1.5}, TypeError, "pool_size to be a whole number, got 1.5"),
        ({"pool_size": (2,)}, ValueError, "one number or two"),
        ({"strides": -1}, ValueError, "strides of at least 1, got -1"),
        ({"padding": "valide"}, ValueError, "Did you mean 'valid'"),
    ],
)
def test_bad_arguments(kind, arguments, error, message):
    with pytest.raises(error, match=message):
        kind(**arguments)


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (MaxPooling2D(3), (1, 2, 8, 1), "at least 3 x 3 pixels, .* got 2 x 8"),
        (AveragePooling2D(3), (1, 8, 2, 1), "at least 3 x 3 pixels, .* got 8 x 2"),
        (MaxPooling2D(2), (1, 8, 8), "Add a channel axis"),
        (GlobalAveragePooling2D(), (1, 8, 8), "Add a channel axis"),
        (AveragePooling2D(2), (1, 8), r"\(height, width, channels\)"),
    ],
)
def test_wrong_input_shapes(layer, shape, message):
    with pytest.raises(ValueError, match=message):
        layer.forward(np.zeros(shape))


@pytest.mark.parametrize("layer", [MaxPooling2D(2), AveragePooling2D(2), GlobalAveragePooling2D()])
def test_backward_before_forward(layer):
    with pytest.raises(RuntimeError, match=r"Call forward\(x\) first"):
        layer.backward(np.ones((1, 2, 2, 1)))
