"""JAX: `lax.scan` over the cells, compiled; input products inside the scan or before it."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.nn import sigmoid

import cells
from problem import Problem
from timing import Variant, drive

jax.config.update("jax_cpu_enable_async_dispatch", False)


def normed(a, gain, shift):
    """Layer norm of each gate."""
    a = a.reshape(*a.shape[:-1], *gain.shape)
    a = a - a.mean(-1, keepdims=True)
    a = a * lax.rsqrt((a * a).mean(-1, keepdims=True) + cells.EPSILON) * gain + shift
    return a.reshape(*a.shape[:-2], -1)


def project(cell, p, x):
    """What does not wait for the state."""
    if cell == "lnlstm":
        return normed(x @ p["W"].T, p["gain_x"], p["shift_x"]) + p["b"]
    if cell == "mingru":
        z, n = jnp.split(x @ p["W"].T + p["b"], 2, -1)
        return jnp.concatenate([sigmoid(z), n], -1)
    return x @ p["W"].T + p["b"]


def lstm(cell, p, q, h, c):
    """The cells with a cell state."""
    a = h @ p["U"].T
    if cell == "lnlstm":
        a = normed(a, p["gain_h"], p["shift_h"])
    i, f, g, o = jnp.split(q + a, 4, -1)
    if cell == "peephole":
        i, f = i + p["p"][0] * c, f + p["p"][1] * c
    c = sigmoid(f) * c + sigmoid(i) * jnp.tanh(g)
    if cell == "peephole":
        o = o + p["p"][2] * c
    return sigmoid(o) * jnp.tanh(c), c


def gru(p, q, h):
    """PyTorch's GRU, one product for all gates."""
    ar, az, an = jnp.split(h @ p["U"].T, 3, -1)
    qr, qz, qn = jnp.split(q, 3, -1)
    r, z = sigmoid(qr + ar), sigmoid(qz + az)
    n = jnp.tanh(qn + r * (an + p["q"]))
    return (1 - z) * n + z * h


def mgu(p, q, h):
    """The minimal gated unit: two products, one after the other."""
    size = h.shape[-1]
    f = sigmoid(q[..., :size] + h @ p["U"][:size].T)
    n = jnp.tanh(q[..., size:] + (f * h) @ p["U"][size:].T)
    return (1 - f) * h + f * n


def mingru(_, q, h):
    """`q` holds the finished gate and candidate."""
    z, n = jnp.split(q, 2, -1)
    return (1 - z) * h + z * n


SINGLE = {
    "gru": gru,
    "rnn": lambda p, q, h: jnp.tanh(q + h @ p["U"].T),
    "mgu": mgu,
    "mingru": mingru,
    "indrnn": lambda p, q, h: jax.nn.relu(q + p["u"] * h),
}


def step(cell, p, q, states):
    """The next states."""
    if cell in SINGLE:
        return (SINGLE[cell](p, q, *states),)
    return lstm(cell, p, q, *states)


def forward(cell, before, unroll, p, x, states):
    """Outputs of a sequence; `before` takes the input products of all steps at once."""

    def body(states, q):
        states = step(cell, p, q if before else project(cell, p, q), states)
        return states, states[0]

    xs = project(cell, p, x) if before else x
    return lax.scan(body, states, xs, unroll=unroll)[1]


def sequence(problem: Problem):
    """Forward alone or with gradients, in four ways."""
    p = {name: jnp.asarray(value) for name, value in problem.params.items()}
    x, r = jnp.asarray(problem.tensors["x"]), jnp.asarray(problem.tensors["r"])
    states = tuple(jnp.asarray(state) for state in problem.states)
    for before in (True, False):
        for unroll in (1, 8):
            function = partial(forward, problem.cell, before, unroll)
            name = f"{'products before' if before else 'products within'}, unroll {unroll}"
            if problem.mode == "infer":
                run = partial(jax.jit(function), p, x, states)
                check = problem.check(run())
            else:
                run = partial(training(function), p, x, states, r)
                check = trained(problem, run())
            yield Variant(name, lambda run=run: jax.block_until_ready(run()), check)


def training(function):
    """The loss with its gradients, and the outputs."""

    def loss(p, x, states, r):
        y = function(p, x, states)
        return jnp.sum(y * r), y

    return jax.jit(jax.value_and_grad(loss, argnums=(0, 1, 2), has_aux=True))


def trained(problem: Problem, result):
    """The check of a training run."""
    (_, y), (params, x, states) = result
    return problem.check(y, params | {"x": x} | dict(zip(("h0", "c0"), states)))


def stream(problem: Problem):
    """A compiled step a call."""
    p = {name: jnp.asarray(value) for name, value in problem.params.items()}

    @jax.jit
    def call(p, x, states):
        states = step(problem.cell, p, project(problem.cell, p, x), states)
        return states, states[0] @ p["v"].T + p["d"] if "v" in p else states[0]

    xs = list(problem.tensors["x"])
    kept = [tuple(jnp.asarray(state) for state in problem.states)]

    def run():
        states, outputs = kept[0], []
        for x in xs:
            states, y = call(p, x, states)
            outputs.append(y.block_until_ready())
        kept[0] = states
        return outputs

    yield Variant("a step a call", run, problem.check(np.stack(run())), problem.steps)


def variants(problem: Problem):
    """All ways that fit the row."""
    return stream(problem) if problem.mode == "stream" else sequence(problem)


if __name__ == "__main__":
    drive("jax", jax.__version__, variants)
