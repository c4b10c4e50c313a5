"""The cells as plain numpy in double precision, and the shapes of their parameters.

This is the common expectation: every driver gets the same parameters and data, and its results are
held against what these few lines give. Gates are stacked as PyTorch has them: `W` [gates*H, I],
`U` [gates*H, H], `b` [gates*H], gates in the order i, f, g, o (LSTM) or r, z, n (GRU).
"""

import numpy as np

# States beside h.
WITH_CELL_STATE = ("lstm", "peephole", "lnlstm")
GATES = {"lstm": 4, "gru": 3, "rnn": 1, "peephole": 4, "mgu": 2, "mingru": 2, "lnlstm": 4,
         "indrnn": 1}
EPSILON = 1e-5


def shapes(row):
    """Shape of each parameter, by name, in the order in which they are drawn."""
    gates, i, h = GATES[row.cell], row.input, row.hidden
    of = {"W": (gates * h, i), "b": (gates * h,)}
    if row.cell not in ("mingru", "indrnn"):
        of["U"] = (gates * h, h)
    if row.cell == "gru":
        of["q"] = (h,)  # the bias inside the reset: n = tanh(Wn x + bn + r * (Un h + q))
    if row.cell == "peephole":
        of["p"] = (3, h)  # i and f see the last c, o sees the new one
    if row.cell == "indrnn":
        of["u"] = (h,)
    if row.cell == "lnlstm":
        of |= {name: (gates, h) for name in ("gain_x", "shift_x", "gain_h", "shift_h")}
    if row.dense:
        of |= {"v": (1, h), "d": (1,)}
    return of


def sigmoid(a):
    """The logistic function."""
    return 1 / (1 + np.exp(-a))


def _normed(a, gain, shift):
    a = a.reshape(*a.shape[:-1], *gain.shape)
    a = a - a.mean(-1, keepdims=True)
    a = a / np.sqrt((a * a).mean(-1, keepdims=True) + EPSILON) * gain + shift
    return a.reshape(*a.shape[:-2], -1)


def _projected(cell, p, x):
    if cell == "lnlstm":
        return _normed(x @ p["W"].T, p["gain_x"], p["shift_x"]) + p["b"]
    return x @ p["W"].T + p["b"]


def _lstm(cell, p, q, h, c):
    a = h @ p["U"].T
    if cell == "lnlstm":
        a = _normed(a, p["gain_h"], p["shift_h"])
    i, f, g, o = np.split(q + a, 4, -1)
    if cell == "peephole":
        i, f = i + p["p"][0] * c, f + p["p"][1] * c
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    if cell == "peephole":
        o = o + p["p"][2] * c
    return sigmoid(o) * np.tanh(c), c


def _single(cell, p, q, h):
    size = h.shape[-1]
    if cell == "gru":
        r, z = np.split(sigmoid(q[..., : 2 * size] + h @ p["U"][: 2 * size].T), 2, -1)
        n = np.tanh(q[..., 2 * size :] + r * (h @ p["U"][2 * size :].T + p["q"]))
        return (1 - z) * n + z * h
    if cell == "rnn":
        return np.tanh(q + h @ p["U"].T)
    if cell == "mgu":
        f = sigmoid(q[..., :size] + h @ p["U"][:size].T)
        n = np.tanh(q[..., size:] + (f * h) @ p["U"][size:].T)
        return (1 - f) * h + f * n
    if cell == "mingru":
        z, n = sigmoid(q[..., :size]), q[..., size:]
        return (1 - z) * h + z * n
    if cell == "indrnn":
        return np.maximum(q + p["u"] * h, 0)
    raise KeyError(cell)


def forward(cell, data):
    """Outputs [T, B, out] of `data`: parameters, `x` [T, B, I], `h0` and perhaps `c0`."""
    projected = _projected(cell, data, data["x"])
    h, c = data["h0"], data.get("c0")
    outputs = []
    for q in projected:
        if c is None:
            h = _single(cell, data, q, h)
        else:
            h, c = _lstm(cell, data, q, h, c)
        outputs.append(h @ data["v"].T + data["d"] if "v" in data else h)
    return np.stack(outputs)
