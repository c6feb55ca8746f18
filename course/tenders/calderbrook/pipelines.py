"""What Calderbrook and two neighbours plan to buy: the same needs, under other titles and at other times."""

from datetime import date
from typing import Any, NamedTuple

from course.tenders.calderbrook.draws import Draws

COUNCILS = ("Calderbrook", "Northmere", "Fairwater")
FIRST_MONTH = (2027, 1)
MENTORING = "85300000"


class Need(NamedTuple):
    """Something several councils buy: its code, each council's own title, and what each plans to measure."""

    cpv: str
    light_touch: bool
    titles: tuple[str, str, str]
    indicators: tuple[str, str, str]
    value: int  # £ ex VAT, about


NEEDS = (
    Need(
        MENTORING,
        True,
        ("Mentoring for young people", "Youth mentoring, ages 11 to 18", "Someone to talk to: mentors"),
        ("Young people still mentored after 6 months", "Mentoring sessions held", "Matches made"),
        250_000,
    ),
    Need(
        "85312000",
        True,
        ("Employment support", "Routes into work", "Job coaches"),
        ("In work 13 weeks after starting", "In work 4 weeks after starting", "Job starts"),
        180_000,
    ),
    Need(
        "80400000",
        True,
        ("Adult skills courses", "Skills for work", "Evening classes"),
        ("Learners who finish", "Learners enrolled", "Certificates gained"),
        140_000,
    ),
    Need(
        "60130000",
        False,
        ("Community transport", "Dial-a-ride", "Minibuses for day centres"),
        ("Trips by residents without a car", "Miles driven", "Trips"),
        110_000,
    ),
    Need(
        "77314000",
        False,
        ("Grounds maintenance", "Parks and verges", "Green spaces"),
        ("New posts for residents out of work", "Apprentices", "Hectares kept"),
        420_000,
    ),
    Need(
        "90910000",
        False,
        ("Cleaning of offices", "Cleaning", "Cleaning of schools"),
        ("Staff on the real Living Wage", "Staff", "Sites cleaned"),
        160_000,
    ),
    Need(
        "85320000",
        True,
        ("Advice on debt and benefits", "Money advice", "Welfare advice line"),
        ("People out of arrears after 6 months", "Calls answered", "People advised"),
        90_000,
    ),
    Need(
        "55520000",
        True,
        ("Meals at home", "Lunch clubs", "Meals on wheels"),
        ("People eating with others once a week", "Meals served", "Meals served"),
        75_000,
    ),
)
MISSING = {("77314000", "Fairwater"), ("85320000", "Northmere"), ("55520000", "Calderbrook")}


def draw_pipelines(seed: int) -> list[dict[str, Any]]:
    """Draw the three pipelines.

    Parameters
    ----------
    seed
        The seed of the whole data set.

    Returns
    -------
    list of dict
        One dict a planned contract, by council and day of its notice, with the columns that the data
        dictionary describes. The three mentoring contracts are the same for every seed.
    """
    draws = Draws(seed, 8)
    rows: list[dict[str, Any]] = []
    for council_place, council in enumerate(COUNCILS):
        own: list[dict[str, Any]] = []
        for need in NEEDS:
            month, day = draws.whole(0, 11), draws.whole(1, 28)
            value = round(need.value * draws.uniform(0.7, 1.4) / 5000) * 5000
            bidders, months = draws.whole(3, 8), draws.pick((12, 24, 24, 36))
            if need.cpv == MENTORING:
                month, value, bidders, months = (3, 5, 8)[council_place], need.value, 6, 24
            if (need.cpv, council) in MISSING:
                continue
            own.append(
                {
                    "council": council,
                    "title": need.titles[council_place],
                    "cpv": need.cpv,
                    "light_touch": need.light_touch,
                    "notice_planned": date(FIRST_MONTH[0], FIRST_MONTH[1] + month, day),
                    "contract_months": months,
                    "estimated_value_net": f"{value}.00",
                    "bidders_expected": bidders,
                    "indicator": need.indicators[council_place],
                }
            )
        own.sort(key=lambda row: row["notice_planned"])
        rows += [
            {"pipeline_id": f"{council[:2].upper()}-{number:02d}", **row} for number, row in enumerate(own, 1)
        ]
    return rows
