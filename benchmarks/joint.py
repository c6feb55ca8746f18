"""Joint tables at once: how long until a change by one seat is at the others, and what the server needs.

    python benchmarks/joint.py                   20 tables of 8 seats, a minute
    python benchmarks/joint.py --tables 5 --seconds 20

A real classroom server on this machine; every learner signs in by code, joins, sits down and waits for
news as the page's own script does. At every table one seat after another says that it is ready, then that it
is not after all. The delay runs from the moment its form is sent until another seat has read the whole
answer with its new page. The driver stands in for 160 browsers, draws nothing, and runs on the same cores.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from course.cohorts import codes, roster
from course.joint.case import CASES

BETWEEN = 5.0  # seconds from one move at a table to the next


@dataclass
class Seat:
    """One learner at a table: what is signed in, and when which move was seen."""

    client: httpx.AsyncClient
    code: str
    name: str
    xsrf: str = ""
    number: int = 0
    seen: dict[int, float] = field(default_factory=dict)


def start(folder: Path, learners: int) -> tuple[subprocess.Popen[str], str, str, dict[str, str]]:
    """Start a classroom; return its process, address, the trainer's code and the learners'."""
    people = "".join(f"Learner{n} Number{n},l{n}@large.example,provider\n" for n in range(learners))
    roster.new("Large", f"name,email,side\n{people}", folder / "cohort")
    for part in ("modules", "exercises"):
        (folder / "content" / part).mkdir(parents=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = (
        "from pathlib import Path; from course.portal.serving import serve_classroom;"
        f"serve_classroom(Path({str(folder / 'cohort')!r}), '127.0.0.1', {port})"
    )
    with (folder / "errors").open("w") as errors:
        server = subprocess.Popen(
            [sys.executable, "-c", program], env={**os.environ, "ACADEMY_CONTENT": str(folder / "content")},
            cwd=folder, stdout=subprocess.PIPE, stderr=errors, text=True,
        )  # fmt: skip
    said = ""
    assert server.stdout
    while "To stop" not in said:
        line = server.stdout.readline()
        if not line:
            raise RuntimeError((folder / "errors").read_text())
        said += line
    trainers = re.search(r"Trainers sign in with (\S+)", said)
    assert trainers
    return server, f"http://127.0.0.1:{port}", trainers[1], codes.codes(folder / "cohort")


async def enter(address: str, code: str) -> httpx.AsyncClient:
    """Sign in."""
    client = httpx.AsyncClient(base_url=address, timeout=120)
    page = await client.get("/academy/sign-in")
    answer = await client.post("/academy/sign-in", data={"_xsrf": token(page.text), "code": code})
    assert answer.status_code == 302, answer.text
    return client


def token(html: str) -> str:
    """Find the token that forms need."""
    found = re.search(r'name="_xsrf" value="([^"]+)"', html)
    assert found, html[:500]
    return found[1]


async def sit(address: str, own: str, table: str, name: str) -> Seat:
    """Sign a learner in, join a table, sit down."""
    client = await enter(address, own)
    xsrf = token((await client.get("/academy/joint")).text)
    joined = await client.post("/academy/joint", data={"_xsrf": xsrf, "form": "join", "code": table})
    assert joined.status_code == 303, joined.text
    seat = Seat(client, table, name, xsrf)
    await play(seat, {"kind": "sit", "seat": name, "as": ""})
    return seat


async def play(seat: Seat, fields: dict[str, str]) -> int:
    """Send a form as the page's script does; return the table's number after it."""
    answer = await seat.client.post(
        f"/academy/joint/{seat.code}",
        data={"_xsrf": seat.xsrf, "page": seat.name, **fields},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 200, answer.text
    return int(answer.json()["number"])


async def follow(seat: Seat) -> None:
    """Wait for news again and again, as the page's script does."""
    while True:
        answer = await seat.client.get(
            f"/academy/joint/{seat.code}/live",
            params={"seat": seat.name, "after": seat.number},
            headers={"Accept": "application/json"},
        )
        if answer.status_code == 200:
            seat.number = max(seat.number, int(answer.json()["number"]))
            seat.seen[seat.number] = time.perf_counter()
        else:
            assert answer.status_code == 204, answer.text


