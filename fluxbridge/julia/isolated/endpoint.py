"""The protocol between two processes: requests, answers, errors, and nested requests.

While one side waits for an answer it serves the requests of the other side, to any depth. What a side does
with a request, and how it writes the objects that stay in its process, is in :mod:`client` (the user's
side) and :mod:`worker` (Julia's side).
"""

from __future__ import annotations

import functools
import io
import os
import pickle
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from ...errors import FluxbridgeError, JuliaError, StructureError
from . import memory
from .channel import ANSWER, ERROR, MOST_FILES, REQUEST, Channel

SERVING, SENDING, WAITING, RECEIVING = "serving", "sending", "waiting", "receiving"


def _stand_in(name: str) -> Callable[..., Any]:
    """A function that is pickled by its name; the endpoint that reads it puts its own method there."""

    def stand_in(*content: Any) -> Any:
        raise RuntimeError("this is called only by an Endpoint that reads a message")

    stand_in.__name__ = stand_in.__qualname__ = name
    stand_in.__module__ = __name__
    return stand_in


open_array = _stand_in("open_array")
open_handle = _stand_in("open_handle")  # a bare handle of an object in Julia
open_object = _stand_in("open_object")  # the same, as a JuliaObject
open_error = _stand_in("open_error")  # a JuliaError, its stack left behind
open_raised = _stand_in("open_raised")  # an exception of the user's side
open_reference = _stand_in("open_reference")  # a function or object of the user's side
open_tracer = _stand_in("open_tracer")  # one of the native engine's traced values
open_foreign = _stand_in("open_foreign")  # an object of the user's, taken apart
open_made = _stand_in("open_made")  # a call of a class of the user's, made where the class is

_STAND_INS = {name: f for name, f in globals().items() if name.startswith("open_")}


class Endpoint:
    """One end of the connection."""

    def __init__(self, channel: Channel):
        self.channel = channel
        self.dropped: deque[int] = deque()  #: numbers of the other side's objects, to be released there

    # -- asking and serving ---------------------------------------------------------------------

    def ask(self, name: str, *args: Any) -> Any:
        """Send a request, and serve the other side until the answer comes."""
        body, files = self._pack((name, args))
        stage = SENDING
        try:
            self._send(REQUEST, body, files)
            stage = WAITING
            while True:
                self.wait()
                stage = RECEIVING
                kind, body, files = self.channel.receive()
                stage = SERVING
                if kind != REQUEST:
                    break
                self.serve(body, files)
                stage = WAITING
        except BaseException as failure:
            self.failed(stage, failure)
            raise
        value = self._unpack(body, files)
        if kind == ANSWER:
            return value
        try:
            raise value
        finally:
            del value

    def serve(self, body: Any, files: list[int]) -> None:
        """Perform a request of the other side, and answer it."""
        try:
            name, args = self._unpack_request(body, files)
            body, files = self._pack(self.perform(name, args))
        except BaseException as failure:
            try:
                self._send(ERROR, *self._pack_error(failure))
            except EOFError:  # the other side is gone
                raise failure from None
        else:
            self._send(ANSWER, body, files)

    def refuse(self, body: Any, files: list[int], error: BaseException) -> None:
        """Answer a request by an exception."""
        self._unpack(body, files)
        self._send(ERROR, *self._pack_error(error))

    def wait(self) -> None:
        """Called before a message is read."""

    def failed(self, stage: str, failure: BaseException) -> None:
        """Called when asking did not come to its end."""

    def perform(self, name: str, args: tuple) -> Any:
        raise NotImplementedError

    def release(self, numbers: list[int]) -> None:
        """Release the objects with these numbers."""
        raise NotImplementedError

    # -- writing and reading messages -----------------------------------------------------------

    def reduce(self, x: Any) -> Any:
        """How an object is written, as pickle's ``reducer_override``."""
        raise NotImplementedError

    def _send(self, kind: bytes, body: Any, files: list[int]) -> None:
        try:
            self.channel.send(kind, body, files)
        except OSError:
            raise EOFError from None
        finally:
            _close(files)

    def _pack(self, content: Any) -> tuple[Any, list[int]]:
        dropped = []
        while self.dropped:
            dropped.append(self.dropped.popleft())
        buffer = io.BytesIO()
        packer = _Packer(buffer, self.reduce)
        try:
            packer.dump((content, dropped))
        except BaseException as error:
            self.dropped.extend(dropped)
            _close(packer.files)
            if isinstance(error, RecursionError):
                raise StructureError(
                    "a structure that holds itself, or is nested too deeply, cannot be passed on"
                ) from None
            raise
        return buffer.getbuffer(), packer.files

    def _pack_error(self, error: BaseException) -> tuple[Any, list[int]]:
        try:
            return self._pack(error)
        except Exception:
            return self._pack(JuliaError(f"{type(error).__name__}: {error}"))

    def _unpack_request(self, body: Any, files: list[int]) -> Any:
        try:
            return self._unpack(body, files)
        except FluxbridgeError:
            raise
        except Exception as error:
            text = f"a value cannot be made again in the other process: {type(error).__name__}: {error}"
            raise StructureError(text) from None

    def _unpack(self, body: Any, files: list[int]) -> Any:
        reader = _Unpacker(body, self, files)
        try:
            content, dropped = reader.load()
        finally:
            _close(reader.files)
        if dropped:
            self.release(dropped)
        return content


class _Packer(pickle.Pickler):
    def __init__(self, buffer: io.BytesIO, reduce: Callable[[Any], Any]):
        super().__init__(buffer, 5)
        self._reduce = reduce
        self.files: list[int] = []

    def reducer_override(self, x: Any) -> Any:
        if type(x) is np.ndarray:
            if x.dtype.hasobject:
                return NotImplemented
            order = memory.order_of(x)
            dtype = x.dtype.str if x.dtype.names is None else x.dtype
            if x.nbytes < memory.SHARE_FROM or len(self.files) >= MOST_FILES:
                return open_array, (x.tobytes(order), x.shape, dtype, order)  # type: ignore[arg-type]
            self.files.append(memory.share(x))
            return open_array, (len(self.files) - 1, x.shape, dtype, order)
        return self._reduce(x)


class _Unpacker(pickle.Unpickler):
    def __init__(self, body: Any, endpoint: Endpoint, files: list[int]):
        super().__init__(io.BytesIO(body))
        self._endpoint = endpoint
        self.files = files

    def find_class(self, module: str, name: str) -> Any:
        if module == __name__ and name in _STAND_INS:
            if name == "open_array":  # not bound to this reader, which would keep all it read alive
                return functools.partial(_open_array, self.files)
            return getattr(self._endpoint, name)
        return super().find_class(module, name)


def _open_array(
    files: list[int], place: int | bytes, shape: tuple[int, ...], dtype: Any, order: Any
) -> np.ndarray:
    if isinstance(place, bytes):
        return np.ndarray(shape, dtype, place, order=order).copy(order)
    file, files[place] = files[place], -1
    return memory.opened(file, shape, dtype, order)


def _close(files: list[int]) -> None:
    for file in files:
        if file >= 0:
            os.close(file)
    files.clear()


def is_stand_in(x: Any) -> bool:
    return _STAND_INS.get(getattr(x, "__name__", "")) is x
