"""Dense networks, losses and optimizers against PyTorch: the same weights in, the same numbers out.

All in float64, so that ten steps leave no room for rounding. Where the two differ by convention, a comment
says how, and the PyTorch side is written so that both compute the same formula.
"""

import numpy as np
import pytest

from dlcore import Sequential
from dlcore.layers import Activation, Dense, Flatten
from dlcore.optimizers import SGD, Adam, RMSprop
from dlcore.training import learn

torch = pytest.importorskip("torch", reason="PyTorch is not installed; it is only compared with")
F = torch.nn.functional

BATCH, INPUTS, OUTPUTS = 6, 5, 4
STEPS = 10

ACTIVATIONS = {
    "linear": lambda z: z,
    "relu": torch.relu,
    "leaky_relu": lambda z: F.leaky_relu(z, 0.2),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softmax": lambda z: torch.softmax(z, dim=-1),
}


class TorchAdam(torch.optim.Optimizer):
    """Adam with ε as at the end of section 2 of the paper and in Keras.

    PyTorch adds ε to sqrt(v̂), after the correction for the start; dlcore and Keras add it to sqrt(v),
    before. Multiplying PyTorch's ε by sqrt(1 - β₂^t) at step t makes one the other.
    """

    def __init__(self, parameters, lr, epsilon=1e-7):
        super().__init__(parameters, {})
        self.inner = torch.optim.Adam(self.param_groups[0]["params"], lr=lr)
        self.epsilon, self.steps = epsilon, 0

    def step(self):
        self.steps += 1
        self.inner.param_groups[0]["eps"] = self.epsilon / (1 - 0.999**self.steps) ** 0.5
        self.inner.step()


class TorchRMSprop(torch.optim.Optimizer):
    """RMSprop with ε under the root, as in Keras. PyTorch adds it outside, so here is the formula."""

    def __init__(self, parameters, lr, rho=0.9, epsilon=1e-7):
        super().__init__(parameters, {})
        self.lr, self.rho, self.epsilon = lr, rho, epsilon

    @torch.no_grad()
    def step(self):
        for p in self.param_groups[0]["params"]:
            v = self.state[p].setdefault("v", torch.zeros_like(p))
            v.mul_(self.rho).add_((1 - self.rho) * p.grad**2)
            p.sub_(self.lr * p.grad / torch.sqrt(v + self.epsilon))


OPTIMIZERS = {
    "sgd": (lambda: SGD(0.1), lambda p: torch.optim.SGD(p, lr=0.1)),
    "momentum": (lambda: SGD(0.05, momentum=0.9), lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9)),
    "nesterov": (
        lambda: SGD(0.05, momentum=0.9, nesterov=True),
        lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
    ),
    "rmsprop": (lambda: RMSprop(0.01), lambda p: TorchRMSprop(p, lr=0.01)),
    # with an ε too small to matter, PyTorch's own RMSprop is the same formula
    "rmsprop, no epsilon": (
        lambda: RMSprop(0.01, epsilon=1e-30),
        lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, eps=1e-15),
    ),
    "adam": (lambda: Adam(0.01), lambda p: TorchAdam(p, lr=0.01)),
    "adam, no epsilon": (
        lambda: Adam(0.01, epsilon=1e-15),
        lambda p: torch.optim.Adam(p, lr=0.01, eps=1e-15),
    ),
}


def one_hot(labels):
    return np.eye(OUTPUTS)[labels]


# For each loss: dlcore's name, targets from labels, and PyTorch's loss of (z, y, targets).
# PyTorch averages over every number; a mean over samples of a mean over outputs is the same thing.
LOSSES = {
    "categorical_crossentropy": (one_hot, lambda z, y, t: F.cross_entropy(z, t)),
    "sparse_categorical_crossentropy": (lambda labels: labels, lambda z, y, t: F.cross_entropy(z, t)),
    "binary_crossentropy": (one_hot, lambda z, y, t: F.binary_cross_entropy_with_logits(z, t)),
    "mse": (one_hot, lambda z, y, t: F.mse_loss(y, t)),
}
LAST_ACTIVATION = {
    "categorical_crossentropy": "softmax",
    "sparse_categorical_crossentropy": "softmax",
    "binary_crossentropy": "sigmoid",
    "mse": "linear",
}


class Peer:
    """A stack of affine maps and activations in PyTorch, from the weights of a dlcore model."""

    def __init__(self, model, activations):
        self.weights = [torch.tensor(w, requires_grad=True) for w in model.get_weights()]
        self.activations = activations

    def __call__(self, x):
        """The last pre-activation and the output."""
        y = torch.tensor(x).flatten(1)
        for W, b, f in zip(self.weights[::2], self.weights[1::2], self.activations, strict=True):
            z = y @ W.T + b
            y = ACTIVATIONS[f](z)
        return z, y


