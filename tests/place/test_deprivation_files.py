import gzip

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import InputError
from course.place.deprivation import (
    COLUMNS,
    DISTRICTS,
    NEIGHBOURHOODS,
    decile_of_rank,
    import_deprivation,
    looks_like_deprivation,
)

RANK = "Rank (where 1 is most deprived)"
DECILE = "Decile (where 1 is most deprived 10% of LSOAs)"
FILE_7 = (
    "LSOA code ({lsoa}),LSOA name ({lsoa}),"
    "Local Authority District code ({lad}),Local Authority District name ({lad}),"
    "Index of Multiple Deprivation (IMD) Score,"
    f"Index of Multiple Deprivation (IMD) {RANK},Index of Multiple Deprivation (IMD) {DECILE},"
    f"Income Score (rate),Income {RANK},Income {DECILE},Employment Score (rate),"
    '"Education, Skills and Training Score",Health Deprivation and Disability Score,Crime Score,'
    "Barriers to Housing and Services Score,Living Environment Score\n"
    "E01000001,Somewhere 001A,E09000001,City of London,6.208,{rank},{decile},"
    "0.007,32831,10,0.01,0.024,-2.028,-1.928,20.925,25.246\n"
)
FILE_10 = (
    "Local Authority District code ({lad}),Local Authority District name ({lad}),IMD - Average rank ,"
    "IMD - Rank of average rank ,IMD - Average score ,IMD - Rank of average score ,"
    "IMD - Proportion of LSOAs in most deprived 10% nationally ,"
    "IMD - Rank of proportion of LSOAs in most deprived 10% nationally ,Income - Average score \n"
    "E08000003,Manchester,26417.3,2,40.005,6,0.4326,5,0.195\n"
)


@pytest.mark.parametrize(
    ("edition", "lsoa", "lad", "rank", "decile"), [(2019, 2011, 2019, 29199, 9), (2025, 2021, 2024, 29199, 9)]
)
def test_the_official_neighbourhood_file_is_known_by_its_columns(write, edition, lsoa, lad, rank, decile):
    path = write(FILE_7.format(lsoa=lsoa, lad=lad, rank=rank, decile=decile))
    table, issues = import_deprivation(path)
    assert list(table) == COLUMNS
    assert issues.empty
    row = table.iloc[0].to_dict()
    assert np.isnan(row.pop("share_most_deprived_tenth"))
    assert row == {
        "code": "E01000001",
        "name": "Somewhere 001A",
        "district_code": "E09000001",
        "district_name": "City of London",
        "score": 6.208,
        "rank": rank,
        "decile": decile,
        "income_score": 0.007,
        "employment_score": 0.01,
        "education_score": 0.024,
        "health_score": -2.028,
        "crime_score": -1.928,
        "housing_score": 20.925,
        "living_environment_score": 25.246,
        "edition": edition,
        "level": "neighbourhood",
    }
    assert looks_like_deprivation(path)


@pytest.mark.parametrize(("edition", "lad"), [(2019, 2019), (2025, 2024)])
def test_the_official_district_file_is_known_by_its_columns(write, edition, lad):
    table, issues = import_deprivation(write(FILE_10.format(lad=lad)))
    assert issues.empty
    row = table.iloc[0]
    assert (row["code"], row["name"], row["level"], row["edition"]) == (
        "E08000003",
        "Manchester",
        "district",
        edition,
    )
    assert (row["score"], row["rank"], row["share_most_deprived_tenth"]) == (40.005, 6, 0.4326)
    assert row["income_score"] == 0.195
    assert pd.isna(row["decile"])
    assert pd.isna(row["district_code"])


@pytest.mark.parametrize(
    ("text", "edition", "level"),
    [
        (
            "lsoa11cd,IMDScore,IMDRank0,IMDDec0,LADcd\nE01000001,6.2,29199,9,E09000001\n",
            2019,
            "neighbourhood",
        ),
        ("LSOA21CD,IMD_rank\nE01000001,26525\n", 2025, "neighbourhood"),
        ("lsoa11_code,imd2019_rank\nE01000001,5\n", 2019, "neighbourhood"),
        ("ltla19_code,imd_average_score\nE08000003,40.0\n", 2019, "district"),
        ("LAD24CD,LAD24NM,IMD average score\nE08000003,Manchester,38.677\n", 2025, "district"),
    ],
)
def test_short_names_of_other_publishers_are_known(write, text, edition, level):
    table, _ = import_deprivation(write(text))
    assert table[["edition", "level"]].values.tolist() == [[edition, level]]


