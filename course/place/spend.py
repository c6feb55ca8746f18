"""How much of the money reaches deprived places, and how much of it stays near.

Throughout, an *area spend table* has one row an area: `code`, `amount` (£ ex VAT), and, after a join with a
deprivation table, `score`, `rank` or `decile` (rank and decile 1 = most deprived), sometimes `edition`.
"""

from collections.abc import Collection
from math import isfinite

import pandas as pd

from course.errors import InputError
from course.weighting.formulas import price_scores

LOOKS = {
    "registered": "registered_area_code",
    "money": "money_area_code",
    "staff": "staff_area_code",
}
"""Three honest answers to "where is this supplier?", and the column of `suppliers.csv` that gives each."""


def deprivation_weighted_spend(areas: pd.DataFrame) -> float:
    """Mean deprivation score of the places the money went to, each pound counting once.

    Parameters
    ----------
    areas : DataFrame
        `code`, `amount` (£ ex VAT), `score` (higher = more deprived); `edition` if known.

    Returns
    -------
    float
        Σ amount·score / Σ amount, in points of the index; always between the lowest and highest score
        where no area's net spend is negative.

    Raises
    ------
    InputError
        A column is missing or has gaps, two editions are mixed, an area's net spend is below zero,
        or nothing was spent.
    """
    _check_areas(areas, ["amount", "score"])
    return float((areas["amount"] * areas["score"]).sum() / areas["amount"].sum())


def deprived_share(areas: pd.DataFrame, by: str, at_most: float, of: str = "amount") -> float:
    """Share of spend (or of people) in the most deprived areas.

    Parameters
    ----------
    areas : DataFrame
        `code`, the column named by `of`, and the column named by `by`; one row an area.
    by : {"decile", "rank"}
        Deciles suit neighbourhoods (LSOAs); ranks suit districts, for example the 30 most deprived of 296.
    at_most : float
        The last decile or rank that counts as deprived, itself included.
    of : str
        "amount" (£ ex VAT), or "population" for the share of residents to compare with.

    Returns
    -------
    float
        A share from 0 to 1.

    Raises
    ------
    InputError
        As `deprivation_weighted_spend`; or `by` is neither of the two.
    """
    if by not in ("decile", "rank"):
        raise InputError(
            f"Deprived areas are picked by decile or by rank, not by {by!r}. Choose one of the two."
        )
    _check_areas(areas, [of, by])
    return float(areas.loc[areas[by] <= at_most, of].sum() / areas[of].sum())


def location_quotient(share: float, base: float) -> float:
    """Share of spend in a group of areas, over the share that would go there if nothing steered it.

    Parameters
    ----------
    share : float
        Share of spend in those areas, 0 to 1.
    base : float
        What to compare with, above 0 and up to 1: 0.3 for deciles 1 to 3 of England, or the share of
        residents who live there.

    Returns
    -------
    float
        1 when spend is in proportion; above 1 when those areas get more than their proportion.

    Raises
    ------
    InputError
        `share` is outside 0 to 1, or `base` is not above 0 and up to 1.
    """
    if not 0 <= share <= 1:
        raise InputError(f"The share of spend is {share:g}. Give a share from 0 to 1, such as 0.55 for 55%.")
    if not 0 < base <= 1:
        raise InputError(
            f"The share to compare with is {base:g}. Give a share above 0 and up to 1, such as 0.3 for 30%."
        )
    return share / base


def local_share(areas: pd.DataFrame, local_codes: Collection[str]) -> float:
    """Share of spend that went to the areas called local.

    Parameters
    ----------
    areas : DataFrame
        `code` and `amount` (£ ex VAT), one row an area.
    local_codes : collection of str
        Codes of the areas that count as local; each must be in `areas`.

    Returns
    -------
    float
        A share from 0 to 1.

    Raises
    ------
    InputError
        A local code is not among the areas, or as `deprivation_weighted_spend`.
    """
    _check_areas(areas, ["amount"])
    return float(areas.loc[_is_local(areas, local_codes), "amount"].sum() / areas["amount"].sum())


