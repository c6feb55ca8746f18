import pytest

from course.errors import InputError
from course.measuring import appraisal_values, wellby_value, wellbys


def test_forty_people_gain_36_wellbys():
    assert wellbys(40, 0.6, 1.5) == pytest.approx(36)


def test_36_wellbys_are_468_000_pounds_with_a_range():
    value = wellby_value(36)
    assert (value.low_gbp, value.central_gbp, value.high_gbp) == (360_000, 468_000, 576_000)
    assert value.wellbys == 36
    assert value.price_year == "2019"
    assert value.sentence == (
        "36 WELLBYs are worth about £468,000, from £360,000 to £576,000, in 2019 prices."
    )


def test_two_years_at_full_then_half_effect():
    full = wellby_value(wellbys(40, 0.6, 1)).central_gbp
    half = wellby_value(wellbys(40, 0.3, 1)).central_gbp
    assert (full, half) == (pytest.approx(312_000), pytest.approx(156_000))


def test_a_fall_in_wellbeing_is_a_loss():
    assert wellbys(10, -10, 1) == -100
    assert wellby_value(-1).central_gbp == -13_000


@pytest.mark.parametrize("change", [10.5, -10.5])
def test_a_change_beyond_the_scale_is_refused(change):
    with pytest.raises(InputError) as refused:
        wellbys(1, change, 1)
    assert str(refused.value) == (
        f"The change in life satisfaction is {change:g}. The scale runs from 0 to 10, so give -10 to 10."
    )


def test_people_and_years_are_not_negative():
    assert wellbys(1, 10, 1) == 10
    with pytest.raises(InputError, match="The number of people is -1"):
        wellbys(-1, 1, 1)
    with pytest.raises(InputError, match="The number of years is -1"):
        wellbys(1, 1, -1)
    with pytest.raises(InputError, match="The change in life satisfaction is nan"):
        wellbys(1, float("nan"), 1)
    with pytest.raises(InputError, match="The number of WELLBYs is nan"):
        wellby_value(float("nan"))


def test_appraisal_values_carry_price_year_source_and_licence():
    values = appraisal_values().set_index("id")
    assert values.loc["qaly", "central"] == 70_000
    assert values.loc["qaly", "price_year"] == "2020"
    assert values.loc["wellby-2023", "central"] == 15_400
    assert values.loc["wellby", ["low", "central", "high"]].tolist() == [10_000, 13_000, 16_000]
    assert values.loc[["qaly", "wellby-2023"], ["low", "high"]].isna().all(axis=None)
    assert set(values["licence"]) == {"Open Government Licence v3.0"}
