"""Write `course/REFERENCE.md`: every worked number of the course as one call, and what the call returns.

python -m course.reference
"""

from __future__ import annotations

from numbers import Number
from pathlib import Path
from typing import Any, NamedTuple

PAGE = Path(__file__).with_name("REFERENCE.md")


class Section(NamedTuple):
    """One room: what its calls need first, and the calls, each with what it answers."""

    title: str
    setup: str
    calls: dict[str, str]


SECTIONS = [
    Section(
        "Policy: who is bound by what",
        """\
from course.policy import duties, estimate, fact, social_value_model, threshold
from course.place.deprivation import DISTRICTS

def rule(row, *args, **more):
    return duties(*args, **more).set_index("id").loc[row]
""",
        {
            "£170,000 without VAT, with VAT": "estimate(170_000)[0]",
            "£173,100 without VAT, with VAT": "estimate(173_100)[0]",
            "£190,000 without VAT, with VAT": "estimate(190_000)[0]",
            "£0.83 million without VAT, with VAT": "estimate(830_000)[0]",
            "£0.84 million without VAT, with VAT": "estimate(840_000)[0]",
            "£4.1 million without VAT, with VAT": "estimate(4_100_000)[0]",
            "£4.2 million without VAT, with VAT": "estimate(4_200_000)[0]",
            "£552,950 of light-touch services, with VAT": "estimate(552_950)[0]",
            "£250,000 without VAT, with VAT": "estimate(250_000)[0]",
            "Three tenders of £250,000 bought together, with VAT": "estimate(3 * 250_000)[0]",
            "A council's threshold for services in 2026": 'threshold("council", "services", "2026-11-22")',
            "The same in 2025": 'threshold("council", "services", "2025-11-22")',
            "Central government's threshold for services in 2026": (
                'threshold("central", "services", "2026-11-22")'
            ),
            "The same in 2025 for central government": 'threshold("central", "services", "2025-11-22")',
            "The threshold for light-touch services": (
                'threshold("council", "light-touch services", "2026-11-22")'
            ),
            "The threshold for works in 2026": 'threshold("council", "works", "2026-11-22")',
            "Does the 2012 Act reach a council's £170,000 of services?": (
                'rule("act-2012-consider", "council", "services", 170_000, "2026-11-22").applies'
            ),
            "Does it reach £173,100?": (
                'rule("act-2012-consider", "council", "services", 173_100, "2026-11-22").applies'
            ),
            "Does it reach £190,000?": (
                'rule("act-2012-consider", "council", "services", 190_000, "2026-11-22").applies'
            ),
            "Does it reach £552,950 of light-touch services?": (
                'rule("act-2012-consider", "council", "light-touch services", 552_950, "2026-11-22").applies'
            ),
            "Does it reach one light-touch tender of £250,000?": (
                'rule("act-2012-consider", "council", "light-touch services", 250_000, "2026-11-22").applies'
            ),
            "Does it reach three bought together?": (
                'rule("act-2012-consider", "council", "light-touch services", 750_000, "2026-11-22").applies'
            ),
            "What the Act asks": (
                'rule("act-2012-consider", "council", "services", 300_000, "2026-11-22").strength'
            ),
            "The least weight the Act sets": (
                'rule("act-2012-consider", "council", "services", 300_000, "2026-11-22").min_weight_pct'
            ),
            "The model for a department at £4 million with VAT, 3 February 2027": (
                'social_value_model("central", "2027-02-03", 4_000_000).name'
            ),
            "Its least weight": 'social_value_model("central", "2027-02-03", 4_000_000).min_weight_pct',
            "The least weight at £4.1 million without VAT": (
                'social_value_model("central", "2027-02-03", estimate(4_100_000)[0]).min_weight_pct'
            ),
            "The least weight at £4.2 million without VAT": (
                'social_value_model("central", "2027-02-03", estimate(4_200_000)[0]).min_weight_pct'
            ),
            "Its least number of social value KPIs": (
                'social_value_model("central", "2027-02-03", estimate(4_200_000)[0]).min_kpis'
            ),
            "The model at £0.83 million without VAT": (
                'social_value_model("central", "2027-02-03", estimate(830_000)[0]).name'
            ),
            "The model at £0.84 million without VAT": (
                'social_value_model("central", "2027-02-03", estimate(840_000)[0]).name'
            ),
            "Calderbrook's base and extension, with VAT": 'estimate("2750000", extension="1833333.33")[0]',
            "Must Calderbrook set three KPIs?": (
                'rule("pa-kpis", "council", "light-touch services", 4_583_333, "2026-11-22").applies'
            ),
            "The KPIs of an ordinary contract of that value": (
                'rule("pa-kpis", "council", "services", 5_500_000, "2026-11-22", vat="inc").min_kpis'
            ),
            "May a council reserve a contract of £100,000?": (
                'rule("reserve-2026", "council", "services", 100_000, "2026-02-04").applies'
            ),
            "Might it the day before?": (
                'rule("reserve-2026", "council", "services", 100_000, "2026-02-03").applies'
            ),
            "Councils that found social value hard to define, 2014, %": 'fact("cc-define-councils").value',
            "Housing associations that did, %": 'fact("cc-define-housing").value',
            "Leaders with a policy, 2014, %": 'fact("cc-policy").value',
            "Measurement the main barrier during commissioning, %": 'fact("cc-measure-during").value',
            "Measurement the main barrier after it, %": 'fact("cc-measure-after").value',
            "Took steps to find criteria, 2014, %": 'fact("sv-steps-2014").value',
            "Routinely consider, 2016, %": 'fact("foi-consider").value',
            "The 30 most deprived of England's districts, in %": "round(100 * 30 / DISTRICTS[2025], 1)",
        },
    ),
    Section(
        "Consultation: who replied, and who decides",
        """\
import pandas as pd
from course.consultation import survey
from course.weighting import pooled_priorities

groups = pd.DataFrame(
    {
        "group": ["residents", "providers", "officers"],
        "people": [40, 8, 4],
        "jobs": [50, 15, 10],
        "skills": [20, 50, 25],
        "carbon": [10, 20, 45],
        "wellbeing": [20, 15, 20],
    }
)
""",
        {
            "Replies, 63 of 420": "round(survey(41, 63, 420).response_rate, 3)",
            "Prefer local jobs, 41 of 63": "round(survey(41, 63, 420).share, 3)",
            "Margin of error": "round(survey(41, 63, 420).margin, 3)",
            "Priorities, one voice a person": 'pooled_priorities(groups)["by_head"].round(1).to_dict()',
            "Priorities, one voice a group": 'pooled_priorities(groups)["by_group"].round(1).to_dict()',
        },
    ),
    Section(
        "Weighting: from bids to an award",
        """\
import pandas as pd
from course.weighting import *

weights = {"price": 40, "quality": 50, "social_value": 10}
bids = pd.DataFrame(
    [("Alder", 2_350_000, 64, 55), ("Birch CIC", 2_550_000, 74, 85), ("Cedar", 2_800_000, 86, 70)],
    columns=["bidder", "price", "quality", "social_value"],
)
four = pd.concat([bids, bids.iloc[:1].assign(bidder="Dogwood", price=1_750_000, quality=42, social_value=20)])
small = pd.DataFrame({"bidder": ["A", "B", "C"], "price": [100, 120, 60], "quality": [70, 90, 5]})
quality_price = pd.DataFrame(
    {"bidder": ["A", "B", "C"], "price": [900_000, 1_050_000, 1_300_000], "quality": [60, 72, 85]}
)
dearer = pd.DataFrame(
    {"bidder": ["Plain", "Social"], "price": [1_000_000, 1_060_000], "quality": 80, "social_value": [20, 90]}
)
judged = pd.DataFrame([[1, 2, 4], [1 / 2, 1, 3], [1 / 4, 1 / 3, 1]])
circular = pd.DataFrame([[1, 3, 1 / 2], [1 / 3, 1, 4], [2, 1 / 4, 1]])

def totals(bids, formula, weights=weights, **bounds):
    return evaluate(bids, weights, formula, **bounds)["total"].round(2).tolist()
""",
        {
            "Totals, relative to the lowest": 'totals(bids, "relative")',
            "Totals, percentage above the lowest": 'totals(bids, "linear")',
            "Totals, between lowest and highest": 'totals(bids, "min_max")',
            "Totals, distance from the average": 'totals(bids, "mean_deviation")',
            "Totals, fixed ceiling and floor": (
                'totals(bids, "absolute", ceiling=3_000_000, floor=1_800_000)'
            ),
            "Winner, relative": 'award(bids, weights, "relative")',
            "Winner, linear": 'award(bids, weights, "linear")',
            "Winner, min–max": 'award(bids, weights, "min_max")',
            "Winner, mean deviation": 'award(bids, weights, "mean_deviation")',
            "Winner, absolute": 'award(bids, weights, "absolute", 3_000_000, 1_800_000)',
            "With Dogwood, relative": 'totals(four, "relative")',
            "With Dogwood, linear": 'totals(four, "linear")',
            "With Dogwood, min–max": 'totals(four, "min_max")',
            "With Dogwood, absolute": 'totals(four, "absolute", ceiling=3_000_000, floor=1_800_000)',
            "Winner with Dogwood, relative": 'award(four, weights, "relative")',
            "Winner with Dogwood, linear": 'award(four, weights, "linear")',
            "Winner with Dogwood, min–max": 'award(four, weights, "min_max")',
            "Winner with Dogwood, absolute": 'award(four, weights, "absolute", 3_000_000, 1_800_000)',
            "The same if a bid needs 50 for quality": (
                'award(four[four["quality"] >= 50], weights, "absolute", 3_000_000, 1_800_000)'
            ),
            "Do other bids move a price's score against a fixed ceiling and floor?": (
                'FORMULAS["absolute"].depends_on_other_bids'
            ),
            "Two bids, price 60 and quality 40": (
                'totals(small[:2], "relative", {"price": 60, "quality": 40})'
            ),
            "The same with a third that loses": 'totals(small, "relative", {"price": 60, "quality": 40})',
            "The winner before": 'award(small[:2], {"price": 60, "quality": 40}, "relative")',
            "The winner after": 'award(small, {"price": 60, "quality": 40}, "relative")',
            "62, 66 and 68 stretched": "stretch(pd.Series([62, 66, 68])).round(1).tolist()",
            "Pounds for each quality point": (
                'totals(quality_price, "price_per_quality_point", {"price": 40, "quality": 60})'
            ),
            "Fewest pounds a point": (
                'award(quality_price, {"price": 40, "quality": 60}, "price_per_quality_point")'
            ),
            "10% of non-price criteria that have 60": "effective_weight(10, 60)",
            "A 10% section split 40, 30, 20, 10": (
                'list(nested_weights(10, {"a": 40, "b": 30, "c": 20, "d": 10}).values())'
            ),
            "One notch of five on its last question": "notch_cost(effective_weight(10, 10), 40).points",
            "10% of a quality score of 40": "effective_weight(10, 40)",
            "20% of a quality score of 40": "effective_weight(20, 40)",
            "One notch on a 10% question, in points": "notch_cost(10, 40).points",
            "The same as a price difference at price 40": "round(notch_cost(10, 40).price_difference, 4)",
            "Premium a full lead buys, price 60 and social value 5": "round(price_premium(60, 5), 3)",
            "Premium, price 50 and social value 10": "price_premium(50, 10)",
            "Premium, price 40 and social value 10": "round(price_premium(40, 10), 3)",
            "Premium, price 40 and social value 20": "price_premium(40, 20)",
            "Weight at which Birch overtakes Cedar, relative": (
                'round(tipping_weight(bids, "Birch CIC", "Cedar", weights, "relative"), 2)'
            ),
            "Weight at which Birch overtakes Cedar, linear": (
                'round(tipping_weight(bids, "Birch CIC", "Cedar", weights, "linear"), 2)'
            ),
            "6% dearer and 70 points better, price 60, quality 35 and social value 5": (
                'totals(dearer, "relative", {"price": 60, "quality": 35, "social_value": 5})'
            ),
            "The same at price 55, quality 35 and social value 10": (
                'totals(dearer, "relative", {"price": 55, "quality": 35, "social_value": 10})'
            ),
            "The same at price 50, quality 30 and social value 20": (
                'totals(dearer, "relative", {"price": 50, "quality": 30, "social_value": 20})'
            ),
            "Weight at which the two are level, price 60": (
                'round(break_even_social_value_weight(dearer, "Social", "Plain", 60, "relative"), 2)'
            ),
            "Swings of 100, 80 and 40, as weights": (
                '[round(w, 1) for w in swing_weights({"a": 100, "b": 80, "c": 40}).values()]'
            ),
            "AHP weights": "[round(w, 2) for w in ahp(judged).weights.values()]",
            "AHP, principal eigenvalue": "round(ahp(judged).lambda_max, 4)",
            "AHP, consistency ratio": "round(ahp(judged).consistency_ratio, 4)",
            "Circular judgements, consistency ratio": "round(ahp(circular).consistency_ratio, 2)",
            "May circular judgements stand?": "ahp(circular).acceptable",
            "Claims of £120k, £100k and £90k, 20 points": (
                "relative_points(pd.Series([120, 100, 90]), 20).round(2).tolist()"
            ),
            "The third claims £450k instead": (
                "relative_points(pd.Series([120, 100, 450]), 20).round(2).tolist()"
            ),
        },
    ),
    Section(
        "Measuring: what a contract adds, and what that is worth",
        """\
import pandas as pd
from course.measuring import *

losses = {"displacement": 0.25, "leakage": 0.10}
changes = {"deadweight": 0.5, "attribution": 0.4, "drop_off": 0.5}
doubts = one_at_a_time(COACHING, changes).set_index("assumption")
one_job = pd.DataFrame(
    {
        "measure": ["New job", "Left benefits", "Left benefits, fiscal saving"],
        "source_kind": "person",
        "source_id": "Sam",
        "value_gbp": [14_790.17, 14_790.17, 10_320.69],
    }
)
one_award = pd.DataFrame(
    {
        "measure": ["release 1", "release 2", "release 3"],
        "source_kind": "award",
        "source_id": "one ocid",
        "value_gbp": 22_682_504.94,
    }
)
offers = pd.DataFrame(
    {
        "bidder": ["Cedar", "Alder", "Birch CIC"],
        "offer_gbp": [500_000, 96_000, 45_000],
        "contract_gbp": [10_000_000, 800_000, 250_000],
    }
)
kpis = pd.DataFrame(
    {
        "kpi": ["Apprentice starts", "Local spend", "Placements", "Carbon"],
        "actual": [4, 43, 20, 12],
        "target": [6, 40, 20, 30],
    }
)
counted = pd.DataFrame(
    [
        ("jobs created", "person", "Sam"),
        ("people leaving benefits", "person", "Sam"),
        ("local spend", "invoice", "A1"),
        ("wages paid to residents", "invoice", "A1"),
        ("apprentice starts", "person", "Ali"),
        ("tonnes of waste diverted", "load", "B2"),
    ],
    columns=["measure", "source_kind", "source_id"],
)
values = appraisal_values().set_index("id")
costs = unit_costs().set_index("id")["unit_gbp"]
""",
        {
            "50 jobs, net": "round(net_additional(50, deadweight=0.20, multiplier=1.25, **losses), 2)",
            "50 jobs, the percentages wrongly subtracted": (
                "round(net_by_subtracting(50, 0.20, 0.25, 0.10, multiplier=1.25), 4)"
            ),
            "With the contract, before the reference case": (
                "round(net_additional(50, multiplier=1.25, **losses), 4)"
            ),
            "The reference case of 12": "round(net_additional(12, multiplier=1.25, **losses), 4)",
            "50 against 12 anyway": "round(net_against_reference(50, 12, multiplier=1.25, **losses), 4)",
            "Residents in work, +7 against +4": "net_change(40, 47, 38, 42)",
            "Spend with charities, +3.5 against +0.5 points": "net_change(20.0, 23.5, 18.0, 18.5)",
            "Tonnes of waste, −70 against −28": "net_change(400, 330, 300, 272)",
            "12 of 15 promised posts are staff who transfer": "additional_posts(15, 12)",
            "A claim: what it assumes": "vars(COACHING)",
            "Gross value a year": "round(sroi(COACHING).gross, 2)",
            "Net value, first year": "round(sroi(COACHING).net_year_1, 2)",
            "Five years at today's worth": 'sroi(COACHING).years["present_value"].round(2).tolist()',
            "Present value": "round(sroi(COACHING).present_value, 2)",
            "SROI ratio": "round(sroi(COACHING).ratio, 2)",
            "Ratio with no adjustments": "round(sroi(without_adjustments(COACHING)).ratio, 2)",
            "Ratio at deadweight 0.5": 'round(doubts.loc["deadweight", "ratio"], 2)',
            "Ratio at attribution 0.4": 'round(doubts.loc["attribution", "ratio"], 2)',
            "Ratio at drop-off 0.5": 'round(doubts.loc["drop_off", "ratio"], 2)',
            "Ratio at all three": 'round(doubts.loc["All together", "ratio"], 2)',
            "Break-even deadweight": 'round(break_even(COACHING, "deadweight"), 3)',
            "Green Book rates": 'discount_schedule()["rate"].tolist()',
            "Health rate, first 30 years": 'float(discount_schedule("health").loc[0, "rate"])',
            "One WELLBY, 2019 prices": 'float(values.loc["wellby", "central"])',
            "One WELLBY, low and high, 2019 prices": (
                'values.loc["wellby", ["low", "high"]].astype(float).tolist()'
            ),
            "One WELLBY, 2023 prices": 'float(values.loc["wellby-2023", "central"])',
            "One QALY, 2020 prices": 'float(values.loc["qaly", "central"])',
            "WELLBYs: 40 people, 0.6 points, 1.5 years": "wellbys(40, 0.6, 1.5)",
            "Their value": "wellby_value(36).central_gbp",
            "The low end": "wellby_value(36).low_gbp",
            "The high end": "wellby_value(36).high_gbp",
            "A year at full effect": "wellby_value(wellbys(40, 0.6, 1)).central_gbp",
            "A second year at half": "wellby_value(wellbys(40, 0.3, 1)).central_gbp",
            "Both at the health rate": (
                'round(present_value([312_000, 156_000], first_year=0, rate="health"))'
            ),
            "Both at 3.5%": "round(present_value([312_000, 156_000], first_year=0))",
            "120 social-worker hours": "round(staff_time(40 * 3, 58.78).value_gbp, 2)",
            "As part of a working year": "staff_time(40 * 3, 58.78).share_of_year",
            "A social worker's hour": 'float(costs["social-worker-fiscal"])',
            "Is it cash?": "staff_time(40 * 3, 58.78).cashable",
            "A young person out of work and learning, fiscal": 'float(costs["neet-fiscal"])',
            "The same, economic": 'float(costs["neet-economic"])',
            "A benefit claimant into work, fiscal": 'float(costs["jsa-fiscal"])',
            "A benefit claimant into work, economic": 'float(costs["jsa-economic"])',
            "Is the fiscal saving a transfer?": 'price_items({"jsa-fiscal": 1})["transfer"].item()',
            "Level 2 apprenticeship, fiscal": 'float(costs["apprentice-l2-fiscal"])',
            "Level 2 apprenticeship, economic": 'float(costs["apprentice-l2-economic"])',
            "Level 3 apprenticeship, fiscal": 'float(costs["apprentice-l3-fiscal"])',
            "Level 3 apprenticeship, economic": 'float(costs["apprentice-l3-economic"])',
            "Domestic violence incident, fiscal": 'float(costs["domestic-violence-fiscal"])',
            "Domestic violence incident, economic": 'float(costs["domestic-violence-economic"])',
            "Domestic violence incident, social": 'float(costs["domestic-violence-social"])',
            "Rough sleeper, a year": 'float(costs["rough-sleeper-fiscal"])',
            "Homelessness application": 'float(costs["homelessness-fiscal"])',
            "Mental-health service, fiscal": 'float(costs["mental-health-fiscal"])',
            "Mental-health service, economic": 'float(costs["mental-health-economic"])',
            "One job counted three ways": "round(count_once(one_job).every_claim_gbp, 2)",
            "The job counted once": "count_once(one_job).counted_once_gbp",
            "Pairs of measures that count one thing twice": (
                'double_counts(counted)[["measure_a", "measure_b"]].agg(" and ".join, axis=1).tolist()'
            ),
            "One award published three times": "round(count_once(one_award).every_claim_gbp, 2)",
            "The award counted once": "count_once(one_award).counted_once_gbp",
            "Offers as a share of the contract, %": 'proportional(offers)["share_pct"].round(1).tolist()',
            "Three years of one job, in jobs": "job_claim(1, 3).jobs",
            "Three years of one job, in job-years": "job_claim(1, 3).job_years",
            "38 hours of bidding at £45": "bid_cost(38, 45)",
            "For each win, one bid in six": "cost_per_win(38, 45, 6)",
            "As a share of a £25,000 margin": "round(share_of_margin(cost_per_win(38, 45, 6), 25_000), 2)",
            "One joint tender in place of three": "joint_tender_saving(3, 6, 32, 45)",
            "4 of 6 starts, %": "round(100 * progress(4, 6), 1)",
            "Its rating": "rate(4, 6)",
            "11 of 24 delivered, %": "round(100 * progress(11, 24), 1)",
            "Capped mean of four KPIs, %": "round(kpi_summary(kpis).capped_mean_pct, 1)",
            "The worst KPI it hides": 'kpi_summary(kpis).failed.loc[0, "kpi"]',
            "How far that one came, %": 'float(kpi_summary(kpis).failed.loc[0, "reached_pct"])',
            "Rating of that one": 'kpi_summary(kpis).failed.loc[0, "rating"]',
            "Before and after only, Maryland": 'evidence_of("before and after")["maryland"]',
            "Before and after with a comparison, Maryland": (
                'evidence_of("before and after with comparison")["maryland"]'
            ),
            "Randomised trial, Maryland": 'evidence_of("randomised")["maryland"]',
            "Matched comparison, Maryland": 'evidence_of("matched comparison")["maryland"]',
            "Matched comparison, Nesta": 'evidence_of("matched comparison")["nesta"]',
            "A user's words": 'evidence_of("user quote")["reading"]',
            "Before and after, Nesta": 'evidence_of("before and after")["nesta"]',
            "Nesta's standards in order": 'evidence_levels("Nesta")["name"].tolist()',
        },
    ),
    Section(
        "Place: where the money goes, and whether it stays",
        """\
import pandas as pd
from course.place.spend import *
from course.places import DATASETS

spend = pd.read_csv(DATASETS / "place" / "greater_manchester_spend.csv")
boroughs = pd.read_csv(DATASETS / "place" / "london_boroughs.csv").set_index("name")
deciles = pd.DataFrame({"code": ["1 to 3", "4 to 10"], "amount": [330, 270], "decile": [3, 4]})
offers = pd.DataFrame(
    {
        "provider": ["Local SME", "Distant social enterprise"],
        "price": [2_600_000, 2_500_000],
        "quality": [70, 70],
        "social_value": [60, 80],
        "respent": [0.72, 0.50],
        "respent_again": [0.45, 0.55],
    }
)
compared = compare_offers(offers, price=40, quality=40, social_value=20)
""",
        {
            "Scores of six districts": 'spend["score"].tolist()',
            "Deprivation-weighted spend": "round(deprivation_weighted_spend(spend), 2)",
            "Share to the 30 most deprived districts": 'round(deprived_share(spend, "rank", 30), 3)',
            "Share within Greater Manchester": (
                'local_share(spend, spend.loc[spend["greater_manchester"], "code"])'
            ),
            "Share to deciles 1 to 3": 'deprived_share(deciles, "decile", 3)',
            "Location quotient of deciles 1 to 3": (
                'round(location_quotient(deprived_share(deciles, "decile", 3), 0.3), 2)'
            ),
            "Local multiplier, local SME": "round(local_multiplier(0.72, 0.45), 3)",
            "Local multiplier, distant social enterprise": "round(local_multiplier(0.50, 0.55), 3)",
            "Local multiplier, national prime": "round(local_multiplier(0.28, 0.35), 3)",
            "Scores of the local SME and the distant enterprise": 'compared["score"].round(2).tolist()',
            "Money kept in the area, £ million": '(compared["money_in_area"] / 1e6).round(2).tolist()',
            "Hackney's average score": 'float(boroughs.loc["Hackney", "score"])',
            "Hackney's rank of 296": 'int(boroughs.loc["Hackney", "rank"])',
            "Share of Hackney in the most deprived tenth": (
                'round(float(boroughs.loc["Hackney", "share_most_deprived_tenth"]), 3)'
            ),
        },
    ),
    Section(
        "Moderation: agreement, and promise against delivery",
        """\
import pandas as pd
from course.moderation import *

scores = pd.DataFrame(
    [[3, 3, 2, 4], [2, 4, 2, 3], [1, 1, 2, 1], [4, 4, 3, 4], [2, 0, 3, 2], [3, 3, 3, 3]],
    index=[f"bid {i}" for i in range(1, 7)],
    columns=["Ann", "Ben", "Cat", "Dev"],
)
same_mean = pd.DataFrame([[3, 3, 2, 4], [5, 5, 1, 1]], index=["calm", "torn"])
note = pd.DataFrame({"bidder": ["Alder"], "note": ["Better than Cedar."]})
""",
        {
            "Alpha, nominal": 'round(krippendorff_alpha(scores, "nominal"), 3)',
            "Alpha, ordinal": 'round(krippendorff_alpha(scores, "ordinal"), 3)',
            "Alpha, interval": 'round(krippendorff_alpha(scores, "interval"), 3)',
            "ICC(2,1)": "round(icc(scores).single, 3)",
            "ICC(2,k)": "round(icc(scores).average, 3)",
            "Range of each bid's scores": 'spread(scores)["range"].tolist()',
            "Moderate first": "moderate_first(scores)",
            "Alpha after consensus of 2 on bid 5": (
                'round(krippendorff_alpha(apply_consensus(scores, {"bid 5": 2})), 3)'
            ),
            "How that alpha is read": (
                'read_alpha(krippendorff_alpha(apply_consensus(scores, {"bid 5": 2})))'
            ),
            "Two means": 'spread(same_mean)["mean"].tolist()',
            "Their standard deviations": 'spread(same_mean)["sd"].round(2).tolist()',
            "Faults of a poor note": (
                'check_notes(note, ["Alder", "Cedar"], {"delivery": ["plan"]})["fault"].tolist()'
            ),
            "Bold at award": "expected_points(10, 95, 1)",
            "Bold, expected": "round(expected_points(10, 95, 0.45), 3)",
            "Sober at award": "expected_points(10, 72, 1)",
            "Sober, expected": "round(expected_points(10, 72, 0.92), 3)",
        },
    ),
]


