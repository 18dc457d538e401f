"""The formulas of a dense network once more, straight from the textbook and without dlcore."""

import numpy as np

ACTIVATIONS = {
    "linear": lambda z: z,
    "relu": lambda z: np.where(z > 0, z, 0.0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.2 * z),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True),
}

SLOPES = {
    "linear": np.ones_like,
    "relu": lambda z: (z > 0).astype(float),
    "leaky_relu": lambda z: np.where(z > 0, 1.0, 0.2),
    "sigmoid": lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
    "tanh": lambda z: 1 / np.cosh(z) ** 2,
}


def softmax_slopes(z):
    """(rows, classes, classes): dy_i/dz_k by the quotient rule."""
    slopes = np.empty((*z.shape, z.shape[-1]))
    for row, exps in enumerate(np.exp(z)):
        total = exps.sum()
        for i in range(len(exps)):
            for k in range(len(exps)):
                slopes[row, i, k] = ((i == k) * exps[i] * total - exps[i] * exps[k]) / total**2
    return slopes


def one_hot(name, t, classes):
    """Targets in the shape of the outputs."""
    return np.eye(classes)[t.astype(int)] if name.startswith("sparse") else t


def losses(name, y, t):
    """The loss of each row."""
    t = one_hot(name, t, y.shape[-1])
    if name == "mean_squared_error":
        return ((y - t) ** 2).sum(axis=1) / y.shape[1]
    if name == "binary_crossentropy":
        return -np.log(np.where(t == 1, y, 1 - y)).sum(axis=1) / y.shape[1]
    return -np.log((y * t).sum(axis=1))


def loss_slopes(name, y, t):
    """(rows, outputs): dL/dy of the mean over the rows."""
    rows, outputs = y.shape
    t = one_hot(name, t, outputs)
    if name == "mean_squared_error":
        return 2 * (y - t) / (rows * outputs)
    y = y.clip(1e-7, 1 - 1e-7)  # dlcore and Keras divide by no probability nearer to 0 or 1
    if name == "binary_crossentropy":
        return np.where(t == 1, -1 / y, 1 / (1 - y)) / (rows * outputs)
    return np.where(t == 1, -1 / y, 0.0) / rows


def network_loss(weights, activations, loss, x, t):
    """The mean loss of a dense network; weights are W, b, W, b ..."""
    for W, b, activation in zip(weights[::2], weights[1::2], activations, strict=True):
        x = ACTIVATIONS[activation](np.einsum("ni,oi->no", x, W) + b)
    return losses(loss, x, t).mean()
