"""The affine map against its definition, row by row."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore.affine import affine, affine_input_gradient, affine_parameter_gradients


@settings(max_examples=50, deadline=None)
@given(
    uses=st.integers(1, 6),
    inputs=st.integers(1, 5),
    outputs=st.integers(1, 5),
    bias=st.booleans(),
    dtype=st.sampled_from([np.float32, np.float64]),
    seed=st.integers(0, 1000),
)
def test_one_row_for_each_use(uses, inputs, outputs, bias, dtype, seed):
    rng = np.random.default_rng(seed)
    x, W, dz = (
        rng.normal(size=s).astype(dtype) for s in ((uses, inputs), (outputs, inputs), (uses, outputs))
    )
    b = rng.normal(size=outputs).astype(dtype) if bias else None
    kept = x.copy(), W.copy(), dz.copy()
    close = {"rtol": 1e-4, "atol": 1e-5}

    z = affine(x, W, b)
    dx = affine_input_gradient(dz, W)
    dW, db = np.empty_like(W), np.empty(outputs, dtype) if bias else None
    affine_parameter_gradients(dz, x, dW, db)

    assert z.dtype == dx.dtype == dtype
    for use in range(uses):
        np.testing.assert_allclose(z[use], W @ x[use] + (b if bias else 0), **close)
        np.testing.assert_allclose(dx[use], W.T @ dz[use], **close)
    # sharing W means summing over its uses
    np.testing.assert_allclose(dW, sum(np.outer(dz[use], x[use]) for use in range(uses)), **close)
    if bias:
        np.testing.assert_allclose(db, dz.sum(axis=0), **close)
    for array, before in zip((x, W, dz), kept, strict=True):
        np.testing.assert_array_equal(array, before)


def test_out_is_filled():
    x, W = np.ones((3, 2)), np.ones((4, 2))
    z, dx = np.empty((3, 4)), np.empty((3, 2))
    assert affine(x, W, np.ones(4), out=z) is z
    assert affine_input_gradient(z, W, out=dx) is dx
    np.testing.assert_array_equal(z, 3)
    np.testing.assert_array_equal(dx, 12)
