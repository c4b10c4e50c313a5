"""The peers: what each is installed from, how it is built and driven, and which rows it can do."""

from collections.abc import Callable
from dataclasses import dataclass

from .rows import Mode, Row


def _all(_: Row) -> str | None:
    return None


def _inference(row: Row) -> str | None:
    return "inference alone" if row.mode is Mode.TRAIN else None


def _onednn(row: Row) -> str | None:
    if row.cell in ("lstm", "gru", "rnn", "peephole"):
        return None
    return "no primitive for the custom cells but the LSTM with peepholes"


def _custom(row: Row) -> str | None:
    return None if row.custom and row.mode is Mode.TRAIN else "measured on custom cells alone"


@dataclass(frozen=True)
class Peer:
    """One of the libraries we are compared with."""

    name: str
    title: str
    packages: tuple[str, ...] = ()
    """From Python's registry, at the versions in `requirements.txt`."""
    script: tuple[str, ...] = ()
    """A driver in `python/` with its options."""
    crate: str = ""
    """A driver in `rust/`: its feature and its binary."""
    source: str = ""
    """A driver in `cpp/`."""
    onnx: bool = False
    """Whether it reads the rows as ONNX files."""
    declines: Callable[[Row], str | None] = _all
    """Why it does not do a row, if so."""


PEERS = (
    Peer(
        "onednn",
        "oneDNN",
        packages=("onednn-cpu-gomp", "onednn-devel-cpu-gomp"),
        source="onednn.cpp",
        declines=_onednn,
    ),
    Peer(
        "onnxruntime",
        "ONNX Runtime",
        packages=("onnx", "onnxruntime"),
        script=("drive_onnxruntime.py",),
        onnx=True,
        declines=_inference,
    ),
    Peer("jax", "JAX", packages=("jax", "jaxlib"), script=("drive_jax.py",)),
    Peer("torch", "PyTorch", packages=("torch",), script=("drive_torch.py",)),
    Peer(
        "torch-compile",
        "torch.compile",
        packages=("torch",),
        script=("drive_torch.py", "--compile"),
        declines=_custom,
    ),
    Peer("candle", "candle", crate="candle"),
    Peer("rten", "rten", packages=("onnx",), crate="rten", onnx=True, declines=_inference),
)
