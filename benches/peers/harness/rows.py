"""The rows: those of `benches/workloads/rows.rs`, with their cells spelled out for the peers."""

from dataclasses import dataclass
from enum import Enum


class Mode(Enum):
    """What is timed."""

    STREAM = "stream"
    """One step a call, the state kept; figures are those of a step."""
    INFER = "infer"
    """Forward over a sequence."""
    TRAIN = "train"
    """Forward and full backpropagation of `sum(h * r)`, all gradients."""


@dataclass(frozen=True)
class Row:
    """One workload. A stream's `steps` are those of one repetition, as in `stream.rs`."""

    name: str
    cell: str
    mode: Mode
    batch: int
    input: int
    hidden: int
    steps: int
    dense: bool = False
    """Whether a dense layer reads one value from the state."""

    @property
    def custom(self) -> bool:
        """Whether libraries have no layer for the cell, so that it is written in their tensors."""
        return self.cell not in ("lstm", "gru", "rnn")

    @property
    def output(self) -> int:
        """Values a step gives."""
        return 1 if self.dense else self.hidden


def _stream(name: str, cell: str, hidden: int, dense: bool) -> Row:
    return Row(name, cell, Mode.STREAM, 1, 1, hidden, 256, dense)


def _train(name: str, cell: str) -> Row:
    return Row(name, cell, Mode.TRAIN, 32, 64, 128, 64)


ROWS = (
    _stream("stream-lstm-8", "lstm", 8, dense=False),
    _stream("stream-lstm-40", "lstm", 40, dense=True),
    _stream("stream-gru-16", "gru", 16, dense=True),
    Row("seq-lstm-64", "lstm", Mode.INFER, 1, 32, 64, 128),
    Row("seq-gru-64", "gru", Mode.INFER, 1, 32, 64, 128),
    Row("seq-lstm-512", "lstm", Mode.INFER, 1, 512, 512, 64),
    Row("train-tiny", "lstm", Mode.TRAIN, 16, 4, 16, 32),
    _train("train-lstm-128", "lstm"),
    _train("train-gru-128", "gru"),
    _train("train-rnn-128", "rnn"),
    Row("train-lstm-512", "lstm", Mode.TRAIN, 64, 512, 512, 64),
    _train("custom-peephole", "peephole"),
    _train("custom-mgu", "mgu"),
    _train("custom-mingru", "mingru"),
    _train("custom-lnlstm", "lnlstm"),
    _train("custom-indrnn", "indrnn"),
)

BY_NAME = {row.name: row for row in ROWS}
