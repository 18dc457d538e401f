"""The recursive layer against PyTorch, whose autograd goes through the trees node by node."""

import numpy as np
import pytest

from dlcore import Sequential
from dlcore.layers import Dense, Recursive
from dlcore.optimizers import Adam
from dlcore.training import learn
from dlcore.trees import Trees

torch = pytest.importorskip("torch", reason="PyTorch is not installed; it is only compared with")

LEAVES = ("a", "b", "c", "d")
UNITS, CLASSES, BATCH, STEPS = 4, 3, 5, 10


def random_tree(rng, depth):
    if depth == 0 or rng.random() < 0.2:
        return LEAVES[rng.integers(len(LEAVES))]
    return random_tree(rng, depth - 1), random_tree(rng, depth - 1)


@pytest.mark.parametrize("composition", ["concatenate", "sum"])
def test_ten_steps(composition):
    rng = np.random.default_rng(1)
    layer = Recursive(UNITS, symbols=len(LEAVES), composition=composition)
    model = Sequential([layer, Dense(CLASSES, "softmax")], seed=2, dtype=np.float64)
    layer.parameters["E"][...] = rng.normal(size=layer.parameters["E"].shape)
    model.compile(optimizer=Adam(0.01, epsilon=1e-15), loss="sparse_categorical_crossentropy")
    weights = [torch.tensor(w, requires_grad=True) for w in model.get_weights()]
    W, b, E, W_out, b_out = weights
    optimizer = torch.optim.Adam(weights, lr=0.01, eps=1e-15)

    def h(tree):
        if isinstance(tree, str):
            return E[LEAVES.index(tree)]
        left, right = map(h, tree)
        x = left + right if composition == "sum" else torch.cat([left, right])
        return torch.tanh(W @ x + b)

    for _ in range(STEPS):
        trees = [random_tree(rng, depth=4) for _ in range(BATCH)]
        labels = rng.integers(0, CLASSES, BATCH)
        loss, _ = learn(model, Trees(trees, LEAVES), labels)

        optimizer.zero_grad()
        z = torch.stack([h(tree) for tree in trees]) @ W_out.T + b_out
        peer_loss = torch.nn.functional.cross_entropy(z, torch.tensor(labels))
        peer_loss.backward()
        optimizer.step()

        assert loss == pytest.approx(peer_loss.item(), rel=1e-9)
        gradients = [gradient for own in model.layers for gradient in own.gradients.values()]
        for gradient, weight in zip(gradients, weights, strict=True):
            np.testing.assert_allclose(gradient, weight.grad.numpy(), rtol=1e-7, atol=1e-12)
        for own, weight in zip(model.get_weights(), weights, strict=True):
            np.testing.assert_allclose(own, weight.detach().numpy(), rtol=1e-7, atol=1e-10)