def assert_same_training(model, peer, loss, make_peer_optimizer, samples):
    """Ten steps on ten batches: the same losses, gradients and weights."""
    peer_optimizer = make_peer_optimizer(peer.weights)
    to_targets, peer_loss = LOSSES[loss]
    rng = np.random.default_rng(1)
    for _ in range(STEPS):
        x = rng.normal(size=samples)
        labels = rng.integers(0, OUTPUTS, len(x))
        targets = to_targets(labels)
        value, _ = learn(model, x, model.check_targets(x, targets))

        peer_optimizer.zero_grad()
        peer_value = peer_loss(*peer(x), torch.tensor(targets))
        peer_value.backward()
        peer_optimizer.step()

        assert value == pytest.approx(peer_value.item(), rel=1e-9)
        gradients = [g for layer in model.layers for g in layer.gradients.values()]
        for gradient, w in zip(gradients, peer.weights, strict=True):
            np.testing.assert_allclose(gradient, w.grad.numpy(), rtol=1e-7, atol=1e-12)
        for own, w in zip(model.get_weights(), peer.weights, strict=True):
            np.testing.assert_allclose(own, w.detach().numpy(), rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_ten_steps(loss, optimizer):
    last = LAST_ACTIVATION[loss]
    make, make_peer = OPTIMIZERS[optimizer]
    model = Sequential(
        [Dense(7, "tanh", input_dim=INPUTS), Dense(OUTPUTS, activation=last)], seed=3, dtype=np.float64
    )
    model.compile(optimizer=make(), loss=loss)
    assert_same_training(model, Peer(model, ["tanh", last]), loss, make_peer, (BATCH, INPUTS))


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_ten_steps_with_each_activation(activation):
    model = Sequential(
        [Flatten(input_shape=(INPUTS, 2)), Dense(7, activation), Dense(OUTPUTS), Activation("softmax")],
        seed=4,
        dtype=np.float64,
    )
    model.compile(optimizer=SGD(0.1), loss="categorical_crossentropy")
    peer = Peer(model, [activation, "softmax"])
    assert_same_training(
        model, peer, "categorical_crossentropy", lambda p: torch.optim.SGD(p, lr=0.1), (BATCH, INPUTS, 2)
    )


@pytest.mark.parametrize(
    ("loss", "last", "peer_loss"),
    [
        # not fused: the loss sees only y
        ("categorical_crossentropy", "sigmoid", lambda y, t: -(t * torch.log(y)).sum(-1).mean()),
        ("binary_crossentropy", "softmax", F.binary_cross_entropy),
        ("mse", "softmax", F.mse_loss),
        ("mse", "sigmoid", F.mse_loss),
    ],
)
def test_losses_that_are_not_fused(loss, last, peer_loss):
    model = Sequential([Dense(OUTPUTS, last, input_dim=INPUTS)], dtype=np.float64)
    model.compile(loss=loss)
    assert not model.is_fused
    peer = Peer(model, [last])
    x, targets = np.random.default_rng(2).normal(size=(BATCH, INPUTS)), one_hot(np.arange(BATCH) % OUTPUTS)
    value, _ = model.loss_and_gradients(x, targets, input_gradient=True)
    x_peer = torch.tensor(x, requires_grad=True)
    peer_value = peer_loss(
        ACTIVATIONS[last](x_peer @ peer.weights[0].T + peer.weights[1]), torch.tensor(targets)
    )
    peer_value.backward()
    assert value == pytest.approx(peer_value.item(), rel=1e-9)
    np.testing.assert_allclose(model.layers[0].gradients["W"], peer.weights[0].grad.numpy(), rtol=1e-7)
    np.testing.assert_allclose(model.input_gradient, x_peer.grad.numpy(), rtol=1e-7, atol=1e-12)


def test_sequences_use_the_same_weights_at_every_step():
    model = Sequential([Dense(3, "tanh", input_shape=(7, INPUTS))], dtype=np.float64)
    model.compile(loss="mse")
    x, targets = np.random.default_rng(5).normal(size=(BATCH, 7, INPUTS)), np.zeros((BATCH, 7, 3))
    value, _ = model.loss_and_gradients(x, targets)
    W, b = (torch.tensor(w, requires_grad=True) for w in model.get_weights())
    peer_value = F.mse_loss(torch.tanh(torch.tensor(x) @ W.T + b), torch.tensor(targets))
    peer_value.backward()
    assert value == pytest.approx(peer_value.item(), rel=1e-12)
    np.testing.assert_allclose(model.layers[0].gradients["W"], W.grad.numpy(), rtol=1e-9)
    np.testing.assert_allclose(model.layers[0].gradients["b"], b.grad.numpy(), rtol=1e-9)
