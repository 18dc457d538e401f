"""A network in training, to play with: its answers, curves, gradients, weights and outputs, live."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from ipywidgets import HTML, Button, Checkbox

from dlcore.figures import digit_answers
from dlcore.figures.decision_plane import DecisionPlane
from dlcore.figures.digit_answers import DigitAnswers
from dlcore.figures.layer_histograms import LayerHistograms
from dlcore.figures.layer_steps import LayerSteps
from dlcore.figures.loss_curves import LossCurves
from dlcore.labs.lab import Lab, column, row
from dlcore.labs.playground_state import GRANULARITY, TICKS, PlaygroundState
from dlcore.labs.playground_table import layer_table
from dlcore.labs.surface import Surface
from dlcore.labs.transport import Transport


class Playground(Lab):
    """The lab of training. Show it with ``Playground()`` as the last line of a cell, or with settings:
    ``Playground(data="spiral", hidden=(8, 8), activation="relu", batches=0)``.

    In a cell of code ``lab.state`` is a `PlaygroundState`: ``lab.change(learning_rate=0.1)``,
    ``lab.state.step("epoch", times=20)``, then ``lab.refresh()`` and ``print(lab.state)``.

    Examples
    --------
    >>> lab = Playground(data="xor", batches=0)
    >>> lab.transport.granularity_control.value = "batch"
    >>> lab.transport.step_button.click()
    >>> lab.state.batches
    1
    """

    state_class = PlaygroundState
    live = False  # each new value costs a training

    def arrange(self):
        controls = self.controls
        self.transport = Transport(
            step=self._step, reset=self._reset, granularities=GRANULARITY.options, frames_per_second=25
        )
        self.new_weights_button = Button(icon="random")
        self.new_weights_button.on_click(lambda _: self.new_weights())
        self.log_control = Checkbox(description="Loss on a log axis", indent=False)
        self.log_control.observe(lambda _: self.show(), "value")
        self.doing, self.table = HTML(), HTML()
        self.curves, self.layer_steps, self.histograms = LossCurves(), LayerSteps(), LayerHistograms()
        answers = self.digits if self.state.data == "digits" else self.plane
        self.answers_surface = Surface(answers.figure, "")
        self.curves_surface = Surface(self.curves.figure, "")
        self.steps_surface = Surface(self.layer_steps.figure, "")
        self.histograms_surface = Surface(self.histograms.figure, "")
        data = [controls[name] for name in ("data", "samples", "noise", "batch_size")]
        training = [controls[name] for name in ("activation", "optimizer", "learning_rate", "seed")]
        return [
            row(self.transport, self.new_weights_button),
            self.doing,
            row(
                self.answers_surface,
                column(self.curves_surface, self.log_control, self.steps_surface),
                self.histograms_surface,
                column(self.table),
            ),
            row(column(*data, *training[:1]), column(*training[1:], controls["hidden"])),
        ]

    @cached_property
    def plane(self) -> DecisionPlane:
        return DecisionPlane(TICKS)

    @cached_property
    def digits(self) -> DigitAnswers:
        return DigitAnswers()

    def new_weights(self) -> None:
        """Start anew from the weights of the next seed."""
        self.transport.pause()
        self.state.new_weights()
        self.say("")
        self.refresh()

    def _reset(self) -> None:
        self.state.reset()
        self.say("")
        self.refresh()

    def _step(self) -> bool:
        going = self.state.step(self.transport.granularity)
        self.say("")
        self.show()
        self.sharing.show(self.state)
        return going

    def trouble(self) -> str:
        return self.state.trouble

    @np.errstate(all="ignore")  # a training that diverges is there to be seen: no warnings beside
    def show(self) -> None:
        state = self.state
        following = (state.seed + 1) % (state.settings["seed"].highest + 1)
        self.new_weights_button.description = f"New weights (seed {following})"
        self.transport.count = f"batch <b>{state.batches}</b>, epoch <b>{state.epoch}</b>"
        self.doing.value = f'<p role="status" class="dlcore-status">{state.doing}</p>' if state.doing else ""
        if trouble := self.trouble():
            self.say(trouble, urgent=True)
        accuracies = state.accuracies()
        outputs = state.layer_outputs()
        self._show_answers(accuracies)
        self._show_training(accuracies)
        weights = [layer.parameters["W"] for layer in state.model.layers]
        self.histograms.update(weights, outputs)
        self.histograms_surface.redraw()
        self.histograms_surface.tooltip = "How the weights and the outputs of each layer are spread."
        self.table.value = layer_table(state)

    def _show_answers(self, accuracies) -> None:
        state = self.state
        figure = self.digits if state.data == "digits" else self.plane
        if state.data == "digits":
            shown = slice(digit_answers.ROWS * digit_answers.COLUMNS)
            x, y = (part[shown] for part in state.dataset.held_out)
            self.digits.update(x.reshape(-1, 8, 8), state.model.predict(x).argmax(axis=1), y)
            what = "Held-out digits with the network's answers; wrong ones say what would be right."
        else:
            dataset = state.dataset
            present = dataset.training[0][state.present]
            self.plane.update(state.plane(), dataset.training, dataset.held_out, present)
            what = "The plane of both inputs, coloured by the class that the network gives to each place."
        if self.answers_surface.figure is figure.figure:
            self.answers_surface.redraw()
        else:
            self.answers_surface.show(figure.figure)
        self.answers_surface.tooltip = (
            f"{what} After {state.batches} batches {accuracies['training']:.1%} of the training samples "
            f"and {accuracies['validation']:.1%} of the validation samples are right."
        )

    def _show_training(self, accuracies) -> None:
        state = self.state
        self.curves.update(
            state.epochs, state.training_losses, state.validation_losses, log=self.log_control.value
        )
        self.curves_surface.redraw()
        self.curves_surface.tooltip = (
            f"Loss after {state.epoch} epochs: {state.training_losses[-1]:.3f} on the training samples, "
            f"{state.validation_losses[-1]:.3f} on the validation samples."
        )
        step = state.last_step
        nothing = np.zeros(len(state.model.layers))
        norms = nothing if step is None else list(step.gradient_norms.values())
        ratios = nothing if step is None else list(step.update_ratios.values())
        self.layer_steps.update(norms, ratios)
        self.steps_surface.redraw()
        self.steps_surface.tooltip = (
            f"From the first layer to the last: gradient norms {in_words(norms)}; "
            f"update-to-weight ratios {in_words(ratios)}."
        )


def in_words(values) -> str:
    """Numbers in a row; zeros before the first step."""
    return ", ".join(f"{value:.1e}" for value in values)
