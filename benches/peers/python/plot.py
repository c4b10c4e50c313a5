"""Draws the ratio of each row: plot.py RESULTS.json RATIOS.svg"""

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator  # noqa: E402

FASTER, SLOWER = "#2f6f9f", "#c8553d"
TICKS = [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10, 20, 50, 100]


def draw(results: dict, path: Path) -> None:
    """One bar a row, from 1 to its ratio."""
    rows = [row for row in results["rows"] if row["ratio"] is not None]
    # The same words in the same file: the svg's identifiers and date would change each time.
    plt.rcParams.update({"svg.hashsalt": "ratios", "svg.fonttype": "none", "font.size": 10})
    figure, axes = plt.subplots(figsize=(8, 1.6 + 0.34 * len(rows)), layout="constrained")
    places = range(len(rows))
    ratios = [row["ratio"] for row in rows]
    colours = [FASTER if ratio >= 1 else SLOWER for ratio in ratios]
    axes.barh(places, [ratio - 1 for ratio in ratios], left=1, color=colours, height=0.68)
    for place, row in zip(places, rows):
        ratio = row["ratio"]
        beyond, side = (ratio * 1.03, "left") if ratio >= 1 else (ratio / 1.03, "right")
        axes.text(beyond, place, f"{ratio:.2f}  {row['best']}", va="center", ha=side, fontsize=9)
    axes.axvline(1, color="black", linewidth=1)
    axes.set_xscale("log")
    axes.set_xlim(min([0.7, *ratios]) / 1.6, max([2, *ratios]) * 2.4)
    axes.xaxis.set_major_locator(FixedLocator(TICKS))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_yticks(places, [row["row"] for row in rows])
    axes.invert_yaxis()
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(left=False)
    axes.set_xlabel("time of the best peer / ours (logarithmic; right of 1 we are faster)")
    quick = ", one short round" if results["quick"] else ""
    axes.set_title(f"One core, one thread, f32{quick}; {results['date']}", fontsize=10)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def main() -> None:
    """Draws from one file to the other."""
    draw(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]))


if __name__ == "__main__":
    main()
