"""ONNX Runtime: its LSTM and GRU operators, with tensors bound to fixed buffers or passed anew."""

import numpy as np
import onnxruntime

from problem import Problem
from timing import Variant, drive


def session(problem: Problem) -> onnxruntime.InferenceSession:
    """The file that `write_onnx.py` wrote, on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    providers = ["CPUExecutionProvider"]
    file = problem.folder / "model.onnx"
    return onnxruntime.InferenceSession(file, options, providers=providers)


def sequence(problem: Problem):
    """Variants of a whole sequence."""
    net = session(problem)
    feed = {"x": problem.tensors["x"]}
    feed |= {name: state[None] for name, state in zip("hc", problem.states)}
    yield Variant("passed", lambda: net.run(["y"], feed), problem.check(net.run(["y"], feed)[0]))

    y = np.zeros((problem.steps, 1, problem.batch, problem.hidden), np.float32)
    binding = net.io_binding()
    for name, value in feed.items():
        binding.bind_cpu_input(name, value)
    binding.bind_output("y", "cpu", 0, np.float32, y.shape, y.ctypes.data)
    net.run_with_iobinding(binding)
    yield Variant("bound", lambda: net.run_with_iobinding(binding), problem.check(y))


def stream_passed(problem: Problem) -> Variant:
    """A step a call, states passed as arrays."""
    net, xs = session(problem), [x[None] for x in problem.tensors["x"]]
    names = [output.name for output in net.get_outputs()]
    states = ["h", "c"][: len(problem.states)]
    kept = {name: state[None] for name, state in zip(states, problem.states)}
    seen = "y" if "y" in names else "h_next"

    def run():
        outputs = []
        for x in xs:
            out = dict(zip(names, net.run(names, kept | {"x": x})))
            kept.update({name: out[f"{name}_next"] for name in states})
            outputs.append(out[seen])
        return outputs

    return Variant("passed", run, problem.check(np.stack(run())), problem.steps)


def stream_bound(problem: Problem) -> Variant:
    """A step a call between two sets of buffers, which take turns."""
    net, xs = session(problem), problem.tensors["x"]
    states = ["h", "c"][: len(problem.states)]
    shape = (1, 1, problem.hidden)
    buffers = [{name: np.zeros(shape, np.float32) for name in states} for _ in range(2)]
    x, y = np.zeros((1, 1, problem.input), np.float32), np.zeros((1, 1), np.float32)
    turns = []
    for here, there in (buffers, buffers[::-1]):
        binding = net.io_binding()
        binding.bind_cpu_input("x", x)
        for name in states:
            binding.bind_cpu_input(name, here[name])
            target = there[name].ctypes.data
            binding.bind_output(f"{name}_next", "cpu", 0, np.float32, shape, target)
        if "v" in problem.tensors:
            binding.bind_output("y", "cpu", 0, np.float32, y.shape, y.ctypes.data)
        turns.append((binding, y if "v" in problem.tensors else there["h"]))

    def run(outputs=None):
        for step, value in enumerate(xs):
            binding, output = turns[step % 2]
            x[0] = value
            net.run_with_iobinding(binding)
            if outputs is not None:
                outputs.append(output.copy())
        return outputs

    return Variant("bound", run, problem.check(np.stack(run([]))), problem.steps)


def variants(problem: Problem):
    """Both ways to hand over tensors."""
    if problem.mode == "infer":
        yield from sequence(problem)
    else:
        yield stream_passed(problem)
        yield stream_bound(problem)


if __name__ == "__main__":
    drive("onnxruntime", onnxruntime.__version__, variants)
