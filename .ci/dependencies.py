#!/usr/bin/env python3
"""Checks licences and versions of all dependencies by deny.toml, from what cargo itself knows.

Every crate must have a licence whose parts are allowed, and no crate may be there in two versions
unless deny.toml names it. Where cargo-deny is installed, `cargo deny check` checks these and more.
"""

import json
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def is_allowed(licence, allowed):
    """Whether one alternative of an SPDX expression consists of allowed licences only."""
    alternatives = re.split(r"\s+OR\s+|/", licence.replace("(", "").replace(")", ""))
    parts = (re.split(r"\s+AND\s+", alternative.strip()) for alternative in alternatives)
    return any(all(part in allowed for part in all_of) for all_of in parts)


def main():
    rules = tomllib.loads((ROOT / "deny.toml").read_text())
    command = ["cargo", "metadata", "--locked", "--format-version", "1"]
    metadata = json.loads(subprocess.check_output(command, cwd=ROOT))
    allowed = set(rules["licenses"]["allow"])
    duplicated = {skip["crate"] for skip in rules["bans"]["skip"]}
    faults, versions = [], defaultdict(set)
    for package in metadata["packages"]:
        name, version, licence = package["name"], package["version"], package["license"]
        versions[name].add(version)
        if licence is None or not is_allowed(licence, allowed):
            faults.append(f"{name} {version}: the licence {licence} is not allowed in deny.toml")
    several = {name: found for name, found in versions.items() if len(found) > 1}
    for name, found in sorted(several.items()):
        if name not in duplicated:
            faults.append(f"{name} is there in versions {', '.join(sorted(found))}")
    for name in sorted(duplicated - several.keys()):
        faults.append(f"{name} is there once: deny.toml need not name it")
    packages = len(metadata["packages"])
    print("\n".join(faults) or f"{packages} packages: licences and versions as allowed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
