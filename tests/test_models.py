"""Sequential: building, shapes, summary, weights, frozen layers, and the article's program of section 4.1."""

import subprocess
import sys

import numpy as np
import pytest

from dlcore import Sequential, datasets, metrics, utils
from dlcore.layers import Activation, Dense, Dropout, Flatten, Layer
from dlcore.optimizers import SGD

# Section 4.1 of the article, as it is printed there; only its import lines are changed.
ARTICLE = """
from dlcore.models import Sequential
from dlcore.layers import Dense

model = Sequential()
model.add(Dense(64, input_dim=784, activation='relu'))
model.add(Dense(64, activation='relu'))
model.add(Dense(10, activation='softmax'))

model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
"""


@pytest.fixture(scope="module")
def article():
    names = {}
    exec(ARTICLE, names)
    return names["model"]


def test_the_article_has_55050_parameters(article, capsys):
    article.summary()
    printed = capsys.readouterr().out
    assert "Total params: 55,050" in printed
    assert "Trainable params: 55,050" in printed
    assert [int(line.split()[-1].replace(",", "")) for line in printed.splitlines() if "(Dense)" in line] == [
        50_240,
        4_160,
        650,
    ]
    assert article.count_params() == 55_050


def test_the_article_learns_digits(article):
    (x_train, y_train), (x_test, y_test) = datasets.mnist()
    model = article.copy()
    history = model.fit(
        x_train.reshape(-1, 784) / 255,
        utils.to_categorical(y_train),
        epochs=10,
        verbose=0,
        validation_data=(x_test.reshape(-1, 784) / 255, utils.to_categorical(y_test)),
    )
    assert max(history.history["val_accuracy"]) >= 0.92
    assert history.history["loss"][-1] < 0.1 * history.history["loss"][0]


# ---------------------------------------------------------------------- building


def test_shapes_are_known_as_layers_are_added():
    model = Sequential([Flatten(input_shape=(4, 5)), Dense(3)])
    assert model.built
    assert model.output_shape == (3,)
    assert model.layers[1].parameters["W"].shape == (3, 20)


def test_without_an_input_shape_the_first_data_give_it():
    model = Sequential([Dense(3), Dense(2)])
    assert not model.built
    assert model.predict(np.zeros((5, 4))).shape == (5, 2)
    assert model.layers[0].parameters["W"].shape == (3, 4)
    fitted = Sequential([Dense(2)])
    fitted.compile(loss="mse")
    fitted.fit(np.zeros((5, 4)), np.zeros((5, 2)), verbose=0)
    assert fitted.count_params() == 10
    forward = Sequential([Dense(2)])
    assert forward.forward(np.zeros((5, 4))).shape == (5, 2)


def test_data_of_different_lengths_give_no_input_shape():
    model = Sequential([Dense(1)])
    model.compile(loss="mse")
    with pytest.raises(ValueError, match="x has 4 samples, but y has 5"):
        model.fit(np.zeros((4, 9)), np.zeros(5))
    assert not model.built


def test_names_are_made_different():
    model = Sequential([Dense(2, input_dim=2), Dense(2), Activation("relu"), Dense(2)])
    assert [layer.name for layer in model.layers] == ["dense", "dense_1", "activation", "dense_2"]


