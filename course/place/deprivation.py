"""The official English Indices of Deprivation, 2019 and 2025, by district and by neighbourhood (LSOA).

Column names are those of the files on GOV.UK (File 1, File 2, File 5, File 7 for neighbourhoods; File 10 for
districts), the names of ONS's open geography files, and the short names that common data packages use.
"""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from course.errors import InputError
from course.place.reading import issues_table, plain, read_rows

NEIGHBOURHOODS = {2019: 32_844, 2025: 33_755}
"""How many LSOAs of England each edition ranks: 2011 LSOAs in 2019, 2021 LSOAs in 2025."""

DISTRICTS = {2019: 317, 2025: 296}
"""How many districts each edition ranks: those of 2019 and of 2024."""

DOMAINS = {
    "income": "income",
    "employment": "employment",
    "education": "education(?: skills and training)?",
    "health": "health(?: deprivation and disability)?",
    "crime": "crime",
    "housing": "barriers(?: to housing and services)?",
    "living_environment": "living environment",
}

COLUMNS = [
    "code",
    "name",
    "district_code",
    "district_name",
    "score",
    "rank",
    "decile",
    "share_most_deprived_tenth",
    *[f"{domain}_score" for domain in DOMAINS],
    "edition",
    "level",
]
"""The tidy table: text, text, text, text, points, 1 = most deprived, 1 = most deprived, share of 1, the
domains' own units, 2019 or 2025, "district" or "neighbourhood"."""

# What a column says of the edition and level: ("lsoa", "11") and ("district", "19") and so on.
_VINTAGE = {("lsoa", "11"): 2019, ("lsoa", "21"): 2025, ("lad", "19"): 2019, ("lad", "24"): 2025}
_KEY = re.compile(
    r"(?:lsoa|l?t?lad?|local authority district)\s*(?:20)?(\d\d)?\s*(?:code|cd|name|nm)\s*(?:20)?(\d\d)?"
)