def local_against_deprived(
    areas: pd.DataFrame, local_codes: Collection[str], by: str, at_most: float
) -> pd.DataFrame:
    """Cross "local" with "deprived", to show that they are different claims.

    Parameters
    ----------
    areas : DataFrame
        `code`, `amount` (£ ex VAT) and the column named by `by`.
    local_codes : collection of str
        Codes of the areas that count as local.
    by, at_most
        As for `deprived_share`.

    Returns
    -------
    DataFrame
        Four rows, always the same: `local` (bool), `deprived` (bool), `areas` (count), `amount` (£ ex VAT),
        `share` (0 to 1, adding to 1).

    Raises
    ------
    InputError
        As `local_share` and `deprived_share`.
    """
    deprived_share(areas, by, at_most)
    flags = pd.DataFrame(
        {
            "local": _is_local(areas, local_codes),
            "deprived": areas[by] <= at_most,
            "amount": areas["amount"].astype(float),
        }
    )
    every = pd.MultiIndex.from_product([[True, False], [True, False]], names=["local", "deprived"])
    table = (
        flags.groupby(["local", "deprived"])["amount"]
        .agg(areas="size", amount="sum")
        .reindex(every, fill_value=0)
        .reset_index()
    )
    return table.assign(share=table["amount"] / table["amount"].sum())


def local_multiplier(respent: float, respent_again: float) -> float:
    """Money in the area over three rounds for each pound of contract: the LM3 ratio, (R1+R2+R3)/R1.

    Source: the idea of J. Sacks, "The Money Trail", New Economics Foundation, 2002.

    Parameters
    ----------
    respent : float
        Share (0 to 1) of the contract that the provider spends in the area: its staff and suppliers there.
    respent_again : float
        Share (0 to 1) of that second round which those people and firms spend in the area.

    Returns
    -------
    float
        1 + respent·(1 + respent_again), from 1 to 3.

    Raises
    ------
    InputError
        A share is outside 0 to 1.
    """
    return float(trace_rounds(1.0, respent, respent_again)["amount"].sum())


def trace_rounds(amount: float, respent: float, respent_again: float) -> pd.DataFrame:
    """Follow a contract's money through three rounds of local spending.

    Parameters
    ----------
    amount : float
        The contract, £ ex VAT, above 0.
    respent, respent_again : float
        As for `local_multiplier`.

    Returns
    -------
    DataFrame
        `round` (1, 2, 3), `amount` (£ ex VAT in the area in that round), `total` (£ so far).

    Raises
    ------
    InputError
        The amount is not above 0, or a share is outside 0 to 1.
    """
    if not (isfinite(amount) and amount > 0):
        raise InputError(f"The contract is worth £{amount:,.2f}. Give an amount above £0.")
    for name, share in (("second", respent), ("third", respent_again)):
        if not 0 <= share <= 1:
            raise InputError(
                f"The local share in the {name} round is {share:g}. "
                "Give a share from 0 to 1, such as 0.72 for 72%."
            )
    rounds = pd.DataFrame(
        {"round": [1, 2, 3], "amount": [amount, amount * respent, amount * respent * respent_again]}
    )
    return rounds.assign(total=rounds["amount"].cumsum())


