"""Initial weights: their bounds and variances, from the formulas in Keras's documentation."""

import numpy as np
import pytest

from dlcore import initializers
from dlcore.initializers import INITIALIZERS

FAN_IN, FAN_OUT = 300, 200
VARIANCES = {
    "zeros": 0,
    "ones": 0,
    "random_normal": 0.05**2,
    "random_uniform": 0.05**2 / 3,
    "glorot_uniform": 2 / (FAN_IN + FAN_OUT),
    "glorot_normal": 2 / (FAN_IN + FAN_OUT),
    "he_uniform": 2 / FAN_IN,
    "he_normal": 2 / FAN_IN,
    "orthogonal": 1 / FAN_IN,
}


def draw(name, seed=0, shape=(FAN_OUT, FAN_IN)):
    return INITIALIZERS[name](shape, shape[1], shape[0], np.random.default_rng(seed))


@pytest.mark.parametrize("name", sorted(INITIALIZERS))
def test_mean_variance_and_seed(name):
    values = draw(name)
    assert values.shape == (FAN_OUT, FAN_IN)
    assert values.var() == pytest.approx(VARIANCES[name], rel=0.02)
    assert values.mean() == pytest.approx(1 if name == "ones" else 0, abs=1e-3)
    np.testing.assert_array_equal(draw(name), values)


def test_bounds():
    assert np.abs(draw("glorot_uniform")).max() <= np.sqrt(6 / (FAN_IN + FAN_OUT))
    assert np.abs(draw("he_uniform")).max() <= np.sqrt(6 / FAN_IN)
    cut = 2 / initializers.TRUNCATED_STD
    assert np.abs(draw("he_normal")).max() <= cut * np.sqrt(2 / FAN_IN)
    assert np.abs(draw("glorot_normal")).max() <= cut * np.sqrt(2 / (FAN_IN + FAN_OUT))


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4)])
def test_orthogonal(shape):
    q = draw("orthogonal", shape=shape)
    product = q @ q.T if shape[0] <= shape[1] else q.T @ q
    np.testing.assert_allclose(product, np.eye(min(shape)), atol=1e-12)


def test_get():
    assert initializers.get("zeros") is initializers.zeros
    assert initializers.get(initializers.ones) is initializers.ones
    with pytest.raises(ValueError, match=r"unknown initializer 'he_norml'. Did you mean 'he_normal'"):
        initializers.get("he_norml")
