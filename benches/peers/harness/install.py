"""Getting everything ready under the project's target folder: ours, the packages, the drivers."""

import json
import os
import sys
from pathlib import Path

from .peers import Peer
from .process import ONE_THREAD, Failed, build

HERE = Path(__file__).resolve().parent.parent
PROJECT = HERE.parent.parent
COMPILER = os.environ.get("CXX", "g++")


class Workshop:
    """The folders, and what can be made in them."""

    def __init__(self) -> None:
        facts = json.loads(build(
            ["cargo", "metadata", "--no-deps", "--offline", "--format-version", "1"],
            None, cwd=PROJECT))
        self.root = Path(facts["target_directory"]) / "peers"
        self.venv, self.logs, self.data = (self.root / n for n in ("venv", "logs", "data"))
        self.python = self.venv / "bin" / "python"

    def ours(self) -> Path:
        """Builds the workload table; the program that runs it."""
        command = ["cargo", "bench", "--bench", "workloads", "--locked", "--no-run",
                   "--message-format=json"]
        lines = build(command, self.logs / "ours.log", cwd=PROJECT).splitlines()
        built = [json.loads(line) for line in lines if line.startswith("{")]
        programs = [item["executable"] for item in built
                    if item.get("executable") and item["target"]["name"] == "workloads"]
        if not programs:
            raise Failed("cargo built no workload table (see ours.log)")
        return Path(programs[-1])

    def environment(self) -> None:
        """The virtual environment with what the harness itself needs."""
        if not self.python.exists():
            build([sys.executable, "-m", "venv", self.venv], self.logs / "venv.log")
        self.packages("harness", ["numpy", "matplotlib"])

    def packages(self, name: str, packages: list[str]) -> None:
        """Installs from Python's registry, at the pinned versions."""
        pins = HERE / "requirements.txt"
        command = [self.python, "-m", "pip", "install", "--constraint", pins, *packages]
        build(command, self.logs / f"{name}-packages.log")

    def driver(self, peer: Peer) -> list[list]:
        """Installs a peer; the commands that drive it, each a process of its own."""
        if peer.packages:
            self.packages(peer.name, list(peer.packages))
        if peer.script:
            script, *options = peer.script
            return [[self.python, HERE / "python" / script, *options]]
        if peer.crate:
            return [[self._crate(peer)]]
        program, library = self.root / peer.name, self.venv / "lib"
        shared = next(library.glob("libdnnl.so.*"), None)
        if shared is None:
            raise Failed("the package holds no libdnnl.so")
        self._compile(peer, program, ["-march=native", f"-I{self.venv / 'include'}", shared,
                                      f"-Wl,-rpath,{library}"])
        return [[program]]

    def _crate(self, peer: Peer) -> Path:
        target = self.root / "rust"
        command = ["cargo", "build", "--release", "--locked", "--features", peer.crate,
                   "--bin", peer.crate]
        env = {"CARGO_TARGET_DIR": str(target), "RUSTFLAGS": "-C target-cpu=native"}
        build(command, self.logs / f"{peer.name}.log", cwd=HERE / "rust", env=env)
        return target / "release" / peer.crate

    def _compile(self, peer: Peer, program: Path, flags: list) -> None:
        source = HERE / "cpp" / peer.source
        command = [COMPILER, "-O3", "-std=c++17", source, *flags, "-o", program]
        build(command, self.logs / f"{program.name}.log")

    def rows(self, names: list[str], onnx: bool) -> None:
        """Writes the data of rows, and their ONNX files where a peer wants them."""
        scripts = ["prepare.py"] + (["write_onnx.py"] if onnx else [])
        for script in scripts:
            command = [self.python, HERE / "python" / script, self.data, *names]
            build(command, self.logs / f"{script}.log", env=ONE_THREAD)
