"""The gradient check itself: it must pass what is right, find what is wrong, and be honest about kinks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore import Sequential, gradient_check
from dlcore.activations import ACTIVATIONS
from dlcore.layers import Activation, Dense, Dropout, Flatten
from dlcore.regularizers import L1L2

RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 4))
TARGETS = {
    "mse": RNG.normal(size=(3, 2)),
    "categorical_crossentropy": np.eye(2)[[0, 1, 1]],
    "sparse_categorical_crossentropy": [0, 1, 1],
    "binary_crossentropy": np.eye(2)[[0, 1, 1]],
}


@settings(max_examples=60, deadline=None)
@given(
    hidden=st.lists(
        st.tuples(st.integers(1, 5), st.sampled_from(sorted(ACTIVATIONS)), st.booleans()), max_size=3
    ),
    last=st.sampled_from(["softmax", "sigmoid"]),
    loss=st.sampled_from(sorted(TARGETS)),
    apart=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_whole_networks(hidden, last, loss, apart, seed):
    layers = [Flatten(input_shape=(2, 2))]
    layers += [Dense(units, f, use_bias=bias, kernel_regularizer=L1L2(0, 0.01)) for units, f, bias in hidden]
    layers += [Dropout(0.5)]
    layers += [Dense(2), Activation(last)] if apart else [Dense(2, last)]
    model = Sequential(layers, seed=seed)
    model.compile(loss=loss)
    check = gradient_check(model, X.reshape(3, 2, 2), TARGETS[loss], tolerance=1e-6)
    assert check.passed, check
    assert check.entries + check.skipped == model.count_params() + X.size


@pytest.mark.parametrize("loss", sorted(TARGETS))
def test_smooth_networks_agree_to_seven_digits(loss):
    model = Sequential([Dense(5, "tanh", input_dim=4), Dense(2, "sigmoid" if loss != "mse" else "tanh")])
    model.compile(loss=loss)
    check = gradient_check(model, X, TARGETS[loss])
    assert check.relative_error < 1e-7
    assert check.skipped == 0


class WrongDense(Dense):
    """Dense with one wrong number in one gradient."""

    wrong = "W"

    def backward_from_z(self, dz, input_gradient=True):
        dx = super().backward_from_z(dz, input_gradient)
        target = dx if self.wrong == "x" else self.gradients[self.wrong]
        target[-1] *= 1.001
        return dx


@pytest.mark.parametrize("wrong", ["W", "b", "x"])
def test_a_wrong_gradient_is_found_and_named(wrong):
    layer = WrongDense(2, "tanh", input_dim=4)
    layer.wrong = wrong
    model = Sequential([layer])
    model.compile(loss="mse")
    check = gradient_check(model, X, TARGETS["mse"])
    assert not check.passed
    assert check.name == ("x" if wrong == "x" else f"wrong_dense/{wrong}")
    assert check.index[0] == {"W": 1, "b": 1, "x": 2}[wrong]
    assert check.analytic == pytest.approx(check.numeric * 1.001, rel=1e-5)
    assert "DISAGREE" in str(check)
    assert f"worst at {check.name}{list(check.index)}" in str(check)


def test_entries_next_to_a_kink_are_left_out_and_counted():
    model = Sequential([Dense(2, "relu", use_bias=False, input_dim=2)])
    model.compile(loss="mse")
    model.set_weights([[[1.0, 1.0], [1.0, 2.0]]])
    # neuron 0 has z = 0, exactly at its kink; neuron 1 has z = -1
    check = gradient_check(model, [[1.0, -1.0]], [[1.0, 1.0]])
    assert check.skipped == 4  # two weights of neuron 0, and both inputs
    assert check.entries == 2
    assert check.passed
    assert "4 next to a kink left out" in str(check)


def test_everything_at_a_kink():
    model = Sequential([Dense(1, "relu", use_bias=False, input_dim=2)])
    model.compile(loss="mse")
    model.set_weights([[[1.0, 1.0]]])
    with pytest.raises(ValueError, match="every entry lies next to a kink"):
        gradient_check(model, [[1.0, -1.0]], [[1.0]])


def test_the_model_and_the_data_are_not_touched():
    model = Sequential([Dense(2, "tanh", input_dim=4)])
    model.compile(loss="mse")
    before, x = model.get_weights(), X.copy()
    gradient_check(model, x, TARGETS["mse"])
    np.testing.assert_array_equal(x, X)
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
        assert now.dtype == np.float32


def test_while_training_with_dropout_and_batch_normalization():
    from dlcore.layers import BatchNormalization

    model = Sequential([Dense(5, "tanh", input_dim=4), BatchNormalization(), Dropout(0.5), Dense(2)])
    model.compile(loss="mse")
    dropped = gradient_check(model, X, TARGETS["mse"], training=True)
    assert dropped.passed, dropped
    assert dropped.entries == 4 * 5 + 5 + 10 + 12 + X.size


def test_some_entries_only():
    model = Sequential([Dense(50, "tanh", input_dim=4), Dense(2)])
    model.compile(loss="mse")
    check = gradient_check(model, X, TARGETS["mse"], entries_per_array=5)
    assert check.entries == 5 + 5 + 5 + 2 + 5  # W, b, W, b (which has only 2), x


def test_bad_use():
    model = Sequential([Dense(2, input_dim=4)])
    with pytest.raises(RuntimeError, match=r"model.compile\("):
        gradient_check(model, X, TARGETS["mse"])
    model.compile(loss="mse")
    with pytest.raises(ValueError, match="targets"):
        gradient_check(model, X, np.zeros((3, 5)))
    with pytest.raises(ValueError, match="x holds 1 value"):
        gradient_check(model, np.where(X[0, 0] == X, np.nan, X), TARGETS["mse"])
    with pytest.raises(ValueError, match="y holds"):
        gradient_check(model, X, np.nan * TARGETS["mse"])
    with pytest.raises(ValueError, match="positive step, got 0"):
        gradient_check(model, X, TARGETS["mse"], step=0)
    with pytest.raises(ValueError, match="entries_per_array of at least 1, got 0"):
        gradient_check(model, X, TARGETS["mse"], entries_per_array=0)
