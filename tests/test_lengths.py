"""Lengths of vectors, also where their squares leave the range of the type."""

import numpy as np
import pytest

from dlcore.clipping import clip_by_norm
from dlcore.lengths import length


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("scale", [1e-43, 1e-37, 1e-25, 1e-15, 1.0, 1e15, 1e20, 1e37])
def test_any_scale(dtype, scale):
    vector = (scale * np.random.default_rng(0).normal(size=1000)).astype(dtype)
    exact = np.linalg.norm(vector.astype(np.longdouble))
    assert length(vector) == pytest.approx(float(exact), rel=1e-5)


def test_the_ends():
    assert length(np.zeros(3, np.float32)) == length(np.zeros(0)) == 0
    assert length(np.array([1.0, np.inf])) == np.inf
    assert np.isnan(length(np.array([1.0, np.nan])))


def test_a_very_long_gradient_is_clipped_and_not_lost():
    clipped = clip_by_norm(np.array([1e20, 0.0], np.float32), 1.0)
    np.testing.assert_allclose(clipped, [1, 0], rtol=1e-6)
