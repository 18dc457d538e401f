"""A trace with regularizers: the penalty in the loss and in the gradients."""

import numpy as np

from differences import central_differences, relative_error
from dlcore import Sequential, trace
from dlcore.layers import Dense
from dlcore.regularizers import L1L2


def test_penalties_are_added_to_the_loss_and_to_the_gradients():
    rng = np.random.default_rng(0)
    model = Sequential(
        [Dense(3, activation="tanh", input_dim=2, kernel_regularizer=L1L2(0.1, 0.2)), Dense(1)], seed=1
    )
    model.compile(loss="mse")
    x, y = rng.normal(size=(2, 2)), rng.normal(size=(2, 1))
    steps = trace(model, x, y)
    copy = model.copy(dtype=np.float64)
    W = copy.layers[0].parameters["W"]

    penalty = 0.1 * np.abs(W).sum() + 0.2 * (W**2).sum()
    total = steps["loss", "L+R"]
    np.testing.assert_allclose(total.operands["R dense"], penalty)
    np.testing.assert_allclose(total.result, steps["loss", "L"].result + penalty)
    np.testing.assert_allclose(steps.loss, copy.loss_value(x, y))

    added = steps["dense", "dW+dR"]
    np.testing.assert_allclose(added.operands["dR"], 0.1 * np.sign(W) + 0.4 * W)
    np.testing.assert_allclose(added.result, steps["dense", "dW"].result + added.operands["dR"])
    assert relative_error(added.result, central_differences(lambda: copy.loss_value(x, y), W)) < 1e-7
    assert added.note == "R = 0.1 Σ |W| + 0.2 Σ W²"


def test_frozen_layers_have_no_penalty():
    model = Sequential([Dense(1, input_dim=2, kernel_regularizer="l2")])
    model.layers[0].trainable = False
    model.compile(loss="mse")
    names = [step.name for step in trace(model, [1.0, 2.0], [0.0])]
    assert "L+R" not in names
    assert "dW+dR" not in names
