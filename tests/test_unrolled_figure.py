"""The drawing of a recurrent neuron along time."""

from dlcore.figures import unrolled


def labels(drawing):
    return [text.get_text() for text in drawing.axes[0].texts]


def test_every_use_of_the_weights_is_drawn():
    drawn = labels(unrolled([3, 0, 0, 1], [0, 2.5, 0.75, 0, 0.5], weights=(1, 0.5)))
    assert drawn.count("W = 1") == 4
    assert drawn.count("U = 0.5") == 4
    assert {"h[0]", "h[4]", "x[0]", "x[3]", "2.5", "0.75"} <= set(drawn)


def test_gradients_stand_above_their_states():
    drawing = unrolled([2, 1], [0, 2, 2], weights=(1, 0.5), gradients=[-0.375, 0.75])
    assert "∂L/∂h[1]\n−0.375" in labels(drawing)
    assert "∂L/∂h[2]\n0.75" in labels(drawing)
    places = {text.get_text(): text.get_position()[0] for text in drawing.axes[0].texts}
    assert places["∂L/∂h[1]\n−0.375"] == places["h[1]"]
