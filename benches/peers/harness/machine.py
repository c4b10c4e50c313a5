"""What the figures were measured on, and with."""

import os
import platform
import subprocess
from pathlib import Path

SYSTEM = Path("/sys/devices/system/cpu")


def _first_line(command: list[str]) -> str:
    try:
        done = subprocess.run(command, text=True, capture_output=True, check=False)
    except OSError:
        return ""
    return (done.stdout.splitlines() or [""])[0].strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _caches(core: int) -> str:
    """Such as `L1d 32K, L2 1024K, L3 33792K`."""
    sizes = []
    for index in sorted((SYSTEM / f"cpu{core}" / "cache").glob("index*")):
        try:
            kind, level, size = ((index / n).read_text().strip() for n in ("type", "level", "size"))
        except OSError:
            continue
        if kind != "Instruction":
            sizes.append(f"L{level}{'d' if kind == 'Data' and level == '1' else ''} {size}")
    return ", ".join(sizes)


def facts(core: int | None, compiler: str) -> dict[str, str]:
    """Machine and tools, by what is printed before them."""
    found = {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "measured on": "any core" if core is None else f"core {core}",
        "load before": f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "",
        "caches": _caches(core or 0),
        "system": f"{platform.system()} {platform.machine()}",
        "rustc": _first_line(["rustc", "--version"]).removeprefix("rustc ").split(" (")[0],
        "C++": _first_line([compiler, "--version"]),
        "Python": platform.python_version(),
    }
    return {name: value for name, value in found.items() if value}
