"""Loss surfaces over two parameters: their gradients and their lowest places."""

import numpy as np
import pytest

from dlcore.landscapes import NAMES, landscape


@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_slopes(name):
    surface, rng = landscape(name, condition=7.0), np.random.default_rng(0)
    for theta in rng.uniform(-2, 2, (5, 2)):
        numeric = [
            (surface.value(*(theta + step)) - surface.value(*(theta - step))) / 2e-6
            for step in 1e-6 * np.eye(2)
        ]
        np.testing.assert_allclose(surface.gradient(theta), numeric, rtol=1e-5, atol=1e-8)


def test_a_name_with_a_slip():
    with pytest.raises(ValueError, match=r"unknown landscape 'bowll'. Did you mean 'bowl'"):
        landscape("bowll", condition=1.0)


@pytest.mark.parametrize("name", NAMES)
def test_values_of_a_grid_are_values_of_its_points(name):
    surface = landscape(name, condition=7.0)
    x, y = np.meshgrid([-1.0, 0.5], [0.0, 2.0, 1.0])
    values = surface.value(x, y)
    assert values.shape == (3, 2)
    assert values[1, 0] == pytest.approx(float(surface.value(-1.0, 2.0)))


@pytest.mark.parametrize(
    ("name", "lowest"),
    [("bowl", (0, 0)), ("saddle", (0, 2**0.5)), ("saddle", (0, -(2**0.5))), ("valley", (1, 1))],
)
def test_the_lowest_places(name, lowest):
    surface = landscape(name, condition=7.0)
    assert surface.value(*np.array(lowest, float)) == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(surface.gradient(np.array(lowest, float)), 0, atol=1e-12)


def test_the_saddle_is_level_and_falls_off_to_two_sides():
    surface = landscape("saddle", 1.0)
    np.testing.assert_array_equal(surface.gradient(np.zeros(2)), 0)
    assert surface.value(0.1, 0.0) > surface.value(0.0, 0.0) > surface.value(0.0, 0.1)


def test_the_condition_number_is_the_ratio_of_the_curvatures():
    surface = landscape("bowl", 9.0)
    curvatures = [surface.gradient(np.eye(2)[i])[i] for i in range(2)]
    assert curvatures[1] / curvatures[0] == 9
