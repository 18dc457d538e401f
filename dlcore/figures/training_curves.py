"""Loss and metrics against the epochs, on the data learned from and on held-out data."""

from __future__ import annotations

from matplotlib.figure import Figure

from dlcore.callbacks import History
from dlcore.figures import style


def training_curves(history: History) -> Figure:
    """One chart for the loss and one for each metric; the validation curve is dashed.

    Parameters
    ----------
    history : what ``fit`` returns.

    Examples
    --------
    >>> history = History()
    >>> history.epoch, history.history["loss"], history.history["val_loss"] = [0, 1], [2.0, 1.0], [2.1, 1.5]
    >>> [line.get_label() for line in training_curves(history).axes[0].lines]
    ['training', 'validation']
    """
    names = [name for name in history.history if not name.startswith("val_")]
    epochs = [epoch + 1 for epoch in history.epoch]
    figure = style.new_figure(4.2 * len(names), 3.2)
    for position, name in enumerate(names):
        axes = figure.add_subplot(1, len(names), position + 1)
        axes.plot(epochs, history.history[name], "o-", color=style.TRAINING, label="training")
        if f"val_{name}" in history.history:
            axes.plot(
                epochs, history.history[f"val_{name}"], "s--", color=style.VALIDATION, label="validation"
            )
        axes.set(xlabel="epoch", ylabel=name, title=name)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.legend()
    return figure
