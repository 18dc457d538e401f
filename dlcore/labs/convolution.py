"""A kernel moves over a picture: patch, product, sum and feature map; and back, what each output sends."""

from __future__ import annotations

from html import escape

import numpy as np
from ipywidgets import HTML, Button

from dlcore.figures.cell_plates import CellPlate, CellTables
from dlcore.labs.convolution_state import ConvolutionState
from dlcore.labs.lab import Lab, column, row
from dlcore.labs.surface import Surface
from dlcore.labs.transport import Transport

CELLS_PER_SECOND = 5
TABLES = {  # of the window: their titles, and whether their numbers are signed
    "forward": [("patch x", False), ("kernel W", True), ("x · W", True), ("z = sum + b", True)],
    "backward": [
        ("patch x", False),
        ("kernel W", True),
        ("∂L/∂z · x", True),
        ("∂L/∂z · W", True),
        ("∂L/∂W so far", True),
        ("∂L/∂b so far", True),
    ],
}


class Convolution(Lab):
    """The lab of the convolution. Show it with ``Convolution()`` as the last line of a cell, or with
    settings: ``Convolution(kernel="blur", padding="same", direction="backward")``.

    In a cell of code ``lab.state`` is a `ConvolutionState`: ``lab.change(kernel="sharpen")``, then
    ``print(lab.state)``.

    Examples
    --------
    >>> lab = Convolution(position=0)
    >>> lab.transport.step()
    >>> lab.transport.count
    'row 0, column 1'
    >>> lab.controls["kernel"].fields[4].value = 2
    >>> lab.state.kernel
    (-1.0, 0.0, 1.0, -1.0, 2.0, 1.0, -1.0, 0.0, 1.0)
    """

    state_class = ConvolutionState

    def arrange(self):
        self.transport = Transport(
            step=self.forwards,
            reset=lambda: self.change(position=0),
            back=self.backwards,
            granularities=("cell", "row"),
            frames_per_second=CELLS_PER_SECOND,
        )
        self.transport.granularity_control.value = "cell"
        self.draw_over = Button(description="Draw over this picture", icon="pencil")
        self.draw_over.on_click(lambda _: self.draw_over_picture())
        self.formula = HTML()
        self.formula.layout.min_height = "16rem"  # the most lines there are: what is below stays in place
        self.picture, self.map, self.result = CellPlate(False), CellPlate(True), CellPlate(True)
        self._tables: dict[str, CellTables] = {}
        self.update_figures()
        self.picture_surface = Surface(self.picture.figure, "")
        self.patch_surface = Surface(self.tables.figure, "")
        self.map_surface = Surface(self.map.figure, "")
        self.result_surface = Surface(self.result.figure, "")
        controls = self.controls
        return [
            self.transport,
            row(column(controls["position"]), column(controls["direction"])),
            row(self.picture_surface, self.patch_surface, self.map_surface, self.result_surface),
            self.formula,
            row(
                column(
                    controls["picture"],
                    controls["index"],
                    controls["size"],
                    self.draw_over,
                    controls["drawing"],
                    controls["stride"],
                    controls["padding"],
                ),
                column(*(controls[name] for name in ("kernel", "bias", "activation", "pooling", "loss"))),
            ),
        ]

    def forwards(self) -> bool:
        """Go on to the next cell, or row; False at the end."""
        return self.follow(
            self.state.forwards(self.transport.granularity),
            "That was the last position. Reset goes back to the first.",
        )

    def backwards(self) -> bool:
        """Go back to the cell, or row, before; False at the start."""
        return self.follow(self.state.backwards(self.transport.granularity), "This is the first position.")

    def draw_over_picture(self) -> None:
        """Take the present picture as a drawing to go on with."""
        self.change(size="10x10")
        self.change(picture="drawn", drawing=self.state.x)

    def refresh(self) -> None:
        slider, last = self.controls["position"], self.state.y.size - 1
        self._following = True
        slider.max, slider.description = last, f"Position (0 to {last})"
        super().refresh()

    def show(self) -> None:
        state, drawn = self.state, self.state.picture == "drawn"
        self.transport.count = f"row {state.row}, column {state.column}"
        self.formula.value = (
            '<div class="dlcore-formula" tabindex="0" role="group" aria-label="formula with numbers">'
            f"{escape(str(state))}</div>"
        )
        for widget, needed in (
            (self.controls["index"], not drawn),
            (self.draw_over, not drawn),
            (self.controls["drawing"], drawn),
            (self.controls["loss"], state.direction == "backward"),
        ):
            widget.layout.display = "flex" if needed else "none"
        if drawn:
            self.controls["drawing"].unfold()
        self.update_figures()
        for surface in (self.picture_surface, self.map_surface, self.result_surface):
            surface.redraw()
        if self.patch_surface.figure is self.tables.figure:
            self.patch_surface.redraw()
        else:
            self.patch_surface.show(self.tables.figure)
        self.describe()

    @property
    def tables(self) -> CellTables:
        """The small tables of the present direction; made when it is first chosen."""
        direction = self.state.direction
        if direction not in self._tables:
            self._tables[direction] = CellTables(TABLES[direction])
        return self._tables[direction]

    def update_figures(self) -> None:
        """Bring the tables to the present state."""
        state = self.state
        top, left = (margin[0] for margin in state.model.layers[0].windows.margins(state.x.shape))
        picture_place = (top, left, *state.x.shape) if state.padding == "same" else None
        title = "picture x in a margin of zeros" if picture_place else "picture x"
        self.picture.update(title, state.padded, (*state.corner, 3, 3), picture_place, limit=1)
        place = (state.row, state.column, 1, 1)
        later = np.arange(state.y.size).reshape(state.y.shape) > state.position
        if state.direction == "forward":
            pool = state.pool_place
            window = None if pool is None else (2 * pool[0], 2 * pool[1], 2, 2)
            self.map.update(
                "feature map y (pale: still to come)", state.y, place, window, state.winner, pale=later
            )
            self.result.update(
                f"{state.pooling} pooling of each 2 × 2 window", state.pooled,
                None if pool is None else (*pool, 1, 1), limit=largest(state.y),
            )  # fmt: skip
        else:
            self.map.update("∂L/∂z, the gradient that arrives", state.dz, place, pale=later)
            corner = (state.corner[0] - top, state.corner[1] - left, 3, 3)
            self.result.update("∂L/∂x so far", state.dx_so_far, corner)
        self.update_patch()

    def update_patch(self) -> None:
        """The small tables: what happens in the window."""
        state = self.state
        cells = self.tables.cells
        dz = state.dz[state.row, state.column]
        cells[0].update(state.patch, limit=1, decimals=2)
        cells[1].update(state.W, decimals=2)
        if state.direction == "forward":
            cells[2].update(state.products, limit=largest(state.W), decimals=2)
            cells[3].update([[state.z[state.row, state.column]]], limit=largest(state.z), decimals=2)
        else:
            cells[2].update(state.dW_term, limit=max(largest(state.dz), 1), decimals=2)
            cells[3].update(dz * state.W, limit=largest(state.dz) * largest(state.W), decimals=2)
            cells[4].update(state.dW_so_far, decimals=2)
            cells[5].update([[state.db_so_far]], decimals=2)

    def describe(self) -> None:
        """Say in words what the pictures show."""
        state = self.state
        here = f"row {state.row}, column {state.column}"
        height, width = state.x.shape
        self.picture_surface.tooltip = (
            f"The picture, {height} by {width} pixels. The window's upper left pixel lies in "
            f"row {state.corner[0]}, column {state.corner[1]}."
        )
        z, y = state.z[state.row, state.column], state.y[state.row, state.column]
        if state.direction == "forward":
            self.patch_surface.tooltip = (
                f"Patch, kernel, their products, and z = {z:.2f}. The formula has all numbers."
            )
            self.map_surface.tooltip = (
                f"The feature map, {state.rows} by {state.columns}; at {here} it is {y:.2f}."
            )
            self.result_surface.tooltip = (
                f"The map after {state.pooling} pooling, {state.pooled.shape[0]} by {state.pooled.shape[1]}."
            )
        else:
            dz = state.dz[state.row, state.column]
            self.patch_surface.tooltip = (
                "Patch, kernel, what this cell adds to the gradients of the kernel and of the picture, "
                "and the sums so far. The formula has all numbers."
            )
            self.map_surface.tooltip = f"The gradient that arrives at the map; at {here} it is {dz:.2f}."
            self.result_surface.tooltip = (
                f"The gradient of the picture, summed over {state.position + 1} positions; "
                f"its largest size is {np.abs(state.dx_so_far).max():.2f}."
            )


def largest(array: np.ndarray) -> float:
    """The largest size of a number; 1 if all are zero."""
    return float(np.abs(array).max()) or 1.0
