"""PyTorch: its layers with and without oneDNN, and cells in tensors; `--compile` compiles those."""

import sys

import torch

import torch_cells
import torch_modules
from problem import Problem
from timing import Variant, drive

torch.set_num_threads(1)
COMPILED = "--compile" in sys.argv


def tensor(value, grad: bool) -> torch.Tensor:
    """A copy, so that no two share memory."""
    return torch.from_numpy(value.copy()).requires_grad_(grad)


def plain(value: torch.Tensor):
    """As numpy has it."""
    return value.detach().numpy()


def without_onednn(run):
    """`run` on PyTorch's own kernels."""

    def other():
        with torch.backends.mkldnn.flags(enabled=False):
            return run()

    return other


def trained(problem: Problem, forward, leaves: dict, check_gradients) -> tuple:
    """A run with all gradients, and its check."""
    r = tensor(problem.tensors["r"], False)
    wanted = list(leaves.values())

    def run():
        y = forward()
        return y, torch.autograd.grad(y, wanted, r)

    y, found = run()
    return run, problem.check(plain(y), check_gradients(dict(zip(leaves, map(plain, found)))))


def by_module(problem: Problem):
    """`nn.LSTM`, `nn.GRU` or `nn.RNN` over the sequence."""
    trains = problem.mode == "train"
    module = torch_modules.layer(problem, trains=trains)
    x = tensor(problem.tensors["x"], trains)
    states = [tensor(state[None], trains) for state in problem.states]
    initial = tuple(states) if len(states) == 2 else states[0]

    def forward():
        return module(x, initial)[0]

    if not trains:
        check = problem.check(plain(forward()))
        run = torch.inference_mode()(forward)
    else:
        leaves = dict(zip(("x", "h0", "c0"), [x, *states])) | {p: p for p in module.parameters()}

        def named(found):
            data = {name: found[name] for name in ("x", "h0", "c0") if name in found}
            return data | torch_modules.gradients(problem, module, found)

        run, check = trained(problem, forward, leaves, named)
    yield Variant("layer", run, check)
    yield Variant("layer without oneDNN", without_onednn(run), check)


def by_cell(problem: Problem):
    """The cell in tensors, step by step."""
    trains = problem.mode == "train"
    params = {name: tensor(value, trains) for name, value in problem.params.items()}
    x = tensor(problem.tensors["x"], trains)
    states = [tensor(state, trains) for state in problem.states]
    function = torch_cells.forward
    if COMPILED:
        function = torch.compile(function, dynamic=False)

    def forward():
        return function(problem.cell, params, x, *states)

    if not trains:
        check = problem.check(plain(forward()))
        run = torch.inference_mode()(forward)
    else:
        leaves = params | {"x": x} | dict(zip(("h0", "c0"), states))
        run, check = trained(problem, forward, leaves, lambda found: found)
    yield Variant("sequence compiled" if COMPILED else "cell in tensors", run, check)


def streamed(problem: Problem, name: str, step) -> Variant:
    """`step` from input and states to states, one call each."""
    dense = [tensor(problem.tensors[n], False) for n in ("v", "d") if n in problem.tensors]
    xs = tensor(problem.tensors["x"], False).unbind(0)
    kept = [tuple(tensor(state, False) for state in problem.states)]

    @torch.inference_mode()
    def run():
        states, outputs = kept[0], []
        for x in xs:
            states = step(x, states)
            outputs.append(torch.nn.functional.linear(states[0], *dense) if dense else states[0])
        kept[0] = states
        return outputs

    return Variant(name, run, problem.check(plain(torch.stack(run()))), problem.steps)


def stream(problem: Problem):
    """A step a call: by the module of one step, by the layer, in tensors."""
    one, layer = torch_modules.layer(problem, "Cell"), torch_modules.layer(problem)
    lstm = problem.cell == "lstm"

    def by_one(x, states):
        return one(x, states) if lstm else (one(x, states[0]),)

    def by_layer(x, states):
        states = layer(x, states if lstm else states[0])[1]
        return states if lstm else (states,)

    def in_tensors(x, states):
        return torch_cells.STEP[problem.cell](p, torch_cells.project(problem.cell, p, x), *states)

    p = {name: tensor(value, False) for name, value in problem.params.items()}
    yield streamed(problem, "module of one step", by_one)
    yield streamed(problem, "layer", by_layer)
    yield streamed(problem, "cell in tensors", in_tensors)


def variants(problem: Problem):
    """All ways that fit the row."""
    if problem.mode == "stream":
        yield from stream(problem)
        return
    if problem.cell in torch_modules.KIND and not COMPILED:
        yield from by_module(problem)
    yield from by_cell(problem)


if __name__ == "__main__":
    drive("torch-compile" if COMPILED else "torch", torch.__version__, variants)
