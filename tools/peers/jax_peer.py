"""The tasks in plain JAX: a whole step of training is compiled as one function."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from peers.tasks import FIT_SAMPLES, NotOfferedError, Task

RATE, BETA_1, BETA_2, EPSILON = 0.001, 0.9, 0.999, 1e-7
SHAPES = {
    "dense": [(784, 64), (64, 64), (64, 10)],
    "cnn": [(3, 3, 1, 32), (3, 3, 32, 64), (1600, 64), (64, 10)],
    "lstm": [(28 + 64, 256), (64 + 64, 256), (64, 10)],
    "simple_rnn": [(28 + 64, 64), (64 + 64, 64), (64, 10)],
}


def affine(layer, x):
    W, b = layer
    return x @ W + b


def simple_step(layer, state, x):
    (h,) = state
    h = jnp.tanh(affine(layer, jnp.concatenate([x, h], axis=1)))
    return (h,), h


def lstm_step(layer, state, x):
    h, c = state
    i, f, g, o = jnp.split(affine(layer, jnp.concatenate([x, h], axis=1)), 4, axis=1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    h = jax.nn.sigmoid(o) * jnp.tanh(c)
    return (h, c), h


def through_time(step, states):
    """A function from all inputs of a recurrent layer to all its outputs, time first."""

    def run(layer, x):
        start = (jnp.zeros((x.shape[1], 64)),) * states
        return lax.scan(lambda state, x_t: step(layer, state, x_t), start, x)[1]

    return run


def convolved(layer, x):
    W, b = layer
    y = lax.conv_general_dilated(x, W, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))
    return lax.reduce_window(jax.nn.relu(y + b), -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")


def outputs(network, layers, x):
    *below, last = layers
    if network == "cnn":
        x = convolved(below.pop(1), convolved(below.pop(0), x)).reshape(len(x), -1)
    elif network != "dense":
        run = through_time(lstm_step, 2) if network == "lstm" else through_time(simple_step, 1)
        x = x.swapaxes(0, 1)
        for layer in below:
            x = run(layer, x)
        return affine(last, x).swapaxes(0, 1)
    for layer in below:
        x = jax.nn.relu(affine(layer, x))
    return affine(last, x)


def learner(network):
    """A compiled step of training: (layers, moments, t, x, y) -> (layers, moments, t + 1, loss)."""

    def loss_of(layers, x, y):
        logits = jax.nn.log_softmax(outputs(network, layers, x))
        return -jnp.take_along_axis(logits, y[..., None], axis=-1).mean()

    def learn(layers, moments, t, x, y):
        loss, gradients = jax.value_and_grad(loss_of)(layers, x, y)
        m = jax.tree.map(lambda m, g: BETA_1 * m + (1 - BETA_1) * g, moments[0], gradients)
        v = jax.tree.map(lambda v, g: BETA_2 * v + (1 - BETA_2) * g * g, moments[1], gradients)
        rate = RATE * jnp.sqrt(1 - BETA_2**t) / (1 - BETA_1**t)
        layers = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + EPSILON), layers, m, v)
        return layers, (m, v), t + 1, loss

    return jax.jit(learn, donate_argnums=(0, 1))


def build(task: Task):
    if task.network not in SHAPES:
        raise NotOfferedError("a tree of another shape would have to be compiled anew")
    rng = np.random.default_rng(0)
    layers = [
        (jnp.asarray(rng.normal(0, 0.1, shape), jnp.float32), jnp.zeros(shape[-1]))
        for shape in SHAPES[task.network]
    ]
    zeros = jax.tree.map(jnp.zeros_like, layers)
    state = [layers, (zeros, jax.tree.map(jnp.copy, zeros)), 1.0]
    learn = learner(task.network)

    def step_on(x, y):
        *state[:], loss = learn(*state, x, y)
        return float(loss)

    x, y = map(jnp.asarray, task.data())

    def prepare_fit():
        x, y = task.data(FIT_SAMPLES)

        def fit():
            order = np.random.default_rng(0).permutation(FIT_SAMPLES)
            for start in range(0, FIT_SAMPLES, task.batch):
                rows = order[start : start + task.batch]
                step_on(x[rows], y[rows])

        return fit

    return lambda: step_on(x, y), prepare_fit
