"""Networks that are trained already, for pages and labs in which training them would take too long."""

from __future__ import annotations

from importlib.resources import files

from dlcore.lookup import find
from dlcore.models import Sequential, load_model


def load_pretrained(name: str) -> Sequential:
    """A trained and compiled network.

    ``tools/train_models.py`` trained them all, each from a fixed seed on data that is embedded here, and
    says how: layers, data, number of epochs. The weights are stored in half precision (three significant
    digits), so that the files stay small.

    Parameters
    ----------
    name : which network.

        - ``"cnn"``: the convolutional network of the article's section 4.2, with 121,930 weights. It takes
          digits, (batch, 28, 28, 1) with ink from 0 to 1, and gives the probabilities of the 10 digits,
          (batch, 10). It learned from the 6,000 pictures of `dlcore.datasets.mnist`, each of them also
          shifted by a pixel in four directions, and never saw the 1,000 held-out ones.
        - ``"dense"``: the dense network of section 4.1 with 55,050 weights, after a `Flatten`. It takes and
          gives the same as ``"cnn"`` and was trained in the same way.
        - ``"lstm_digits"``: the LSTM network of section 4.3, with 57,482 weights, and
          ``"simple_rnn_digits"``: the SimpleRNN network of section 4.4, with 14,858. They read a digit row by
          row, (batch, 28, 28) with ink from 0 to 1, and give the probabilities of the 10 digits after each
          row, (batch, 28, 10). They learned from the 6,000 pictures as they are.
        - ``"tree_strokes"``, ``"tree_boiling"``, ``"tree_sums"``, ``"tree_depths"``: ``Recursive(8)`` and
          ``Dense(1)`` on trees with two children at each node (`dlcore.binary_trees.by_twos`). They give the
          strokes of a character, the boiling point of a molecule in kelvin, the value of a sum of digits,
          and the height of a tree. Their vocabularies are that of ``Trees(hanzi_trees()[1])``, that of
          ``Trees(molecule_trees()[1])``, ``"0123456789+-"``, and the one leaf ``"word"``. Every fifth row
          of the data (0, 5, 10 ...) was held out.
        - ``"names"``, ``"couplets"``: an `Embedding`, an `LSTM` of 64 units and a `Dense` softmax, with
          dropout between. They take the numbers of characters, (batch, time), and give at each the
          probabilities of the next one, (batch, time, characters). The numbers are those of
          ``Alphabet(" ".join(first_names()[0]))`` and ``Alphabet("".join(couplets()))``
          (`dlcore.characters`). A text starts with what ended the one before: a space, a full stop ``。``.

    Raises
    ------
    ValueError : there is no network of that name; the message lists those that there are.

    Examples
    --------
    >>> from dlcore.datasets import mnist
    >>> model = load_pretrained("cnn")
    >>> _, (x_test, y_test) = mnist()
    >>> model.predict(x_test[:3, :, :, None] / 255).argmax(axis=1), y_test[:3]
    (array([2, 4, 9]), array([2, 4, 9], dtype=uint8))
    """
    models = sorted((file for file in files(__package__).iterdir() if file.name.endswith(".npz")), key=str)
    return load_model(
        find("pretrained network", name, {file.name.removesuffix(".npz"): file for file in models})
    )
