"""Pictures made harder to read, and still the same to a person: shifted, turned, covered, with noise.

Use them to test what a trained network bears, or to train with more pictures than there are. All take and
give pictures of shape (batch, height, width, channels), with 0 as background; what comes in at a border is
background.
"""

from __future__ import annotations

import math

import numpy as np


def shift(pictures: np.ndarray, down: int = 0, right: int = 0) -> np.ndarray:
    """``y[i, j] = x[i - down, j - right]``

    Parameters
    ----------
    pictures : (batch, height, width, channels)
    down, right : pixels; negative numbers shift up and left.

    Returns
    -------
    shifted : like pictures; what leaves the picture is lost.

    Raises
    ------
    ValueError : the array has not four axes.

    Examples
    --------
    >>> x = np.array([[1.0, 2.0], [3.0, 4.0]])[None, :, :, None]
    >>> shift(x, down=1, right=-1)[0, :, :, 0]
    array([[0., 0.],
           [2., 0.]])
    """
    pictures = as_pictures(pictures)
    shifted = np.zeros_like(pictures)
    height, width = pictures.shape[1:3]
    (rows_from, rows_to), (columns_from, columns_to) = overlap(down, height), overlap(right, width)
    shifted[:, rows_to, columns_to] = pictures[:, rows_from, columns_from]
    return shifted


def overlap(offset: int, length: int) -> tuple[slice, slice]:
    """The part of an axis that stays in the picture: where it was, and where it is after the shift.

    Examples
    --------
    >>> overlap(1, 5), overlap(-2, 5)
    ((slice(0, 4, None), slice(1, 5, None)), (slice(2, 5, None), slice(0, 3, None)))
    """
    kept = max(length - abs(offset), 0)
    start = min(max(-offset, 0), length)
    end = min(max(offset, 0), length)
    return slice(start, start + kept), slice(end, end + kept)


def rotate(pictures: np.ndarray, degrees: float) -> np.ndarray:
    """Turned anticlockwise about the middle; each new pixel is the bilinear mean of four old ones.

    ``y[p] = sum over the four pixels q around R p of (1 - |row distance|) (1 - |column distance|) x[q]``,
    where R turns clockwise: it says where in the old picture the new pixel comes from.

    Parameters
    ----------
    pictures : (batch, height, width, channels)
    degrees : the angle; negative turns clockwise.

    Returns
    -------
    turned : like pictures, in floating point.

    Raises
    ------
    ValueError : the array has not four axes.

    Source
    ------
    Gonzalez and Woods (2018), *Digital Image Processing*, section 2.4 (bilinear interpolation).

    Examples
    --------
    >>> x = np.array([[1.0, 2.0], [3.0, 4.0]])[None, :, :, None]
    >>> rotate(x, 90)[0, :, :, 0].round(6)
    array([[2., 4.],
           [1., 3.]])
    """
    pictures = as_pictures(pictures)
    height, width = pictures.shape[1:3]
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    middle = np.array([(height - 1) / 2, (width - 1) / 2])[:, None, None]
    down, right = np.indices((height, width)) - middle
    place = np.stack([cosine * down + sine * right, cosine * right - sine * down]) + middle
    corner = np.floor(place).astype(int)
    share = place - corner
    # A margin of two pixels of background: whatever lies further outside is background too.
    padded = np.pad(pictures, [(0, 0), (2, 2), (2, 2), (0, 0)])
    turned = np.zeros(pictures.shape, np.result_type(pictures, np.float32))
    for i, j in np.ndindex(2, 2):
        row = np.clip(corner[0] + i + 2, 0, height + 3)
        column = np.clip(corner[1] + j + 2, 0, width + 3)
        weight = (share[0] if i else 1 - share[0]) * (share[1] if j else 1 - share[1])
        turned += weight[:, :, None].astype(turned.dtype) * padded[:, row, column]
    return turned


def occlude(pictures: np.ndarray, top: int, left: int, side: int, value: float = 0.0) -> np.ndarray:
    """A square of one value lies over each picture.

    Parameters
    ----------
    pictures : (batch, height, width, channels)
    top, left : row and column of the square's upper left pixel; it may lie partly outside.
    side : of the square, in pixels; 0 covers nothing.
    value : 0 is background.

    Returns
    -------
    covered : like pictures.

    Raises
    ------
    ValueError : the array has not four axes.

    Source
    ------
    Zeiler and Fergus (2014), "Visualizing and understanding convolutional networks", section 4.2.

    Examples
    --------
    >>> occlude(np.ones((1, 2, 3, 1)), top=0, left=1, side=2)[0, :, :, 0]
    array([[1., 0., 0.],
           [1., 0., 0.]])
    """
    covered = as_pictures(pictures).copy()
    covered[:, max(top, 0) : max(top + side, 0), max(left, 0) : max(left + side, 0)] = value
    return covered


def add_noise(pictures: np.ndarray, standard_deviation: float, seed: int = 0) -> np.ndarray:
    """``y = x + e`` with e from a normal distribution, the sum kept between 0 and 1.

    Parameters
    ----------
    pictures : (batch, height, width, channels), from 0 to 1.
    standard_deviation : of e.
    seed : the same seed draws the same e.

    Returns
    -------
    noisy : like pictures, in floating point.

    Raises
    ------
    ValueError : the array has not four axes, or a pixel is not between 0 and 1.

    Examples
    --------
    >>> noisy = add_noise(np.full((1, 28, 28, 1), 0.5), 0.1)
    >>> round(float(noisy.mean()), 2), round(float(noisy.std()), 2)
    (0.5, 0.1)
    """
    pictures = as_pictures(pictures)
    if pictures.min() < 0 or pictures.max() > 1:
        raise ValueError(
            f"add_noise expected pixels from 0 to 1, got {pictures.min():g} to {pictures.max():g}. "
            "Divide by 255 first."
        )
    noise = np.random.default_rng(seed).normal(0, standard_deviation, pictures.shape)
    return np.clip(pictures + noise, 0, 1).astype(np.result_type(pictures, np.float32))


def as_pictures(pictures: np.ndarray) -> np.ndarray:
    """``pictures`` as an array of four axes; raises ValueError with the likely fix."""
    pictures = np.asarray(pictures)
    if pictures.ndim != 4:
        hint = " Add a channel axis: x[..., None]." if pictures.ndim == 3 else ""
        raise ValueError(
            f"expected pictures of shape (batch, height, width, channels), got {pictures.shape}.{hint}"
        )
    return pictures
