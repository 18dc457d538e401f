"""Network: layers that were built before, in this model or another, and the shapes that were stated."""

import numpy as np
import pytest

from dlcore.layers import Dense, Flatten
from dlcore.network import Network


def built_dense(units, inputs, **arguments):
    layer = Dense(units, **arguments)
    layer.build((inputs,))
    return layer


def test_a_stated_input_shape_is_kept_to():
    with pytest.raises(
        ValueError, match=r"dense \(Dense\) expected samples of its input_shape \(99,\), got \(3,\)"
    ):
        Network([Dense(3, input_dim=2), Dense(1, input_dim=99)])
    network = Network([Dense(3, input_dim=2)])
    with pytest.raises(ValueError, match=r"2 features, got an array of shape \('batch', 7\)"):
        network.build((7,))


def test_building_again_changes_nothing():
    network = Network([Dense(3, input_dim=2), Dense(1)])
    vector, weights = network.parameter_vector, network.get_weights()
    network.build((2,))
    assert network.parameter_vector is vector
    for now, then in zip(network.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_layer_that_was_built_elsewhere_takes_the_dtype():
    layer = built_dense(2, 3)
    W = layer.parameters["W"].copy()
    network = Network([Flatten(), layer], dtype=np.float64)
    assert network.forward(np.ones((1, 3))).dtype == np.float64
    np.testing.assert_array_equal(layer.parameters["W"], W)


def test_a_layer_of_another_model_keeps_its_name():
    one = Network([Dense(2, input_dim=2), Dense(2)])
    other = Network([Dense(2, input_dim=2)])
    with pytest.raises(ValueError, match=r"'dense' is taken.*layer.name = 'other_dense'"):
        other.add(one.layers[0])
    other.add(one.layers[1])
    assert (
        [layer.name for layer in other.layers] == [layer.name for layer in one.layers] == ["dense", "dense_1"]
    )


def test_inputs_of_a_model_that_is_not_built_have_its_type():
    model = Network([Dense(1)], dtype=np.float64)
    assert model.layers[0].as_inputs([[0.1]]).dtype == np.float64
