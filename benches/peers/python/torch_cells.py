"""The cells in PyTorch's tensors, as a careful user writes them.

Input products of all steps are taken at once and taken apart with `unbind`: indexing would make
the backward pass fill a tensor of all steps for each of them. Each function is one step: it takes
`q`, what depends on the input alone, then the states, and returns the next states.
"""

import torch
import torch.nn.functional as F

import cells


def normed(a, gain, shift):
    """Layer norm of each gate."""
    gates, size = gain.shape
    return F.layer_norm(a.unflatten(-1, (gates, size)), [size], eps=cells.EPSILON) * gain + shift


def project(cell, p, x):
    """What does not wait for the state, for all steps."""
    if cell == "lnlstm":
        return normed(F.linear(x, p["W"]), p["gain_x"], p["shift_x"]) + p["b"].view(4, -1)
    q = F.linear(x, p["W"], p["b"])
    if cell == "mingru":
        z, n = q.chunk(2, -1)
        z = torch.sigmoid(z)
        return torch.stack((1 - z, z * n), -2)
    return q


def lstm(p, q, h, c):
    """The plain LSTM."""
    i, f, g, o = (q + h @ p["U"].t()).chunk(4, -1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def gru(p, q, h):
    """PyTorch's GRU, one product for all gates."""
    qr, qz, qn = q.chunk(3, -1)
    ar, az, an = (h @ p["U"].t()).chunk(3, -1)
    r, z = torch.sigmoid(qr + ar), torch.sigmoid(qz + az)
    n = torch.tanh(qn + r * (an + p["q"]))
    return (n + z * (h - n),)


def rnn(p, q, h):
    """The plain network with tanh."""
    return (torch.tanh(q + h @ p["U"].t()),)


def peephole(p, q, h, c):
    """Gates that see the cell state."""
    i, f, g, o = (q + h @ p["U"].t()).chunk(4, -1)
    to_i, to_f, to_o = p["p"].unbind(0)
    i, f = torch.sigmoid(i + to_i * c), torch.sigmoid(f + to_f * c)
    c = f * c + i * torch.tanh(g)
    return torch.sigmoid(o + to_o * c) * torch.tanh(c), c


def mgu(p, q, h):
    """The minimal gated unit: two products, one after the other."""
    (qf, qn), (to_f, to_n) = q.chunk(2, -1), p["U"].chunk(2, 0)
    f = torch.sigmoid(qf + h @ to_f.t())
    n = torch.tanh(qn + (f * h) @ to_n.t())
    return (h + f * (n - h),)


def mingru(_, q, h):
    """`q` holds the finished factor and term."""
    factor, term = q.unbind(-2)
    return (torch.addcmul(term, factor, h),)


def lnlstm(p, q, h, c):
    """Layer norm around each product."""
    i, f, g, o = (q + normed(h @ p["U"].t(), p["gain_h"], p["shift_h"])).unbind(-2)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def indrnn(p, q, h):
    """One recurrent weight a unit."""
    return (torch.relu(torch.addcmul(q, p["u"], h)),)


STEP = {"lstm": lstm, "gru": gru, "rnn": rnn, "peephole": peephole, "mgu": mgu, "mingru": mingru,
        "lnlstm": lnlstm, "indrnn": indrnn}


def forward(cell, p, x, *states):
    """Outputs of a sequence."""
    step, outputs = STEP[cell], []
    for q in project(cell, p, x).unbind(0):
        states = step(p, q, *states)
        outputs.append(states[0])
    return torch.stack(outputs)