def loss(targets, y):
    return y[:, 0]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Sequential([64]), TypeError, r"a layer such as Dense\(64\), got 64"),
        (lambda: Sequential([d := Dense(2, input_dim=2), d]), ValueError, "is in this model already"),
        (lambda: Sequential().predict(np.zeros((1, 2))), RuntimeError, "has no layers yet"),
        (lambda: Sequential().forward(np.zeros((1, 2))), RuntimeError, "has no layers yet"),
        (lambda: Sequential().summary(), RuntimeError, "has no layers yet"),
        (lambda: Sequential([Dense(2)]).summary(), RuntimeError, "does not know its input shape"),
        (lambda: Sequential([Dense(2)]).count_params(), RuntimeError, "does not know its input shape"),
        (lambda: Sequential([Dense(2)]).compile(), ValueError, r"compile\(\) needs a loss"),
        (lambda: Sequential().compile(loss="msee"), ValueError, "Did you mean 'mse'"),
        (lambda: Sequential().compile("adm", "mse"), ValueError, "Did you mean 'adam'"),
        (lambda: Sequential().compile(loss="mse", metrics=["mea"]), ValueError, "Did you mean"),
        (
            lambda: Sequential().compile(loss="mse", metrics=[lambda t, y: y, lambda t, y: t]),
            ValueError,
            "two numbers to report by the name '<lambda>'",
        ),
        (lambda: Sequential().compile(loss="mse", metrics=[loss]), ValueError, "by the name 'loss'"),
        (lambda: Dense(2, input_shape=784), TypeError, r"as a tuple, got 784. Write \(784,\)"),
        (lambda: Dense(2, input_shape=(0,)), ValueError, "at least 1, got 0"),
    ],
)
def test_bad_models(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_one_metric_need_not_be_a_list():
    model = Sequential([Dense(2, input_dim=2)])
    model.compile("sgd", "mse", metrics="mae")
    assert list(model.metrics) == ["mae"]
    model.compile("sgd", "mse", metrics=metrics.binary_accuracy)
    assert list(model.metrics) == ["binary_accuracy"]


def test_a_failed_compile_changes_nothing():
    model = Sequential([Dense(2, input_dim=2)])
    model.compile("sgd", "mse")
    before = model.optimizer, model.loss, model.metrics
    with pytest.raises(ValueError, match="unknown"):
        model.compile("adm", "binary_crossentropy", metrics=["accuracy"])
    assert (model.optimizer, model.loss, model.metrics) == before


def test_a_layer_that_does_not_fit_is_not_added():
    model = Sequential([Dense(2, input_shape=(None, 3))])
    with pytest.raises(ValueError, match="any length"):
        model.add(Flatten())
    assert len(model.layers) == 1


# ---------------------------------------------------------------------- weights


def test_weights_round_trip_and_are_copies():
    model = Sequential([Dense(3, input_dim=2), Dense(1, use_bias=False)])
    weights = model.get_weights()
    assert [w.shape for w in weights] == [(3, 2), (3,), (1, 3)]
    weights[0][...] = 7
    assert (model.layers[0].parameters["W"] != 7).all()
    model.set_weights(weights)
    assert (model.layers[0].parameters["W"] == 7).all()
    model.parameter_vector.values[:] = 1  # the layers' arrays are parts of this vector
    assert all((w == 1).all() for w in model.get_weights())


def test_set_weights_that_do_not_fit_changes_nothing():
    model = Sequential([Dense(3, input_dim=2)])
    before = model.get_weights()
    with pytest.raises(ValueError, match="expected 2 arrays, got 1"):
        model.set_weights(before[:1])
    with pytest.raises(ValueError, match=r"expected shape \(3,\) for dense/b, got \(4,\)"):
        model.set_weights([np.ones((3, 2)), np.ones(4)])
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_copy_is_a_model_of_its_own():
    model = Sequential([Dense(3, "relu", input_dim=2), Dense(1)])
    model.compile("adam", "mse")
    x, y = np.ones((4, 2)), np.zeros(4)
    model.fit(x, y, verbose=0)
    other = model.copy(dtype=np.float64)
    assert other.get_weights()[0].dtype == np.float64
    before = model.get_weights()
    other.fit(x, y, verbose=0)
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


class Counter(Layer):
    """A layer with a statistic and a parameter, to see where each is counted."""

    def build(self, input_shape, rng=0):
        super().build(input_shape, rng)
        self.add_parameter("scale", self.input_shape, "ones", 1, 1, rng)
        self.add_statistic("mean", self.input_shape, 5.0)

    def forward(self, x, training=False):
        self.y = self.prepare(x, training) * self.parameters["scale"]
        return self.y


def test_statistics_are_weights_but_not_trained(capsys):
    model = Sequential([Counter(input_shape=(3,)), Dense(1)])
    assert [w.tolist() for w in model.get_weights()[:2]] == [[1, 1, 1], [5, 5, 5]]
    assert model.count_params() == 3 + 3 + 4
    assert model.parameter_vector.values.size == 3 + 4
    model.summary()
    printed = capsys.readouterr().out
    assert "Total params: 10" in printed
    assert "Trainable params: 7" in printed
    assert "Non-trainable params: 3" in printed
    assert model.copy(np.float64).get_weights()[1].dtype == np.float64


# ---------------------------------------------------------------------- layers of another model


def test_layers_bring_along_what_they_have_learned():
    x, y = np.random.default_rng(0).normal(size=(8, 3)), np.ones((8, 2))
    teacher = Sequential([Dense(4, "tanh", input_dim=3), Dense(2)])
    teacher.compile("sgd", "mse")
    teacher.fit(x, y, verbose=0)
    learned = teacher.get_weights()
    pupil = Sequential([teacher.layers[0], Dense(5)], seed=9)
    np.testing.assert_array_equal(pupil.get_weights()[0], learned[0])
    with pytest.raises(
        ValueError, match=r"expected inputs of 3 features, got an array of shape \('batch', 7\)"
    ):
        Sequential([Dense(7, input_dim=2), teacher.layers[0]])


def test_a_layer_in_two_models_learns_in_both():
    x = np.random.default_rng(0).normal(size=(8, 3))
    one = Sequential([Dense(4, input_dim=3), Dense(2)])
    other = Sequential([one.layers[0], Dense(5)])
    for model, y in ((one, np.ones((8, 2))), (other, np.ones((8, 5)))):
        model.compile("sgd", "mse")
        model.train_on_batch(x, y)
    for model, y in ((one, np.ones((8, 2))), (other, np.ones((8, 5)))):
        before = one.layers[0].parameters["W"].copy()
        model.train_on_batch(x, y)
        assert (one.layers[0].parameters["W"] != before).any()


def test_an_array_put_in_the_place_of_a_parameter_is_trained():
    model = Sequential([Dense(1, input_dim=1)])
    model.compile("sgd", "mse")
    model.train_on_batch([[1.0]], [1.0])
    model.layers[0].parameters["W"] = np.array([[5.0]])
    model.train_on_batch([[1.0]], [1.0])
    assert 4 < model.get_weights()[0].item() < 5


# ---------------------------------------------------------------------- frozen layers


@pytest.mark.parametrize("frozen", [[0], [1], [0, 1], [2], [0, 1, 2]])
def test_frozen_layers_stay_and_the_others_learn_as_before(frozen):
    x, y = np.random.default_rng(0).normal(size=(8, 3)), np.ones((8, 2))
    free = Sequential([Dense(4, "tanh", input_dim=3), Dense(4, "tanh"), Dense(2)], dtype=np.float64)
    model = free.copy()
    for one in (free, model):
        one.compile(SGD(0.1), "mse")
    for position in frozen:
        model.layers[position].trainable = False
    model.compile(SGD(0.1), "mse")
    start = model.get_weights()
    free.train_on_batch(x, y)
    model.train_on_batch(x, y)
    for i, (then, now, if_free) in enumerate(
        zip(start, model.get_weights(), free.get_weights(), strict=True)
    ):
        np.testing.assert_array_equal(now, then if i // 2 in frozen else if_free)


def test_the_way_back_ends_at_the_lowest_layer_that_is_trained():
    model = Sequential([Dense(4, input_dim=3), Dense(4), Dense(2)])
    model.layers[0].trainable = False
    model.compile("sgd", "mse")
    model.layers[0].backward = None  # would raise if it were called
    model.train_on_batch(np.ones((2, 3)), np.ones((2, 2)))


def test_training_computes_no_gradient_that_nobody_needs():
    asked = []

    class Watched(Dense):
        def backward(self, dy, input_gradient=True):
            asked.append((self.name, input_gradient))
            return super().backward(dy, input_gradient)

    model = Sequential([Watched(4, input_dim=3), Watched(4), Watched(2)])
    model.compile("sgd", "mse")
    model.train_on_batch(np.ones((2, 3)), np.ones((2, 2)))
    assert asked == [("watched_2", True), ("watched_1", True), ("watched", False)]


def test_freezing_takes_effect_when_compiled():
    model = Sequential([Dense(4, input_dim=3), Dense(2)])
    model.compile("sgd", "mse")
    assert model.parameter_vector.values.size == 16 + 10
    model.layers[0].trainable = False
    model.compile("sgd", "mse")
    assert model.parameter_vector.values.size == 10
    assert set(model.parameter_vector.layer_slices) == {"dense_1"}


# ---------------------------------------------------------------------- what is loaded, what is printed


def test_dlcore_loads_numpy_and_nothing_else_heavy():
    program = "import sys, dlcore; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = run.stdout.split()
    assert "numpy" in loaded
    assert not {"matplotlib", "ipywidgets", "IPython", "scipy", "pandas", "torch", "PIL"} & set(loaded)


def test_repr_is_a_line_that_makes_the_model():
    model = Sequential([Dense(3, "relu", input_dim=2), Dropout(0.5), Dense(1)], seed=4)
    again = eval(repr(model))
    for own, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(own, other)
