"""What a trained CNN sees in a digit: each layer's maps, the filters, the answer; and what disturbs it."""

from __future__ import annotations

from html import escape

from ipywidgets import HTML, Button

from dlcore.figures.cell_plates import CellPlate, CellTables
from dlcore.figures.mosaic import Mosaic
from dlcore.labs.drawing import smaller
from dlcore.labs.feature_maps_state import FILTERS, FeatureMapsState
from dlcore.labs.lab import Lab, column, row
from dlcore.labs.surface import Surface


class FeatureMaps(Lab):
    """The lab of the trained CNN. Show it with ``FeatureMaps()`` as the last line of a cell, or with
    settings: ``FeatureMaps(index=12, layer="conv2", rotation=30)``.

    In a cell of code ``lab.state`` is a `FeatureMapsState`: ``lab.change(noise=0.3)``, then
    ``print(lab.state)``.

    Examples
    --------
    >>> lab = FeatureMaps(index=7)
    >>> lab.controls["rotation"].value = 90
    >>> lab.state.disturbances
    ['turned by 90°']
    >>> lab.undisturbed.click()
    >>> lab.state.disturbances
    []
    """

    state_class = FeatureMapsState

    def arrange(self):
        self.pictures = CellTables([("picture", False), ("as the network sees it", False)])
        self.maps, self.map, self.kernel = Mosaic(signed=False), CellPlate(signed=False), Mosaic(signed=True)
        self.answers, self.words = HTML(), HTML()
        self.update_figures()
        self.pictures_surface = Surface(self.pictures.figure, "")
        self.maps_surface = Surface(self.maps.figure, "")
        self.map_surface = Surface(self.map.figure, "")
        self.kernel_surface = Surface(self.kernel.figure, "")
        self.draw_over = Button(description="Draw over this picture", icon="pencil")
        self.draw_over.on_click(lambda _: self.change(picture="drawn", drawing=smaller(self.state.original)))
        self.undisturbed = Button(description="Undisturbed", icon="undo")
        self.undisturbed.on_click(lambda _: self.undisturb())
        controls = self.controls
        return [
            row(
                column(controls["picture"], controls["index"], self.draw_over, controls["drawing"]),
                column(self.pictures_surface, self.answers),
            ),
            row(
                column(
                    *(controls[name] for name in ("rotation", "shift_down", "shift_right", "noise", "seed"))
                ),
                column(
                    *(controls[name] for name in ("occlusion", "occlusion_top", "occlusion_left")),
                    self.undisturbed,
                ),
            ),
            row(column(controls["layer"]), column(controls["filter"])),
            row(self.maps_surface, self.map_surface, self.kernel_surface, column(self.words)),
        ]

    def undisturb(self) -> None:
        """Leave the picture as it is."""
        self.change(rotation=0, shift_down=0, shift_right=0, occlusion=0, noise=0)

    def refresh(self) -> None:
        slider, last = self.controls["filter"], FILTERS[self.state.layer] - 1
        self._following = True
        slider.max, slider.description = last, f"Filter (0 to {last})"
        super().refresh()

    def show(self) -> None:
        state, drawn = self.state, self.state.picture == "drawn"
        for widget, needed in (
            (self.controls["index"], not drawn),
            (self.draw_over, not drawn),
            (self.controls["drawing"], drawn),
            (self.controls["occlusion_top"], state.occlusion),
            (self.controls["occlusion_left"], state.occlusion),
            (self.controls["seed"], state.noise),
        ):
            widget.layout.display = "flex" if needed else "none"
        if drawn:
            self.controls["drawing"].unfold()
        self.words.value = "".join(f"<p>{escape(sentence)}</p>" for sentence in state.sentences)
        self.answers.value = probability_bars(state)
        self.update_figures()
        for surface in (self.pictures_surface, self.maps_surface, self.map_surface, self.kernel_surface):
            surface.redraw()
        self.describe()

    def update_figures(self) -> None:
        """Bring the figures to the present state."""
        state = self.state
        for cells, picture in zip(self.pictures.cells, (state.original, state.x), strict=True):
            cells.update(picture, limit=1)
        # Titles without the filter's number: a title that changes costs the drawing of all that stands still.
        self.maps.update(f"maps of {state.layer}, the chosen one framed", state.maps, state.filter)
        self.map.update("the chosen map", state.map, limit=float(state.maps.max()) or 1.0)
        channels = state.kernel.shape[2]
        each = "" if channels == 1 else f", 3 × 3 numbers for each of {channels} maps"
        self.kernel.update(f"its kernel{each}", state.kernel)

    def describe(self) -> None:
        """Say in words what the pictures show."""
        state = self.state
        what = "A drawing" if state.label is None else f"A handwritten {state.label}"
        self.pictures_surface.tooltip = (
            f"{what}, and what the network sees: {', '.join(state.disturbances) or 'the same'}."
        )
        height, width, count = state.maps.shape
        self.maps_surface.tooltip = f"The {count} maps of {state.layer}, {height} by {width} numbers each."
        self.map_surface.tooltip = (
            f"The map of filter {state.filter}; its largest number is {state.map.max():.2f}."
        )
        self.kernel_surface.tooltip = (
            f"The weights of filter {state.filter}, red positive and blue negative, from "
            f"{state.kernel.min():.2f} to {state.kernel.max():.2f}."
        )


def probability_bars(state: FeatureMapsState) -> str:
    """A table of the ten probabilities: a bar and a number for what is seen, a number without disturbance."""
    rows = [
        f'<tr{" class=dlcore-first" if digit == state.answer else ""}><th scope="row">{digit}</th>'
        f'<td><div style="width: {100 * now:.1f}%"></div></td><td>{now:.3f}</td><td>{before:.3f}</td></tr>'
        for digit, (now, before) in enumerate(
            zip(state.probabilities, state.original_probabilities, strict=True)
        )
    ]
    names = ("digit", "", "as seen", "as it is")
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    return f'<table class="dlcore-bars"><tr>{head}</tr>{"".join(rows)}</table>'
