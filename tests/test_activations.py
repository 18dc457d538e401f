"""Activation functions: their slopes by central differences, and their behaviour far from zero."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from differences import central_differences, relative_error
from dlcore import activations
from dlcore.activations import ACTIVATIONS, softmax, softmax_jacobian

ELEMENTWISE = sorted(name for name, f in ACTIVATIONS.items() if f.elementwise)
anywhere = arrays(np.float64, array_shapes(max_dims=3, max_side=4), elements=st.floats(-20, 20))


@settings(max_examples=50, deadline=None)
@given(name=st.sampled_from(ELEMENTWISE), z=anywhere)
def test_slopes_by_central_differences(name, z):
    f = ACTIVATIONS[name]
    if f.has_kink:
        z = np.where(np.abs(z) < 1e-3, 1.0, z)
    numeric = (f(z + 1e-5) - f(z - 1e-5)) / 2e-5
    np.testing.assert_allclose(f.slope(z), numeric, rtol=1e-6, atol=1e-9)


@settings(max_examples=30, deadline=None)
@given(name=st.sampled_from(sorted(ACTIVATIONS)), z=anywhere)
def test_arguments_are_never_changed_and_out_is_filled(name, z):
    f = ACTIVATIONS[name]
    z_before, out = z.copy(), np.empty_like(z)
    y = f(z)
    assert f(z, out=out) is out
    np.testing.assert_array_equal(out, y)
    dy, y_before = np.cos(z), y.copy()
    dy_before = dy.copy()
    dz = f.backward(dy, y)
    assert f.backward(dy, y, out=out) is out
    np.testing.assert_array_equal(out, dz)
    for array, before in ((z, z_before), (y, y_before), (dy, dy_before)):
        np.testing.assert_array_equal(array, before)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept_and_extremes_stay_finite(name, dtype):
    z = np.array([[-1e4, -80.0, 0.0, 80.0, 1e4]], dtype)
    with np.errstate(all="raise", under="ignore"):
        y = ACTIVATIONS[name](z)
        dz = ACTIVATIONS[name].backward(np.ones_like(y), y)
    assert y.dtype == dz.dtype == dtype
    assert np.isfinite(y).all()
    assert np.isfinite(dz).all()


def test_known_values():
    z = np.array([-2.0, 0.0, 3.0])
    np.testing.assert_array_equal(ACTIVATIONS["relu"](z), [0, 0, 3])
    np.testing.assert_allclose(ACTIVATIONS["leaky_relu"](z), [-0.4, 0, 3])
    np.testing.assert_allclose(ACTIVATIONS["sigmoid"](z), 1 / (1 + np.exp(-z)))
    np.testing.assert_allclose(ACTIVATIONS["tanh"](z), np.sinh(z) / np.cosh(z))
    np.testing.assert_allclose(softmax(z), np.exp(z) / np.exp(z).sum())


@settings(max_examples=30, deadline=None)
@given(z=arrays(np.float64, st.tuples(st.integers(1, 3), st.integers(1, 5)), elements=st.floats(-5, 5)))
def test_softmax_is_a_distribution_with_that_jacobian(z):
    y = softmax(z)
    np.testing.assert_allclose(y.sum(axis=-1), 1)
    np.testing.assert_allclose(softmax(z + 100), y)
    jacobian = softmax_jacobian(y)
    for row in range(len(z)):
        for i in range(z.shape[1]):
            numeric = central_differences(lambda row=row, i=i: softmax(z)[row, i], z)[row]
            assert relative_error(jacobian[row, i], numeric) < 1e-7
    dy = np.cos(z)
    product = np.einsum("bi,bik->bk", dy, jacobian)
    np.testing.assert_allclose(ACTIVATIONS["softmax"].backward(dy, y), product, atol=1e-14)


def test_softmax_has_no_single_slope():
    with pytest.raises(ValueError, match="softmax_jacobian"):
        ACTIVATIONS["softmax"].slope(np.zeros(3))


def test_get():
    assert activations.get(None) is activations.get("linear")
    assert activations.get(ACTIVATIONS["tanh"]) is ACTIVATIONS["tanh"]
    with pytest.raises(
        ValueError, match=r"unknown activation 'sigmiod'. Did you mean 'sigmoid'\? Known: linear"
    ):
        activations.get("sigmiod")
    with pytest.raises(ValueError, match="unknown activation 3"):
        activations.get(3)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_a_rising_activation_never_falls(name):
    f, z = ACTIVATIONS[name], np.linspace(-20, 20, 4001, dtype=np.float32)
    assert f.rising == (f.elementwise and bool((np.diff(f(z)) >= 0).all()))
