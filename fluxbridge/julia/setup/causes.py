"""The known causes why Julia cannot be used, with remedies: one table, one entry a cause."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from subprocess import SubprocessError
from typing import Any

from ...errors import JuliaNotAvailable
from .settings import PACKAGES

NAME_BOTH = (
    "set both PYTHON_JULIACALL_EXE (the julia program) and PYTHON_JULIACALL_PROJECT "
    f"(a Julia project with PythonCall, {', '.join(PACKAGES[:-1])} and {PACKAGES[-1]})"
)
WAYS = (
    "Three ways to get one:\n"
    "  1. with internet: call fluxbridge.julia.start(); juliapkg installs Julia and its packages, "
    "once, in some minutes\n"
    f"  2. with a Julia of your own: {NAME_BOTH}\n"
    "  3. offline: prepare it where there is internet, keep the Julia depot and the project, "
    "and set PYTHON_JULIAPKG_OFFLINE=yes"
)
OFFLINE = (
    f"work offline: {NAME_BOTH}, or keep a prepared project and depot and set PYTHON_JULIAPKG_OFFLINE=yes"
)
ISOLATE = "fluxbridge.julia.start(isolated=True) runs Julia in a process of its own"
APART = f"or keep the two apart: {ISOLATE}"
CORRECT = "correct it, or unset it"
SPACE = "free some space (Julia with Flux takes about 3 GB), or move JULIA_DEPOT_PATH to another disk"


@dataclass(frozen=True)
class Cause:
    """A cause: how it is recognised, and the text of our error.

    `kind` and `message` are the class and the text of the exception, `stderr` is what Julia printed.
    A named group of the two patterns fills the place of that name in `reason` and `remedy`. A cause
    with neither pattern is found by the checks before a start, never after one.
    """

    name: str
    reason: str
    remedy: str
    message: str = ""
    stderr: str = ""
    kind: type[BaseException] | tuple[type[BaseException], ...] = Exception

    def match(self, failure: BaseException, message: str, printed: str) -> dict[str, str] | None:
        """The values of the placeholders, or None if this is not the cause."""
        if not (self.message or self.stderr) or not isinstance(failure, self.kind):
            return None
        words: dict[str, str] = {}
        for pattern, text in ((self.message, message), (self.stderr, printed)):
            match = re.search(pattern, text, re.IGNORECASE)
            if match is None:
                return None
            words.update({name: word.strip() for name, word in match.groupdict().items() if word})
        return words

    def error(self, words: Mapping[str, Any]) -> JuliaNotAvailable:
        """The exception, with its placeholders filled in."""
        places = _Places(words)
        error = JuliaNotAvailable(self.reason.format_map(places), self.remedy.format_map(places))
        error.cause = self.name
        return error


class _Places(dict):
    def __missing__(self, key: str) -> str:
        return {"package": "a package", "project": "<project>", "range": "any"}.get(key, "?")


#: Found by the checks before a start.
FOUND = (
    Cause(
        "forked",
        "this process was forked after Julia had started, and Julia does not survive a fork",
        'start workers with multiprocessing.get_context("spawn"), or start Julia only in the child; '
        + ISOLATE,
    ),
    Cause(
        "half started",
        "an earlier start of Julia failed in this process, and it can be started only once",
        f"mend what the first error named, then restart Python; or {ISOLATE}",
    ),
    Cause(
        "torch first",
        "PyTorch was imported before Julia: both bring their own LLVM, and the process is likely to crash",
        f"call fluxbridge.julia.start() above `import torch`, {APART}; "
        "FLUXBRIDGE_JULIA_WITH_TORCH=yes tries it all the same",
    ),
    Cause(
        "threads",
        "{threads} Julia threads are asked for, but without Julia's signal handling more than one crashes",
        "unset PYTHON_JULIACALL_THREADS, or set PYTHON_JULIACALL_HANDLE_SIGNALS=yes as well (Ctrl-C then "
        f"ends Python at once); {ISOLATE}, where threads do no harm",
    ),
    Cause("switched off", "{setting} keeps juliacall from starting Julia", "unset it"),
    Cause(
        "read only",
        "juliapkg must write into its project {project}, which is read-only",
        f"take the way that writes nothing: {NAME_BOTH}; or set PYTHON_JULIAPKG_PROJECT to a folder of yours",
    ),
    Cause(
        "to download",
        "not everything is installed yet; to download: {what}",
        f"call fluxbridge.julia.start(): juliapkg installs it, once, in some minutes; or {NAME_BOTH}",
    ),
    Cause(
        "no network for download",
        "no Julia was found here, and there is no network to download one ({hosts} cannot be reached)",
        WAYS,
    ),
    Cause(
        "no network for packages",
        "{found}: it lacks {what}, and there is no network to download that ({hosts} cannot be reached)",
        f"connect and call start() again, set JULIA_PKG_SERVER or HTTPS_PROXY, or {OFFLINE}",
    ),
    Cause(
        "packages missing",
        "the Julia project {project} lacks {packages}",
        'in Julia:  import Pkg; Pkg.activate(raw"{project}"); Pkg.add([{list}])',
    ),
    Cause(
        "versions differ",
        "juliacall {juliacall} needs PythonCall {juliacall}, but {project} has PythonCall {pythoncall}",
        'pip install juliacall=={pythoncall}, or in the Julia project: Pkg.add(name="PythonCall", '
        'version="{juliacall}")',
    ),
)

_RAN = "did not start properly|returned non-zero exit status|died with"

#: Recognised by what Julia printed on stderr.
PRINTED = (
    Cause(
        "versions differ (printed)",
        "the versions of juliacall (Python) and PythonCall (Julia) differ; they must be equal",
        "compare them with `fluxbridge doctor`; then pip install juliacall==<version of PythonCall>, or in "
        'the Julia project: Pkg.add(name="PythonCall", version="<version of juliacall>")',
        _RAN,
        r"'juliacall' module already exists|AssertionError.*__version__",
    ),
    Cause(
        "no libpython",
        "Julia could not load this Python's shared library",
        "take a Python built with --enable-shared, such as those of conda, uv or the system; or set "
        "JULIA_PYTHONCALL_LIB to its libpython",
        _RAN,
        r"could not (find|load|locate).{0,80}libpython|libpython.{0,80}cannot open",
    ),
    Cause(
        "libstdc++",
        "the C++ library that this process loaded first is too old for Julia: {line}",
        "start Julia before importing compiled packages, update libstdc++ (conda install -c conda-forge "
        f"libstdcxx-ng), or set LD_LIBRARY_PATH to Julia's lib/julia folder; {APART}",
        _RAN,
        r"(?P<line>[^\n]*(GLIBCXX|CXXABI|libstdc\+\+)[^\n]*)",
    ),
    Cause(
        "OpenSSL",
        "Python and Julia want different versions of OpenSSL in one process: {line}",
        "let juliapkg choose (it limits OpenSSL_jll to Python's version), or put that limit into your "
        f"project; {APART}",
        _RAN,
        r"(?P<line>[^\n]*(OPENSSL_[\d.]+|lib(ssl|crypto)|OpenSSL_jll)[^\n]*)",
    ),
    Cause(
        "no permission (printed)",
        "Julia could not write: {line}",
        "set JULIA_DEPOT_PATH to a folder of yours followed by the shared one (/mine:/shared)",
        _RAN,
        r"(?P<line>[^\n]*(EACCES|EROFS|permission denied|read-only file system)[^\n]*)",
    ),
    Cause("disk full (printed)", "the disk is full", SPACE, _RAN, r"ENOSPC|no space left"),
    Cause(
        "no network (printed)",
        "Julia is there, but its packages could not be downloaded: {line}",
        f"connect and call start() again, set JULIA_PKG_SERVER or HTTPS_PROXY, or {OFFLINE}",
        _RAN,
        r"(?P<line>[^\n]*(failed to clone|could not resolve|could not download|RequestError|failed to "
        r"(download|fetch|resolve)|unable to access|network is unreachable|connection (refused|timed out)"
        r"|GitError)[^\n]*)",
    ),
    Cause(
        "no solution",
        "Julia's package manager found no set of versions that fits all requirements: {line}",
        "loosen one of the requirements, or give fluxbridge a project of its own with "
        "PYTHON_JULIAPKG_PROJECT",
        _RAN,
        r"(?P<line>unsatisfiable requirements[^\n]*)",
    ),
    Cause(
        "package broken",
        "the Julia package {package} does not precompile",
        "see why in Julia alone:  julia --project={project} -e 'using {package}'; after an update of "
        "Julia, Pkg.update() often helps",
        _RAN,
        r"failed to precompile (?P<package>\w+)",
    ),
    Cause(
        "package missing",
        "the Julia project {project} lacks {package}",
        "run  julia --project={project} -e 'import Pkg; Pkg.add(\"{package}\"); Pkg.instantiate()'  "
        "(`fluxbridge doctor` lists all that is missing)",
        _RAN,
        r"package (?P<package>\w+)[^\n]*(not found|does not seem to be installed|is required but)",
    ),
)

#: Recognised by the exception that ``import juliacall`` raised.
RAISED = (
    Cause(
        "not installed",
        "the Python package {package} is not installed",
        "pip install {package}",
        r"No module named '(?P<package>juliacall|juliapkg)\b",
        kind=ModuleNotFoundError,
    ),
    Cause(
        "half set",
        "PYTHON_JULIACALL_EXE and PYTHON_JULIACALL_PROJECT work only together, and one of them is not set",
        f"{NAME_BOTH}, or neither; to name only a Julia, set PYTHON_JULIAPKG_EXE instead",
        "must be set together",
    ),
    Cause(
        "program missing",
        "{setting} names a program that does not exist: {value}",
        "set it to the full path of julia, or unset it and PYTHON_JULIACALL_PROJECT: juliapkg then finds one",
        r"(-X ?)?(?P<setting>[\w-]+)=(?P<value>.*): executable not found",
    ),
    Cause(
        "path missing",
        "{setting} names a path that does not exist: {value}",
        CORRECT,
        r"(-X ?)?(?P<setting>[\w-]+)=(?P<value>.*): path does not exist",
    ),
    Cause(
        "bad value",
        "{setting}={value} is not understood: expected {expected}",
        CORRECT,
        r"(-X ?)?(?P<setting>(PYTHON_)?juliacall[\w-]*)=?(?P<value>.*): expecting (?P<expected>.*)",
        kind=ValueError,
    ),
    Cause(
        "bad value (juliapkg)",
        "{setting} is not understood: expected one of {expected}",
        CORRECT,
        r"(-X ?)?(?P<setting>(PYTHON_)?juliapkg[\w-]*) must be one of: (?P<expected>.*)",
        kind=ValueError,
    ),
    Cause(
        "relative project",
        "{setting} is a relative path, which juliapkg does not take",
        "set it to the absolute path",
        r"(-X ?)?(?P<setting>[\w-]*juliapkg[\w-]*) must be an absolute path",
    ),
    Cause(
        "not Julia",
        "{setting} is not a working Julia: {value}",
        "set it to the program julia itself; `{value} --version` must print a version",
        r"(?P<setting>juliapkg_exe)=(?P<value>.*) is not a Julia executable",
    ),
    Cause(
        "not found",
        "no Julia was found (wanted: {range}), and juliapkg is told to stay offline",
        WAYS,
        r"could not find Julia ?(?P<range>.*)",
    ),
    Cause(
        "conflict",
        "two installed Python packages want things of Julia that do not fit together: {line}",
        "the files juliapkg.json named here say who; update or remove one of the packages, or use a "
        f"project of your own: {NAME_BOTH}",
        r"(?P<line>[^\n]*(entries are not unique|empty intersection|is compatible with)(.|\n)*)",
    ),
    Cause(
        "no network",
        "no Julia was found here, and there is no network to download one: {line}",
        WAYS,
        r"(?P<line>.*(urlopen error|name resolution|timed out|unreachable|HTTP Error|certificate).*)",
        kind=OSError,
    ),
    Cause("disk full", "the disk is full", SPACE, "No space left", kind=OSError),
    Cause(
        "no permission",
        "a file may not be written: {line}",
        "juliapkg needs a project that it can write: set PYTHON_JULIAPKG_PROJECT to a folder of yours, or "
        f"take the way that writes nothing: {NAME_BOTH}",
        r"(?P<line>.*)",
        kind=PermissionError,
    ),
    Cause(
        "library",
        "Julia's library does not load into this Python: {line}",
        "a Julia built for this system is needed (glibc, libstdc++ and processor must fit): remove the "
        f"variables that name another and let juliapkg install it, {APART}",
        r"(?P<line>.*(GLIBC|libstdc|libjulia|shared object|\.so\b|\.dylib|\.dll|LLVM).*)",
        kind=OSError,
    ),
    Cause(
        "did not run",
        "the program that should be Julia does not run: {line}",
        "run it with --version; correct PYTHON_JULIACALL_EXE or PYTHON_JULIAPKG_EXE, or unset them",
        rf"(?P<line>[^\n]*({_RAN}|Exec format|No such file|values to unpack)[^\n]*)",
        r"(?s)\A(?!.*ERROR)",
        kind=(OSError, ValueError, SubprocessError),
    ),
)
