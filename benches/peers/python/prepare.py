"""Writes the data of rows and what is expected of them: prepare.py FOLDER ROW...

A row's folder holds each tensor as raw little-endian floats (`W.f32`), `row.txt` with its sizes,
and `expected.json`. Expected is the loss `sum(y * r)` and, for training rows, the derivative of it
along one random direction for each tensor with a gradient (`W.direction.f32`), by differences in
double precision. A driver answers with the same sums, taken over its outputs and gradients.
"""

import json
import sys
import zlib
from pathlib import Path

import numpy as np

import cells

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from harness.rows import BY_NAME, Mode, Row  # noqa: E402

# So small that no unit of relu has its kink between both points, and yet above rounding.
DIFFERENCE = 1e-8


def draw(row: Row) -> dict[str, np.ndarray]:
    """Weights uniform in ±1/sqrt(H), `x` and `r` standard normal, states zero; one seed a row."""
    rng = np.random.default_rng(zlib.crc32(row.name.encode()))
    bound = row.hidden**-0.5
    data = {name: rng.uniform(-bound, bound, shape) for name, shape in cells.shapes(row).items()}
    for gain in ("gain_x", "gain_h"):
        if gain in data:
            data[gain] += 1
    data["x"] = rng.standard_normal((row.steps, row.batch, row.input))
    data["h0"] = np.zeros((row.batch, row.hidden))
    if row.cell in cells.WITH_CELL_STATE:
        data["c0"] = np.zeros((row.batch, row.hidden))
    data["r"] = rng.standard_normal((row.steps, row.batch, row.output))
    if row.mode is Mode.TRAIN:
        for name in [name for name in data if name != "r"]:
            data[f"{name}.direction"] = rng.standard_normal(data[name].shape)
    return {name: value.astype(np.float32) for name, value in data.items()}


def expected(row: Row, data: dict[str, np.ndarray]) -> dict[str, float]:
    """The loss, and its derivative along each direction."""
    exact = {name: value.astype(np.float64) for name, value in data.items()}

    def loss(**changed):
        return float((cells.forward(row.cell, exact | changed) * exact["r"]).sum())

    sums = {"y": loss()}
    for name in [name for name in data if f"{name}.direction" in data]:
        step = DIFFERENCE * exact[f"{name}.direction"]
        there, back = loss(**{name: exact[name] + step}), loss(**{name: exact[name] - step})
        sums[name] = (there - back) / (2 * DIFFERENCE)
    return sums


def write(folder: Path, row: Row) -> None:
    """Everything about `row`; what is expected comes last, as the sign that all is there."""
    folder.mkdir(parents=True, exist_ok=True)
    data = draw(row)
    for name, value in data.items():
        value.tofile(folder / f"{name}.f32")
    sizes = {name: getattr(row, name) for name in ("batch", "input", "hidden", "steps", "output")}
    lines = {"cell": row.cell, "mode": row.mode.value} | sizes
    text = "".join(f"{name} {value}\n" for name, value in lines.items())
    (folder / "row.txt").write_text(text)
    (folder / "expected.json").write_text(json.dumps(expected(row, data)))


def main() -> None:
    """Writes the rows named."""
    folder = Path(sys.argv[1])
    for name in sys.argv[2:]:
        write(folder / name, BY_NAME[name])


if __name__ == "__main__":
    main()
