"""Activation functions ``y = f(z)`` and their chain rule ``dz = dy f'(z)``.

Each function stands beside its backward form. All the derivatives here can be read off the output ``y``,
so that a layer need not keep ``z`` for them. Both forms accept ``out`` to write into a given array; a
backward form works in it step by step, so it must be neither ``dy`` nor ``y``.

Source: Goodfellow, Bengio and Courville (2016), *Deep Learning*, section 6.3; formulas as in Keras.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dlcore.lookup import find

LEAK = 0.2  # slope of leaky ReLU left of zero, as in Keras


@dataclass(frozen=True)
class Activation:
    """A named function of the pre-activation z, with its chain rule.

    Attributes
    ----------
    name : the name by which layers know it.
    latex : the function as a formula in z.
    function : ``(z, out=None) -> y``; arrays of any shape, y has the shape of z.
    backward : ``(dy, y, out=None) -> dz``; all arrays of the same shape.
    slope_latex : the derivative as a formula in y, for explanations.
    elementwise : False where an output depends on more than its own z (softmax).
    has_kink : True where the slope jumps at z = 0.
    rising : True where a larger z never gives a smaller y.

    Examples
    --------
    >>> relu = get("relu")
    >>> relu(np.array([-1.0, 2.0]))
    array([0., 2.])
    >>> relu.slope(np.array([-1.0, 2.0]))
    array([0., 1.])
    """

    name: str
    latex: str
    function: Callable[..., np.ndarray]
    backward: Callable[..., np.ndarray]
    slope_latex: str
    elementwise: bool = True
    has_kink: bool = False
    rising: bool = False

    def __call__(self, z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        return self.function(z, out=out)

    def slope(self, z: np.ndarray) -> np.ndarray:
        """``f'(z)`` of an elementwise activation; same shape as z.

        Raises
        ------
        ValueError : the activation is softmax, which has no single slope.
        """
        if not self.elementwise:
            raise ValueError(
                f"{self.name} has no slope: each output depends on every z. Use softmax_jacobian()."
            )
        return self.backward(np.ones_like(z), self.function(z))


def linear(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Identity: ``y = z``.

    Examples
    --------
    >>> linear(np.array([-1.0, 2.0]))
    array([-1.,  2.])
    """
    return np.positive(z, out=out)


