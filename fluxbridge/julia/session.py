"""Starting Julia: once, when it is needed, with every failure explained."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import os
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from ..errors import JuliaNotAvailable
from .bridge.gate import Gate
from .bridge.operations import Bridge
from .isolated.remote import RemoteBridge
from .setup import discovery, failures, places, settings

_lock = threading.RLock()
_bridge: Bridge | RemoteBridge | None = None
_gate = Gate()


def start(isolated: bool | None = None, timeout: float | None = None) -> Bridge | RemoteBridge:
    """Start Julia if it does not run yet; the second call does nothing.

    Isolated, it runs in a process of its own; FLUXBRIDGE_ISOLATED=1 makes that the default.

    The first start on a machine may download and precompile packages for minutes; it says so on
    stderr. Raises JuliaNotAvailable, with the reason and the remedy, if Julia cannot be started.
    """
    global _bridge
    with _lock:
        if isolated is None:
            isolated = settings.isolated() if _bridge is None else isinstance(_bridge, RemoteBridge)
        if not isolated and discovery.forked():
            discovery.check()  # raises: a forked child cannot use its parent's Julia
        if _bridge is None:
            _bridge = RemoteBridge() if isolated else _start_here()
        if isinstance(_bridge, RemoteBridge) != isolated:
            where = "in this process" if not isinstance(_bridge, RemoteBridge) else "isolated"
            raise JuliaNotAvailable(f"Julia runs already, {where}", "Call fluxbridge.julia.stop() first.")
        if isinstance(_bridge, RemoteBridge):
            _bridge.timeout = _bridge.timeout if timeout is None else timeout
            _bridge.start()
        elif timeout is not None:
            raise ValueError("a time limit needs an isolated Julia: start(isolated=True, timeout=...)")
        return _bridge


def bridge() -> Bridge | RemoteBridge:
    """The running bridge; starts Julia if needed."""
    if _bridge is not None and not discovery.forked():
        return _bridge
    return start()


def stop() -> None:
    """End an isolated Julia, or forget the one in this process, which cannot be unloaded."""
    global _bridge
    with _lock:
        if isinstance(_bridge, RemoteBridge):
            _bridge.close()
        _bridge = None


def _start_here() -> Bridge:
    survey = discovery.check()
    if discovery.running():  # by somebody who imported juliacall
        import juliacall

        _first_thread_leaves(juliacall)
    return _gate.enter(_start, survey)


def _start(survey: discovery.Availability) -> Bridge:
    settings.apply(survey.offline)
    if not discovery.running():
        _say(survey)
    stderr: Callable[[], str] = lambda: ""  # noqa: E731
    try:
        with _stderr_kept() as stderr:
            import juliacall

            _first_thread_leaves(juliacall)
            operations = _load(juliacall.Main)
    except BaseException as failure:
        if not isinstance(failure, Exception) or isinstance(failure, JuliaNotAvailable):
            raise
        raise failures.explain(failure, stderr(), project=survey.project) from failure
    # Julia has opened our pipe as its stderr; give it the real one
    juliacall.Main.seval("redirect_stderr(Base.fdio(2))")
    _kept.append(operations)
    return Bridge(operations, _gate)


#: Values of juliacall that are never freed: Julia would have to be entered for that, at an unknown time.
_kept: list[Any] = []


def _load(main: Any) -> Any:
    """`using FluxBridge`, found through the load path; its dependencies are those of the project."""
    folder = places.fluxbridge_folder()
    if folder is None:
        raise JuliaNotAvailable(
            "the Julia package FluxBridge, a part of fluxbridge, is missing", "Install fluxbridge again."
        )
    main.seval(f"let folder = {_quoted(str(folder))}; folder in LOAD_PATH || push!(LOAD_PATH, folder); end")
    return main.seval("import FluxBridge; FluxBridge.operations()")


def _first_thread_leaves(juliacall: Any) -> None:
    """Tell Julia's garbage collector that the thread that started Julia does not run Julia code.

    A collection waits for all threads that run Julia code. To Julia these are also the thread that started
    it, and every thread in which Julia has called Python, so a collection in another thread would wait for
    ever. The first is declared safe here, once; the others whenever they call Python (see bridge/gate.py).
    """
    if _gate.has_border:
        return
    anywhere = juliacall.CONFIG["lib"]
    anywhere.jl_get_pgcstack.restype = ctypes.c_void_p
    if not anywhere.jl_get_pgcstack() or anywhere.jl_threadid() != 0:
        raise JuliaNotAvailable(
            "Julia was started by juliacall in another thread, which has to agree first",
            "Call fluxbridge.julia.start() once in the thread that imported juliacall; that is the main "
            "thread in most programs.",
        )
    path = juliacall.Main.seval('import Libdl; something(Libdl.dlpath("libjulia-internal"), "")')
    library = ctypes.PyDLL(str(path))
    leave, back = library.jl_gc_safe_enter, library.jl_gc_safe_leave
    leave.argtypes, leave.restype = (), ctypes.c_int8
    back.argtypes, back.restype = (ctypes.c_int8,), None
    before, starter = leave(), threading.get_ident()

    def back_again() -> None:  # what juliacall does at exit happens in Julia
        if threading.get_ident() == starter:
            back(before)

    atexit.register(back_again)
    _gate.set_border(leave, back)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'"{escaped}"'


def _say(survey: discovery.Availability) -> None:
    if survey.download:
        what = ", ".join(survey.download)
        print(
            f"fluxbridge: starting Julia. To download first: {what}; this takes some minutes.",
            file=sys.stderr,
            flush=True,
        )


@contextlib.contextmanager
def _stderr_kept() -> Iterator[Callable[[], str]]:
    """Show what is written to stderr, by Julia too, and keep a copy of it."""
    try:
        saved = os.dup(2)
    except OSError:  # there is no stderr
        yield lambda: ""
        return
    kept = bytearray()
    end = uuid.uuid4().bytes  # after the last text, as the pipe does not close: Julia keeps a copy of it
    reader, writer = os.pipe()
    os.dup2(writer, 2)

    def copy() -> None:
        sent = 0
        while True:
            kept.extend(os.read(reader, 65536))
            place = kept.find(end, max(0, sent - len(end)))
            whole = place if place >= 0 else len(kept) - _beginning(kept, end)
            with contextlib.suppress(OSError):
                os.write(saved, kept[sent:whole])
            sent = whole
            if place >= 0:
                del kept[place:]
                return

    thread = threading.Thread(target=copy, daemon=True)
    thread.start()
    try:
        yield lambda: kept.decode(errors="replace")
    finally:
        os.dup2(saved, 2)
        os.write(writer, end)
        thread.join()
        for descriptor in (reader, writer, saved):
            os.close(descriptor)


def _beginning(text: bytes | bytearray, word: bytes) -> int:
    """With how many of the first bytes of the word the text ends."""
    return next(k for k in range(len(word) - 1, -1, -1) if text.endswith(word[:k]))
