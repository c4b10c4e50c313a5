"""PyTorch's own layers, with the weights of a row."""

import numpy as np
import torch

from problem import Problem

KIND = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}


def layer(problem: Problem, suffix: str = "", trains: bool = False) -> torch.nn.Module:
    """`nn.LSTM` and its like; with suffix `Cell` the module of one step."""
    module = getattr(torch.nn, KIND[problem.cell] + suffix)(problem.input, problem.hidden)
    t = problem.tensors
    recurrent = np.zeros_like(t["b"])
    if problem.cell == "gru":
        recurrent[2 * problem.hidden :] = t["q"]
    values = {"weight_ih": t["W"], "weight_hh": t["U"], "bias_ih": t["b"], "bias_hh": recurrent}
    with torch.no_grad():
        for name, value in values.items():
            parameter(module, name).copy_(torch.from_numpy(value))
    return module.requires_grad_(trains)


def parameter(module: torch.nn.Module, name: str) -> torch.nn.Parameter:
    """A parameter by its name without the layer's number."""
    return getattr(module, name, None) if hasattr(module, name) else getattr(module, f"{name}_l0")


def gradients(problem: Problem, module: torch.nn.Module, of: dict) -> dict:
    """Those of the module's parameters, by the names of the row; `of` gives them by tensor."""
    by_name = {"W": "weight_ih", "U": "weight_hh", "b": "bias_ih"}
    found = {name: of[parameter(module, long)] for name, long in by_name.items()}
    if problem.cell == "gru":
        found["q"] = of[parameter(module, "bias_hh")][2 * problem.hidden :]
    return found
