"""The reply that comes while something else is sent is seen."""

import asyncio
import subprocess
import sys
from typing import Any

import pytest
import zmq
import zmq.asyncio
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.session import Session

from course.warm import lost_wakeup


@pytest.fixture
def unmended(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = getattr(AsyncZMQSocketChannel.send, "__wrapped__", AsyncZMQSocketChannel.send)
    monkeypatch.setattr(AsyncZMQSocketChannel, "send", plain)


async def hear_after_a_send(seconds: float) -> str | None:
    """Wait for a message, send one while the other side's arrives, and say whether it is seen."""
    context, session = zmq.asyncio.Context(), Session(key=b"x")
    plain = zmq.Context.shadow(context.underlying)
    kernel, ours = plain.socket(zmq.ROUTER), context.socket(zmq.DEALER)
    kernel.linger = ours.linger = 0
    ours.identity = b"us"
    ours.connect(f"tcp://127.0.0.1:{kernel.bind_to_random_port('tcp://127.0.0.1')}")
    channel = AsyncZMQSocketChannel(ours, session)
    channel.send(session.msg("first"))
    ident, _ = session.feed_identities(kernel.recv_multipart())
    waiting = asyncio.ensure_future(channel.get_msg(timeout=None))
    await asyncio.sleep(0.05)
    session.send(kernel, "reply", ident=ident)
    # Without a turn of the loop, as when nbclient's Output widget answers in the middle of a cell.
    ready = zmq.Socket.shadow(ours.underlying)
    while not ready.getsockopt(zmq.EVENTS) & zmq.POLLIN:
        pass
    channel.send(session.msg("second"))
    try:
        return (await asyncio.wait_for(waiting, seconds))["msg_type"]
    except TimeoutError:
        return None
    finally:
        kernel.close()
        ours.close()
        context.term()


def test_the_fault_is_there_without_the_mending(unmended: None, in_its_own_loop: Any) -> None:
    """When this fails, jupyter_client has been mended and `course.warm.lost_wakeup` can go."""
    assert in_its_own_loop(hear_after_a_send(2)) is None


def test_with_the_mending_the_reply_is_seen(unmended: None, in_its_own_loop: Any) -> None:
    lost_wakeup.mend()
    assert in_its_own_loop(hear_after_a_send(120)) == "reply"


def test_mending_twice_is_harmless(unmended: None) -> None:
    lost_wakeup.mend()
    once: Any = AsyncZMQSocketChannel.send
    lost_wakeup.mend()
    assert AsyncZMQSocketChannel.send is once


def test_any_program_that_uses_warm_kernels_is_mended() -> None:
    program = (
        "import course.warm.provisioner; from jupyter_client.channels import AsyncZMQSocketChannel as c;"
        "print(c.send.looks_again)"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "True\n"
