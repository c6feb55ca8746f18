"""The one-day joint edition on paper: run-sheet, facilitator's notes and cards, all made from the sources.

The day's own plan is `course/one_day.yml`. Titles and purposes come from the syllabus, minutes and trainer's
notes from the lessons, the joint table's minutes and seats from its room: nothing is typed twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markupsafe import Markup
from nbformat import NotebookNode

import course
from course import printing
from course.authoring.source import Exercise, load
from course.errors import InputError
from course.explorers.enabling import eight_sorted
from course.joint.case import Bidder, get_case
from course.joint.state import DELIVERY, ROUNDS, TRAINER, State, has_part, role, seat_name, seats
from course.joint.store import BIDDERS
from course.portal import apps, pages
from course.portal.site import PUBLIC_CASE
from course.syllabus import SIDES, Module, find

PLAN = Path(course.__file__).parent / "one_day.yml"
PAGES = {"run-sheet": "Run-sheet", "notes": "Facilitator’s notes", "cards": "Cards"}
CASE = "calderbrook"
NOTE = re.compile(r"<!-- trainer \d+ min: Teaching (\d+), exercise (\d+)\. (.+?) -->", re.S)
HEADING = re.compile(r"^## (.+)$", re.M)
LIST = re.compile(r"^[^\n-][^\n]*:\n\n(?:- .+(?:\n|$))+", re.M)
LEADS = {"commissioner": "Commissioners", "provider": "Providers", "operations": "Operations staff"}
CHAIRS = {"commissioner": "Commissioners", "bidder": "Providers", "evaluator": "Evaluators"}
LESSONS_TABLE = (
    "The joint table"  # the heading of most lessons' joint task, which the day's own table outdoes
)
BLANK, LONG_BLANK = re.compile("_{4,}"), 24
_MARKDOWN = MarkdownIt("commonmark", {"html": False})
LETTERS = "ABCDEFGHIJ"
FOUR = 4  # cards on a sheet of A4


@dataclass(frozen=True)
class Unit:
    """A piece of a lesson that one trainer's note covers. Minutes are of talk and of trying it out."""

    headings: list[str]
    talk: int
    work: int
    note: str
    tags: set[str]
    questions: str

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return self.talk + self.work


@dataclass
class Step:
    """One row of the run-sheet. `at` is its time as 09:30; `chairs` what each chair does, by its name.

    `today` is what the plan says instead of the lesson; blank where it follows the lesson. `stages` are those
    of the joint table that it is.
    """

    title: str
    minutes: int
    leads: str
    screen: str
    chairs: dict[str, str]
    hand_out: list[str] = field(default_factory=list)
    note: str = ""
    questions: str = ""
    today: str = ""
    stages: tuple[str, ...] = ()
    at: str = ""


@dataclass
class Part:
    """One part of the day; a break has no steps. `spare` is what its steps leave of its minutes.

    `ask` is the id of the question on its check card.
    """

    title: str
    minutes: int
    module: Module | None
    steps: list[Step]
    ask: str = ""
    left_out: list[Unit] = field(default_factory=list)
    at: str = ""
    ends: str = ""

    @property
    def spare(self) -> int:
        """Minutes that no step takes."""
        return self.minutes - sum(step.minutes for step in self.steps)


@dataclass(frozen=True)
class Day:
    """The whole day, with its times worked out."""

    parts: list[Part]
    at: str
    ends: str
    people: tuple[int, int]
    tables: tuple[int, int]
    follow_up_weeks: int
    console: dict[str, list[str]]


@dataclass(frozen=True)
class Check:
    """A question on a card: its options by letter, the right letters, and why each wrong one is wrong."""

    module: Module
    prompt: str
    options: dict[str, str]
    right: str
    because: str
    why: dict[str, str]


@dataclass(frozen=True)
class CardSet:
    """Cards of one kind, and for whom a copy is printed."""

    id: str
    title: str
    copies: str
    cards: list[dict[str, Any]]

    @property
    def sheets(self) -> list[list[dict[str, Any]]]:
        """The cards, four to a sheet."""
        return [self.cards[at : at + FOUR] for at in range(0, len(self.cards), FOUR)]


@cache
def _source() -> dict[str, Any]:
    return yaml.safe_load(PLAN.read_text(encoding="utf-8"))


