"""Mend a fault of ipykernel that leaves an interrupted `await` waiting.

What happens: a cell that awaits (`await asyncio.sleep(60)`) does not stop when the kernel is
interrupted, but only when something else wakes the kernel's event loop; with ipykernel 7.4 and
tornado 6.5 that may be the end of the wait itself.

Why: `IPythonKernel._cancel_on_sigint` handles the signal with `io_loop.add_callback`, which within
the loop's own thread only adds to the loop's queue and does not wake it. A signal handler runs in
that thread, while the loop sleeps in its selector. Upstream it would be one word:
`io_loop.add_callback_from_signal`, which is there for this.

The mending: have every signal write to a socket that the loop watches.
"""

import asyncio
import signal
import socket


def mend(loop: asyncio.AbstractEventLoop) -> None:
    """Make every signal wake `loop`, which must be this thread's, and this thread the main one."""
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setblocking(False)
    signal.set_wakeup_fd(theirs.detach(), warn_on_full_buffer=False)
    loop.add_reader(ours, ours.recv, 4096)
