"""SimpleRNN, LSTM and GRU against PyTorch: the same weights in, the same numbers out.

All in float64, so that ten steps leave no room for rounding. PyTorch orders the gates of a GRU r, z, n where
dlcore and Keras have z, r, h; its LSTM has the same order i, f, g, o. PyTorch keeps two biases where
SimpleRNN and LSTM have one: the second is zero here, and is left out of the training.
"""

import numpy as np
import pytest

from dlcore import Sequential
from dlcore.layers import GRU, LSTM, Bidirectional, Dense, SimpleRNN
from dlcore.optimizers import SGD, Adam
from dlcore.training import learn

torch = pytest.importorskip("torch", reason="PyTorch is not installed; it is only compared with")
F = torch.nn.functional

BATCH, TIME, FEATURES, UNITS, CLASSES, STEPS = 6, 5, 3, 4, 3, 10
KINDS = {"SimpleRNN": (SimpleRNN, torch.nn.RNN), "LSTM": (LSTM, torch.nn.LSTM), "GRU": (GRU, torch.nn.GRU)}
all_kinds = pytest.mark.parametrize("kind", sorted(KINDS))


def to_torch_order(kind, array):
    """Rows of W, U or b in PyTorch's order of gates; for a GRU this swaps z and r, and swaps them back."""
    if kind != "GRU":
        return array
    z, r, h = np.split(array, 3)
    return np.concatenate([r, z, h])


def peer_of(kind, layer, reverse=""):
    """Values for one direction of PyTorch's layer, by PyTorch's names."""
    p = layer.parameters
    names = {"weight_ih": "W", "weight_hh": "U", "bias_ih": "b", "bias_hh": "b_recurrent"}
    values = {ours: to_torch_order(kind, p[theirs]) for ours, theirs in names.items() if theirs in p}
    return {f"{name}_l0{reverse}": value for name, value in values.items()}


def make_peer(kind, layer, features, bidirectional=False):
    """A PyTorch layer with the weights of ``layer``; a bias that dlcore has not is zero and stays zero."""
    peer = KINDS[kind][1](features, UNITS, batch_first=True, bidirectional=bidirectional, dtype=torch.float64)
    if bidirectional:
        values = peer_of(kind, layer.forward_layer) | peer_of(kind, layer.backward_layer, "_reverse")
    else:
        values = peer_of(kind, layer)
    for name, parameter in peer.named_parameters():
        parameter.data = torch.tensor(values.get(name, np.zeros(parameter.shape)))
        parameter.requires_grad_(name in values)
    return peer


@all_kinds
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_ten_steps(kind, optimizer):
    layer_class = KINDS[kind][0]
    model = Sequential(
        [
            layer_class(UNITS, return_sequences=True, input_shape=(TIME, FEATURES)),
            layer_class(UNITS, return_sequences=True),
            Dense(CLASSES, "softmax"),
        ],
        seed=1,
        dtype=np.float64,
    )
    first, second, dense = model.layers
    rng = np.random.default_rng(2)
    for layer in (first, second):  # also where the initial values are all alike
        for name in layer.parameters.keys() - {"W", "U"}:
            layer.parameters[name][...] = rng.normal(size=layer.parameters[name].shape)
    own_optimizer = SGD(0.1) if optimizer == "sgd" else Adam(0.01, epsilon=1e-15)
    model.compile(optimizer=own_optimizer, loss="categorical_crossentropy")

    peers = [make_peer(kind, first, FEATURES), make_peer(kind, second, UNITS)]
    W, b = (torch.tensor(dense.parameters[name], requires_grad=True) for name in "Wb")
    trained = [p for peer in peers for p in peer.parameters() if p.requires_grad] + [W, b]
    if optimizer == "sgd":
        peer_optimizer = torch.optim.SGD(trained, lr=0.1)
    else:
        peer_optimizer = torch.optim.Adam(trained, lr=0.01, eps=1e-15)

    for _ in range(STEPS):
        x = rng.normal(size=(BATCH, TIME, FEATURES))
        targets = np.eye(CLASSES)[rng.integers(0, CLASSES, (BATCH, TIME))]
        loss, _ = learn(model, x, targets)

        peer_optimizer.zero_grad()
        h = peers[1](peers[0](torch.tensor(x))[0])[0]
        peer_loss = -(torch.tensor(targets) * F.log_softmax(h @ W.T + b, dim=-1)).sum(-1).mean()
        peer_loss.backward()
        peer_optimizer.step()

        assert loss == pytest.approx(peer_loss.item(), rel=1e-9)
        for layer, peer in zip((first, second), peers, strict=True):
            for ours, theirs in (("W", "weight_ih_l0"), ("U", "weight_hh_l0"), ("b", "bias_ih_l0")):
                parameter = getattr(peer, theirs)
                gradient = to_torch_order(kind, layer.gradients[ours])
                np.testing.assert_allclose(gradient, parameter.grad.numpy(), rtol=1e-7, atol=1e-12)
                values = to_torch_order(kind, layer.parameters[ours])
                np.testing.assert_allclose(values, parameter.detach().numpy(), rtol=1e-7, atol=1e-10)
        np.testing.assert_allclose(dense.gradients["W"], W.grad.numpy(), rtol=1e-7, atol=1e-12)


