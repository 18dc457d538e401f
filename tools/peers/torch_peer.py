"""The tasks in PyTorch, eager mode, as its tutorials write them."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from peers.tasks import FIT_SAMPLES, TREE_CLASSES, TREE_FEATURES, TREE_WORDS, Task


class Recurrent(nn.Module):
    """Two recurrent layers and a dense one, at every time step."""

    def __init__(self, kind):
        super().__init__()
        self.recurrent = kind(28, 64, num_layers=2, batch_first=True)
        self.dense = nn.Linear(64, 10)

    def forward(self, x):
        return self.dense(self.recurrent(x)[0]).flatten(0, 1)


class Tree(nn.Module):
    """A recursive network that computes all nodes of equal height at once."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(TREE_WORDS, TREE_FEATURES)
        self.compose = nn.Linear(2 * TREE_FEATURES, TREE_FEATURES)
        self.dense = nn.Linear(TREE_FEATURES, TREE_CLASSES)

    def forward(self, plan):
        words, levels, roots = plan
        h = self.words(words)
        for left, right in levels:
            new = torch.tanh(self.compose(torch.cat([h[left], h[right]], dim=1)))
            h = torch.cat([h, new])
        return self.dense(h[roots])


def plan_trees(trees):
    """Numbers for all nodes, leaves first and then by height: words, (left, right) by level, roots."""
    by_height: dict[int, list] = {}

    def visit(tree):
        if isinstance(tree, int):
            node = (0, tree)
        else:
            left, right = visit(tree[0]), visit(tree[1])
            node = (1 + max(left[0][0], right[0][0]), (left, right))
        entry = (node, len(by_height.setdefault(node[0], [])))
        by_height[node[0]].append(entry)
        return entry

    roots = [visit(tree) for tree in trees]
    first, total = {}, 0
    for height in sorted(by_height):
        first[height], total = total, total + len(by_height[height])

    def number(entry):
        return first[entry[0][0]] + entry[1]

    words = torch.tensor([node[1] for node, _ in by_height[0]])
    levels = [
        tuple(torch.tensor([number(node[1][side]) for node, _ in by_height[height]]) for side in (0, 1))
        for height in sorted(by_height)
        if height
    ]
    return words, levels, torch.tensor([number(entry) for entry in roots])


def network(task: Task) -> nn.Module:
    if task.network == "tree":
        return Tree()
    if task.network in ("lstm", "simple_rnn"):
        return Recurrent(nn.LSTM if task.network == "lstm" else nn.RNN)
    if task.network == "dense":
        return nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1600, 64), nn.ReLU(), nn.Linear(64, 10),
    )  # fmt: skip


def tensors(task: Task, samples: int):
    x, y = task.data(samples)
    if task.network == "cnn":
        x = x.transpose(0, 3, 1, 2).copy()
    return (x if task.network == "tree" else torch.from_numpy(x)), torch.from_numpy(y)


def build(task: Task):
    model = network(task)
    optimizer = torch.optim.Adam(model.parameters(), eps=1e-7)
    loss_function = nn.CrossEntropyLoss()

    def learn(x, y):
        optimizer.zero_grad()
        loss = loss_function(model(x), y.flatten())
        loss.backward()
        optimizer.step()
        return loss.item()

    x, y = tensors(task, task.batch)
    planned = plan_trees(x) if task.network == "tree" else x

    def step():
        learn(planned, y)

    def prepare_fit():
        x, y = tensors(task, FIT_SAMPLES)

        def fit():
            order = np.random.default_rng(0).permutation(FIT_SAMPLES)
            for start in range(0, FIT_SAMPLES, task.batch):
                rows = order[start : start + task.batch]
                batch = plan_trees([x[i] for i in rows]) if task.network == "tree" else x[rows]
                learn(batch, y[rows])

        return fit

    return step, prepare_fit