def units(module: Module) -> list[Unit]:
    """Return the pieces of a module's lesson that have a trainer's note, in order."""
    if not module.lesson.exists():
        raise InputError(
            f"The lesson of module {module.number} is not here. Run this in the academy’s own folder."
        )
    found, headings, tags, texts = [], [], set(), []
    for cell in apps.notebook(module.lesson).cells:
        own = _tags(cell)
        note = NOTE.fullmatch(cell.source.strip()) if "trainer" in own else None
        if note is None:
            headings += HEADING.findall(cell.source)
            tags |= own
            texts.append(cell.source if "joint" in own else "")
            continue
        if headings:
            said = _typographic(" ".join(note[3].split()))
            asked = LIST.search("\n\n".join(texts))
            questions = asked[0].strip().replace("Then talk", "Talk", 1) if asked else ""
            found.append(Unit(headings, int(note[1]), int(note[2]), said, tags, questions))
        headings, tags, texts = [], set(), []
    return found


def _tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", []))


def _typographic(text: str) -> str:
    return re.sub(r'"([^"]*)"', r"“\1”", text).replace("'", "’")


def plan(starts: str = "", source: Mapping[str, Any] | None = None) -> Day:
    """Work out the day.

    Parameters
    ----------
    starts : str
        When it starts, as 09:30; the plan's own time if left out.
    source : mapping, optional
        A plan as `one_day.yml` holds it; that one if left out.

    Raises
    ------
    InputError
        The start is no time, a part's steps do not fit into its minutes, or a step names what is not there.
    """
    kept = source or _source()
    first = starts or kept["starts"]
    try:
        clock = datetime.strptime(first, "%H:%M")
    except ValueError:
        raise InputError(f"“{first}” is not a time: write hours and minutes, as 09:30.") from None
    made = [_part(part, kept) for part in kept["parts"]]
    for part in made:
        if part.spare < 0:
            raise InputError(
                f"“{part.title}” has {part.minutes} minutes, and its steps take {part.minutes - part.spare}. "
                f"Give it more in {PLAN.name}, or leave a step out."
            )
        part.at, now = f"{clock:%H:%M}", clock
        for step in part.steps:
            step.at = f"{now:%H:%M}"
            now += timedelta(minutes=step.minutes)
        clock += timedelta(minutes=part.minutes)
        part.ends = f"{clock:%H:%M}"
    _add_left_out(made)
    least, most = kept["people"]
    size = sum(kept["table"].values())
    return Day(
        made,
        made[0].at,
        made[-1].ends,
        (least, most),
        (-(-least // size), -(-most // size)),
        kept["follow_up_weeks"],
        kept["console"],
    )


def seated() -> dict[str, int]:
    """Return how many of each chair sit at one of the day's tables."""
    return dict(_source()["table"])


def _part(given: Mapping[str, Any], kept: Mapping[str, Any]) -> Part:
    module = find(given.get("module", ""))
    steps = [_step(step, module, kept, given["title"]) for step in given.get("steps", [])]
    return Part(given["title"], given["minutes"], module, steps, given.get("ask", ""))


def _step(given: Mapping[str, Any], module: Module | None, kept: Mapping[str, Any], where: str) -> Step:
    every = {CHAIRS[chair]: given["all"] for chair in kept["table"]} if "all" in given else {}
    hand_out = given.get("hand_out", [])
    if "words" in given:
        return Step(given["words"], given["minutes"], "Trainer", "Nothing", every, hand_out)
    if "stage" in given:
        made = _stage(given["stage"], kept, where)
    else:
        made = _section(given.get("section", ""), module, kept, where)
    made.chairs, made.hand_out, made.today = every or made.chairs, hand_out, given.get("all", "")
    return made


def _section(heading: str, module: Module | None, kept: Mapping[str, Any], where: str) -> Step:
    found = units(module) if module else []
    unit = next((unit for unit in found if heading in unit.headings), None)
    if unit is None or module is None:
        raise InputError(f"“{where}” in {PLAN.name} names a section “{heading}” that its lesson has not.")
    sides = [side for side in SIDES if side in unit.tags]
    names = [LEADS[side] for side in sides if side in LEADS]
    leads = "Each table" if "joint" in sides else " and ".join(names).capitalize() or "Trainer"
    screen = f"Module {module.number}, " + ", ".join(f"“{name}”" for name in _shown(unit, heading))
    if "joint" in sides:
        does = module.tracks["joint"]
    elif unit.work:
        does = f"Listen for {_minutes(unit.talk)}. Then try it in pairs, for {_minutes(unit.work)}."
    else:
        does = "Listen, and say what you think."
    chairs = {CHAIRS[chair]: does for chair in kept["table"]}
    title = f"Joint task of module {module.number}" if heading == LESSONS_TABLE else heading
    return Step(title, unit.minutes, leads, screen, chairs, [], unit.note, unit.questions)


def _shown(unit: Unit, heading: str) -> list[str]:
    """Take-away pages need only the heading that was asked for."""
    return [heading] if "takeaway" in unit.tags else unit.headings


def _minutes(number: int) -> str:
    return "1 minute" if number == 1 else f"{number} minutes"


def _stage(id: str, kept: Mapping[str, Any], where: str) -> Step:
    wanted = DELIVERY if id == "delivery" else (id,)
    stages = [stage for stage in ROUNDS if stage.id in wanted]
    if not stages:
        raise InputError(f"“{where}” in {PLAN.name} names a stage “{id}” that the joint table has not.")
    title, minutes = stages[0].title, sum(stage.minutes for stage in stages)
    if len(stages) > 1:
        title = f"Delivery, quarters 1 to {len(stages)}, {_minutes(stages[0].minutes)} each"
    acts = [CHAIRS[chair] for chair in kept["table"] if acts_in(chair, id)]
    leads = " and ".join(acts).capitalize() if acts else "Trainer"
    said = {CHAIRS[chair]: kept["stages"][id][chair] for chair in kept["table"]}
    shown, ids = "The joint table’s big screen", tuple(stage.id for stage in stages)
    return Step(f"Joint table: {title}", minutes, leads, shown, said, stages=ids)


def acts_in(chair: str, stage: str) -> bool:
    """Say whether a chair has a part in a stage (`delivery` is a quarter, as the winner sees it)."""
    table = _table()
    table.stage = DELIVERY[0] if stage == "delivery" else stage
    table.result = {"winner": BIDDERS[0]}
    return any(role(seat) == chair and has_part(table, seat) for seat in seats(table))


def _table() -> State:
    """Return a table as the console makes one, with an evaluator's seat beside."""
    seated = {"commissioners": _source()["table"]["commissioner"], "evaluators": 1}
    return State("", CASE, 0, {**seated, "bidders": list(BIDDERS)})


def _add_left_out(parts: list[Part]) -> None:
    """Tell each module's last part what of the lesson the day leaves out."""
    used = {step.note for part in parts for step in part.steps}
    last = {part.module.id: part for part in parts if part.module}
    for part in last.values():
        assert part.module is not None
        part.left_out = [
            unit
            for unit in units(part.module)
            if not unit.tags & {"takeaway"}
            and "Check yourself" not in unit.headings
            and unit.note not in used
        ]


# ---- Cards ----------------------------------------------------------------------------------------


def cards(day: Day) -> list[CardSet]:
    """Return every set of cards of the day."""
    return [
        CardSet("role", "Role cards", "one set for each table", list(_role_cards())),
        CardSet("purchase", "Purchase cards", "one set for the room", list(_purchase_cards())),
        CardSet("question", "Question cards", "one set for each table", list(_question_cards(day))),
        CardSet("check", "Check cards", "one set for each table", list(_check_cards(day))),
        CardSet("takeaway", "Take-away cards", "one set for each person", list(_takeaway_cards("Take-away"))),
        CardSet(
            "apply", "“Apply it at work” cards", "one set for each person", list(_takeaway_cards("Apply"))
        ),
    ]


def _modules() -> list[Module]:
    ids = dict.fromkeys(part["module"] for part in _source()["parts"] if "module" in part)
    return [module for id in ids if (module := find(id))]


def _role_cards() -> Iterator[dict[str, Any]]:
    case, table = get_case(CASE), _table()
    for seat in seats(table):
        if seat == TRAINER:
            continue
        chair = role(seat)
        bidder = case.bidder(seat) if chair == "bidder" else None
        does = [
            (_stage_name(stage), text[chair])
            for stage, text in _source()["stages"].items()
            if chair in text and (acts_in(chair, stage) or not any(acts_in(other, stage) for other in text))
        ]
        yield {
            "kind": CHAIRS[chair].removesuffix("s"),
            "title": seat_name(table, seat),
            "about": bidder.about if bidder else case.story,
            "secret": _secret(bidder) if bidder else "",
            "does": does,
        }


def _stage_name(id: str) -> str:
    return "Each quarter" if id == "delivery" else next(s.title for s in ROUNDS if s.id == id)


def _secret(bidder: Bidder) -> str:
    return f"Your secret: the service honestly costs you £{bidder.running:,.0f} to run, without VAT."


def _purchase_cards() -> Iterator[dict[str, Any]]:
    for number, purchase in enumerate(eight_sorted(), 1):
        yield {"kind": f"Purchase {number}", "title": purchase.text, "facts": purchase.facts}


def _question_cards(day: Day) -> Iterator[dict[str, Any]]:
    for part in day.parts:
        for step in part.steps:
            if "question" in step.hand_out and part.module:
                yield _written(part.module, "Question card", step.questions)


def _check_cards(day: Day) -> Iterator[dict[str, Any]]:
    for check in checks(day):
        yield {
            "kind": "Check card",
            "title": f"Module {check.module.number}: {check.module.title}",
            "about": check.prompt,
            "options": list(check.options.values()),
        }


@cache
def _exercise(folder: str) -> Exercise:
    return load(folder, PUBLIC_CASE)


def checks(day: Day) -> list[Check]:
    """Return the questions of the check cards, with the figures that the reading edition shows too.

    Raises
    ------
    InputError
        An exercise lacks its answers, or has no such question with one right option or one right order.
    """
    found = []
    for part in day.parts:
        if part.module is None or not part.ask:
            continue
        made = _exercise(part.module.folder)
        question, key = made.questions.get(part.ask), made.keys.get(part.ask)
        if question is None or key is None or question.kind not in ("choice", "order"):
            raise InputError(f"“{part.title}” in {PLAN.name} asks “{part.ask}”: name a choice or an order.")
        right = [key.correct] if question.kind == "choice" else list(key.correct)
        letters = dict(zip(question.items, LETTERS, strict=False))
        found.append(
            Check(
                part.module,
                _typographic(question.prompt),
                {letters[item]: text for item, text in question.items.items()},
                ", ".join(letters[item] for item in right),
                key.because,
                {letters[item]: said for item, said in (key.why or {}).items() if item in letters},
            )
        )
    return found


def _takeaway_cards(start: str) -> Iterator[dict[str, Any]]:
    """Yield the parts of the take-away pages whose heading starts so."""
    for module in _modules():
        for cell in apps.notebook(module.lesson).cells:
            heading = next(iter(HEADING.findall(cell.source)), "")
            if "takeaway" in _tags(cell) and heading.startswith(start):
                text = BLANK.sub("_" * LONG_BLANK, HEADING.sub("", cell.source))
                yield _written(module, heading, text)


def _written(module: Module, kind: str, text: str) -> dict[str, Any]:
    return {"kind": kind, "title": f"Module {module.number}: {module.title}", "text": html(text)}


def html(markdown: str) -> Markup:
    """Return Markdown from a lesson as HTML; anything in it that is HTML already is shown as it stands."""
    return Markup(_MARKDOWN.render(markdown))


# ---- The files ------------------------------------------------------------------------------------


def page(name: str, day: Day) -> str:
    """Return one of `PAGES` as HTML that needs nothing from elsewhere."""
    sets = cards(day)
    return pages.render(
        f"trainer_pack/{name}.html.j2",
        {},
        title=PAGES[name],
        day=day,
        sets=sets,
        set_titles={kept.id: kept.title for kept in sets},
        chairs=[CHAIRS[chair] for chair in _source()["table"]],
        answers=eight_sorted(),
        checks=checks(day),
        modules=_modules(),
        html=html,
        inline=lambda text: Markup(_MARKDOWN.renderInline(text)),
        minutes=_minutes,
        dated=apps.dated,
    )


def write(into: Path, starts: str = "") -> list[Path]:
    """Write the pack: each page as HTML and as a tagged PDF; return the files.

    Raises
    ------
    InputError
        As `plan`; the folder cannot be written to; or no browser is here to print. The HTML is there then.
    """
    day, made = plan(starts), []
    try:
        into.mkdir(parents=True, exist_ok=True)
        for name in PAGES:
            made.append(into / f"{name}.html")
            made[-1].write_text(page(name, day), encoding="utf-8")
    except OSError as problem:
        raise InputError(f"{into} cannot be written to: name another folder.") from problem
    return made + [printing.print_pdf(web, web.with_suffix(".pdf")) for web in made]
