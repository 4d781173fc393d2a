"""The settings of juliacall and juliapkg: how they are read, and what we choose where nothing is set.

An option ``-X juliacall-threads=2`` beats the variable ``PYTHON_JULIACALL_THREADS``. Whoever imports
juliacall first decides for the whole process: the settings are read once.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator

#: juliacall (and the PythonCall of the same version) that the bridge was run with, and with which Julia.
RUN_WITH = {"0.9.34": "1.10.8"}
#: What the bridge needs in a Julia project, next to PythonCall. juliapkg.json says which versions.
PACKAGES = ("Flux", "Zygote", "ChainRulesCore")

_YES_NO = ("yes", "no")
_LEVELS = ("0", "1", "2", "3")
#: juliacall's options that take one of a few words.
CHOICES = {
    "init": _YES_NO,
    "check_bounds": ("yes", "no", "auto"),
    "compile": ("yes", "no", "all", "min"),
    "compiled_modules": _YES_NO,
    "depwarn": ("yes", "no", "error"),
    "inline": _YES_NO,
    "min_optlevel": _LEVELS,
    "optimize": _LEVELS,
    "warn_overwrite": _YES_NO,
    "handle_signals": _YES_NO,
    "startup_file": _YES_NO,
    "autoload_ipython_extension": _YES_NO,
}
#: juliacall's options that name a path which must exist.
PATHS = ("bindir", "sysimage", "lib", "project")


def option(name: str, family: str = "juliacall") -> tuple[str | None, str]:
    """The value of a setting, and the name under which the user set it (or would set it)."""
    key = f"{family}-{'home' if name == 'bindir' else name.replace('_', '-')}"
    variable = f"PYTHON_{family}_{name}".upper()
    if key in sys._xoptions:
        value = sys._xoptions[key]
        return ("yes" if value is True else str(value)), f"-X {key}"
    return os.environ.get(variable), variable


def isolated() -> bool:
    """Does the user want Julia in a process of its own by default?"""
    return os.environ.get("FLUXBRIDGE_ISOLATED", "").lower() in ("1", "yes", "true", "on")


def is_no(name: str, family: str = "juliacall") -> bool:
    return option(name, family)[0] == "no"


def bad_values() -> Iterator[tuple[str, str, str]]:
    """Settings with a value that is not understood: their name, the value, and what is expected."""
    for name, choices in CHOICES.items():
        value, setting = option(name)
        if value is not None and value not in choices:
            yield setting, value, "one of " + ", ".join(choices)
    value, setting = option("threads")
    if value is not None and not re.fullmatch(r"(auto|[1-9]\d*)(,(auto|\d+))?", value):
        yield setting, value, "a number of threads or auto"
    value, setting = option("procs")
    if value is not None and not re.fullmatch(r"auto|-?\d+", value):
        yield setting, value, "a number or auto"
    value, setting = option("offline", "juliapkg")
    if value is not None and value not in _YES_NO:
        yield setting, value, "one of yes, no"


def threads() -> str:
    """How many threads Julia will have, as it is written: "1", "4", "auto", "3,1"."""
    return (
        option("threads")[0]
        or chosen().get("PYTHON_JULIACALL_THREADS")
        or os.environ.get("JULIA_NUM_THREADS", "1")
    )


def chosen(offline: bool = False) -> dict[str, str]:
    """The variables that we set because the user did not: name to value.

    * ``HANDLE_SIGNALS=no``: Ctrl-C stays Python's and never kills the process.
    * ``THREADS=1`` where JULIA_NUM_THREADS asks for more without signal handling: more would crash.
    * ``AUTOLOAD_IPYTHON_EXTENSION=no``: juliacall leaves the notebook's output alone.
    * ``JULIA_CONDAPKG_BACKEND=Null``: Julia does not install a second Python.
    * ``PYTHON_JULIAPKG_OFFLINE=yes`` where all that is needed is installed (`offline`): no surprise upgrade.
    """
    choice: dict[str, str] = {}
    signals = option("handle_signals")[0]
    if signals is None:
        choice["PYTHON_JULIACALL_HANDLE_SIGNALS"] = "no"
    if option("threads")[0] is None and signals != "yes" and os.environ.get("JULIA_NUM_THREADS", "1") != "1":
        choice["PYTHON_JULIACALL_THREADS"] = "1"
    if option("autoload_ipython_extension")[0] is None:
        choice["PYTHON_JULIACALL_AUTOLOAD_IPYTHON_EXTENSION"] = "no"
    if "JULIA_CONDAPKG_BACKEND" not in os.environ:
        choice["JULIA_CONDAPKG_BACKEND"] = "Null"
    if offline and option("offline", "juliapkg")[0] is None:
        choice["PYTHON_JULIAPKG_OFFLINE"] = "yes"
    return choice


def apply(offline: bool = False) -> dict[str, str]:
    """Set what `chosen` says, for this process and those it starts. Call it just before juliacall."""
    choice = chosen(offline)
    os.environ.update(choice)
    juliapkg = sys.modules.get("juliapkg")  # imported here, it would not have to be told
    if juliapkg is not None and "PYTHON_JULIAPKG_OFFLINE" in choice:
        juliapkg.offline(True)  # it read the variable when it was imported
    return choice
