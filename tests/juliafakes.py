"""Stand-ins for Julia: a program that says it is julia, projects with manifests, a Python without either."""

from __future__ import annotations

import importlib.metadata
import json
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import fluxbridge

ROOT = str(Path(fluxbridge.__file__).parents[1])
#: A port where nobody listens: every connection fails at once.
NO_NETWORK = "http://127.0.0.1:9"
JULIACALL = importlib.metadata.version("juliacall")


def fake_julia(folder: Path, version: str = "1.10.8", prints: str = "", status: int = 1) -> Path:
    """A program that gives its version and where its library is; every other call fails, and is noted."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "julia"
    (folder / "libjulia.so").write_bytes(b"not a library")
    (folder / "printed").write_text(prints + "\n")
    program.write_text(
        f"""#!/bin/sh
case "$*" in
    --version) echo "julia version {version}";;
    *Libdl*) printf '%s\\0%s' '{folder}/libjulia.so' '{folder}';;
    *) echo "$*" >> '{folder}/calls'
       while read -r line; do echo "$line" >&2; done < '{folder}/printed'
       exit {status};;
esac
"""
    )
    program.chmod(0o755)
    return program


def fake_project(folder: Path, **versions: str) -> Path:
    """A Julia project with everything that is needed, but for what `versions` says; "" leaves one out."""
    openssl = ".".join(map(str, ssl.OPENSSL_VERSION_INFO[:3]))
    packages = {
        "PythonCall": JULIACALL,
        "Flux": "0.16.10",
        "Zygote": "0.7.12",
        "ChainRulesCore": "1.26.1",
        "OpenSSL_jll": openssl + "+1",
        **versions,
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Project.toml").write_text("[deps]\n")
    entries = [
        f'[[deps.{name}]]\nuuid = "0"\nversion = "{version}"\n\n    [deps.{name}.extensions]\n    Ext = "X"\n'
        for name, version in packages.items()
        if version
    ]
    (folder / "Manifest.toml").write_text('julia_version = "1.10.8"\n\n' + "\n".join(entries))
    return folder


class World:
    """A Python in a process of its own: no Julia, no network, a home of its own, nothing set."""

    def __init__(self, home: Path):
        self.home = home
        self.project = home / "project"  # juliapkg's, not there yet
        empty = home / "bin"
        empty.mkdir()
        self.environment = {
            name: value for name, value in os.environ.items() if name in ("LANG", "LD_LIBRARY_PATH", "TMPDIR")
        }
        self.environment |= {
            "HOME": str(home),
            "PATH": str(empty),
            "PYTHONPATH": os.pathsep.join([ROOT, *[path for path in sys.path if path and path != ROOT]]),
            "PYTHON_JULIAPKG_PROJECT": str(self.project),
            "HTTPS_PROXY": NO_NETWORK,
            "HTTP_PROXY": NO_NETWORK,
        }

    def set(self, **variables: Any) -> World:
        """Set variables; None unsets one."""
        for name, value in variables.items():
            self.environment.pop(name, None)
            if value is not None:
                self.environment[name] = str(value)
        return self

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            env=self.environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def run(self, code: str, options: Sequence[str] = ()) -> Any:
        """Run `code`, which leaves its answer in `answer`; the answer comes back."""
        done = self.python(*options, "-c", code + "\nimport json; print('\\n' + json.dumps(answer))")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def check(self, options: Sequence[str] = (), before: str = "") -> dict[str, Any]:
        """What discovery.check() raises: cause, text, and how long it took; nothing may be left behind."""
        began = time.perf_counter()
        answer = self.run(before + _CHECK, options)
        answer["total"] = time.perf_counter() - began
        assert not answer["imported"], "juliacall was imported"
        assert not (self.project / "lock.pid").exists()
        return answer

    def start(self) -> dict[str, Any]:
        """What explain() makes of what a real ``import juliacall`` raises and prints."""
        return self.run(_START)


_DESCRIBE = """
    answer = {"type": type(error).__name__, "cause": error.cause, "text": str(error)}
"""
_CHECK = f"""
import sys, time
from fluxbridge.errors import JuliaNotAvailable
from fluxbridge.julia.setup import discovery
began = time.perf_counter()
try:
    found = discovery.check()
    answer = {{"type": None, "cause": None, "text": found.found}}
except JuliaNotAvailable as error:{_DESCRIBE}
answer |= {{"seconds": time.perf_counter() - began, "imported": "juliacall" in sys.modules}}
"""
_START = f"""
import os, sys, tempfile
from fluxbridge.julia.setup.failures import explain
kept, printed = os.dup(2), tempfile.TemporaryFile()
os.dup2(printed.fileno(), 2)
try:
    import juliacall
    answer = {{"type": None}}
except Exception as failure:
    os.dup2(kept, 2)
    printed.seek(0)
    error = explain(failure, printed.read().decode(), project="/the/project"){_DESCRIBE}
    answer["raised"] = type(failure).__name__
"""
