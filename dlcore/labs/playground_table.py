"""The playground's numbers, layer by layer, as a table: what its pictures show, for every reader."""

from __future__ import annotations

from dlcore.labs.playground_state import PlaygroundState

HEADINGS = ("layer", "W", "gradient norm", "update / weight", "dead ReLUs")


def layer_table(state: PlaygroundState) -> str:
    """One row for each layer, as HTML.

    Examples
    --------
    >>> table = layer_table(PlaygroundState(hidden=(3,), activation="relu", batches=0))
    >>> table.count("<tr>"), "3×2" in table
    (3, True)
    """
    step = state.last_step
    rows = []
    for number, (layer, dead) in enumerate(
        zip(state.model.layers, state.dead_shares(), strict=True), start=1
    ):
        measured = ["–", "–"]
        if step is not None:
            measured = [f"{step.gradient_norms[layer.name]:.1e}", f"{step.update_ratios[layer.name]:.1e}"]
        rows.append(
            [number, "×".join(map(str, layer.parameters["W"].shape)), *measured,
             "–" if dead is None else f"{dead:.0%}"]
        )  # fmt: skip
    head = "".join(f'<th scope="col">{heading}</th>' for heading in HEADINGS)
    body = "".join(
        f'<tr><th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
        for first, *cells in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