def compare_offers(offers: pd.DataFrame, price: float, quality: float, social_value: float) -> pd.DataFrame:
    """Set the award score of each offer beside the money it keeps in the area.

    The price score is the relative formula, 100 × lowest price ÷ price.

    Parameters
    ----------
    offers : DataFrame
        `provider`, `price` (£ ex VAT), `quality` and `social_value` (points of 100), `respent` and
        `respent_again` (shares of 1); one row an offer.
    price, quality, social_value : float
        Weights in points of 100; together 100.

    Returns
    -------
    DataFrame
        The offers, with `price_score` and `score` (points of 100), `multiplier` (LM3) and `money_in_area`
        (£ ex VAT over three rounds, the contract itself included).

    Raises
    ------
    InputError
        Weights do not add to 100 or one is negative; a column is missing or has gaps; a price, score or
        share is out of range.
    """
    weights = (price, quality, social_value)
    if min(weights) < 0 or abs(sum(weights) - 100) > 1e-9:
        raise InputError(
            f"The weights are {price:g}, {quality:g} and {social_value:g}. "
            "Give weights of 0 or more that add to 100."
        )
    _check_columns(
        offers,
        ["provider", "price", "quality", "social_value", "respent", "respent_again"],
        "table of offers",
    )
    for column in ("quality", "social_value"):
        if not offers[column].between(0, 100).all():
            raise InputError(f"A {column.replace('_', ' ')} score is outside 0 to 100. Give points of 100.")
    price_score = price_scores(offers["price"], "relative")
    multiplier = [
        local_multiplier(a, b) for a, b in zip(offers["respent"], offers["respent_again"], strict=True)
    ]
    return offers.assign(
        price_score=price_score,
        score=(price * price_score + quality * offers["quality"] + social_value * offers["social_value"])
        / 100,
        multiplier=multiplier,
        money_in_area=offers["price"] * multiplier,
    )


