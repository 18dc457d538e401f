"""What a trace promises: lookup, order, kind errors, and a model that is not touched."""

import numpy as np
import pytest

from dlcore import Sequential, layers, trace
from dlcore.layers import Dense, Dropout, Flatten, Layer
from dlcore.losses import Loss
from dlcore.tracing import explain_backward, explain_forward


@pytest.fixture
def model():
    model = Sequential([Dense(3, input_dim=2, activation="relu"), Dense(2, activation="softmax")], seed=3)
    model.compile(loss="categorical_crossentropy", optimizer="adam")
    return model


def test_forward_then_loss_then_backward(model):
    steps = trace(model, [0.5, -1.0], [0.0, 1.0])
    assert [step.phase for step in steps] == ["forward"] * 4 + ["loss"] + ["backward"] * 9
    assert [step.name for step in steps.phase("backward")] == [
        "dy",
        *["dz", "dW", "db", "dx"],
        *["dz", "dW", "db", "dx"],
    ]
    assert len(steps) == 14
    assert repr(steps) == f"Trace(1 sample, loss {steps.loss:.4f}, 14 steps)"
    assert repr(steps[0]) == "TraceStep('dense', 'z')"
    assert steps[0] is steps["dense", "z"]
    assert steps[-1] is steps["dense", "dx"]
    assert steps[:2] == steps.steps[:2]


def test_one_sample_is_a_batch_of_one(model):
    alone = trace(model, [0.5, -1.0], [0.0, 1.0])
    batch = trace(model, [[0.5, -1.0]], [[0.0, 1.0]])
    assert str(alone) == str(batch)


def test_the_product_so_far_names_every_local_factor(model):
    chain = trace(model, [0.5, -1.0], [0.0, 1.0])["dense", "dW"].chain
    assert chain == (
        ("loss", "∂L/∂y"),
        ("dense_1", "J"),
        ("dense_1", "Wᵀ"),
        ("dense", "f′(z)"),
        ("dense", "xᵀ"),
    )


def test_multiplying_the_local_factors_gives_the_gradient(model):
    """For one sample the whole chain is a product of matrices: here it is, multiplied out."""
    steps = trace(model, [0.5, 1.0], [0.0, 1.0])
    product = steps["loss", "dy"].factor.values
    for layer in ("dense_1", "dense"):
        factor = steps[layer, "dz"].factor
        product = product @ (factor.values if factor.name == "J" else np.diag(factor.values[0]))
        product = product @ steps[layer, "dx"].factor.values.T
    np.testing.assert_allclose(product, steps["dense", "dx"].result, rtol=1e-12)


def test_the_model_is_not_touched(model):
    model.train_on_batch([[1.0, 2.0]], [[0.0, 1.0]])
    weights = model.get_weights()
    gradients = model.parameter_vector.gradients.copy()
    outputs, kept = model.layers[0].y, model.layers[0].y.copy()
    random_state = model.rng.bit_generator.state
    x, y = np.array([[0.5, -1.0]]), np.array([[0.0, 1.0]])
    trace(model, x, y)
    for before, after in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    np.testing.assert_array_equal(model.parameter_vector.gradients, gradients)
    assert model.layers[0].y is outputs
    np.testing.assert_array_equal(outputs, kept)
    assert model.rng.bit_generator.state == random_state
    assert model.dtype == np.float32
    np.testing.assert_array_equal(x, [[0.5, -1.0]])
    np.testing.assert_array_equal(y, [[0.0, 1.0]])


def test_the_same_trace_every_time(model):
    first, second = (trace(model, [0.5, -1.0], [0.0, 1.0]) for _ in range(2))
    assert str(first) == str(second)
    assert first._repr_html_() == second._repr_html_()


