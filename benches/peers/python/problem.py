"""A row as a driver sees it: what `prepare.py` wrote."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

import cells


@dataclass
class Problem:
    """Sizes and tensors of one row."""

    folder: Path
    cell: str
    mode: str
    batch: int
    input: int
    hidden: int
    steps: int
    output: int
    tensors: dict[str, np.ndarray]
    directions: dict[str, np.ndarray]
    """Random, for each tensor that a gradient is wanted of."""

    @property
    def name(self) -> str:
        """Of the row."""
        return self.folder.name

    @property
    def params(self) -> dict[str, np.ndarray]:
        """The weights and biases alone."""
        data = ("x", "r", "h0", "c0")
        return {name: value for name, value in self.tensors.items() if name not in data}

    @property
    def states(self) -> list[np.ndarray]:
        """`h0` and, where the cell has it, `c0`."""
        return [self.tensors[name] for name in ("h0", "c0") if name in self.tensors]

    def check(self, y, gradients=None) -> dict[str, tuple[float, float]]:
        """For outputs and gradients: the sum that is expected, and the norm it is judged by."""
        against = self.directions | {"y": self.tensors["r"]}
        sums = {}
        for name, value in ({"y": y} | (gradients or {})).items():
            value, direction = np.asarray(value, np.float64), against[name].astype(np.float64)
            total = float((value.reshape(direction.shape) * direction).sum())
            sums[name] = (total, float(np.linalg.norm(value)))
        return sums


def load(folder: Path) -> Problem:
    """Reads a row's folder."""
    facts = dict(line.split() for line in (folder / "row.txt").read_text().splitlines())
    cell, mode = facts.pop("cell"), facts.pop("mode")
    sizes = {name: int(value) for name, value in facts.items()}
    row = type("Sizes", (), sizes | {"cell": cell, "dense": sizes["output"] != sizes["hidden"]})
    steps, batch, hidden = sizes["steps"], sizes["batch"], sizes["hidden"]
    shapes = cells.shapes(row) | {
        "x": (steps, batch, sizes["input"]),
        "r": (steps, batch, sizes["output"]),
        "h0": (batch, hidden),
        "c0": (batch, hidden),
    }
    tensors, directions = {}, {}
    for path in sorted(folder.glob("*.f32")):
        name, _, kind = path.stem.partition(".")
        value = np.fromfile(path, np.float32).reshape(shapes[name])
        (directions if kind else tensors)[name] = value
    return Problem(folder, cell, mode, **sizes, tensors=tensors, directions=directions)
