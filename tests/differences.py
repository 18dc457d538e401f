"""Central differences for tests of layers and losses, written without the library's own gradient check."""

import numpy as np


def directional_loss(layer, x, dy, training=False):
    """``sum(dy * layer(x))``: a number whose gradient with respect to the output is dy."""
    return float((dy * layer.forward(x, training=training)).sum())


def central_differences(function, array, step=1e-5):
    """``(f(a + h) - f(a - h)) / 2h`` for each entry of ``array``, which ``function`` reads."""
    numeric = np.empty_like(array)
    for index in np.ndindex(array.shape):
        centre = array[index]
        array[index] = centre + step
        above = function()
        array[index] = centre - step
        below = function()
        array[index] = centre
        numeric[index] = (above - below) / (2 * step)
    return numeric


def relative_error(analytic, numeric):
    """Largest difference, as a share of the largest entry of either array."""
    scale = max(np.abs(analytic).max(initial=0), np.abs(numeric).max(initial=0), 1e-3)
    return np.abs(analytic - numeric).max(initial=0) / scale


def assert_layer_gradients(layer, x, dy, tolerance=1e-7, training=False):
    """Compare every parameter gradient and the input gradient of ``layer`` with central differences.

    Kinks (ReLU, maximum) are handled by the caller: it must hand in an x at which none lies within the
    step.
    """
    layer.forward(x, training=training)
    analytic = {"x": layer.backward(dy).copy()}
    analytic |= {name: gradient.copy() for name, gradient in layer.gradients.items()}
    for name, values in {"x": x, **layer.parameters}.items():
        numeric = central_differences(lambda: directional_loss(layer, x, dy, training), values)
        error = relative_error(analytic[name], numeric)
        assert error < tolerance, f"{layer!r}: gradient of {name} is off by {error:.2g}"