def import_deprivation(path: str | Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read an official deprivation file, whichever edition and level it is.

    Parameters
    ----------
    path : str or Path
        A CSV file, compressed by gzip or not.

    Returns
    -------
    areas : DataFrame
        One row an area, see `COLUMNS`. For neighbourhoods `score`, `rank` and `decile` are the area's own;
        for districts `score` is the average score, `rank` its rank, and `decile` is missing. What the file
        does not give is missing, save that a missing decile is worked out from the rank.
    issues : DataFrame
        See `course.place.reading.ISSUE_COLUMNS`: rows refused and why, values that do not agree.

    Raises
    ------
    InputError
        The file cannot be read, is not a deprivation file, is of another edition, or no row is usable.
    """
    name = Path(path).name
    rows = read_rows(path)
    found = _recognise([cells for _, cells in rows[:15]])
    if found is None:
        raise InputError(
            f"{name} is not an official deprivation file. It needs a district or LSOA code column, "
            "and a score, rank or decile of the Index of Multiple Deprivation."
        )
    start, places, level, edition, sure = found
    if edition not in NEIGHBOURHOODS:
        raise InputError(f"{name} is of the {edition} edition. Use the 2019 or the 2025 edition.")
    issues: list[tuple] = []
    if not sure:
        issues.append(
            (
                None,
                rows[start][1][places["code"]],
                None,
                "The file gives its areas but not its edition. It was read as 2019; the 2015 edition uses "
                "the same neighbourhoods.",
                "kept",
            )
        )
    records = _records(rows[start:], places, level, edition, issues)
    if not records:
        raise InputError(f"{name} has no usable row: no area code of England stands with a figure beside it.")
    areas = pd.DataFrame(records).reindex(columns=COLUMNS)
    for column in COLUMNS[:4]:
        areas[column] = areas[column].astype("str")
    for column in ("rank", "decile"):
        areas[column] = areas[column].astype("Int64")
    numbers = ["score", "share_most_deprived_tenth", *[f"{domain}_score" for domain in DOMAINS]]
    areas[numbers] = areas[numbers].astype("float64")
    return areas, issues_table(issues)


def looks_like_deprivation(path: str | Path) -> bool:
    """Say whether a file has the columns of an official deprivation file, of any edition."""
    try:
        return _recognise([cells for _, cells in read_rows(path)[:15]]) is not None
    except InputError:
        return False


def decile_of_rank(rank: pd.Series, edition: int) -> pd.Series:
    """Decile (1 = most deprived tenth of England's neighbourhoods) of a neighbourhood's rank.

    Parameters
    ----------
    rank : Series of int
        1 = most deprived, up to the number of neighbourhoods of that edition.
    edition : {2019, 2025}

    Returns
    -------
    Series of int
        1 to 10.
    """
    # Whole numbers, since a float division can push an exact tenth over its edge.
    return -(-rank * 10 // NEIGHBOURHOODS[edition])


def _recognise(head: list[list[str]]) -> tuple[int, dict[str, int], str, int, bool] | None:
    """Find the header: its row, the place of each wanted column, level, edition, and whether that is sure."""
    for start, cells in enumerate(head):
        names = [plain(cell) for cell in cells]
        keys: dict[tuple[str, str], tuple[int, str | None]] = {}
        for place, name in enumerate(names):
            if match := _KEY.fullmatch(name):
                kind = "lsoa" if name.startswith("lsoa") else "lad"
                what = "code" if re.search(r"code|cd", name) else "name"
                keys.setdefault((kind, what), (place, match[1] or match[2]))
        kind = "lsoa" if ("lsoa", "code") in keys else "lad"
        if (kind, "code") not in keys:
            continue
        places = _measures(names, kind)
        if not places.keys() & {"score", "rank", "decile"}:
            continue
        for (other, what), (place, _) in keys.items():
            places[what if other == kind else f"district_{what}"] = place
        edition, sure = _edition(keys, kind, names)
        return start, places, "neighbourhood" if kind == "lsoa" else "district", edition, sure
    return None


def _edition(
    keys: dict[tuple[str, str], tuple[int, str | None]], kind: str, names: list[str]
) -> tuple[int, bool]:
    """Edition by the year of the district codes, by one named in a column, else by the year of the LSOAs."""
    years = {k: vintage for (k, what), (_, vintage) in keys.items() if what == "code" and vintage}
    if "lad" in years:
        # The 2015 edition names its districts by the codes of 2013.
        return _VINTAGE.get(
            ("lad", years["lad"]), {"13": 2015}.get(years["lad"], 2000 + int(years["lad"]))
        ), True
    named = {int(y) for name in names for y in re.findall(r"\b(?:imd|iod|idaci)\s?(20\d\d)\b", name)}
    if len(named) == 1:
        return named.pop(), True
    if kind in years:
        edition = _VINTAGE.get((kind, years[kind]), 2000 + int(years[kind]))
        return edition, edition != 2019
    return 2019, False


def _measures(names: list[str], kind: str) -> dict[str, int]:
    """Place of each figure in the header, by patterns on plain names."""
    imd = r"(?:index of multiple deprivation(?: imd)?|imd\s?(?:20)?(?:\d\d)?)"
    if kind == "lsoa":
        patterns = {
            "score": rf"{imd} ?score",
            "rank": rf"{imd} ?rank0?(?: where 1 is most deprived)?",
            "decile": rf"{imd} ?dec(?:ile)?0?(?: where 1 is most deprived 10 of lsoas)?",
        }
        domain = "{} ?score(?: rate)?"
    else:
        patterns = {
            "score": rf"{imd} average score",
            "rank": rf"{imd} rank of average score",
            "share_most_deprived_tenth": rf"{imd} proportion of lso ?as in most deprived 10 (?:percent )?"
            "nationally",
        }
        domain = "{} average score"
    patterns |= {f"{d}_score": domain.format(words) for d, words in DOMAINS.items()}
    places: dict[str, int] = {}
    for column, pattern in patterns.items():
        for place, name in enumerate(names):
            if re.fullmatch(pattern, name):
                places.setdefault(column, place)
    return places


def _records(
    rows: list[tuple[int, list[str]]], places: dict[str, int], level: str, edition: int, issues: list[tuple]
) -> list[dict]:
    header = rows[0][1]
    key = header[places["code"]]
    shape = re.compile(r"E01\d{6}" if level == "neighbourhood" else r"E0[6-9]\d{6}")
    highest = {
        "rank": (NEIGHBOURHOODS if level == "neighbourhood" else DISTRICTS)[edition],
        "decile": 10,
    }
    seen: set[str] = set()
    records = []
    for line, cells in rows[1:]:
        record: dict = {"edition": edition, "level": level}
        code = cells[places["code"]] if places["code"] < len(cells) else ""
        if not shape.fullmatch(code):
            issues.append((line, key, code, "This is not an area code of England.", "refused"))
            continue
        if code in seen:
            issues.append((line, key, code, "This area stands in the file already.", "refused"))
            continue
        for column, place in places.items():
            cell = cells[place] if place < len(cells) else ""
            if column in ("code", "name", "district_code", "district_name"):
                record[column] = cell or None
                continue
            record[column], problem = _figure(cell, column, highest)
            if problem:
                issues.append((line, header[place], cell, problem, "changed"))
        if all(record.get(column) is None for column in ("score", "rank", "decile")):
            issues.append((line, None, code, "This area has no score, rank or decile.", "refused"))
            continue
        if level == "neighbourhood" and record.get("rank") is not None:
            expected = -(-record["rank"] * 10 // NEIGHBOURHOODS[edition])
            if record.get("decile") is None:
                record["decile"] = expected
            elif record["decile"] != expected:
                problem = (
                    f"Decile {record['decile']} does not go with rank {record['rank']}, "
                    f"which is in decile {expected}."
                )
                issues.append((line, header[places["decile"]], str(record["decile"]), problem, "kept"))
        seen.add(code)
        records.append(record)
    return records


def _figure(cell: str, column: str, highest: dict[str, int]) -> tuple[float | int | None, str | None]:
    """Read a number; give None and a reason where it is none or out of range."""
    if not cell:
        return None, "The figure is missing, and was left so."
    try:
        number = float(cell.replace(",", ""))
    except ValueError:
        return None, "This is not a number, and was left out."
    if not np.isfinite(number):
        return None, "This is not a number, and was left out."
    if column in highest:
        if number != int(number) or not 1 <= number <= highest[column]:
            return None, f"A {column} here is a whole number from 1 to {highest[column]}; this was left out."
        return int(number), None
    if column == "score" and not 0 <= number <= 100:
        return None, "A score is from 0 to 100; this was left out."
    if column == "share_most_deprived_tenth" and not 0 <= number <= 1:
        return None, "A share is from 0 to 1; this was left out."
    return number, None