def spend_by_area(
    ledger: pd.DataFrame, suppliers: pd.DataFrame, look: str, financial_year: str | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add a ledger up by the area of its suppliers, seen one of three ways.

    Parameters
    ----------
    ledger : DataFrame
        `supplier_id`, `amount` (£ ex VAT; credits negative), `financial_year` ("2025/26"); one row a line.
    suppliers : DataFrame
        `supplier_id` (unique) and the column that `look` needs, see `LOOKS`.
    look : {"registered", "money", "staff"}
        Where the registered office is, where the money is spent, or where the staff are.
    financial_year : str, optional
        The year to take. A ledger of one year needs none.

    Returns
    -------
    areas : DataFrame
        `code`, `amount` (£ ex VAT), `lines` (count), largest first.
    unplaced : DataFrame
        `supplier_id` (missing for a redacted supplier), `amount`, `lines`, `why`: what has no area, so that
        both tables together add up to the ledger.

    Raises
    ------
    InputError
        `look` is unknown, a column is missing, years are mixed or the year is not in the ledger, or a
        supplier is listed twice.
    """
    if look not in LOOKS:
        raise InputError(f"{look!r} is not a way to place a supplier. Choose {', '.join(LOOKS)}.")
    column = LOOKS[look]
    _check_columns(ledger, ["amount", "financial_year"], "ledger", also=["supplier_id"])
    _check_columns(suppliers, ["supplier_id"], "list of suppliers", also=[column])
    twice = suppliers.loc[suppliers["supplier_id"].duplicated(), "supplier_id"]
    if len(twice):
        raise InputError(f"Supplier {twice.iloc[0]} is listed twice. Keep one row for each supplier.")
    lines = _one_year(ledger, financial_year)
    placed = lines.merge(suppliers[["supplier_id", column]], on="supplier_id", how="left", indicator="found")
    known = placed["found"] == "both"
    why = pd.Series("No area is given for this supplier.", index=placed.index)
    why[~known] = "This supplier is not in the list of suppliers."
    why[placed["supplier_id"].isna()] = "The ledger line names no supplier."
    return _add_up(placed, placed[column].where(known), "supplier_id", why)


def spend_by_area_code(
    ledger: pd.DataFrame, financial_year: str | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add an imported ledger up by the area code that stands in its lines.

    Parameters
    ----------
    ledger : DataFrame
        `supplier`, `area_code`, `amount` (£), `financial_year`, as `course.place.ledger.import_ledger` gives.
    financial_year : str, optional
        As for `spend_by_area`.

    Returns
    -------
    areas, unplaced : DataFrame
        As for `spend_by_area`, with `supplier` in place of `supplier_id`.

    Raises
    ------
    InputError
        A column is missing, or years are mixed, or the year is not in the ledger.
    """
    _check_columns(ledger, ["amount", "financial_year", "supplier"], "ledger", also=["area_code"])
    lines = _one_year(ledger, financial_year)
    why = pd.Series("The line has no area code.", index=lines.index)
    return _add_up(lines, lines["area_code"], "supplier", why)


def _add_up(
    lines: pd.DataFrame, code: pd.Series, who: str, why: pd.Series
) -> tuple[pd.DataFrame, pd.DataFrame]:
    areas = (
        lines.assign(code=code)[code.notna()]
        .groupby("code")["amount"]
        .agg(amount="sum", lines="size")
        .reset_index()
        .sort_values("amount", ascending=False, kind="stable", ignore_index=True)
    )
    unplaced = (
        lines.assign(why=why)[code.isna()]
        .groupby([who, "why"], dropna=False)["amount"]
        .agg(amount="sum", lines="size")
        .reset_index()[[who, "amount", "lines", "why"]]
    )
    return areas, unplaced


def _one_year(ledger: pd.DataFrame, financial_year: str | None) -> pd.DataFrame:
    years = sorted(ledger["financial_year"].unique())
    if financial_year is None:
        if len(years) > 1:
            raise InputError(f"The ledger covers {' and '.join(years)}. Choose one financial year.")
        return ledger
    if financial_year not in years:
        raise InputError(f"The ledger has no lines in {financial_year}. It covers {' and '.join(years)}.")
    return ledger[ledger["financial_year"] == financial_year]


def _is_local(areas: pd.DataFrame, local_codes: Collection[str]) -> pd.Series:
    unknown = sorted(set(local_codes) - set(areas["code"]))
    if unknown:
        raise InputError(
            f"{_listed(unknown)} {'is' if len(unknown) == 1 else 'are'} not among the areas. "
            "Check the area codes."
        )
    return areas["code"].isin(list(local_codes))


def _check_areas(areas: pd.DataFrame, numbers: list[str]) -> None:
    _check_columns(areas, ["code", *numbers], "area table")
    twice = areas.loc[areas["code"].duplicated(), "code"]
    if len(twice):
        raise InputError(f"Area {twice.iloc[0]} is listed twice. Add its rows together first.")
    if "edition" in areas and areas["edition"].nunique() > 1:
        editions = " and ".join(str(e) for e in sorted(areas["edition"].dropna().unique()))
        raise InputError(f"The area table mixes the {editions} editions of the index. Use one edition.")
    whole = numbers[0]
    below = areas.loc[areas[whole] < 0, "code"]
    if len(below):
        raise InputError(
            f"The total for {_listed(list(below))} is below zero. "
            "Leave out areas with more credits than payments."
        )
    if areas[whole].sum() <= 0:
        raise InputError(f"The {whole} column adds to zero, so no share can be taken. Check the column.")


def _check_columns(table: pd.DataFrame, needed: list[str], name: str, also: Collection[str] = ()) -> None:
    missing = [column for column in [*needed, *also] if column not in table]
    if missing:
        raise InputError(f"The {name} has no column {' or '.join(missing)}. Check the column names.")
    if table.empty:
        raise InputError(f"The {name} has no rows. Check that the right file was read.")
    for column in needed:
        gaps = int(table[column].isna().sum())
        if gaps:
            raise InputError(
                f"The column {column} of the {name} is empty in {gaps} of {len(table)} rows. "
                "Fill the gaps, or leave those rows out and say so."
            )


def _listed(names: list, most: int = 3) -> str:
    shown = [str(name) for name in names[:most]]
    if len(names) > most:
        shown.append(f"{len(names) - most} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
