"""Say why Julia did not start, in one error of ours; the texts stand in causes.py."""

from __future__ import annotations

import subprocess
from typing import Any

from ...errors import JuliaNotAvailable
from .causes import FOUND, ISOLATE, PRINTED, RAISED

_BY_NAME = {cause.name: cause for cause in (*FOUND, *PRINTED, *RAISED)}


def problem(name: str, **words: Any) -> JuliaNotAvailable:
    """The error for a cause, by its name in the table.

    >>> problem("path missing", setting="PYTHON_JULIACALL_LIB", value="/nowhere").reason
    'PYTHON_JULIACALL_LIB names a path that does not exist: /nowhere'
    """
    return _BY_NAME[name].error(words)


def explain(failure: BaseException, stderr_text: str = "", **words: Any) -> JuliaNotAvailable:
    """Turn what came out of ``import juliacall``, and what Julia printed, into one error of ours.

    What Julia printed says more than the exception, so it is looked at first. `words` (such as
    ``project=``) fill places of the texts that the failure itself does not name.

    >>> print(explain(ValueError("PYTHON_JULIACALL_EXE=jula: executable not found")).reason)
    PYTHON_JULIACALL_EXE names a program that does not exist: jula
    """
    if isinstance(failure, JuliaNotAvailable):
        return failure
    message = str(failure) or type(failure).__name__
    if isinstance(failure, subprocess.CalledProcessError):  # its text has the whole script in it
        message = f"{failure.cmd[0]} returned non-zero exit status {failure.returncode}"
    if type(failure).__name__ == "JuliaError":  # Julia runs, FluxBridge does not load: it says why itself
        stderr_text = f"{stderr_text}\nERROR: {message}"
        message = "FluxBridge did not start properly"
    for cause in (*PRINTED, *RAISED):
        matched = cause.match(failure, message, stderr_text)
        if matched is not None:
            if matched.get("setting") == "juliapkg_exe":
                matched["setting"] = "PYTHON_JULIAPKG_EXE"
            error = cause.error({**words, **matched})
            break
    else:
        said = what_julia_said(stderr_text)
        error = JuliaNotAvailable(
            f"Julia did not start: {message}" + (f"\nJulia said:\n{said}" if said else ""),
            "`fluxbridge doctor` looks for the cause; if it finds none, please report what is printed "
            f"above. {ISOLATE}",
        )
        error.cause = "unknown"
    error.stderr = stderr_text
    return error


def what_julia_said(text: str, count: int = 12) -> str:
    """At most `count` lines of what Julia printed, from the first ERROR on, without the stack."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    start = next((k for k, line in enumerate(lines) if "ERROR" in line), max(0, len(lines) - count))
    end = next((k for k in range(start, len(lines)) if lines[k].strip() == "Stacktrace:"), len(lines))
    return "\n".join("  " + line for line in lines[start : min(end, start + count)])
