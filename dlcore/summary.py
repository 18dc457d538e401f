"""The table that ``model.summary()`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dlcore.models import Sequential

WIDTHS = (32, 24, 10)


def summary_table(model: Sequential) -> str:
    """Layers, output shapes and numbers of parameters as text, in the order and with the totals of Keras.

    Examples
    --------
    >>> from dlcore.layers import Dense
    >>> from dlcore.models import Sequential
    >>> print(summary_table(Sequential([Dense(2, input_dim=3)])))
    Model: "sequential"
    ────────────────────────────────────────────────────────────────────
    Layer (type)                    Output shape                 Param #
    ════════════════════════════════════════════════════════════════════
    dense (Dense)                   (None, 2)                          8
    ════════════════════════════════════════════════════════════════════
    Total params: 8
    Trainable params: 8
    Non-trainable params: 0
    """
    rows = [_row("Layer (type)", "Output shape", "Param #"), "═" * (sum(WIDTHS) + 2)]
    total = trainable = 0
    for layer in model.layers:
        size = sum(array.size for array in layer.weights().values())
        total += size
        trainable += sum(array.size for array in layer.parameters.values()) * layer.trainable
        shape = (None, *layer.output_shape)
        rows.append(_row(f"{layer.name} ({type(layer).__name__})", str(shape), f"{size:,}"))
    return "\n".join(
        [
            f'Model: "{model.name}"',
            "─" * (sum(WIDTHS) + 2),
            *rows,
            "═" * (sum(WIDTHS) + 2),
            f"Total params: {total:,}",
            f"Trainable params: {trainable:,}",
            f"Non-trainable params: {total - trainable:,}",
        ]
    )


def _row(layer: str, shape: str, parameters: str) -> str:
    return f"{layer:<{WIDTHS[0]}}{shape:<{WIDTHS[1]}}{parameters:>{WIDTHS[2] + 2}}"