def linear_backward(dy: np.ndarray, y: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """``dz = dy``.

    Examples
    --------
    >>> linear_backward(np.array([3.0, 3.0]), y=np.array([-1.0, 2.0]))
    array([3., 3.])
    """
    return np.positive(dy, out=out)


def relu(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Rectified linear unit: ``y = max(0, z)``.

    Examples
    --------
    >>> relu(np.array([-1.0, 2.0]))
    array([0., 2.])
    """
    return np.maximum(z, 0, out=out)


def relu_backward(dy: np.ndarray, y: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """``dz = dy`` where ``y > 0``, else 0. At the kink z = 0 the slope is taken as 0.

    Examples
    --------
    >>> relu_backward(np.array([3.0, 3.0]), y=np.array([0.0, 2.0]))
    array([0., 3.])
    """
    return np.multiply(dy, y > 0, out=out)


def leaky_relu(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Leaky ReLU: ``y = z`` where ``z > 0``, else ``0.2 z``.

    Examples
    --------
    >>> leaky_relu(np.array([-1.0, 2.0]))
    array([-0.2,  2. ])
    """
    return np.maximum(z, LEAK * z, out=out)


def leaky_relu_backward(dy: np.ndarray, y: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """``dz = dy`` where ``y > 0``, else ``0.2 dy``. At the kink the slope is taken as 0.2.

    Examples
    --------
    >>> leaky_relu_backward(np.array([3.0, 3.0]), y=np.array([-0.2, 2.0]))
    array([0.6, 3. ])
    """
    return np.multiply(dy, np.where(y > 0, y.dtype.type(1), y.dtype.type(LEAK)), out=out)


def sigmoid(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Logistic sigmoid: ``y = 1 / (1 + exp(-z))``.

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    # The same function through tanh: it cannot overflow, and NumPy's tanh is fast.
    y = np.multiply(z, 0.5, out=out)
    np.tanh(y, out=y)
    y *= 0.5
    y += 0.5
    return y


def sigmoid_backward(dy: np.ndarray, y: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """``dz = dy y (1 - y)``.

    Examples
    --------
    >>> sigmoid_backward(np.array([1.0, 1.0]), y=np.array([0.5, 1.0]))
    array([0.25, 0.  ])
    """
    dz = np.subtract(1, y, out=out)
    dz *= y
    dz *= dy
    return dz


def tanh(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Hyperbolic tangent.

    Examples
    --------
    >>> tanh(np.array([-1000.0, 0.0, 1000.0]))
    array([-1.,  0.,  1.])
    """
    return np.tanh(z, out=out)


def tanh_backward(dy: np.ndarray, y: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """``dz = dy (1 - y^2)``.

    Examples
    --------
    >>> tanh_backward(np.array([1.0, 1.0]), y=np.array([0.5, 1.0]))
    array([0.75, 0.  ])
    """
    dz = np.multiply(y, y, out=out)
    np.subtract(1, dz, out=dz)
    dz *= dy
    return dz


def softmax(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """``y_i = exp(z_i) / sum_k exp(z_k)`` over the last axis.

    Examples
    --------
    >>> softmax(np.array([[0.0, 0.0], [1000.0, 0.0]]))
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    # Subtracting the largest z changes nothing in the quotient and keeps exp from overflowing.
    y = np.subtract(z, largest(z), out=out)
    np.exp(y, out=y)
    y /= y.sum(axis=-1, keepdims=True)
    return y


def largest(z: np.ndarray) -> np.ndarray:
    """The maximum over the last axis, which keeps the length 1.

    Examples
    --------
    >>> largest(np.array([[1.0, 3.0], [5.0, 2.0]]))
    array([[3.],
           [5.]])
    """
    if z.shape[-1] > 32:
        return z.max(axis=-1, keepdims=True)
    # Over a short last axis, such as ten classes, NumPy's maximum takes ten times as long as over the first.
    rows = z.reshape(-1, z.shape[-1])
    return rows.T.copy().max(axis=0).reshape(*z.shape[:-1], 1)


def softmax_backward(dy: np.ndarray, y: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """``dz_i = y_i (dy_i - sum_k dy_k y_k)``: the product with the Jacobian of `softmax_jacobian`.

    Examples
    --------
    >>> softmax_backward(np.array([1.0, 0.0]), y=np.array([0.5, 0.5]))
    array([ 0.25, -0.25])
    """
    inner = np.sum(dy * y, axis=-1, keepdims=True)
    return np.multiply(y, dy - inner, out=out)


def softmax_jacobian(y: np.ndarray) -> np.ndarray:
    """All derivatives of softmax: ``J_ik = dy_i / dz_k = y_i (delta_ik - y_k)``.

    Parameters
    ----------
    y : (..., classes), probabilities.

    Returns
    -------
    J : (..., classes, classes)

    Examples
    --------
    >>> softmax_jacobian(np.array([0.5, 0.5]))
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    return y[..., :, None] * (np.eye(y.shape[-1], dtype=y.dtype) - y[..., None, :])


ACTIVATIONS = {
    activation.name: activation
    for activation in (
        Activation("linear", "z", linear, linear_backward, "1", rising=True),
        Activation("relu", r"\max(0, z)", relu, relu_backward, "[y > 0]", has_kink=True, rising=True),
        Activation(
            "leaky_relu",
            rf"\max(z, {LEAK}\,z)",
            leaky_relu,
            leaky_relu_backward,
            rf"1 \text{{ if }} y > 0 \text{{ else }} {LEAK}",
            has_kink=True,
            rising=True,
        ),
        Activation("sigmoid", r"\frac{1}{1 + e^{-z}}", sigmoid, sigmoid_backward, r"y\,(1 - y)", rising=True),
        Activation("tanh", r"\tanh z", tanh, tanh_backward, "1 - y^2", rising=True),
        Activation(
            "softmax",
            r"\frac{e^{z_i}}{\sum_k e^{z_k}}",
            softmax,
            softmax_backward,
            r"y_i\,(\delta_{ik} - y_k)",
            elementwise=False,
        ),
    )
}


def get(activation: str | Activation | None) -> Activation:
    """The activation of that name; None means linear, as in Keras.

    Raises
    ------
    ValueError : the name is not known.

    Examples
    --------
    >>> get("relu").name, get(None).name
    ('relu', 'linear')
    """
    if isinstance(activation, Activation):
        return activation
    return find("activation", "linear" if activation is None else activation, ACTIVATIONS)
