"""Mend a fault of jupyter_client that leaves a reply unread until a time limit passes.

What happens: a notebook cell that prints into an `ipywidgets.Output` under nbclient (nbconvert,
nbgrader) sometimes hangs for the whole time limit of the cell and then scores nothing, although the
kernel answered at once. Reported as https://github.com/jupyter/nbclient/issues/312.

Why: `AsyncZMQSocketChannel.send` calls `Session.send`, which does not send through the
`zmq.asyncio.Socket` it was given but through a synchronous shadow of it (`zmq.Socket.shadow`).
ZeroMQ tells of new messages on a file descriptor that fires on a *change*, and any call on the
socket, a send through the shadow included, takes the news in. The asyncio socket then waits for a
change that has already been and gone. Output widgets make nbclient send on the shell channel in the
middle of a cell, just when the reply may come.

The mending: after such a send, let the asyncio socket look at its events again, which is what
pyzmq itself does after each of its own sends. Upstream it would be one line at the end of
`jupyter_client.channels.AsyncZMQSocketChannel.send`:

    self.socket._schedule_remaining_events()

or, without touching a private name, a `send` that goes through the asyncio socket.
"""

import functools
from typing import Any

from jupyter_client import channels


def mend() -> None:
    """Make every asyncio channel look for messages after it has sent one; doing it twice is harmless."""
    faulty = channels.AsyncZMQSocketChannel.send
    if getattr(faulty, "looks_again", False):
        return

    @functools.wraps(faulty)
    def send(self: Any, msg: dict[str, Any]) -> None:
        faulty(self, msg)
        look = getattr(self.socket, "_schedule_remaining_events", None)
        if look is not None:
            look()

    send.looks_again = True  # type: ignore[attr-defined]
    channels.AsyncZMQSocketChannel.send = send  # type: ignore[method-assign]