def results(section: Section) -> dict[str, Any]:
    """Run a section's calls; give what each returns by what it answers."""
    names: dict[str, Any] = {}
    exec(section.setup, names)
    return {what: eval(call, names) for what, call in section.calls.items()}


def page() -> str:
    """Give the whole page as Markdown, from calls run now."""
    parts = [
        "# Reference: the worked numbers, each as one call",
        "Made by `python -m course.reference`, which runs every call. Amounts are in pounds. Shares run from "
        "0 to 1 unless a line says %. Each function's docstring says what comes in, what goes out and where "
        "its formula comes from. Statements of law are as of 22 November 2026 and are not legal advice. "
        "Check before relying on lines about PPN 026: the warnings of `duties` and `social_value_model` say "
        "why.",
    ]
    for section in SECTIONS:
        rows = [
            f"| {what} | `{section.calls[what]}` | {_shown(value)} |"
            for what, value in results(section).items()
        ]
        table = "\n".join(["| What | Call | Result |", "|---|---|---|", *rows])
        parts += [f"## {section.title}", f"```python\n{section.setup}```", table]
    return "\n\n".join(parts) + "\n"


def _shown(value: Any) -> str:
    """Write a result as a reader of figures would."""
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(each)}" for name, each in value.items())
    if isinstance(value, Number):
        text = "none" if value != value else f"{value:,}"
        return text.removesuffix(".00").removesuffix(".0")
    return str(value)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
