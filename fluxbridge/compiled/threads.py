"""Which threads are ours, and run none of the user's code."""

from __future__ import annotations

import threading

OURS = "fluxbridge"  #: how their names begin


def others_run() -> bool:
    """Are there other threads that could run code of the user's?"""
    return sum(not thread.name.startswith(OURS) for thread in threading.enumerate()) > 1
