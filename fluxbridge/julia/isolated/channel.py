"""Messages between two processes over a socket: a kind, some bytes, and open files that share memory."""

from __future__ import annotations

import array
import socket
import struct

REQUEST, ANSWER, ERROR = b"?", b"=", b"!"

_HEADER = struct.Struct("!cBQ")  # kind, number of files, length
_CHUNK = 1 << 16
#: How many files one message can carry; none where sockets cannot carry any (Windows).
MOST_FILES = 200 if hasattr(socket, "SCM_RIGHTS") else 0
_SPACE = socket.CMSG_SPACE(4 * MOST_FILES) if MOST_FILES else 0
_CLOSE_ON_EXEC = getattr(socket, "MSG_CMSG_CLOEXEC", 0)


class Channel:
    """One end of the connection. The two ends take turns, so neither sends before it has read."""

    def __init__(self, end: socket.socket):
        self._socket = end

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def send(self, kind: bytes, body: bytes | memoryview, files: list[int]) -> None:
        header = _HEADER.pack(kind, len(files), len(body))
        if not MOST_FILES:
            self._socket.sendall(header + bytes(body))
            return
        carried = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))] if files else []
        sent = self._socket.sendmsg([header, body], carried) - len(header)
        if sent < 0:
            self._socket.sendall(header[sent:])
            sent = 0
        if sent < len(body):
            self._socket.sendall(memoryview(body)[sent:])

    def receive(self) -> tuple[bytes, memoryview, list[int]]:
        """The next message. Raises EOFError when the other process has ended."""
        data, files = self._first()
        while len(data) < _HEADER.size:
            data += self._more(_CHUNK)
        kind, _, length = _HEADER.unpack_from(data)
        body = memoryview(data)[_HEADER.size :]
        if len(body) < length:
            whole = memoryview(bytearray(length))
            whole[: len(body)] = body
            have = len(body)
            while have < length:
                got = self._socket.recv_into(whole[have:])
                if not got:
                    raise EOFError
                have += got
            body = whole
        return kind, body, files

    def _first(self) -> tuple[bytes, list[int]]:
        if not MOST_FILES:
            return self._more(_CHUNK), []
        try:
            data, carried, _, _ = self._socket.recvmsg(_CHUNK, _SPACE, _CLOSE_ON_EXEC)
        except ConnectionError:
            raise EOFError from None
        if not data:
            raise EOFError
        files = array.array("i")
        for level, kind, content in carried:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                files.frombytes(content[: len(content) - len(content) % files.itemsize])
        return data, files.tolist()

    def _more(self, size: int) -> bytes:
        try:
            data = self._socket.recv(size)
        except ConnectionError:
            raise EOFError from None
        if not data:
            raise EOFError
        return data
