"""Frames of JSON, with open files where needed, over a stream socket."""

import array
import json
import socket
import struct
from collections.abc import Sequence
from typing import Any

LENGTH = struct.Struct("!I")
MOST_FILES = 8


def pack(value: Any) -> bytes:
    """Give `value` as one frame: its length in four bytes, then its JSON in UTF-8."""
    body = json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")
    return LENGTH.pack(len(body)) + body


def send(sock: socket.socket, value: Any, files: Sequence[int] = ()) -> None:
    """Send one frame; `files` (descriptors) travel with its first byte."""
    frame = pack(value)
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))] if files else []
    sent = sock.sendmsg([frame], rights)
    if sent < len(frame):
        sock.sendall(memoryview(frame)[sent:])


def receive(sock: socket.socket) -> tuple[Any, list[int]]:
    """Read one frame and the descriptors that came with it; EOFError where the other end is gone."""
    files: list[int] = []
    (size,) = LENGTH.unpack(_exactly(sock, LENGTH.size, files))
    return json.loads(_exactly(sock, size, files).decode("utf-8", "surrogatepass")), files


def _exactly(sock: socket.socket, size: int, files: list[int]) -> bytes:
    data = bytearray()
    room = socket.CMSG_SPACE(MOST_FILES * array.array("i").itemsize)
    while len(data) < size:
        part, rights, _, _ = sock.recvmsg(min(size - len(data), 1 << 20), room, socket.MSG_CMSG_CLOEXEC)
        for level, kind, body in rights:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                numbers = array.array("i")
                numbers.frombytes(body[: len(body) - len(body) % numbers.itemsize])
                files.extend(numbers)
        if not part:
            raise EOFError("the other end is gone")
        data += part
    return bytes(data)


class Frames:
    """Cut a stream of bytes into frames as they come.

    Parameters
    ----------
    most : int
        Bytes allowed in all; beyond it `feed` raises OverflowError, so that a process that
        prints without end cannot fill the reader's memory.
    """

    def __init__(self, most: int) -> None:
        self._data = bytearray()
        self._left = most

    def feed(self, data: bytes) -> list[Any]:
        """Take what was read, give the frames that are now whole."""
        self._left -= len(data)
        if self._left < 0:
            raise OverflowError("more output than allowed")
        self._data += data
        frames, start = [], 0
        while len(self._data) - start >= LENGTH.size:
            (size,) = LENGTH.unpack_from(self._data, start)
            end = start + LENGTH.size + size
            if len(self._data) < end:
                break
            frames.append(json.loads(self._data[start + LENGTH.size : end].decode("utf-8", "surrogatepass")))
            start = end
        del self._data[:start]
        return frames
