"""Traces of convolution and pooling: every number anew, with loops over positions and pixels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from differences import central_differences, relative_error
from dlcore import Sequential, trace
from dlcore.layers import AveragePooling2D, Conv2D, Dense, Flatten, GlobalAveragePooling2D, MaxPooling2D

quick = settings(max_examples=25, deadline=None)


def close(got, expected):
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)


def windows_of(layer, picture):
    """Each window of one padded picture with the place of its first pixel, row by row."""
    (height, width), (down, right) = layer.windows.size, layer.windows.strides
    for top in range(0, picture.shape[0] - height + 1, down):
        for left in range(0, picture.shape[1] - width + 1, right):
            yield top, left, picture[top : top + height, left : left + width]


def padded(layer, x):
    """x with the margins that "same" padding asks for, worked out anew."""
    if layer.padding == "valid":
        return x, 0, 0
    margins = []
    for length, size, stride in zip(x.shape[1:3], layer.windows.size, layer.windows.strides, strict=True):
        total = max((int(np.ceil(length / stride)) - 1) * stride + size - length, 0)
        margins.append((total // 2, total - total // 2))
    return np.pad(x, [(0, 0), *margins, (0, 0)]), margins[0][0], margins[1][0]


def compiled(*layers, seed=0):
    model = Sequential([*layers, Flatten(), Dense(2)], seed=seed)
    model.compile(loss="mse")
    return model


@quick
@given(
    samples=st.integers(1, 2),
    height=st.integers(2, 5),
    channels=st.integers(1, 2),
    kernel=st.sampled_from([1, 2, (2, 1)]),
    strides=st.sampled_from([1, 2]),
    padding=st.sampled_from(["valid", "same"]),
    bias=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_number_of_a_convolution(samples, height, channels, kernel, strides, padding, bias, seed):
    rng = np.random.default_rng(seed)
    layer = Conv2D(
        2, kernel, strides=strides, padding=padding, activation="tanh", use_bias=bias,
        input_shape=(height, 4, channels),
    )  # fmt: skip
    x = rng.normal(size=(samples, height, 4, channels))
    steps = trace(compiled(layer), x, rng.normal(size=(samples, 2)))
    W = steps["conv2d", "z"].operands["W"]

    pictures, above, before = padded(layer, x)
    windows = [[w for _, _, w in windows_of(layer, picture)] for picture in pictures]
    patches = steps["conv2d", "patches"]
    close(patches.operands["x"], x)
    close(patches.result, [w.ravel() for of_picture in windows for w in of_picture])

    z, y = steps["conv2d", "z"], steps["conv2d", "y"]
    expected = np.array([[(W[f] * w).sum() for f in range(2)] for of_picture in windows for w in of_picture])
    close(z.result, expected + (z.operands["b"] if bias else 0))
    close(y.result.reshape(-1, 2), np.tanh(z.result))

    dz, dW = steps["conv2d", "dz"], steps["conv2d", "dW"]
    close(dz.operands["slope"].reshape(-1, 2), 1 / np.cosh(z.result) ** 2)
    close(dz.result, dz.operands["dy"] * dz.operands["slope"])
    delta = dz.result.reshape(-1, 2)
    uses = zip(delta, patches.result, strict=True)
    close(dW.result, sum(d[:, None, None, None] * patch.reshape(W[0].shape) for d, patch in uses))
    if bias:
        close(steps["conv2d", "db"].result, delta.sum(axis=0))
    dpatches = steps["conv2d", "dpatches"].result
    close(dpatches, [sum(d[f] * W[f].ravel() for f in range(2)) for d in delta])

    # each pixel sums over the windows that it lies in
    dx = np.zeros_like(pictures)
    position = iter(dpatches)
    for picture, gradient in zip(pictures, dx, strict=True):
        for top, left, window in windows_of(layer, picture):
            gradient[top : top + window.shape[0], left : left + window.shape[1]] += next(position).reshape(
                window.shape
            )
    close(steps["conv2d", "dx"].result, dx[:, above : above + height, before : before + 4])

    index = (1, 0, 0, channels - 1)
    close(steps.weight("conv2d", *index).result, dW.result[index])
    close(steps.neuron("conv2d", 1, 0).result, z.result[0, 1])


def test_the_shown_sum_at_a_pixel_is_the_gradient_there():
    model = compiled(Conv2D(1, 2, input_shape=(4, 4, 1)))
    step = trace(model, np.arange(16.0).reshape(4, 4, 1), [0.0, 1.0])["conv2d", "dx"]
    label, *terms, value, _, _ = step.pieces
    assert label == "at pixel (2, 2):"
    terms = [piece for piece in terms if isinstance(piece, float)]
    assert len(terms) == 4  # an inner pixel lies in four windows of 2 x 2
    close(sum(terms), value)
    close(value, step.result[0, 2, 2, 0])


@quick
@given(
    samples=st.integers(1, 2),
    height=st.integers(2, 5),
    strides=st.sampled_from([None, 1]),
    padding=st.sampled_from(["valid", "same"]),
    seed=st.integers(0, 2**32 - 1),
)
def test_pooling_sends_the_gradient_back_the_way_it_came(samples, height, strides, padding, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(samples, height, 4, 2))
    for kind in (MaxPooling2D, AveragePooling2D):
        layer = kind((2, 2), strides=strides, padding=padding, input_shape=x.shape[1:])
        steps = trace(compiled(layer), x, rng.normal(size=(samples, 2)))
        forward, backward = steps[layer.name, "y"], steps[layer.name, "dx"]
        pictures, above, before = padded(layer, x)
        inside = padded(layer, np.ones_like(x))[0] > 0
        if kind is MaxPooling2D:
            pictures = np.where(inside, pictures, -np.inf)
        y, dx = [], np.zeros_like(pictures)
        dy = iter(backward.operands["dy"].reshape(-1, 2))
        for picture, within, gradient in zip(pictures, inside, dx, strict=True):
            for top, left, window in windows_of(layer, picture):
                part = np.s_[top : top + 2, left : left + 2]
                if kind is MaxPooling2D:
                    y.append(window.max(axis=(0, 1)))
                    shares = window == y[-1]
                else:
                    shares = within[part] / within[part].sum(axis=(0, 1))
                    y.append((window * shares).sum(axis=(0, 1)))
                gradient[part] += shares * next(dy)
        close(forward.result.reshape(-1, 2), y)
        close(backward.result, dx[:, above : above + height, before : before + 4])


def test_global_average_pooling():
    x = np.random.default_rng(0).normal(size=(2, 3, 4, 2))
    model = Sequential([GlobalAveragePooling2D(input_shape=(3, 4, 2)), Dense(1)])
    model.compile(loss="mse")
    steps = trace(model, x, [[0.0], [1.0]])
    close(steps["global_average_pooling2d", "y"].result, x.sum(axis=(1, 2)) / 12)
    dx = steps["global_average_pooling2d", "dx"]
    close(dx.result, np.broadcast_to(dx.operands["dy"][:, None, None] / 12, x.shape))


@pytest.mark.parametrize("pooling", [MaxPooling2D, AveragePooling2D])
def test_gradients_of_a_whole_network_are_those_of_finite_differences(pooling):
    rng = np.random.default_rng(1)
    model = compiled(Conv2D(2, 2, activation="sigmoid", input_shape=(5, 4, 1)), pooling((2, 2)), seed=1)
    x, y = rng.normal(size=(2, 5, 4, 1)), rng.normal(size=(2, 2))
    steps = trace(model, x, y)
    copy = model.copy(dtype=np.float64)
    convolution = copy.layers[0].parameters
    for values, name in ((convolution["W"], "dW"), (convolution["b"], "db"), (x, "dx")):
        numeric = central_differences(lambda: copy.loss_value(x, y), values)
        assert relative_error(steps["conv2d", name].result, numeric) < 1e-7


def test_text_latex_and_html_of_every_step():
    model = compiled(Conv2D(2, 2, input_shape=(4, 4, 1)), MaxPooling2D(), seed=2)
    steps = trace(model, np.arange(16.0).reshape(4, 4, 1) / 8 - 1, [0.0, 1.0])
    for step in steps:
        assert step.title in str(step)
        assert step.title in step.to_html()
        assert step.equation.count("{") == step.equation.count("}")
        assert step.numbers.count("{") == step.numbers.count("}")
    assert "Σₚ δₚ xₚᵀ" in steps["conv2d", "dW"].formula
    assert "9 times, once for each position" in steps["conv2d", "dW"].note
