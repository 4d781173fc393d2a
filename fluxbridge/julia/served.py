"""The bridge inside of the isolated process, and interrupts that the user's process sends to it."""

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
    """Make interrupts raise InterruptException in Julia code, and nowhere else.

    A Julia that waits reads the request from the file `asks`; one that computes gets a signal. Returns a
    function to call after an interruption, which takes an interrupt that came after the computation had
    ended.
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
