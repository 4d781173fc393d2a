"""Where translated code runs: for a limited time, and in a folder that is removed afterwards."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any


class TooLong(BaseException):
    """Code that ran longer than it may. No ``except Exception`` of that code catches it."""


@contextlib.contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Raise :class:`TooLong` in this block after so many seconds.

    Only in the main thread and where the system has timers that send signals (not on Windows); elsewhere the
    block may take as long as it takes.

    >>> import time
    >>> with time_limit(0.01):
    ...     time.sleep(1)
    Traceback (most recent call last):
    fluxbridge.port.limits.TooLong: it took longer than 0.01 s
    """
    if (
        seconds is None
        or not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
    ):
        yield
        return

    def ring(number: int, frame: Any) -> None:
        raise TooLong(f"it took longer than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001), 1.0)  # again, where a library swallowed it
    try:
        yield
    finally:
        while signal.getsignal(signal.SIGALRM) is ring:
            with contextlib.suppress(TooLong):  # one that comes at this moment
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, before)


#: A text that may be the name of a file.
TEXT = re.compile(r'"([^"\n$]{1,200})"')


def files_named(code: Iterable[str], home: Path) -> list[Path]:
    """The files below a folder that texts in the code name, relative to it."""
    names = {Path(name) for text in code for name in TEXT.findall(text)}
    return [n for n in sorted(names) if not n.is_absolute() and ".." not in n.parts and (home / n).is_file()]


@contextlib.contextmanager
def scratch_folder(home: Path | None = None, files: Iterable[Path] = ()) -> Iterator[None]:
    """The current folder is one with copies of these files, which is removed at the end.

    Figures are drawn into no window.
    """
    before, backend = os.getcwd(), os.environ.get("MPLBACKEND")
    os.environ.setdefault("MPLBACKEND", "Agg")
    with tempfile.TemporaryDirectory(prefix="fluxbridge-") as folder:
        for name in files:
            Path(folder, name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile((home or Path()) / name, Path(folder, name))
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)
            if backend is None:
                os.environ.pop("MPLBACKEND", None)