def test_a_file_of_2011_neighbourhoods_without_an_edition_is_read_as_2019_and_says_so(write):
    _, issues = import_deprivation(write("lsoa11_code,IMD_rank\nE01000001,5\n"))
    assert issues["column"].tolist() == ["lsoa11_code"]
    assert issues["problem"].tolist() == [
        "The file gives its areas but not its edition. It was read as 2019; "
        "the 2015 edition uses the same neighbourhoods."
    ]
    for sure in ("lsoa21_code,IMD_rank", "lsoa11_code,imd2019_rank"):
        assert import_deprivation(write(f"{sure}\nE01000001,5\n"))[1].empty


@pytest.mark.parametrize(
    ("header", "edition"),
    [
        (
            "LSOA code (2011),Local Authority District code (2013),Index of Multiple Deprivation (IMD) Score",
            2015,
        ),
        ("lsoa11_code,imd2015_rank", 2015),
        ("lsoa01_code,IMD_rank", 2001),
        ("LAD22CD,IMD average score", 2022),
    ],
)
def test_other_editions_are_refused_by_their_year(write, header, edition):
    cells = ",".join(["E01000001"] + ["5"] * header.count(","))
    with pytest.raises(InputError) as error:
        import_deprivation(write(f"{header}\n{cells}\n"))
    assert str(error.value) == f"spend.csv is of the {edition} edition. Use the 2019 or the 2025 edition."


@pytest.mark.parametrize(
    "text", ["code,score\nE01000001,5\n", "lsoa21_code,people\nE01000001,5\n", "IMD score\n5\n"]
)
def test_other_tables_are_not_taken_for_deprivation_files(write, text):
    path = write(text)
    assert not looks_like_deprivation(path)
    with pytest.raises(InputError) as error:
        import_deprivation(path)
    assert str(error.value) == (
        "spend.csv is not an official deprivation file. It needs a district or LSOA code column, "
        "and a score, rank or decile of the Index of Multiple Deprivation."
    )


def test_a_damaged_file_is_no_deprivation_file(write):
    assert not looks_like_deprivation(write(b"PK\x03\x04"))


def test_rows_that_cannot_be_used_are_refused_with_the_reason(write):
    table, issues = import_deprivation(
        write(
            "lsoa21_code,IMD_score,IMD_rank,IMD_decile\n"
            "E01000001,50,3376,2\n"
            "W01000001,50,1,1\n"
            ",50,1,1\n"
            "E01000001,51,2,1\n"
            "E01000002,,,\n"
            "E01000003,101,33756,11\n"
        )
    )
    assert table["code"].tolist() == ["E01000001"]
    told = [tuple(row) for row in issues.fillna("").itertuples(index=False)]
    assert told[:3] == [
        (3, "lsoa21_code", "W01000001", "This is not an area code of England.", "refused"),
        (4, "lsoa21_code", "", "This is not an area code of England.", "refused"),
        (5, "lsoa21_code", "E01000001", "This area stands in the file already.", "refused"),
    ]
    assert told[3:7] == [
        (6, "IMD_score", "", "The figure is missing, and was left so.", "changed"),
        (6, "IMD_rank", "", "The figure is missing, and was left so.", "changed"),
        (6, "IMD_decile", "", "The figure is missing, and was left so.", "changed"),
        (6, "", "E01000002", "This area has no score, rank or decile.", "refused"),
    ]
    assert [row[3] for row in told[7:]] == [
        "A score is from 0 to 100; this was left out.",
        "A rank here is a whole number from 1 to 33755; this was left out.",
        "A decile here is a whole number from 1 to 10; this was left out.",
        "This area has no score, rank or decile.",
    ]


@pytest.mark.parametrize(
    ("score", "read"), [("100", 100), ("0", 0), ("-0.1", None), ("x", None), ("nan", None), ("1,0.5", None)]
)
def test_scores_are_numbers_from_0_to_100(write, score, read):
    cell = f'"{score}"'
    table, issues = import_deprivation(write(f"lsoa21_code,IMD_score,IMD_rank\nE01000001,{cell},5\n"))
    if read is None and score != "1,0.5":
        assert pd.isna(table["score"].iloc[0])
        assert issues["outcome"].tolist() == ["changed"]
    elif read is not None:
        assert table["score"].iloc[0] == read
        assert issues.empty


def test_ranks_may_have_thousands_commas_but_no_halves(write):
    table, issues = import_deprivation(
        write('LSOA21CD,IMD score,IMD rank\nE01000001,5,"33,755"\nE01000002,5,7.5\nE01000003,5,0\n')
    )
    assert table["rank"].fillna(-1).tolist() == [33755, -1, -1]
    assert issues["row"].tolist() == [3, 4]