@all_kinds
@pytest.mark.parametrize("bidirectional", [False, True])
def test_states_and_gradients_with_an_initial_state(kind, bidirectional):
    if bidirectional:
        layer = Bidirectional(KINDS[kind][0](UNITS, return_sequences=True))
    else:
        layer = KINDS[kind][0](UNITS, return_sequences=True)
    layer.astype(np.float64)
    layer.build((None, FEATURES), 3)
    peer = make_peer(kind, layer, FEATURES, bidirectional)
    rng = np.random.default_rng(4)
    x, dy = rng.normal(size=(BATCH, TIME, FEATURES)), rng.normal(size=(BATCH, TIME, *layer.output_shape[1:]))
    x_peer = torch.tensor(x, requires_grad=True)
    if bidirectional:
        y, (y_peer, _) = layer.forward(x), peer(x_peer)
    else:
        states = [rng.normal(size=(BATCH, UNITS)) for _ in layer.state_names]
        peer_states = [torch.tensor(state[None], requires_grad=True) for state in states]
        one = len(states) == 1
        y = layer.forward(x, initial_state=states[0] if one else states)
        y_peer, _ = peer(x_peer, peer_states[0] if one else tuple(peer_states))
    np.testing.assert_allclose(y, y_peer.detach().numpy(), rtol=1e-10)
    dx = layer.backward(dy)
    (y_peer * torch.tensor(dy)).sum().backward()
    np.testing.assert_allclose(dx, x_peer.grad.numpy(), rtol=1e-9, atol=1e-13)
    if not bidirectional:
        for name, state in zip(layer.state_names, peer_states, strict=True):
            np.testing.assert_allclose(getattr(layer, f"d{name}")[0], state.grad[0].numpy(), rtol=1e-9)


@all_kinds
def test_padded_sequences(kind):
    """PyTorch packs sequences of different lengths; a mask says the same."""
    layer = KINDS[kind][0](UNITS)
    layer.astype(np.float64)
    layer.build((None, FEATURES), 5)
    peer = make_peer(kind, layer, FEATURES)
    rng = np.random.default_rng(6)
    x, dy, lengths = (
        rng.normal(size=(BATCH, TIME, FEATURES)),
        rng.normal(size=(BATCH, UNITS)),
        [5, 1, 3, 2, 5, 4],
    )
    y = layer.forward(x, mask=np.arange(TIME) < np.array(lengths)[:, None])
    x_peer = torch.tensor(x, requires_grad=True)
    packed = torch.nn.utils.rnn.pack_padded_sequence(x_peer, lengths, batch_first=True, enforce_sorted=False)
    _, final = peer(packed)
    y_peer = (final[0] if kind == "LSTM" else final)[0]
    np.testing.assert_allclose(y, y_peer.detach().numpy(), rtol=1e-10)
    dx = layer.backward(dy)
    (y_peer * torch.tensor(dy)).sum().backward()
    np.testing.assert_allclose(dx, x_peer.grad.numpy(), rtol=1e-9, atol=1e-13)
    gradient = to_torch_order(kind, layer.gradients["W"])
    np.testing.assert_allclose(gradient, peer.weight_ih_l0.grad.numpy(), rtol=1e-9, atol=1e-13)
