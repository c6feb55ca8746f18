"""The returns of Calderbrook's consultation on its supported living service."""

from dataclasses import dataclass
from datetime import date, timedelta

from course.tenders.calderbrook import vocabulary as words
from course.tenders.calderbrook.draws import Draws

OUTCOMES = ("jobs", "skills", "carbon", "wellbeing")
INVITED = {"resident": 376, "provider": 28, "officer": 16}
REPLIED = {"resident": 49, "provider": 9, "officer": 5}
# Group: how many filled in the points question, and their mean points for each outcome.
POINTS = {
    "resident": (40, (50, 20, 10, 20)),
    "provider": (8, (15, 50, 20, 15)),
    "officer": (4, (10, 25, 45, 20)),
}
PREFER_LOCAL_JOBS = 41
OPENED = date(2026, 5, 11)
SPELLINGS = {
    "Mill": ("Mill", "mill", "Mill "),
    "Harbour": ("Harbour", "Harbor"),
    "Station": ("Station", "STATION"),
}


@dataclass
class Return:
    """One reply; `points` is None where the points question was left blank."""

    group: str
    points: tuple[int, int, int, int] | None
    received: date
    neighbourhood: str
    comment: str
    prefers_local_jobs: bool = False
    id: str = ""


def _spread_points(draws: Draws, count: int, means: tuple[int, ...]) -> list[list[int]]:
    """Draw rows of points that each sum to 100 and whose column means are exactly the ones given.

    Points are swapped between two people and two outcomes in fives, which changes neither kind of sum.
    """
    rows = [list(means) for _ in range(count)]
    for _ in range(60 * count):
        one, other = draws.whole(0, count - 1), draws.whole(0, count - 1)
        up, down = draws.whole(0, 3), draws.whole(0, 3)
        if one != other and up != down and rows[one][down] >= 5 and rows[other][up] >= 5:
            rows[one][up] += 5
            rows[one][down] -= 5
            rows[other][up] -= 5
            rows[other][down] += 5
    return rows


def draw_consultation(seed: int) -> list[Return]:
    """Draw the 63 replies.

    Returns
    -------
    list of Return
        In the order they came in. Fifty-two filled in the points question; forty-one prefer local jobs.
    """
    draws = Draws(seed, 7)
    returns = []
    for group, replied in REPLIED.items():
        count, means = POINTS[group]
        rows = [tuple(row) for row in _spread_points(draws, count, means)]
        comments = draws.shuffled(words.COMMENTS[group])
        for i in range(replied):
            place = (
                draws.weighted(words.NEIGHBOURHOODS, (22, 18, 14, 12, 10, 10, 8, 6))
                if group == "resident"
                else ""
            )
            if place in SPELLINGS and draws.chance(0.3):
                place = draws.pick(SPELLINGS[place])
            if group == "resident" and draws.chance(0.06):
                place = ""
            points = rows[i] if i < count else None
            comment = comments.pop() if comments and draws.chance(0.5) else ""
            received = OPENED + timedelta(days=min(draws.whole(0, 34), draws.whole(0, 34)))
            returns.append(Return(group, points, received, place, comment))  # type: ignore[arg-type]
    keen = sorted(
        range(len(returns)),
        key=lambda i: -((returns[i].points or (30,))[0] + draws.uniform(-25, 25)),
    )
    for i in keen[:PREFER_LOCAL_JOBS]:
        returns[i].prefers_local_jobs = True
    order = draws.shuffled(range(len(returns)))
    returns = sorted((returns[i] for i in order), key=lambda r: r.received)
    for number, reply in enumerate(returns, 1):
        reply.id = f"R{number:03d}"
    return returns
