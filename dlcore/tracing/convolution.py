"""A convolution: its x is one patch of the picture, and W is used at every position."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dlcore.layers import Conv2D
from dlcore.layers.windows import gather
from dlcore.tracing.activation import activation_backward, activation_forward
from dlcore.tracing.affine import affine_backward, affine_forward
from dlcore.tracing.explain import explain_backward, explain_forward, uses_of_weights
from dlcore.tracing.expression import Value, as_matrix, total
from dlcore.tracing.step import TraceStep
from dlcore.tracing.uses import Uses


@uses_of_weights.register
def _(layer: Conv2D):
    rows = gather(layer.patches)
    name = "position" if len(layer.x) == 1 else "position of a picture"
    W, b = layer.parameters["W"].reshape(layer.filters, -1), layer.parameters.get("b")
    return Uses(rows, W, b, name, "p")


@explain_forward.register
def _(layer: Conv2D):
    uses = uses_of_weights(layer)
    patch = uses.rows[0].reshape(*layer.kernel_size, -1)
    gather = TraceStep(
        phase="forward",
        layer=layer.name,
        title="gather the patches",
        name="patches",
        result=uses.rows,
        operands={"x": layer.x},
        formula="xₚ = the patch at position p, as a row",
        latex_formula=r"x_p = \text{the patch at position } p",
        pieces=[Value("x", layer.x[0, :, :, 0]), "→", Value("patch at position 0", patch[:, :, 0])],
        note=f"{len(uses)} positions; the numbers are those of sample 0, channel 0.",
    )
    return [gather, affine_forward(layer, uses, as_matrix(layer.z)), activation_forward(layer)]


@explain_backward.register
def _(layer: Conv2D, dy, dx, fused=None):
    uses = uses_of_weights(layer)
    step = activation_backward(layer, dy, fused)
    dz = as_matrix(step.result)
    dpatches = dz @ uses.weights
    *parameters, to_patches = affine_backward(layer, uses, dz, dpatches)
    steps = [step, *parameters]
    if dx is not None:
        to_patches = replace(to_patches, name="dpatches", title="gradient of each patch")
        steps += [to_patches, sum_at_pixels(layer, dpatches, dx)]
    return steps


def sum_at_pixels(layer: Conv2D, dpatches: np.ndarray, dx: np.ndarray) -> TraceStep:
    """Back to the picture: each pixel sums over the patches that it lies in."""
    height, width = layer.x.shape[1:3]
    pixels = np.arange(1, height * width + 1).reshape(1, height, width, 1)  # 0 is the margin
    seen = layer.windows.views(layer.windows.pad(pixels)).reshape(-1, len(layer.windows.pixels))
    row, column = height // 2, width // 2
    in_patches = np.argwhere(seen == pixels[0, row, column, 0])
    of_patches = dpatches[: len(seen)].reshape(*seen.shape, -1)[:, :, 0]
    terms = [[float(of_patches[position, place])] for position, place in in_patches]
    return TraceStep(
        phase="backward",
        layer=layer.name,
        title="gradient of the picture",
        name="dx",
        result=dx,
        operands={"dpatches": dpatches},
        formula="∂L/∂x = Σₚ ∂L/∂xₚ, over the patches p that the pixel lies in",
        latex_formula=r"\frac{\partial L}{\partial x} = \sum_{p \ni x} \frac{\partial L}{\partial x_p}",
        pieces=[
            f"at pixel ({row}, {column}):",
            *(total(terms) if terms else [0.0]),
            "=",
            float(dx[0, row, column, 0]),
            "in",
            Value("∂L/∂x", dx[0, :, :, 0]),
        ],
        upstream="dpatches",
        note="The numbers are those of sample 0, channel 0. A pixel that no patch reaches gets 0.",
    )
