"""Data sets: what is embedded, and MNIST's own files in every state in which a reader may have them."""

import gzip
import struct

import numpy as np
import pytest

from dlcore import datasets
from dlcore.datasets.mnist import IDX_FILES

IMAGES = np.arange(2 * 28 * 28, dtype=np.uint8).reshape(2, 28, 28)
LABELS = np.array([3, 9], np.uint8)


def idx(array):
    """The bytes of an IDX file, as the description on the pages of MNIST has it."""
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


@pytest.fixture
def folder(tmp_path):
    for name in IDX_FILES:
        (tmp_path / name).write_bytes(idx(IMAGES if "images" in name else LABELS))
    return tmp_path


def test_embedded_mnist():
    (x_train, y_train), (x_test, y_test) = datasets.mnist()
    assert x_train.shape == (6000, 28, 28)
    assert x_test.shape == (1000, 28, 28)
    assert x_train.dtype == y_train.dtype == np.uint8
    np.testing.assert_array_equal(np.bincount(y_train), [600] * 10)
    np.testing.assert_array_equal(np.bincount(y_test), [100] * 10)
    pictures = np.concatenate([x_train, x_test]).reshape(7000, -1)
    assert len(np.unique(pictures, axis=0)) == 7000  # so nothing in the test part was trained on


def test_embedded_fashion():
    (x_train, y_train), (x_test, y_test) = datasets.fashion()
    assert x_train.shape == (2000, 28, 28)
    assert x_test.shape == (500, 28, 28)
    assert x_train.dtype == y_train.dtype == np.uint8
    np.testing.assert_array_equal(np.bincount(y_train), [200] * len(datasets.FASHION_NAMES))
    np.testing.assert_array_equal(np.bincount(y_test), [50] * len(datasets.FASHION_NAMES))
    pictures = np.concatenate([x_train, x_test]).reshape(2500, -1)
    assert len(np.unique(pictures, axis=0)) == 2500  # so nothing in the test part was trained on


def test_embedded_digits():
    images, labels = datasets.digits()
    assert images.shape == (1797, 8, 8)
    assert (images.min(), images.max()) == (0, 16)
    assert set(labels) == set(range(10))


def test_embedded_couplets():
    lines = datasets.couplets()
    assert len(lines) == len(set(lines)) == 6350
    assert {(len(line), line[5], line[11]) for line in lines} == {(12, "，", "。")}
    characters = set("".join(lines)) - set("，。")
    assert len(characters) == 500
    assert all("\u4e00" <= character <= "\u9fff" for character in characters)


def test_embedded_first_names():
    names, sexes, percents = datasets.first_names()
    assert len(names) == len(sexes) == len(percents) == 5494
    assert sexes == ["F"] * 4275 + ["M"] * 1219
    assert len(set(zip(names, sexes, strict=True))) == 5494
    assert len(set(names)) == 5163
    assert all(name.isascii() and name.isalpha() and name.istitle() for name in names)
    assert (min(map(len, names)), max(map(len, names))) == (2, 11)
    for part in (percents[:4275], percents[4275:]):
        assert (np.diff(part) <= 0).all()
        assert 85 < part.sum() < 95  # the census left the rare names out


def test_embedded_sunspots():
    years, numbers = datasets.sunspots()
    assert years.shape == numbers.shape == (2820,)
    np.testing.assert_allclose(np.diff(years), 1 / 12)
    assert (int(years[0]), int(years[-1])) == (1749, 1983)
    assert (numbers.min(), numbers.max()) == (0, 253.8)
    # the cycle of about 11 years: the series is likest to itself when shifted by that much
    shifts = np.arange(6 * 12, 20 * 12)
    likeness = [np.corrcoef(numbers[:-shift], numbers[shift:])[0, 1] for shift in shifts]
    assert 10 < shifts[np.argmax(likeness)] / 12 < 12


@pytest.mark.parametrize("packed", [(), IDX_FILES, IDX_FILES[:2]])
def test_idx_files_plain_and_packed(folder, packed):
    for name in packed:
        content = (folder / name).read_bytes()
        (folder / name).unlink()
        (folder / f"{name}.gz").write_bytes(gzip.compress(content))
    for path in (folder, str(folder)):
        (x_train, y_train), (x_test, y_test) = datasets.mnist(path)
        for x, y in ((x_train, y_train), (x_test, y_test)):
            np.testing.assert_array_equal(x, IMAGES)
            np.testing.assert_array_equal(y, LABELS)
            assert x.dtype == y.dtype == np.uint8


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not an IDX file"),
        (b"\0\0\x08", "is not an IDX file"),
        (b"<html>", "is not an IDX file"),
        (idx(IMAGES)[:10], "is not an IDX file"),
        (struct.pack(">BBBBI", 0, 0, 13, 1, 2) + b"\0" * 8, "is not an IDX file"),  # floats
        (idx(IMAGES)[:-1], r"should hold 1568 bytes for \(2, 28, 28\), has 1567"),
        (idx(IMAGES) + b"\0", "should hold 1568 bytes"),
        (idx(np.zeros((3, 28, 28), np.uint8)), "3 pictures, but 2 labels"),
    ],
)
def test_broken_files(folder, content, message):
    (folder / "train-images-idx3-ubyte").write_bytes(content)
    with pytest.raises(ValueError, match=message):
        datasets.mnist(folder)


@pytest.mark.parametrize("content", [b"not packed at all", gzip.compress(idx(LABELS), mtime=0)[:-9]])
def test_broken_gzip(folder, content):
    (folder / "t10k-labels-idx1-ubyte").unlink()
    (folder / "t10k-labels-idx1-ubyte.gz").write_bytes(content)
    with pytest.raises(ValueError, match=r"t10k-labels-idx1-ubyte.gz cannot be unpacked"):
        datasets.mnist(folder)


def test_missing_file_and_folder(folder, tmp_path):
    (folder / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(FileNotFoundError, match=r"expected train-labels-idx1-ubyte or .*\.gz in"):
        datasets.mnist(folder)
    with pytest.raises(FileNotFoundError, match="found neither"):
        datasets.mnist(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("make", "classes"),
    [
        (datasets.circles, 2),
        (datasets.moons, 2),
        (datasets.xor, 2),
        (datasets.spiral, 2),
        (lambda **options: datasets.spiral(arms=4, **options), 4),
        (datasets.blobs, 3),
        (lambda **options: datasets.blobs(centres=5, **options), 5),
    ],
)
def test_points_in_the_plane(make, classes):
    x, y = make(samples=120, seed=3)
    assert x.shape == (120, 2)
    assert y.shape == (120,)
    assert set(y) == set(range(classes))
    assert np.abs(x).max() < 1.5
    again, _ = make(samples=120, seed=3)
    np.testing.assert_array_equal(x, again)
    assert (make(samples=120, seed=4)[0] != x).any()
    assert make(samples=1, noise=0.0)[0].shape == (1, 2)


@pytest.mark.parametrize(("samples", "error"), [(0, ValueError), (2.5, TypeError), ("many", TypeError)])
def test_points_need_a_number(samples, error):
    with pytest.raises(error, match="circles expected samples"):
        datasets.circles(samples)


def test_points_need_a_number_of_classes():
    with pytest.raises(ValueError, match="spiral expected arms of at least 1, got 0"):
        datasets.spiral(arms=0)
    with pytest.raises(TypeError, match="blobs expected centres to be a whole number"):
        datasets.blobs(centres=2.5)
