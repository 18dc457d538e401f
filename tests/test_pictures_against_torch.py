"""Layers for pictures and words against PyTorch: the same weights in, the same numbers out.

All in float64, so that ten steps leave no room for rounding. PyTorch pads both sides alike; Keras and dlcore
put the odd row of "same" padding at the bottom: the PyTorch side pads by hand.
"""

import numpy as np
import pytest

from dlcore import Sequential
from dlcore.layers import (
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Embedding,
    Flatten,
    GlobalAveragePooling2D,
    LayerNormalization,
    MaxPooling2D,
)
from dlcore.optimizers import SGD
from dlcore.training import learn

torch = pytest.importorskip("torch", reason="PyTorch is not installed; it is only compared with")
F = torch.nn.functional

BATCH, STEPS, CLASSES = 6, 10, 3
ACTIVATIONS = {"linear": lambda z: z, "relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}


def padded(layer, x, value=0.0):
    """``x`` (batch, channels, height, width) with the margins that Keras documents for "same"."""
    if layer.padding == "valid":
        return x
    margins = []
    for length, k, s in zip(
        x.shape[:1:-1], layer.windows.size[::-1], layer.windows.strides[::-1], strict=True
    ):
        total = max((-(-length // s) - 1) * s + k - length, 0)
        margins += [total // 2, total - total // 2]
    return F.pad(x, margins, value=value)


def apply(layer, x, weights):
    """What PyTorch makes of a layer; ``weights`` are those of dlcore by name, as tensors."""
    first = x.movedim(-1, 1) if x.ndim == 4 else x
    match layer:
        case Conv2D():
            W = weights["W"].permute(0, 3, 1, 2)
            z = F.conv2d(padded(layer, first), W, weights.get("b"), layer.strides)
            return ACTIVATIONS[layer.activation.name](z).movedim(1, -1)
        case MaxPooling2D():
            size, strides = layer.windows.size, layer.windows.strides
            return F.max_pool2d(padded(layer, first, -torch.inf), size, strides).movedim(1, -1)
        case AveragePooling2D():
            size, strides = layer.windows.size, layer.windows.strides
            inside = padded(layer, torch.ones_like(first))
            sums = F.avg_pool2d(padded(layer, first), size, strides)
            return (sums / F.avg_pool2d(inside, size, strides)).movedim(1, -1)
        case GlobalAveragePooling2D():
            return x.mean((1, 2))
        case BatchNormalization():
            weights_and_bias = weights["gamma"], weights["beta"]
            return F.batch_norm(
                first, None, None, *weights_and_bias, training=True, eps=layer.epsilon
            ).movedim(1, -1)
        case LayerNormalization():
            return F.layer_norm(x, x.shape[-1:], weights["gamma"], weights["beta"], layer.epsilon)
        case Embedding():
            return F.embedding(x, weights["E"])
        case Flatten():
            return x.flatten(1)
        case Dense():
            return x @ weights["W"].T + weights["b"]


NETWORKS = {
    "the article's": [
        *[Conv2D(4, (3, 3), activation="relu"), MaxPooling2D((2, 2))],
        *[Conv2D(5, (3, 3), activation="relu"), MaxPooling2D((2, 2)), Flatten()],
    ],
    "same padding": [Conv2D(4, 3, padding="same"), MaxPooling2D(2, padding="same"), Flatten()],
    "same padding, even kernel": [Conv2D(4, (2, 4), padding="same", activation="relu"), Flatten()],
    "strides": [Conv2D(4, (3, 2), strides=(2, 3), activation="sigmoid", use_bias=False), Flatten()],
    "strides and same padding": [Conv2D(3, 3, strides=(2, 3), padding="same"), Flatten()],
    "overlapping maxima": [Conv2D(2, 1), MaxPooling2D(3, strides=(1, 2), padding="same"), Flatten()],
    "overlapping means": [Conv2D(2, 1), AveragePooling2D((3, 2), strides=1, padding="same"), Flatten()],
    "global mean": [Conv2D(4, 3, activation="relu"), AveragePooling2D(2), GlobalAveragePooling2D()],
    "batch normalization": [Conv2D(4, 3), BatchNormalization(), Flatten()],
    "layer normalization": [Conv2D(4, 3), LayerNormalization(), Flatten()],
    "normalized pictures": [BatchNormalization(), Conv2D(4, 3, activation="relu"), Flatten()],
}  # fmt: skip


@pytest.mark.parametrize("network", sorted(NETWORKS))
def test_ten_steps_on_pictures(network):
    rng = np.random.default_rng(1)
    assert_same_training(NETWORKS[network], lambda: rng.normal(size=(BATCH, 11, 12, 2)), np.float64)


def test_ten_steps_on_words():
    rng = np.random.default_rng(1)
    assert_same_training(
        [Embedding(7, 4), LayerNormalization(), Flatten()], lambda: rng.integers(0, 7, (BATCH, 5))
    )


def assert_same_training(layers, draw, dtype=np.int64):
    """Ten steps on ten batches: the same losses, gradients (of x too), and weights."""
    configs = [(type(layer), layer.get_config()) for layer in layers]
    model = Sequential([kind(**config) for kind, config in configs], seed=3, dtype=np.float64)
    model.add(Dense(CLASSES, activation="softmax"))
    model.compile(optimizer=SGD(0.1), loss="sparse_categorical_crossentropy")
    x = draw()
    model.build(x.shape[1:])
    weights = [
        {name: torch.tensor(w, requires_grad=True) for name, w in layer.parameters.items()}
        for layer in model.layers
    ]
    optimizer = torch.optim.SGD([w for of_layer in weights for w in of_layer.values()], lr=0.1)
    labels = np.random.default_rng(2)
    for _ in range(STEPS):
        x, y = draw(), labels.integers(0, CLASSES, BATCH)
        given = torch.tensor(x.astype(dtype), requires_grad=dtype == np.float64)
        out = given
        for layer, of_layer in zip(model.layers, weights, strict=True):
            out = apply(layer, out, of_layer)
        peer_loss = F.cross_entropy(out, torch.tensor(y))
        optimizer.zero_grad()
        peer_loss.backward()

        model.loss_and_gradients(x, y, input_gradient=True)
        if dtype == np.float64:
            np.testing.assert_allclose(model.input_gradient, given.grad.numpy(), rtol=1e-7, atol=1e-12)
        loss, _ = learn(model, x, y)
        assert loss == pytest.approx(peer_loss.item(), rel=1e-9)
        optimizer.step()
        for layer, of_layer in zip(model.layers, weights, strict=True):
            for name, w in of_layer.items():
                np.testing.assert_allclose(layer.gradients[name], w.grad.numpy(), rtol=1e-7, atol=1e-12)
                np.testing.assert_allclose(layer.parameters[name], w.detach().numpy(), rtol=1e-7, atol=1e-10)


def test_moving_statistics_and_prediction_with_them():
    """PyTorch's running variance has n - 1 in its divisor, and its momentum is the other part of 1."""
    layer = BatchNormalization(momentum=0.7)
    layer.astype(np.float64)
    layer.build((4,))
    peer = torch.nn.BatchNorm1d(4, eps=1e-3, momentum=0.3, dtype=torch.float64)
    rng = np.random.default_rng(4)
    variance = np.ones(4)
    for _ in range(STEPS):
        x = rng.normal(2, 3, size=(BATCH, 4))
        np.testing.assert_allclose(
            layer.forward(x, training=True), peer(torch.tensor(x)).detach().numpy(), rtol=1e-9, atol=1e-12
        )
        variance = 0.7 * variance + 0.3 * x.var(axis=0)
    np.testing.assert_allclose(layer.statistics["moving_mean"], peer.running_mean.numpy(), rtol=1e-9)
    np.testing.assert_allclose(layer.statistics["moving_variance"], variance, rtol=1e-9)
    peer.running_var[:] = torch.tensor(variance)
    np.testing.assert_allclose(layer.forward(x), peer.eval()(torch.tensor(x)).detach().numpy(), rtol=1e-9)


@pytest.mark.parametrize("values", [[0, 0, 0, 0], [0, 1, 1, 0], [2, 1, 2, 2]])
def test_the_first_of_equal_maxima_wins_as_in_torch(values):
    x = np.array(values, float).reshape(1, 2, 2, 1)
    layer = MaxPooling2D(2)
    layer.forward(x)
    given = torch.tensor(x, requires_grad=True)
    F.max_pool2d(given.movedim(-1, 1), 2).sum().backward()
    np.testing.assert_array_equal(layer.backward(np.ones((1, 1, 1, 1))), given.grad.numpy())
