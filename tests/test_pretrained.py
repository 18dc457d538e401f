"""The stored networks do what they say, and cost nothing until they are asked for."""

import subprocess
import sys
from importlib.resources import files

import numpy as np
import pytest

import character_models
import train_models
import tree_models
from dlcore.characters import Alphabet
from dlcore.datasets import couplets, first_names, mnist
from dlcore.pretrained import load_pretrained


def test_the_cnn_is_the_articles_and_reads_digits_that_it_never_saw():
    model = load_pretrained("cnn")
    _, (x, y) = mnist()
    assert model.count_params() == 121_930
    assert [type(layer).__name__ for layer in model.layers] == [
        "Conv2D", "MaxPooling2D", "Conv2D", "MaxPooling2D", "Flatten", "Dense", "Dense",
    ]  # fmt: skip
    assert model.dtype == np.float32
    assert (model.predict(x[..., None] / 255).argmax(axis=1) == y).mean() >= 0.975


def test_the_dense_network_is_the_articles_and_reads_fewer_digits_than_the_cnn():
    model = load_pretrained("dense")
    _, (x, y) = mnist()
    assert model.count_params() == 55_050
    assert [type(layer).__name__ for layer in model.layers] == ["Flatten", "Dense", "Dense", "Dense"]
    assert 0.93 <= (model.predict(x[..., None] / 255).argmax(axis=1) == y).mean() <= 0.96


@pytest.mark.parametrize(
    ("name", "layer", "parameters", "right"),
    [("lstm_digits", "LSTM", 57_482, 0.93), ("simple_rnn_digits", "SimpleRNN", 14_858, 0.91)],
)
def test_the_recurrent_networks_are_the_articles_and_know_a_digit_after_its_last_row(
    name, layer, parameters, right
):
    model = load_pretrained(name)
    _, (x, y) = mnist()
    assert model.count_params() == parameters
    assert [type(layer).__name__ for layer in model.layers] == [layer, layer, "Dense"]
    after_row = (model.predict(x / 255).argmax(axis=2) == y[:, None]).mean(axis=0)
    assert after_row[-1] >= right
    assert after_row[0] <= 0.15, "from the first row, which is black, no digit can be known"


def test_it_can_be_trained_further():
    model = load_pretrained("cnn")
    (x, y), _ = mnist()
    before = model.get_weights()[0].copy()
    model.train_on_batch(x[:8, :, :, None] / 255, np.eye(10)[y[:8]])
    assert (model.get_weights()[0] != before).any()


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(
        ValueError, match=r"unknown pretrained network 'CNN'. Did you mean 'cnn'\? Known: .*cnn"
    ):
        load_pretrained("CNN")


def test_every_stored_network_has_its_recipe_and_stays_small():
    stored = [file for file in files("dlcore.pretrained").iterdir() if file.name.endswith(".npz")]
    assert sorted(file.name.removesuffix(".npz") for file in stored) == sorted(train_models.MODELS)
    assert all(len(file.read_bytes()) < 300_000 for file in stored)


def test_importing_dlcore_loads_no_network():
    program = "import sys, dlcore; print([name for name in sys.modules if 'pretrained' in name])"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_half_precision_changes_no_weight_by_more_than_its_rounding(tmp_path):
    model = load_pretrained("cnn")
    for weights in model.get_weights():
        weights += np.float32(1e-5)
    train_models.store(model, tmp_path / "again.npz")
    again = train_models.load_model(tmp_path / "again.npz")
    for ours, stored in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_allclose(stored, ours, rtol=2**-11, atol=2**-25)


@pytest.mark.parametrize(
    ("name", "most"),
    [("tree_strokes", 0.3), ("tree_boiling", 8.0), ("tree_sums", 0.15), ("tree_depths", 0.06)],
)
def test_the_tree_networks_are_this_near_on_trees_that_they_never_saw(name, most):
    """Each number of `most` is a mean distance, in the unit of the answer."""
    model = load_pretrained(name)
    _, (x, y) = tree_models.data(name)
    assert [type(layer).__name__ for layer in model.layers] == ["Recursive", "Dense"]
    assert model.evaluate(x, y, return_dict=True)["mae"] <= most


@pytest.mark.parametrize(("name", "most"), [("names", 2.02), ("couplets", 4.15)])
def test_the_character_models_know_texts_that_they_never_saw(name, most):
    """Each number of `most` is a mean cross-entropy; a guess by frequencies alone is far worse."""
    alphabet, (_, learned), (x, y) = character_models.data(name)
    model = load_pretrained(name)
    loss = model.evaluate(x, y, return_dict=True)["loss"]
    shares = (np.bincount(learned.ravel(), minlength=len(alphabet)) + 1) / (learned.size + len(alphabet))
    assert loss <= most
    assert loss < -np.log(shares[y]).mean() - 0.7


def test_the_alphabets_of_the_character_models_are_those_of_the_data():
    for name, text in (("names", " ".join(first_names()[0])), ("couplets", "".join(couplets()))):
        alphabet, (x, y), _ = character_models.data(name)
        assert alphabet.characters == Alphabet(text).characters
        np.testing.assert_array_equal(x[:, 1:], y[:, :-1])
        assert set(x[:, 0]) == set(alphabet.encode(" " if name == "names" else "。"))


@pytest.mark.parametrize(("name", "end"), [("names", " "), ("couplets", "。")])
def test_no_held_out_text_is_learned(name, end):
    alphabet, *parts = character_models.data(name)
    learned, held_out = (list(map(alphabet.decode, x)) for x, _ in parts)
    for window in held_out[:50]:
        text = window[: window.index(end, 1) + 1]  # from the mark before to the mark after
        assert not any(text in other for other in learned)
