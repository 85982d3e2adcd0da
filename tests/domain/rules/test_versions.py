"""Versions of a city and of the law, one after the other."""

from datetime import date

from tests.domain.rules.files import CITY, book_of

RULE = '[[rule."pay.days"]]\nvalue = 20\nfrom = 2017-07-01\nsource = "x"\n'


def test_versions_may_stand_in_any_order() -> None:
    later = RULE.replace("2017", "2019").replace("20\n", "30\n", 1)

    assert book_of(CITY + later + RULE) == book_of(CITY + RULE + later)


def test_a_version_of_the_day_on_which_the_law_changed_replaces_that_change() -> None:
    block = '[[rule."litigate.months"]]\nvalue = 7\nfrom = 2015-05-01\nsource = "x"\n'

    versions = book_of(CITY + block).history("litigate.months")

    assert [(one.valid_from, one.value, one.is_default) for one in versions] == [
        (None, "3", True),
        (date(2015, 5, 1), "7", False),
    ]
