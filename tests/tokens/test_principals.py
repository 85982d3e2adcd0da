from dataclasses import FrozenInstanceError

import pytest

from domain.principals import Citizen, Officer, VerificationLevel, is_document_number

NUMBER = "11010519491231002X"


def test_a_person_is_issuer_and_subject() -> None:
    person = Citizen("https://a.example", "1")

    assert person.id == Citizen("https://a.example", "1", name="王小明").id
    assert person.id == Officer("https://a.example", "1").id
    assert person.id != Citizen("https://a.example", "2").id
    assert person.id != Citizen("https://b.example", "1").id
    # Rows in the database hold this value.
    assert str(person.id) == "e898395a-cfc9-5b3b-9d81-80732e128552"


def test_personal_data_is_not_printed() -> None:
    citizen = Citizen(
        "https://a.example", "1", "王小明", NUMBER, verification=VerificationLevel.FACE
    )

    for text in (repr(citizen), str(citizen), f"{[citizen]}"):
        assert NUMBER not in text
        assert "王小明" not in text


def test_principals_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Officer("https://a.example", "1").roles = frozenset({"chief"})  # type: ignore[misc]


def test_an_unverified_citizen_has_no_identity_number() -> None:
    with pytest.raises(ValueError, match="unverified"):
        Citizen("https://a.example", "1", identity_number=NUMBER)


def test_levels_are_ordered_by_strength() -> None:
    none, basic, face = VerificationLevel

    assert [level.meets(basic) for level in (none, basic, face)] == [False, True, True]
    assert [level.meets(none) for level in (none, basic, face)] == [True, True, True]
    assert [level.meets(face) for level in (none, basic, face)] == [False, False, True]


@pytest.mark.parametrize(
    "number", [NUMBER, "110101199003070000", "E12345678", "H0123456(7)", "军字第1234567号"]
)
def test_document_numbers(number: str) -> None:
    assert is_document_number(number)


@pytest.mark.parametrize(
    "number", ["", "X", "1234", "1" * 33, "１" + NUMBER[1:], NUMBER + " ", "a\n12345"]
)
def test_not_document_numbers(number: str) -> None:
    assert not is_document_number(number)
