"""Writes the ONNX file of rows, which ONNX Runtime and rten load: write_onnx.py FOLDER ROW..."""

import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from problem import Problem, load

# From PyTorch's order of gates to that of ONNX: i, o, f, g and z, r, n.
ORDER = {"lstm": (0, 3, 1, 2), "gru": (1, 0, 2)}


def operator(problem: Problem) -> tuple[dict, list]:
    """The initialisers and nodes of a model with inputs x, h, c and outputs y, h_next, c_next."""
    t, cell, hidden = problem.tensors, problem.cell, problem.hidden
    stream = problem.mode == "stream"

    def reordered(value):
        gates = value.reshape(-1, hidden, *value.shape[1:])
        return gates[list(ORDER[cell])].reshape(value.shape)

    recurrent = np.zeros_like(t["b"])
    if cell == "gru":
        recurrent[2 * hidden :] = t["q"]
    bias = np.concatenate([reordered(t["b"]), reordered(recurrent)])
    constants = {"W": reordered(t["W"])[None], "U": reordered(t["U"])[None], "b": bias[None]}
    inputs = ["x", "W", "U", "b", "", "h"] + (["c"] if cell == "lstm" else [])
    outputs = ["", "h_next"] + (["c_next"] if cell == "lstm" else []) if stream else ["y"]
    attributes = {"hidden_size": hidden} | ({"linear_before_reset": 1} if cell == "gru" else {})
    nodes = [helper.make_node(cell.upper(), inputs, outputs, **attributes)]
    if "v" in t:
        constants |= {"v": t["v"], "d": t["d"], "row": np.array([1, hidden], np.int64)}
        nodes.append(helper.make_node("Reshape", ["h_next", "row"], ["h_row"]))
        nodes.append(helper.make_node("Gemm", ["h_row", "v", "d"], ["y"], transB=1))
    return constants, nodes


def model(problem: Problem) -> bytes:
    """The file's content."""
    steps = 1 if problem.mode == "stream" else problem.steps
    batch, hidden = problem.batch, problem.hidden
    constants, nodes = operator(problem)

    def values(of):
        return [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in of.items()]

    inputs = {"x": [steps, batch, problem.input], "h": [1, batch, hidden]}
    outputs = {}
    if problem.mode == "stream":
        outputs["h_next"] = [1, batch, hidden]
    if problem.cell == "lstm":
        inputs["c"] = [1, batch, hidden]
        if problem.mode == "stream":
            outputs["c_next"] = [1, batch, hidden]
    if "v" in problem.tensors:
        outputs["y"] = [1, 1]
    elif problem.mode != "stream":
        outputs["y"] = [steps, 1, batch, hidden]
    initialisers = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "row", values(inputs), values(outputs), initialisers)
    opset = helper.make_opsetid("", 14)
    return helper.make_model(graph, opset_imports=[opset], ir_version=8).SerializeToString()


def main() -> None:
    """Writes beside the data of the rows named; training is not for ONNX."""
    for name in sys.argv[2:]:
        folder = Path(sys.argv[1]) / name
        problem = load(folder)
        if problem.mode != "train":
            (folder / "model.onnx").write_bytes(model(problem))


if __name__ == "__main__":
    main()
