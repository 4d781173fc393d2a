"""The Julia that an isolated process serves: started as usual, and interruptible from outside."""

from __future__ import annotations

import contextlib
import ctypes
import time
from typing import Any

from . import session
from .bridge.objects import JuliaObject
from .isolated.worker import Server


def julia(server: Server) -> Any:
    """The bridge to the Julia in this process."""
    bridge: Any = session.start(isolated=False)
    bridge._do["connect"](server.hooks())
    bridge.handle_type = type(bridge.apply)
    is_function = bridge.define("x -> x isa Function")

    def define_any(source: str) -> tuple[Any, bool]:
        made = bridge.define(source)
        return made, bridge.call(is_function, (JuliaObject(made, bridge),))

    bridge.define_any = define_any
    bridge.settle = _interruptible(bridge, server.asks) if server.asks is not None else lambda sent: None
    return bridge


def _interruptible(bridge: Any, asks: int) -> Any:
    """Let Ctrl-C interrupt Julia's own work, and nothing else, by an InterruptException.

    Where Julia waits, it is asked through the file `asks`; where it works, by a signal. Returns what to
    call after an interruption, to catch one that came too late.
    """
    settled = bridge.define("FluxBridge.settle")
    ctypes.PyDLL(None).jl_sigatomic_begin()
    bridge.define(f"Base.exit_on_sigint(false); FluxBridge.listen({asks})")

    def settle(sent: int) -> None:
        for _ in range(3):
            with contextlib.suppress(BaseException):
                time.sleep(0.01)
                bridge.call(settled, (sent,))

    return settle
