"""Pictures of digits with what a network says about each."""

from __future__ import annotations

import numpy as np

from dlcore.figures import style

ROWS, COLUMNS, SIDE = 4, 5, 8
BESIDE, ABOVE = 3, 4  # pixels of white beside and above each digit


class DigitAnswers:
    """Twenty digits, each under its answer; a wrong one is bold and says what would be right.

    Attributes
    ----------
    figure : matplotlib Figure.

    Examples
    --------
    >>> answers = DigitAnswers()
    >>> answers.update(np.zeros((20, 8, 8)), said=np.arange(20) % 10, right=np.zeros(20, int))
    >>> [text.get_text() for text in answers.texts[:3]]
    ['0', '1 not 0', '2 not 0']
    """

    def __init__(self):
        self.figure = style.lab_figure(3.3, left=0.04, bottom=0.04, top=0.04)
        axes = self.figure.add_subplot()
        axes.set_axis_off()
        # All digits in one picture: one artist is drawn much faster than twenty.
        self.sheet = np.zeros((ROWS * (SIDE + ABOVE), COLUMNS * (SIDE + BESIDE)))
        self.picture = axes.imshow(self.sheet, cmap="gray_r", vmin=0, vmax=1, animated=True)
        self.places = [
            (row * (SIDE + ABOVE) + ABOVE, column * (SIDE + BESIDE) + 1)
            for row in range(ROWS)
            for column in range(COLUMNS)
        ]
        self.texts = [
            axes.text(left + SIDE / 2 - 0.5, top - 1, "", ha="center", fontsize=9, animated=True)
            for top, left in self.places
        ]

    def update(self, images: np.ndarray, said: np.ndarray, right: np.ndarray) -> None:
        """Show another state. Where there are fewer than twenty digits, the rest stays white.

        Parameters
        ----------
        images : (digits, 8, 8), ink from 0 to 1.
        said, right : (digits,), the network's answers and the true digits.
        """
        self.sheet[:] = 0
        for text in self.texts:
            text.set_text("")
        for (top, left), text, image, answer, truth in zip(
            self.places, self.texts, images, said, right, strict=False
        ):
            self.sheet[top : top + SIDE, left : left + SIDE] = image
            wrong = answer != truth
            text.set_text(f"{answer} not {truth}" if wrong else str(answer))
            text.set_color(style.VALIDATION if wrong else "black")
            text.set_fontweight("bold" if wrong else "normal")
        self.picture.set_data(self.sheet)