def test_a_share_is_from_0_to_1(write):
    header = "ltla24_code,imd_average_score,imd_proportion_of_lso_as_in_most_deprived_10_percent_nationally\n"
    table, issues = import_deprivation(write(header + "E08000003,38.677,40.7\nE08000004,36.8,1\n"))
    assert table["share_most_deprived_tenth"].fillna(-1).tolist() == [-1, 1]
    assert issues["problem"].tolist() == ["A share is from 0 to 1; this was left out."]


@pytest.mark.parametrize(("lad", "last"), [(19, 317), (24, 296)])
def test_a_district_rank_ends_at_the_number_of_districts(write, lad, last):
    header = f"lad{lad}cd,imd average score,imd rank of average score\n"
    table, issues = import_deprivation(write(header + f"E08000003,9,{last}\nE08000004,9,{last + 1}\n"))
    assert table["rank"].fillna(-1).tolist() == [last, -1]
    assert len(issues) == 1
    assert DISTRICTS[table["edition"].iloc[0]] == last


def test_a_decile_that_does_not_go_with_its_rank_is_kept_and_told(write):
    table, issues = import_deprivation(write("lsoa21_code,IMD_rank,IMD_decile\nE01000001,3375,2\n"))
    assert table["decile"].tolist() == [2]
    assert issues.values.tolist() == [
        [2, "IMD_decile", "2", "Decile 2 does not go with rank 3375, which is in decile 1.", "kept"]
    ]


def test_a_missing_decile_is_worked_out_from_the_rank(write):
    table, _ = import_deprivation(write("lsoa21_code,IMD_rank\nE01000001,3375\nE01000002,3376\n"))
    assert table["decile"].tolist() == [1, 2]


@pytest.mark.parametrize("edition", [2019, 2025])
def test_deciles_run_from_1_to_10_in_tenths(edition):
    count = NEIGHBOURHOODS[edition]
    deciles = decile_of_rank(pd.Series(range(1, count + 1)), edition)
    assert deciles.iloc[[0, -1]].tolist() == [1, 10]
    assert deciles.is_monotonic_increasing
    assert deciles.value_counts().between(count // 10, count // 10 + 1).all()


@given(st.integers(1, 33_755))
@settings(max_examples=40)
def test_a_decile_is_the_rank_in_tenths_rounded_up(rank):
    assert decile_of_rank(pd.Series([rank]), 2025).iloc[0] == pytest.approx(np.ceil(rank / 3375.5))


def test_a_file_with_no_usable_row_is_refused(write):
    with pytest.raises(InputError) as error:
        import_deprivation(write("lsoa21_code,IMD_rank\nS01000001,5\n"))
    assert str(error.value) == (
        "spend.csv has no usable row: no area code of England stands with a figure beside it."
    )


def test_a_title_and_compression_make_no_difference(write):
    text = "Table 1\n" + FILE_7.format(lsoa=2021, lad=2024, rank=29199, decile=9)
    table, _ = import_deprivation(write(gzip.compress(text.encode()), "file.csv.gz"))
    assert table["rank"].tolist() == [29199]


# Real files


def test_the_real_district_file_of_2025_gives_the_figures_of_greater_manchester(shared, greater_manchester):
    table, issues = import_deprivation(shared("imd/imd2025_england_lad24_file10.csv"))
    assert len(table) == 296
    assert issues.empty
    real = table.set_index("code").loc[greater_manchester["code"]]
    assert real["score"].tolist() == greater_manchester["score"].tolist()
    assert real["rank"].tolist() == greater_manchester["rank"].tolist()
    assert real["name"].tolist() == greater_manchester["name"].tolist()
    assert table[["income_score", "living_environment_score"]].notna().all(axis=None)


def test_the_real_district_file_of_2025_gives_the_figures_of_london(shared, place):
    table, _ = import_deprivation(shared("imd/imd2025_england_lad24_file10.csv"))
    real = table[table["code"].str.startswith("E09")].set_index("code").sort_index()
    ours = pd.read_csv(place / "london_boroughs.csv").set_index("code")
    columns = ["name", "score", "rank", "share_most_deprived_tenth"]
    pd.testing.assert_frame_equal(real[columns], ours[columns], check_dtype=False)


def test_the_real_neighbourhood_file_of_2025_is_read_whole(shared):
    table, issues = import_deprivation(shared("imd/imd2025_england_lsoa21_slim.csv.gz"))
    assert len(table) == NEIGHBOURHOODS[2025]
    assert issues.empty
    assert sorted(table["rank"]) == list(range(1, 33_756))
    assert set(table["edition"]) == {2025}
