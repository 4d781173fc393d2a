"""The process in which an isolated Julia runs: start it, show what it prints, interrupt it, end it."""

from __future__ import annotations

import codecs
import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
import weakref
from typing import Any

_POSIX = os.name == "posix"
_CODE = (
    "import sys; sys.path[:] = {path!r}; "
    "from fluxbridge.julia.isolated.worker import main; main({end!r}, {asks!r})"
)


class Process:
    """A new Python process: nothing of this one is copied into it, and ``__main__`` is not run again.

    Its stdin is a pipe from this process; when that closes, as this process has ended, the other one ends
    too.
    """

    def __init__(self) -> None:
        here, there = socket.socketpair()
        self.owner = os.getpid()
        self.end = here
        asks, self._asks = os.pipe() if _POSIX else (-1, -1)
        self._end_asking = weakref.finalize(self, os.close, self._asks) if _POSIX else lambda: None
        command = [sys.executable, *_options(), "-c"]
        path = [os.path.abspath(entry) if entry else os.getcwd() for entry in sys.path]
        common: dict[str, Any] = {"stdin": subprocess.PIPE, "env": _environment()}
        try:
            if _POSIX:
                self._popen = subprocess.Popen(
                    [*command, _CODE.format(path=path, end=there.fileno(), asks=asks)],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    pass_fds=[there.fileno(), asks],
                    start_new_session=True,  # the terminal's Ctrl-C is for this process alone
                    **common,
                )
            else:
                self._popen = subprocess.Popen(
                    [*command, _CODE.format(path=path, end=None, asks=None)],
                    creationflags=subprocess.CREATE_NEW_PROCESS_GROUP,  # type: ignore[attr-defined]
                    **common,
                )
                assert self._popen.stdin is not None
                shared = there.share(self._popen.pid)  # type: ignore[attr-defined]
                self._popen.stdin.write(len(shared).to_bytes(4, "big") + shared)
                self._popen.stdin.flush()
        except BaseException:
            here.close()
            self._end_asking()
            raise
        finally:
            there.close()
            if _POSIX:
                os.close(asks)
        self._poll = select.poll() if _POSIX else None
        self._outputs: dict[int, _Output] = {}
        if self._poll is not None:
            self._poll.register(
                here, select.POLLIN
            )  # first: what was printed before an answer is seen with it
            for name, pipe in (("stdout", self._popen.stdout), ("stderr", self._popen.stderr)):
                assert pipe is not None
                self._outputs[pipe.fileno()] = _Output(name, pipe.fileno())
                self._poll.register(pipe, select.POLLIN)

    @property
    def pid(self) -> int:
        return self._popen.pid

    def wait(self, deadline: float | None) -> bool:
        """Wait for a message, and show meanwhile what is printed; false when the time is over."""
        while True:
            rest = None if deadline is None else max(0.0, deadline - time.monotonic())
            if self._poll is None:
                return bool(select.select([self.end], [], [], rest)[0])
            ready = self._poll.poll(None if rest is None else rest * 1000)
            if not ready:
                return False
            answered = False
            for file, _ in ready:
                output = self._outputs.get(file)
                if output is None:
                    answered = True
                elif not output.show():
                    self._poll.unregister(file)
            if answered:
                return True

    def ask_to_stop(self) -> bool:
        """Ask the process to stop waiting; false where it cannot be asked. What works does not hear it."""
        if not _POSIX:
            return False
        with contextlib.suppress(OSError):
            os.write(self._asks, b"!")
            self.asked += 1
        return True

    def interrupt(self) -> None:
        """Make the process stop what it does; on Windows it ends, as no signal there reaches Julia's work."""
        with contextlib.suppress(ProcessLookupError):
            if _POSIX:
                os.kill(self.pid, signal.SIGINT)
            else:
                self._popen.terminate()

    def exit(self, patience: float) -> None:
        """Let the process end by itself, as it has been told to, or end it."""
        self.end.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(patience)
        self.kill()

    def kill(self) -> int:
        """End the process, if it still runs, and give its exit status; negative for a signal."""
        self.end.close()
        self._popen.poll()
        if self._popen.returncode is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(0.5 if self.closed else 0)
        if self._popen.returncode is None:
            self._popen.kill()
            self._popen.wait()
        for output in self._outputs.values():
            output.show()
        self._close_pipes()
        return self._popen.returncode

    asked = 0  #: how often it was asked
    closed = False  #: has the other side closed the connection?

    def said(self) -> str:
        """The last that was printed on stderr."""
        return "".join(output.last for output in self._outputs.values() if output.name == "stderr")

    def abandon(self) -> None:
        """In a forked child: let go of what belongs to the parent."""
        self.end.close()
        self._close_pipes()
        self._popen.returncode = 0  # it is not this process that waits for it

    def _close_pipes(self) -> None:
        self._end_asking()
        for pipe in (self._popen.stdin, self._popen.stdout, self._popen.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


class _Output:
    """A pipe whose text goes to sys.stdout or sys.stderr, as they are when it arrives."""

    def __init__(self, name: str, file: int):
        self.name = name
        self.last = ""
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        os.set_blocking(file, False)

    def show(self) -> bool:
        """Print what has arrived; false at the end of the pipe."""
        while True:
            try:
                data = os.read(self._file, 1 << 16)
            except BlockingIOError:
                return True
            except (OSError, ValueError):
                return False
            text = self._decoder.decode(data, final=not data)
            self.last = (self.last + text)[-16000:]
            stream = getattr(sys, self.name)
            if text and stream is not None:
                with contextlib.suppress(OSError, ValueError):
                    stream.write(text)
                    stream.flush()
            if len(data) < 1 << 16:
                return bool(data)


def _environment() -> dict[str, str]:
    """The environment, with Julia's signal handling on: interrupts reach Julia, and its threads are safe."""
    environment = {name: value for name, value in os.environ.items() if name != "FLUXBRIDGE_ISOLATED"}
    environment["PYTHON_JULIACALL_HANDLE_SIGNALS"] = "yes"
    return environment


def _options() -> list[str]:
    given = {k: v for k, v in sys._xoptions.items() if k.startswith("julia") and "handle-signals" not in k}
    return [f"-X{k}" if v is True else f"-X{k}={v}" for k, v in given.items()]
