"""Rules that are each right, but do not fit each other on some day."""

import pytest

from tests.domain.rules.files import said_about_rules


def versions(*rules: tuple[str, str, str]) -> str:
    """Blocks of four lines each: key, value, first day."""
    return "".join(
        f'[[rule."{key}"]]\nvalue = {value}\nfrom = {day}\nsource = "x"\n'
        for key, value, day in rules
    )


REDUCTION = "{per_cycle = 2, online_study = 1, class_study = 3, volunteering = 1}"
FULL_REDUCTION = "{per_cycle = 12, online_study = 1, class_study = 2, volunteering = 1}"
OFFENCE = "{enabled = true, once_in_months = 12, clean_months = 6, codes = []}"
PER_CYCLE = (
    "line 2, points.reduction: per_cycle must be as much as any single way takes off, and less"
    " than points.limit."
)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (
            [("handle.points_after", '"<=13"', "2020-01-01")],
            [
                "line 2, handle.points_after: The number must not exceed points.limit: nobody can"
                " handle beyond full points."
            ],
        ),
        (
            [("points.alert_at", "13", "2020-01-01")],
            [
                "line 2, points.alert_at: It must not exceed points.limit, or nobody is alerted in"
                " time."
            ],
        ),
        ([("points.reduction", REDUCTION, "2023-01-01")], [PER_CYCLE]),
        ([("points.reduction", FULL_REDUCTION, "2023-01-01")], [PER_CYCLE]),
        (
            [("grant.max_active", "6", "2020-01-01")],
            ["line 2, grant.max_owners_ever: It must not be less than grant.max_active."],
        ),
        (
            [("reconsider.days_untold", "59", "2020-01-01")],
            [
                "line 2, reconsider.days_untold: It must not be less than reconsider.days: who was"
                " not told has no shorter time."
            ],
        ),
        (
            [("first_offence", OFFENCE, "2020-01-01")],
            [
                "line 2, first_offence: enabled = true needs codes: list the violations to which it"
                " applies."
            ],
        ),
    ],
)
def test_a_value_that_does_not_fit(rules: list[tuple[str, str, str]], said: list[str]) -> None:
    assert said_about_rules(versions(*rules)) == said


@pytest.mark.parametrize(
    "rules",
    [
        [("handle.points_after", '"<=12"', "2020-01-01")],
        [("points.alert_at", "12", "2020-01-01")],
        [("grant.max_active", "5", "2020-01-01")],
        [
            ("grant.max_active", "6", "2020-01-01"),
            ("grant.max_owners_ever", '"none"', "2019-01-01"),
        ],
        [("reconsider.days_untold", "60", "2020-01-01")],
        [("first_offence", OFFENCE.replace("[]", '["1344"]'), "2020-01-01")],
        [("first_offence", OFFENCE.replace("true", "false"), "2020-01-01")],
        [("points.reduction", REDUCTION.replace("2,", "3,"), "2020-01-01")],
        [("points.reduction", FULL_REDUCTION.replace("12", "11"), "2020-01-01")],
    ],
)
def test_a_value_that_just_fits(rules: list[tuple[str, str, str]]) -> None:
    assert said_about_rules(versions(*rules)) == []


def test_the_line_is_that_of_the_version_whose_days_do_not_fit() -> None:
    rules = versions(
        ("points.alert_at", "9", "2018-01-01"),
        ("points.alert_at", "11", "2019-01-01"),
        ("points.limit", "13", "2019-01-01"),
        ("points.limit", "10", "2020-01-01"),
        ("points.alert_at", "12", "2021-01-01"),
    )

    said = said_about_rules(rules)

    assert [one for one in said if "alert_at" in one] == [
        f"line {line}, points.alert_at: It must not exceed points.limit, or nobody is alerted in"
        " time."
        for line in (6, 18)
    ]
    assert [one for one in said if "points_after" in one] == [
        "line 14, handle.points_after: The number must not exceed points.limit: nobody can handle"
        " beyond full points."
    ]
    assert len(said) == 3
