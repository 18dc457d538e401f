"""What every layer promises, as checks to be made on any of them."""

import numpy as np

from dlcore import Sequential, layers, regularizers


def built(layer, shape, seed, dtype=np.float64):
    """A layer with random weights (none at its initial value), an x of that shape and a dy that fits."""
    rng = np.random.default_rng(seed)
    layer.astype(dtype)
    layer.build(shape[1:], rng)
    for values in layer.parameters.values():
        values[...] = rng.normal(size=values.shape)
    for name, values in layer.statistics.items():
        values[...] = rng.uniform(0.5, 2, size=values.shape) if "variance" in name else rng.normal()
    x = rng.normal(size=shape)
    dy = rng.normal(size=(shape[0], *layer.compute_output_shape(shape[1:])))
    return x, dy


def assert_backward_twice_is_the_same(layer, x, dy, training):
    """Two calls give the same gradients, and neither x, dy nor a weight is changed."""
    before = [array.copy() for array in (x, dy, *layer.parameters.values())]
    layer.forward(x, training=training)
    first = [layer.backward(dy), *layer.gradients.values()]
    first = [None if array is None else array.copy() for array in first]
    for one, two in zip(first, [layer.backward(dy), *layer.gradients.values()], strict=True):
        np.testing.assert_array_equal(one, two)
    for old, new in zip(before, (x, dy, *layer.parameters.values()), strict=True):
        np.testing.assert_array_equal(old, new)


def assert_samples_do_not_see_each_other(layer, x, dy):
    """Outside training a sample alone gives its part of the batch's results, in whatever order they come."""
    together, dx = layer.forward(x), layer.backward(dy)
    for i in range(len(x)):
        np.testing.assert_allclose(layer.forward(x[i : i + 1]), together[i : i + 1], rtol=1e-9, atol=1e-12)
        alone = layer.backward(dy[i : i + 1])
        if dx is not None:
            np.testing.assert_allclose(alone, dx[i : i + 1], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(layer.forward(x[::-1]), together[::-1], rtol=1e-9, atol=1e-12)


def assert_training_on_reused_memory_changes_nothing(layer, x, dy):
    """While training memory is reused, for a smaller last batch too; the numbers are the same."""
    for rows in (slice(None), slice(1), slice(None)):
        y = layer.forward(x[rows], training=True).copy()
        dx = layer.backward(dy[rows])
        gradients = [array.copy() for array in layer.gradients.values()]
        dx = None if dx is None else dx.copy()
        fresh = type(layer)(**layer.get_config())
        fresh.astype(layer.dtype)
        fresh.build(x.shape[1:])
        for name, values in layer.parameters.items():
            fresh.parameters[name][...] = values
        np.testing.assert_array_equal(y, fresh.forward(x[rows], training=True))
        np.testing.assert_array_equal(dx, fresh.backward(dy[rows]))
        for one, two in zip(gradients, fresh.gradients.values(), strict=True):
            np.testing.assert_array_equal(one, two)


def assert_saved_and_loaded(layer, x, folder):
    """A model of this layer comes back from disk with the same code, weights and predictions."""
    model = Sequential([layer], dtype=layer.dtype)
    model.build(x.shape[1:])
    model.save(folder / "model.npz")
    again = Sequential.load(folder / "model.npz")
    assert repr(again.layers[0]) == repr(layer)
    remade = eval(repr(layer), vars(layers) | vars(regularizers))
    assert remade.get_config() | {"name": ""} == layer.get_config() | {"name": ""}
    np.testing.assert_array_equal(again.predict(x), model.predict(x))
