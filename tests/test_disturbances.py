"""Disturbed pictures: known answers, and borders."""

import numpy as np
import pytest

from dlcore.disturbances import add_noise, occlude, rotate, shift

X = np.random.default_rng(0).uniform(0, 1, (2, 5, 7, 3)).astype(np.float32)


@pytest.mark.parametrize("down", [-8, -5, -2, 0, 1, 5, 9])
@pytest.mark.parametrize("right", [-9, -3, 0, 2, 7])
def test_a_shift_moves_each_pixel(down, right):
    expected = np.zeros_like(X)
    for i, j in np.ndindex(5, 7):
        if 0 <= i - down < 5 and 0 <= j - right < 7:
            expected[:, i, j] = X[:, i - down, j - right]
    np.testing.assert_array_equal(shift(X, down, right), expected)


def test_quarter_turns_are_exact_on_a_square():
    square = X[:, :, :5]
    for quarters in range(-4, 5):
        expected = np.rot90(square, quarters, axes=(1, 2))  # anticlockwise too
        np.testing.assert_allclose(rotate(square, 90 * quarters), expected, atol=1e-6)


def test_a_small_turn_there_and_back_is_nearly_nothing():
    height, width = np.indices((28, 28)) - 13.5
    hill = np.exp(-(height**2 + (width - 3) ** 2) / 30)[None, :, :, None]
    np.testing.assert_allclose(rotate(rotate(hill, 20), -20), hill, atol=0.03)
    assert np.abs(rotate(hill, 20) - hill).max() > 0.1


def test_what_turns_in_from_outside_is_background():
    turned = rotate(np.ones((1, 9, 9, 1)), 45)[0, :, :, 0]
    assert turned[0, 0] == turned[-1, -1] == 0
    assert turned[4, 4] == pytest.approx(1)


@pytest.mark.parametrize(
    ("top", "left", "covered"), [(0, 0, 4), (-1, -1, 1), (4, 6, 1), (9, 9, 0), (-5, 0, 0)]
)
def test_an_occlusion_covers_what_lies_inside(top, left, covered):
    ones = np.ones((1, 5, 7, 1))
    assert (occlude(ones, top, left, 2) == 0).sum() == covered
    assert ones.min() == 1


def test_noise_on_pixels_from_0_to_255_is_refused():
    with pytest.raises(ValueError, match=r"from 0 to 1, got 0 to 255. Divide by 255"):
        add_noise(np.array([0, 255], np.uint8).reshape(1, 1, 2, 1), 0.1)


def test_noise_is_of_its_seed_and_stays_between_0_and_1():
    noisy = add_noise(X, 2.0, seed=3)
    np.testing.assert_array_equal(noisy, add_noise(X, 2.0, seed=3))
    assert (noisy != add_noise(X, 2.0, seed=4)).any()
    assert noisy.min() == 0
    assert noisy.max() == 1
    np.testing.assert_array_equal(add_noise(X, 0), X)


@pytest.mark.parametrize(
    "disturb", [shift, lambda x: rotate(x, 5), lambda x: occlude(x, 0, 0, 1), lambda x: add_noise(x, 1)]
)
def test_a_picture_without_channels_is_explained(disturb):
    with pytest.raises(ValueError, match=r"got \(2, 5, 7\). Add a channel axis: x\[..., None\]"):
        disturb(X[..., 0])
