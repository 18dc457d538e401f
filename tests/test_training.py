"""Training: steps, seeds, weights of samples, validation, and what happens when it diverges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore import Sequential, gradient_check
from dlcore.layers import Dense, Dropout, Layer, Masking, SimpleRNN
from dlcore.optimizers import SGD, Adam
from dlcore.training import learn, train

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 3))
Y = RNG.integers(0, 4, 50)


def classifier(seed=0, dtype=np.float64, optimizer="sgd", dropout=0.0):
    model = Sequential(
        [Dense(6, "tanh", input_dim=3), Dropout(dropout), Dense(4, "softmax")], seed=seed, dtype=dtype
    )
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def weights_of(model):
    return np.concatenate([w.reshape(-1) for w in model.get_weights()])


# ---------------------------------------------------------------------- steps and their numbers


def test_steps_are_numbered_and_measured():
    model = classifier()
    steps = list(train(model, X, Y, epochs=2, batch_size=16))
    assert [(s.epoch, s.batch) for s in steps] == [(e, b) for e in (1, 2) for b in (1, 2, 3, 4)]
    assert {(s.epochs, s.batches) for s in steps} == {(2, 4)}
    assert [s.epoch_logs is not None for s in steps] == [False, False, False, True] * 2
    assert set(steps[0].gradient_norms) == set(steps[0].update_ratios) == {"dense", "dense_1"}


def test_measurements_are_those_of_the_step():
    model = classifier(optimizer=SGD(0.5))
    before = [layer.parameters["W"].copy() for layer in model.layers if layer.parameters]
    before_b = [layer.parameters["b"].copy() for layer in model.layers if layer.parameters]
    step = next(train(model, X, Y, batch_size=50, shuffle=False))
    reference = classifier(optimizer=SGD(0.5))
    reference.loss_and_gradients(X, Y)
    for layer, W, b in zip((model.layers[0], model.layers[2]), before, before_b, strict=True):
        weights = np.append(W, b)
        gradient = np.append(layer.gradients["W"], layer.gradients["b"])
        assert step.gradient_norms[layer.name] == pytest.approx(np.linalg.norm(gradient))
        # a step of plain SGD is the learning rate times the gradient
        ratio = 0.5 * np.linalg.norm(gradient) / np.linalg.norm(weights)
        assert step.update_ratios[layer.name] == pytest.approx(ratio)
    np.testing.assert_allclose(model.layers[0].gradients["W"], reference.layers[0].gradients["W"])


def test_epoch_logs_are_means_over_samples_not_batches():
    model = classifier(optimizer=SGD(1e-12))  # too small a rate to change anything
    *_, last = train(model, X, Y, batch_size=16)
    loss, accuracy = model.evaluate(X, Y)
    assert last.epoch_logs["loss"] == pytest.approx(loss)
    assert last.epoch_logs["accuracy"] == pytest.approx(accuracy)


def test_each_epoch_takes_every_sample_once_in_a_new_order():
    seen = []

    class Recorder(Layer):
        def forward(self, x, training=False):
            if training:
                seen.append(x[:, 0].copy())
            self.y = self.prepare(x, training)
            return self.y

        def backward(self, dy, input_gradient=True):
            return dy

    model = Sequential([Recorder(input_shape=(1,)), Dense(1)])
    model.compile(loss="mse")
    model.fit(np.arange(10.0).reshape(-1, 1), np.zeros(10), epochs=2, batch_size=4, verbose=0)
    first, second = np.concatenate(seen[:3]), np.concatenate(seen[3:])
    assert [len(batch) for batch in seen] == [4, 4, 2] * 2
    assert sorted(first) == sorted(second) == list(range(10))
    assert (first != second).any()
    assert (first != np.arange(10)).any()


def test_a_callback_can_stop_and_fit_keeps_history():
    model = classifier()

    def stop_in_the_second_epoch(step):
        step.model.stop_training = step.epoch == 2 and step.batch == 2

    history = model.fit(X, Y, epochs=5, batch_size=16, verbose=0, callbacks=[stop_in_the_second_epoch])
    assert history.epoch == [0]
    assert model.history is history
    model.fit(X, Y, verbose=0)
    assert model.history.epoch == [0]


def test_a_callback_need_not_be_a_list():
    seen = []
    classifier().fit(X, Y, batch_size=25, verbose=0, callbacks=(f for f in [seen.append]))
    assert [bool(step.gradient_norms) for step in seen] == [True, True]


def test_one_callback_or_none():
    seen = []
    classifier().fit(X, Y, batch_size=50, verbose=0, callbacks=seen.append)
    classifier().fit(X, Y, batch_size=50, verbose=0, callbacks=None)
    assert len(seen) == 1


def test_printed_lines(capsys):
    classifier().fit(X, Y, epochs=2, validation_data=(X, Y))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("Epoch 1/2 - loss: ")
    assert "val_accuracy" in lines[1]
    classifier().fit(X, Y, verbose=0)
    assert capsys.readouterr().out == ""


def test_validation_split_takes_the_end_and_learns_nothing_from_it():
    model, reference = classifier(), classifier()
    history = model.fit(X, Y, validation_split=0.2, verbose=0)
    reference.fit(X[:40], Y[:40], verbose=0)
    np.testing.assert_array_equal(weights_of(model), weights_of(reference))
    assert history.history["val_loss"] == [model.evaluate(X[40:], Y[40:])[0]]


def test_class_weights_do_not_count_in_the_part_that_is_split_off():
    model, reference = classifier(), classifier()
    history = model.fit(X, Y, validation_split=0.2, class_weight={1: 5.0}, verbose=0)
    reference.fit(X[:40], Y[:40], class_weight={1: 5.0}, verbose=0)
    np.testing.assert_array_equal(weights_of(model), weights_of(reference))
    assert history.history["val_loss"] == [model.evaluate(X[40:], Y[40:])[0]]


def test_weights_of_sequences_are_split_too():
    x, y, weights = RNG.normal(size=(10, 4, 3)), RNG.integers(0, 3, (10, 4)), np.arange(10.0)
    model = Sequential([SimpleRNN(3, return_sequences=True, input_shape=(4, 3)), Dense(3, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    history = model.fit(x, y, validation_split=0.2, sample_weight=weights, verbose=0)
    assert history.history["val_loss"] == model.evaluate(x[8:], y[8:], sample_weight=weights[8:])


# ---------------------------------------------------------------------- seeds, batches, order


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), dtype=st.sampled_from([np.float32, np.float64]))
def test_the_same_seed_gives_the_same_bits(seed, dtype):
    runs = []
    for _ in range(2):
        model = classifier(seed, dtype, "adam", dropout=0.3)
        history = model.fit(X, Y, epochs=2, batch_size=8, verbose=0)
        runs.append((weights_of(model), history.history["loss"]))
    np.testing.assert_array_equal(runs[0][0], runs[1][0])
    assert runs[0][1] == runs[1][1]


def test_another_seed_gives_another_model_and_the_global_state_is_left_alone():
    state = np.random.get_state()[1].copy()  # noqa: NPY002 (that is what must not change)
    one, two = classifier(1), classifier(2)
    one.fit(X, Y, verbose=0)
    assert (weights_of(one) != weights_of(two)).any()
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


@settings(max_examples=20, deadline=None)
@given(cut=st.integers(1, 49), order=st.permutations(range(50)))
def test_predictions_do_not_depend_on_the_batch_or_its_order(cut, order):
    model = classifier()
    whole = model.predict(X)
    parts = np.concatenate([model.predict(X[:cut]), model.predict(X[cut:])])
    np.testing.assert_allclose(parts, whole, rtol=1e-12)
    np.testing.assert_allclose(model.predict(X, batch_size=cut), whole, rtol=1e-12)
    np.testing.assert_allclose(model.predict(X[order]), whole[order], rtol=1e-12)


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(range(50)))
def test_gradients_do_not_depend_on_the_order_of_the_batch(order):
    model = classifier()
    loss, _ = model.loss_and_gradients(X, Y)
    gradients = model.parameter_vector.gradients.copy()
    other, _ = model.loss_and_gradients(X[order], Y[order])
    assert other == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(model.parameter_vector.gradients, gradients, rtol=1e-9, atol=1e-14)


def test_the_gradient_of_a_batch_is_the_mean_over_its_samples():
    model = classifier()
    each = []
    for i in range(50):
        model.loss_and_gradients(X[i : i + 1], Y[i : i + 1])
        each.append(model.parameter_vector.gradients.copy())
    model.loss_and_gradients(X, Y)
    np.testing.assert_allclose(model.parameter_vector.gradients, np.mean(each, axis=0), atol=1e-14)


def test_loss_and_gradients_twice_is_the_same():
    model = classifier()
    first = model.loss_and_gradients(X, Y, input_gradient=True)
    gradients, dx = model.parameter_vector.gradients.copy(), model.input_gradient.copy()
    assert model.loss_and_gradients(X, Y, input_gradient=True) == first
    np.testing.assert_array_equal(model.parameter_vector.gradients, gradients)
    np.testing.assert_array_equal(model.input_gradient, dx)


def test_arguments_are_never_changed():
    x, y, weights = X.copy(), Y.copy(), np.linspace(0, 2, 50)
    kept = weights.copy()
    model = classifier()
    model.fit(x, y, sample_weight=weights, validation_split=0.1, epochs=2, verbose=0)
    model.train_on_batch(x, y)
    model.evaluate(x, y)
    model.predict(x)
    for array, before in ((x, X), (y, Y), (weights, kept)):
        np.testing.assert_array_equal(array, before)


def test_train_on_batch_is_one_step():
    one, two = classifier(optimizer="adam"), classifier(optimizer="adam")
    step = next(train(two, X, Y, batch_size=50, shuffle=False))
    assert one.train_on_batch(X, Y) == [step.loss, step.metrics["accuracy"]]
    np.testing.assert_array_equal(weights_of(one), weights_of(two))


# ---------------------------------------------------------------------- weights of samples and classes


def test_a_whole_number_as_weight_counts_a_sample_so_many_times():
    repeats = np.arange(50) % 3
    repeated = np.repeat(np.arange(50), repeats)
    model = classifier()
    _, _, weights = model.as_data(X, Y, repeats)
    loss, _ = model.loss_and_gradients(X, Y, weights)
    gradients = model.parameter_vector.gradients.copy()
    other, _ = model.loss_and_gradients(X[repeated], Y[repeated])
    # The weighted mean divides by the number of samples, not by the sum of weights, as in Keras.
    assert loss == pytest.approx(other * len(repeated) / 50)
    np.testing.assert_allclose(gradients, model.parameter_vector.gradients * len(repeated) / 50, atol=1e-14)


@pytest.mark.parametrize("one_hot", [False, True])
def test_class_weights_are_sample_weights(one_hot):
    loss = "categorical_crossentropy" if one_hot else "sparse_categorical_crossentropy"
    targets = np.eye(4)[Y] if one_hot else Y
    runs = []
    for how in ({"class_weight": {1: 3.0, 2: 0.5}}, {"sample_weight": np.array([1, 3, 0.5, 1])[Y]}):
        model = classifier()
        model.compile(optimizer="sgd", loss=loss)
        model.fit(X, targets, epochs=2, verbose=0, **how)
        runs.append(weights_of(model))
    np.testing.assert_array_equal(*runs)


def test_evaluate_and_validation_data_take_weights():
    model, weights = classifier(), np.linspace(0, 2, 50)
    each = model.loss.losses(Y, model.predict(X))
    assert model.evaluate(X, Y, sample_weight=weights)[0] == pytest.approx((each * weights).mean(), rel=1e-6)
    history = model.fit(X, Y, verbose=0, validation_data=(X, Y, weights))
    assert history.history["val_loss"][0] == model.evaluate(X, Y, sample_weight=weights)[0]


def test_both_kinds_of_weights_at_once():
    with pytest.raises(ValueError, match="sample_weight or class_weight, got both"):
        classifier().fit(X, Y, class_weight={0: 2.0}, sample_weight=np.ones(50))


def test_class_weights_need_one_target_per_sample():
    model = Sequential([Dense(4, "softmax", input_shape=(2, 3))])
    model.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(ValueError, match=r"one target per sample, got targets of shape \(50, 2\)"):
        model.fit(np.ones((50, 2, 3)), np.zeros((50, 2), int), class_weight={0: 2.0}, verbose=0)


@pytest.mark.parametrize(
    ("class_weight", "error", "message"),
    [
        ({7: 5.0}, ValueError, "keys the classes 0 to 3, got 7"),
        ({-1: 5.0}, ValueError, "keys the classes 0 to 3, got -1"),
        ({"cat": 5.0}, ValueError, "keys the classes 0 to 3, got 'cat'"),
        ([1.0, 5.0, 1.0, 1.0], TypeError, r"a dict of weights by class, .* got \[1.0, 5.0, 1.0, 1.0\]"),
    ],
)
def test_class_weights_that_are_for_no_class(class_weight, error, message):
    for loss, targets in (("sparse_categorical_crossentropy", Y), ("categorical_crossentropy", np.eye(4)[Y])):
        model = classifier()
        model.compile("sgd", loss)
        with pytest.raises(error, match=message):
            model.fit(X, targets, class_weight=class_weight, verbose=0)


@pytest.mark.parametrize(
    ("loss", "targets", "row"),
    [
        ("binary_crossentropy", np.where(np.arange(50)[:, None] == 3, 1.0, np.eye(4)[Y]), 3),
        ("binary_crossentropy", np.where(np.arange(50)[:, None] == 3, 0.0, np.eye(4)[Y]), 3),
        ("mse", X[:, [0, 1, 2, 0]], 0),
    ],
)
def test_class_weights_need_one_class_per_row(loss, targets, row):
    model = classifier()
    model.compile("sgd", loss)
    with pytest.raises(ValueError, match=rf"one class per row .*; row {row} is \[.*\]. Use sample_weight"):
        model.fit(X, targets, class_weight={0: 2.0}, verbose=0)


def test_class_weights_of_yes_and_no():
    model = Sequential([Dense(1, "sigmoid", input_dim=3)])
    model.compile("sgd", "binary_crossentropy")
    _, _, weights = model.as_data(X[:3], [0, 1, 1], class_weight={1: 5.0})
    np.testing.assert_array_equal(weights, [1, 5, 5])
    with pytest.raises(ValueError, match="keys the classes 0 to 1, got 2"):
        model.as_data(X[:3], [0, 1, 1], class_weight={2: 5.0})
    with pytest.raises(ValueError, match=r"row 1 is \[0.5\]"):
        model.as_data(X[:3], [0, 0.5, 1], class_weight={1: 5.0})


def test_padding_counts_neither_in_loss_nor_gradient_nor_metrics():
    """A padded batch gives the mean over its real steps, whatever stands in the padding."""
    rng = np.random.default_rng(0)
    lengths = [1, 4, 2]
    x, y = rng.normal(size=(3, 4, 2)), rng.integers(0, 3, (3, 4))
    real = np.arange(4) < np.array(lengths)[:, None]
    x[~real] = 0
    model = Sequential(
        [Masking(input_shape=(4, 2)), SimpleRNN(5, return_sequences=True), Dense(3, "softmax")],
        dtype=np.float64,
    )
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    results = model.evaluate(x, y)
    gradients, others = [], []
    for target in (y, np.where(real, y, (y + 1) % 3)):
        others.append(model.evaluate(x, target))
        model.loss_and_gradients(x, target)
        gradients.append(model.parameter_vector.gradients.copy())
    assert others[0] == others[1] == results
    np.testing.assert_array_equal(*gradients)

    outputs = model.predict(x)
    each = -np.log(np.take_along_axis(outputs, y[..., None], axis=-1)[..., 0])
    assert results[0] == pytest.approx(each[real].mean(), rel=1e-6)
    assert results[1] == pytest.approx((outputs.argmax(axis=-1) == y)[real].mean())
    assert model.evaluate(x, y, batch_size=1)[1] == pytest.approx(results[1])
    check = gradient_check(model, x, y)
    assert check.passed, check


# ---------------------------------------------------------------------- bad data changes nothing


@pytest.mark.parametrize(
    ("x", "y", "options", "error", "message"),
    [
        (X[:, :2], Y, {}, ValueError, r"3 features, got an array of shape \(\d+, 2\)"),
        (X.reshape(50, 3, 1), Y, {}, ValueError, r"got an array of shape"),
        (X, Y[:49], {}, ValueError, "x has 50 samples, but y has 49"),
        (X, Y + 1, {}, ValueError, "labels 0 to 3 for 4 outputs, got 4"),
        (X, Y - 1, {}, ValueError, "labels 0 to 3 for 4 outputs, got -1"),
        (X, Y + 0.5, {}, ValueError, "whole-number labels"),
        (X, np.eye(4)[Y], {}, ValueError, "For one-hot targets use"),
        (np.where(X[7, 1] == X, np.nan, X), Y, {}, ValueError, r"x holds 1 value .* \(7, 1\)"),
        (X, np.where(np.arange(50) == 3, np.inf, Y), {}, ValueError, r"y holds 1 value .* \(3,\)"),
        (X.astype(str), Y, {}, TypeError, "x expected numbers, got an array of dtype <U"),
        (X, Y.astype(str), {}, TypeError, "y expected numbers"),
        (X + 1j, Y, {}, TypeError, "x expected numbers, got an array of dtype complex128"),
        ([[1.0, 2.0], [3.0]], Y[:2], {}, ValueError, "x has rows of different lengths"),
        (X[:0], Y[:0], {}, ValueError, "x expected at least one sample"),
        (3.0, Y, {}, ValueError, "x expected at least one sample"),
        (X, Y, {"batch_size": 0}, ValueError, "batch_size of at least 1, got 0"),
        (X, Y, {"batch_size": 2.5}, TypeError, "batch_size to be a whole number, got 2.5"),
        (X, Y, {"epochs": 0}, ValueError, "epochs of at least 1, got 0"),
        (X, Y, {"validation_split": 1.0}, ValueError, "leaves one part empty"),
        (X, Y, {"validation_split": 0.2, "validation_data": (X, Y)}, ValueError, "validation_data, got both"),
        (X, Y, {"validation_data": (X, Y[:3])}, ValueError, "x has 50 samples, but y has 3"),
        (X, Y, {"sample_weight": np.ones(3)}, ValueError, r"sample_weight of shape \(50,\), got \(3,\)"),
        (X, Y, {"sample_weight": -np.ones(50)}, ValueError, "must not be negative, got -1"),
        (X, Y, {"sample_weight": np.full(50, np.nan)}, ValueError, "sample_weight holds 50 values"),
    ],
)
def test_bad_data(x, y, options, error, message):
    model = classifier(optimizer="adam")
    model.fit(X, Y, verbose=0)
    before, iterations = weights_of(model), model.optimizer.iterations
    with pytest.raises(error, match=message):
        model.fit(x, y, verbose=0, **options)
    np.testing.assert_array_equal(weights_of(model), before)
    assert model.optimizer.iterations == iterations
    if not options:
        for method in (model.train_on_batch, model.evaluate):
            with pytest.raises(error, match=message):
                method(x, y)
    np.testing.assert_array_equal(weights_of(model), before)


@pytest.mark.parametrize(
    ("validation", "message"),
    [((X, Y + 1), "labels 0 to 3"), ((X[:, :2], Y), "expected inputs of 3 features")],
)
def test_validation_data_are_checked_before_the_first_epoch(validation, message):
    model = classifier()
    before = weights_of(model)
    with pytest.raises(ValueError, match=message):
        model.fit(X, Y, validation_data=validation, verbose=0)
    np.testing.assert_array_equal(weights_of(model), before)


@pytest.mark.parametrize(
    ("name", "x", "y", "weights"),
    [("x", 1e300, 1.0, 1.0), ("y", 1.0, -1e300, 1.0), ("sample_weight", 1.0, 1.0, 1e300)],
)
def test_numbers_that_are_too_large_for_the_type(name, x, y, weights):
    model = Sequential([Dense(1, input_dim=1)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=rf"{name} holds 1 value .* float32 \(at most 3.4e\+38\).*1e\+300"):
        model.fit([[x]], [y], sample_weight=[weights], verbose=0)
    with pytest.raises(ValueError, match="x holds 1 value"):
        model.predict([[1e300]])


@pytest.mark.parametrize("dtype", [np.uint8, bool, np.int64])
def test_targets_take_the_type_of_the_model(dtype):
    model = classifier(dtype=np.float32)
    model.compile("sgd", "categorical_crossentropy")
    _, y, _ = model.as_data(X, np.eye(4, dtype=dtype)[Y])
    assert y.dtype == np.float32


@pytest.mark.parametrize(
    ("metric", "message"),
    [
        ("categorical_accuracy", r"categorical_accuracy expected targets .*\(50, 4\), got \(50,\)"),
        ("mae", r"mean_absolute_error expected targets .*\(50, 4\), got \(50,\)"),
        (lambda targets, y: float(y.mean()), r"one number per sample .* of shape \(50,\) .*, got shape \(\)"),
        (lambda targets, y: y, r"one number per sample .* of shape \(50,\) .*, got shape \(50, 4\)"),
    ],
)
def test_metrics_that_do_not_fit_are_found_before_the_first_step(metric, message):
    model = classifier()
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=[metric])
    before = weights_of(model)
    for method in (model.fit, model.evaluate, model.train_on_batch):
        with pytest.raises(ValueError, match=message):
            method(X, Y)
    np.testing.assert_array_equal(weights_of(model), before)


# ---------------------------------------------------------------------- divergence


class Faulty(Layer):
    """Hands numbers through; puts a NaN where it is told to, and counts passes as a statistic."""

    where = None

    def build(self, input_shape, rng=0):
        super().build(input_shape, rng)
        self.add_parameter("scale", (1,), "ones", 1, 1, rng)
        self.add_statistic("passes", (), 0.0)

    def forward(self, x, training=False):
        x = self.prepare(x, training)
        if training:
            self.statistics["passes"] += 1
        self.x, self.y = x, x * self.parameters["scale"]
        if self.where == "forward":
            self.y[0, 0] = np.nan
        return self.y

    def backward(self, dy, input_gradient=True):
        self.gradients["scale"][...] = (dy * self.x).sum()
        if self.where == "backward":
            self.gradients["scale"][...] = np.inf
        return dy * self.parameters["scale"]


@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop", "adam"])
@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("forward", r"the output of layer 'faulty' became NaN or infinite"),
        ("backward", r"the gradient of scale in layer 'faulty' became NaN or infinite"),
    ],
)
def test_divergence_in_forward_or_gradient(where, message, optimizer):
    model = Sequential([Dense(3, input_dim=3), Faulty(), Dense(1)], dtype=np.float64)
    model.compile(optimizer=optimizer, loss="mse")
    model.train_on_batch(X, np.zeros(50))
    before = model.get_weights()
    model.layers[1].where = where
    with pytest.raises(FloatingPointError, match=message) as caught:
        model.train_on_batch(X, np.zeros(50))
    assert "weights are as they were before this batch" in str(caught.value)
    assert "smaller learning rate" in str(caught.value)
    for now, then in zip(model.get_weights(), before, strict=True):  # the count of passes is among them
        np.testing.assert_array_equal(now, then)
    # and the training can go on
    model.layers[1].where = None
    reference = model.copy()
    assert np.isfinite(model.train_on_batch(X, np.zeros(50))).all()
    assert (weights_of(model) != weights_of(reference)).any()


@pytest.mark.parametrize("optimizer", [SGD(1e300), SGD(1e300, momentum=0.9), Adam(1e300)])
def test_divergence_in_the_update(optimizer):
    model = Sequential([Dense(3, input_dim=3), Dense(1)], dtype=np.float64)
    model.compile(optimizer=optimizer, loss="mse")
    before = weights_of(model)
    with pytest.raises(FloatingPointError, match="weights"):
        model.train_on_batch(X, 1e9 * np.ones(50))
    np.testing.assert_array_equal(weights_of(model), before)
    optimizer.learning_rate = 0.01
    assert np.isfinite(model.train_on_batch(X, np.ones(50))).all()
    assert (weights_of(model) != before).any()


def test_divergence_behind_a_layer_that_keeps_no_outputs():
    class Double(Layer):
        def forward(self, x, training=False):
            return 2 * self.prepare(x, training)

        def backward(self, dy, input_gradient=True):
            return 2 * dy

    model = Sequential([Dense(1, input_dim=3), Double()])
    model.compile(SGD(1e30), "mse")
    before = weights_of(model)
    with pytest.raises(FloatingPointError, match="training diverged"):
        model.fit(X, np.ones(50), batch_size=50, epochs=3, verbose=0)
    np.testing.assert_array_equal(weights_of(model), before)


@pytest.mark.parametrize("data", [(X,), (X, X[:, :1], np.ones(50), {0: 1.0})])
def test_validation_data_of_other_length(data):
    model = Sequential([Dense(1, input_dim=3)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"expected \(x, y\) or \(x, y, sample_weight\)"):
        model.fit(X, X[:, :1], validation_data=data, verbose=0)


def test_divergence_by_itself():
    """A learning rate that is too large, without any help: the weights are those before the failing batch."""
    model = Sequential([Dense(8, "relu", input_dim=3), Dense(1)])
    model.compile(optimizer=SGD(5.0), loss="mse")
    kept = []

    def keep(step):
        kept.append(weights_of(step.model))

    with pytest.raises(FloatingPointError, match="training diverged"):
        model.fit(X, 10 * np.ones(50), batch_size=50, epochs=200, verbose=0, callbacks=[keep])
    assert len(kept) > 2
    np.testing.assert_array_equal(weights_of(model), kept[-1])


def test_a_gradient_whose_square_overflows_counts_as_divergence():
    """Adam would square it to infinity and never move that weight again."""
    model = Sequential([Dense(1, input_dim=1)])
    model.compile(optimizer="adam", loss="mse")
    with pytest.raises(FloatingPointError, match="the length of the gradient"):
        learn(model, np.array([[1e15]], np.float32), np.array([[1e10]], np.float32))


def test_before_compile():
    model = Sequential([Dense(1, input_dim=3)])
    for method in (model.fit, model.evaluate, model.train_on_batch):
        with pytest.raises(RuntimeError, match=r"Call model.compile\("):
            method(X, Y)