def test_layers_without_a_formula_pass_their_numbers_on():
    model = Sequential([Flatten(input_shape=(2, 2)), Dropout(0.5, seed=0), Dense(1)])
    model.compile(loss="mse")
    x = np.arange(8.0).reshape(2, 2, 2)
    steps = trace(model, x, [[0.0], [1.0]])
    np.testing.assert_array_equal(steps["flatten", "y"].result, x.reshape(2, 4))
    np.testing.assert_array_equal(steps["dropout", "y"].result, x.reshape(2, 4))
    dx = steps["dense", "dx"].result
    np.testing.assert_array_equal(steps["dropout", "dx"].result, dx)
    np.testing.assert_array_equal(steps["flatten", "dx"].result, dx.reshape(2, 2, 2))
    assert steps["flatten", "dx"].note == "shape 2×4 becomes 2×2×2"


def test_unknown_names_are_answered_with_the_nearest(model):
    steps = trace(model, [0.5, -1.0], [0.0, 1.0])
    with pytest.raises(ValueError, match=r"unknown layer 'dens'\. Did you mean 'dense'"):
        steps["dens", "z"]
    with pytest.raises(ValueError, match=r"unknown name in dense 'dw'.*Known: z, y, dz, dW, db, dx"):
        steps["dense", "dw"]
    with pytest.raises(IndexError, match="dense: neuron 3 does not exist; there are 0 to 2"):
        steps.neuron("dense", 3)
    with pytest.raises(IndexError, match="use of W 1 does not exist; there are 0 to 0"):
        steps.neuron("dense", 0, use=1)
    with pytest.raises(IndexError, match="axis 1 of W 2 does not exist; there are 0 to 1"):
        steps.weight("dense", 0, 2)
    with pytest.raises(ValueError, match=r"W has 2 axes, got the index \[0\]"):
        steps.weight("dense", 0)


def test_what_does_not_fit_is_refused(model):
    with pytest.raises(ValueError, match="2 features"):
        trace(model, [[1.0, 2.0, 3.0]], [[0.0, 1.0]])
    with pytest.raises(ValueError, match="x has 1 samples, but y has 2"):
        trace(model, [[1.0, 2.0]], [[0.0, 1.0], [1.0, 0.0]])
    with pytest.raises(ValueError, match="NaN"):
        trace(model, [[1.0, float("nan")]], [[0.0, 1.0]])
    with pytest.raises(RuntimeError, match="no loss yet"):
        trace(Sequential([Dense(1, input_dim=1)]), [1.0], [1.0])


@pytest.mark.parametrize("name", sorted(set(layers.__all__) - {"Layer"}))
def test_every_layer_of_the_library_is_explained(name):
    kind = getattr(layers, name)
    for explain in (explain_forward, explain_backward):
        assert explain.dispatch(kind) is not explain.dispatch(Layer)


def test_a_layer_without_explanation_says_where_to_add_one():
    class Doubling(Layer):
        """y = 2 x"""

        def forward(self, x, training=False):
            self.y = 2 * self.prepare(x, training)
            return self.y

    model = Sequential([Doubling(input_shape=(1,))])
    model.compile(loss="mse")
    with pytest.raises(NotImplementedError, match=r"doubling \(Doubling\) yet. See dlcore.tracing"):
        trace(model, [1.0], [1.0])


def test_a_loss_of_ones_own_is_traced_without_its_formula():
    class AbsoluteError(Loss):
        """L = mean |y - t|"""

        name = "absolute_error"

        def losses(self, targets, y):
            return np.abs(y - targets).mean(axis=-1)

        def derivative(self, targets, y):
            return np.sign(y - targets) / y.shape[-1]

    model = Sequential([Dense(2, input_dim=1)])
    model.compile(loss=AbsoluteError())
    steps = trace(model, [[1.0], [2.0]], [[5.0, -5.0], [5.0, -5.0]])
    y = steps["dense", "y"].result
    np.testing.assert_allclose(steps["loss", "losses"].result, abs(y - [5, -5]).mean(axis=1))
    np.testing.assert_allclose(steps["loss", "dy"].result, np.sign(y - [5, -5]) / 4)
    assert "absolute error" in str(steps)
    assert "\\frac" in steps["loss", "dy"].equation