async def moves(seats: list[Seat], seconds: float, chance: random.Random) -> list[float]:
    """Let one seat after another move; return the others' delays, infinite for one that never heard.

    The last seat never says that it is ready, so that the round goes on.
    """
    await asyncio.sleep(chance.random() * BETWEEN)
    delays, until, turn, movers = [], time.perf_counter() + seconds, 0, seats[:-1]
    while time.perf_counter() < until:
        who = movers[turn % len(movers)]
        begun = time.perf_counter()
        ready = "no" if turn // len(movers) % 2 else "yes"
        number = await play(who, {"kind": "ready", "as": who.name, "ready": ready})
        await asyncio.sleep(max(0, begun + BETWEEN - time.perf_counter()))
        for other in seats:
            if other is not who:
                heard = [at for seen, at in other.seen.items() if seen >= number]
                delays.append(min(heard) - begun if heard else float("inf"))
        turn += 1
    return delays


def used(server: subprocess.Popen[str]) -> tuple[float, float]:
    """Return a process tree's processor seconds so far and its memory in MiB (proportional set size)."""
    tree, ticks, memory = [server.pid], 0, 0
    for pid in tree:
        tree += [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(told[11]) + int(told[12])
        memory += int(re.search(r"Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text())[1])  # type: ignore[index]
    return ticks / os.sysconf("SC_CLK_TCK"), memory / 1024


async def measure(folder: Path, tables: int, seconds: float) -> None:
    """Set the tables, play, and print what was measured."""
    case = next(iter(CASES.values()))
    bidders = [bidder.id for bidder in case.bidders][:4]
    names = ["commissioner-1", "commissioner-2", *bidders, "evaluator-1", "evaluator-2"]
    server, address, trainers, own = start(folder, tables * len(names))
    try:
        _, empty = used(server)
        trainer = await enter(address, trainers)
        xsrf = token((await trainer.get("/academy/trainer/joint")).text)
        asked = {"case": case.id, "tables": str(tables), "commissioners": "2", "evaluators": "2", "seed": "1"}
        made = await trainer.post(
            "/academy/trainer/joint", data={"_xsrf": xsrf, **asked, **dict.fromkeys(bidders, "yes")}
        )
        assert made.status_code == 303, made.text
        page = (await trainer.get("/academy/trainer/joint")).text
        opened = list(dict.fromkeys(re.findall(r'class="sva-code"[^>]*>\s*(\w+)', page)))
        assert len(opened) == tables, (len(opened), tables)
        people = iter(own.values())
        seated = [[await sit(address, next(people), code, name) for name in names] for code in opened]
        waiting = [asyncio.create_task(follow(seat)) for seats in seated for seat in seats]
        await asyncio.sleep(3)
        spent, _ = used(server)
        begun, chance = time.perf_counter(), random.Random(1)
        heard = await asyncio.gather(*(moves(seats, seconds, chance) for seats in seated))
        delays = [delay for each in heard for delay in each]
        took = time.perf_counter() - begun
        spent_after, full = used(server)
        for task in waiting:
            if task.done():
                task.result()
            task.cancel()
        delays.sort()
        rows = {
            "tables, seats": f"{tables}, {len(waiting)}",
            "moves heard by others": f"{len(delays):,}",
            "delay, median": f"{statistics.median(delays):.2f} s",
            "delay, slowest twentieth from": f"{delays[int(0.95 * len(delays))]:.2f} s",
            "delay, slowest": f"{delays[-1]:.2f} s",
            "server's processor": f"{100 * (spent_after - spent) / took:.0f}% of one core",
            "server's memory, before and with all": f"{empty:.0f} and {full:.0f} MiB",
        }
        print("| What | Measured |\n|---|---:|")
        print("\n".join(f"| {what} | {value} |" for what, value in rows.items()))
    finally:
        server.terminate()
        server.wait(timeout=30)


def main() -> None:
    """Read the options, measure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tables", type=int, default=20)
    options.add_argument("--seconds", type=float, default=60)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), given.tables, given.seconds))


if __name__ == "__main__":
    main()
