"""Running other programs: for building, with a log; for measuring, on one core and one thread."""

import os
import re
import subprocess
from pathlib import Path

# One thread in every library, whichever of them it asks.
ONE_THREAD = {name: "1" for name in (
    "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS",
    "RTEN_NUM_THREADS", "TORCHINDUCTOR_COMPILE_THREADS",
)} | {
    "JAX_PLATFORMS": "cpu",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "PYTHONDONTWRITEBYTECODE": "1",
}

ERROR = re.compile(r"(^|: )(fatal )?error", re.IGNORECASE)


class Failed(Exception):
    """A program that did not do its work; the message is one line."""


def _reason(output: str) -> str:
    """The line of an output that says what is wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if ERROR.search(line)]
    return (errors or lines[-1:] or ["no message"])[0][:200]


def build(command: list, log: Path | None, cwd: Path | None = None,
          env: dict | None = None) -> str:
    """Runs a step of the installation; what it says goes to `log`, what it prints is returned."""
    command = [str(part) for part in command]
    try:
        done = subprocess.run(command, cwd=cwd, env=os.environ | (env or {}), text=True,
                              capture_output=True, check=False)
    except OSError as error:
        raise Failed(f"{command[0]}: {error.strerror}") from error
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(f"$ {' '.join(command)}\n{done.stdout}{done.stderr}")
    if done.returncode != 0:
        where = f" (see {log.name})" if log is not None else ""
        raise Failed(_reason(done.stderr or done.stdout) + where)
    return done.stdout


def measured(command: list, core: int | None, limit: float, env: dict | None = None) -> str:
    """What a driver prints, run on `core` within `limit` seconds."""

    def pin() -> None:
        if core is not None:
            os.sched_setaffinity(0, {core})

    try:
        done = subprocess.run([str(part) for part in command], text=True, capture_output=True,
                              env=os.environ | ONE_THREAD | (env or {}), timeout=limit,
                              preexec_fn=pin, check=False)
    except subprocess.TimeoutExpired as error:
        raise Failed(f"not done within {limit:g} s") from error
    except OSError as error:
        raise Failed(f"{command[0]}: {error.strerror}") from error
    if done.returncode != 0:
        raise Failed(_reason(done.stderr))
    return done.stdout
