"""A bridge without Julia that keeps descriptions of models: `built` takes one, `described` gives it back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from isolatedfake import Box, FakeBridge

from fluxbridge.julia import JuliaObject


def make(server: Any) -> FakeBridge:
    bridge = FakeBridge(server)
    bridge.known["FluxBridge"] = SimpleNamespace(
        built=lambda node: JuliaObject(Box(node), bridge),  # opaque in Julia
        described=lambda node: node,
    )
    return bridge
