"""What every city is like, whatever its seed."""

import re
from collections import Counter
from datetime import timedelta

import pytest

from sandbox.city import DEFAULT_TODAY, MAGIC_PLATES, City, OffenceCode, Person, generate_city
from sandbox.city.checks import credit_code, identity_number, vin
from tests.sandbox.conftest import CODES

_PLATES = {
    "01": r"渝[A-H][A-HJ-NP-Z0-9]{5}",
    "02": r"渝[A-HZ][A-HJ-NP-Z0-9]{5}",
    "07": r"渝[A-H][A-HJ-NP-Z0-9]{5}",
    "15": r"渝[A-H][A-HJ-NP-Z0-9]{4}挂",
    "16": r"渝[A-H][A-HJ-NP-Z0-9]{4}学",
    "51": r"渝[A-H][0-9]{5}[ABCDEFGHJK]",
    "52": r"渝[A-H][ABCDEFGHJK][A-HJ-NP-Z0-9][0-9]{4}",
}
_TYPES = {
    "01": r"H[12]1|Q11",
    "02": r"K3[123]",
    "07": r"M(21|15)",
    "15": r"B11",
    "16": r"K33",
    "51": r"K[12]1",
    "52": r"K3[23]",
}
_VIN_VALUES = dict(zip("ABCDEFGH", range(1, 9), strict=True))
_VIN_VALUES |= dict(zip("JKLMN", range(1, 6), strict=True))
_VIN_VALUES |= {"P": 7, "R": 9} | {char: value for value, char in enumerate("STUVWXYZ", 2)}
_VIN_VALUES |= {str(digit): digit for digit in range(10)}


@pytest.fixture(scope="module")
def people(city: City) -> list[Person]:
    return [*city.citizens(), city.magic_citizen, city.magic_buyer]


def _identity_is_valid(number: str) -> bool:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))
    return len(number) == 18 and number[17] == "10X98765432"[total % 11]


def _vin_is_valid(number: str) -> bool:
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    total = sum(_VIN_VALUES[char] * weight for char, weight in zip(number, weights, strict=True))
    return number[8] == "0123456789X"[total % 11]


def test_check_digits_of_published_numbers() -> None:
    assert identity_number("500000", "19000101", 1) == "500000190001010015"
    assert identity_number("500000", "19004022", 900)[:17] == "50000019004022900"
    assert vin("LSJZ14C3", "DS015575") == "LSJZ14C30DS015575"
    assert vin("1M8GDM9A", "KP042788") == "1M8GDM9AXKP042788"
    assert credit_code("110000", 10_000_000)[:2] == "91"


def test_same_seed_same_city_byte_for_byte() -> None:
    first = b"".join(generate_city(7, 60, CODES).to_jsonl())

    assert first == b"".join(generate_city(7, 60, CODES).to_jsonl())
    assert first != b"".join(generate_city(8, 60, CODES).to_jsonl())


def test_a_citizen_is_the_same_in_a_larger_city(city: City) -> None:
    larger = generate_city(city.seed, 100, CODES, vehicles=5_000)

    assert len(larger) > 3_000
    assert [larger.citizen(n) for n in (0, 1, 77, 399)] == [
        city.citizen(n) for n in (0, 1, 77, 399)
    ]


def test_size_is_citizens_or_what_the_vehicles_take() -> None:
    city = generate_city(7, 10, CODES, vehicles=500)
    owned = [len(person.vehicles) for person in city.citizens()]

    assert sum(owned) >= 500 > sum(owned[:-1])
    assert len(generate_city(7, 10, CODES, vehicles=1)) == 10
    with pytest.raises(IndexError, match="citizen 10 of 10"):
        generate_city(7, 10, CODES).citizen(10)
    with pytest.raises(ValueError, match="at least one citizen"):
        generate_city(7, 0, CODES)
    with pytest.raises(ValueError, match="at least one violation code"):
        generate_city(7, 1, ())


def test_two_thousand_citizens() -> None:
    assert sum(1 for _ in generate_city(3, 2_000, CODES).to_jsonl()) == 2_001


def test_people(people: list[Person]) -> None:
    names = [person.name for person in people]

    assert all(_identity_is_valid(person.identity_number) for person in people)
    assert {person.identity_number[:6] for person in people} == {"500000"}
    assert len({person.identity_number for person in people}) == len(people)
    assert {2, 3} <= {len(name) for name in names}
    assert any("·" in name for name in names)
    assert any(name[:2] in ("欧阳", "上官", "司马", "诸葛", "东方", "令狐") for name in names)


def test_licences(people: list[Person]) -> None:
    licences = [person.licence for person in people if person.licence]
    statuses = Counter(licence.status for licence in licences)

    assert 0 < len(people) - len(licences) < len(people) * 0.06
    assert all(re.fullmatch(r"[ABCDEFGHIJKLMNPRSTU]{1,6}", status) for status in statuses)
    assert statuses["A"] > len(licences) * 0.8
    assert any(len(status) > 1 for status in statuses)
    assert all(re.fullmatch(r"([ABC]\d|[DEFMNP])+", licence.classes) for licence in licences)
    assert all(re.fullmatch(r"\d{12}", licence.file_number) for licence in licences)
    assert len({licence.file_number for licence in licences}) == len(licences)
    for licence in licences:
        assert timedelta(0) < licence.points_clear_on - DEFAULT_TODAY <= timedelta(366)
        assert (licence.points >= 12) == ("B" in licence.status)


def test_vehicles(people: list[Person]) -> None:
    vehicles = [(person, vehicle) for person in people for vehicle in person.vehicles]
    types = Counter(vehicle.plate_type for _, vehicle in vehicles)

    assert set(types) == set(_PLATES)
    for person, vehicle in vehicles:
        assert re.fullmatch(_PLATES[vehicle.plate_type], vehicle.plate_number), vehicle
        assert re.fullmatch(r"[A-HJ-NPR-Z0-9]{17}", vehicle.vin)
        assert _vin_is_valid(vehicle.vin)
        assert re.fullmatch(r"[ABCDEGHIJKLMNOPQ]{1,6}", vehicle.status)
        if vehicle.owner_id != person.identity_number:
            assert re.fullmatch(r"91500000[0-9]{8}[0-9X][0-9A-HJ-NPQRTUWXY]", vehicle.owner_id)
            assert vehicle.owner_name.endswith("公司")
    assert len({v.vin for _, v in vehicles}) == len(vehicles)
    assert len({(v.plate_type, v.plate_number) for _, v in vehicles}) == len(vehicles)
    assert any(v.owner_id != person.identity_number for person, v in vehicles)
    assert all(p.vehicles[0].owner_id == p.identity_number for p in people if p.vehicles)


def test_types_of_vehicles_fit_their_plates_and_uses(people: list[Person]) -> None:
    vehicles = [vehicle for person in people for vehicle in person.vehicles]

    for vehicle in vehicles:
        assert re.fullmatch(_TYPES[vehicle.plate_type], vehicle.type_code), vehicle
    # Freight goes by truck, the public by bus, learners by car.
    assert {(v.use, v.type_code[0]) for v in vehicles if v.use != "A"} == {
        ("F", "H"),
        ("F", "Q"),
        ("F", "B"),
        ("C", "K"),
        ("N", "K"),
    }
    assert {v.type_code[0] for v in vehicles if v.use == "A"} == {"K", "M"}


def test_a_number_may_be_given_in_two_plate_types() -> None:
    vehicles = [v for p in generate_city(3, 2_000, CODES).citizens() for v in p.vehicles]
    numbers = Counter(vehicle.plate_number for vehicle in vehicles)
    types: dict[str, set[str]] = {}
    for vehicle in vehicles:
        types.setdefault(vehicle.plate_number, set()).add(vehicle.plate_type)

    twins = [number for number, count in numbers.items() if count > 1]
    assert 5 < len(twins) < 100
    assert all(len(types[number]) == numbers[number] for number in twins)


def test_garages(city: City) -> None:
    sizes = Counter(len(person.vehicles) for person in city.citizens())

    assert set(sizes) <= {1, 2, 3, 4, 5}
    assert 0.6 < sizes[1] / len(city) < 0.8
    assert 0.15 < sizes[2] / len(city) < 0.35


def test_camera_records(people: list[Person]) -> None:
    counts = Counter(len(v.records) for p in people for v in p.vehicles)
    records = [(p, v, r) for p in people for v in p.vehicles for r in v.records]

    assert max(counts) <= 40
    assert sum(counts[few] for few in range(4)) > sum(counts.values()) * 0.6
    assert len({record.serial for _, _, record in records}) == len(records)
    for _, vehicle, record in records:
        day = record.occurred_at.date()
        assert re.fullmatch(r"5001\d{2}79\d{8}", record.serial)
        assert re.fullmatch(r"5001\d{8}", record.capture_unit)
        assert (record.plate_type, record.plate_number) == (
            vehicle.plate_type,
            vehicle.plate_number,
        )
        assert vehicle.first_registered < day < DEFAULT_TODAY
        assert day >= DEFAULT_TODAY - timedelta(731)
        assert (
            (record.measured is None)
            == (record.limit is None)
            == (record.offence not in ("16362", "6050", "1721"))
        )
        assert record.measured is None or record.measured > (record.limit or 0)
        assert (record.handled == "1") == (record.decision_number is not None)
    assert {r.handled + r.paid for _, _, r in records} == {"00", "10", "11", "19"}
    assert {r.fine_yuan for _, _, r in records if r.paid == "9"} == {0}


def test_the_biggest_offenders_have_forty_records() -> None:
    vehicles = [v for p in generate_city(3, 2_000, CODES).citizens() for v in p.vehicles]

    assert max(len(vehicle.records) for vehicle in vehicles) == 40


def test_handled_records_and_their_decisions(city: City, people: list[Person]) -> None:
    decisions = {d.number: (p, d) for p in people for d in p.decisions}
    handled = [r for p in people for v in p.vehicles for r in v.records if r.decision_number]

    assert len(decisions) == sum(len(person.decisions) for person in people)
    for record in handled:
        driver, decision = decisions.pop(record.decision_number or "")
        assert re.fullmatch(r"\d{15}", decision.number)
        assert re.fullmatch(r"\d{22}", decision.violation_number)
        assert decision.violation_number == record.violation_number
        assert (decision.driver, decision.licence_number) == (driver.name, driver.identity_number)
        assert (decision.paid, decision.source) == (record.paid, "2")
        assert driver.licence
        assert driver.licence.first_issued < record.occurred_at.date()
        assert (decision.penalty_kind == "1") == (record.paid == "9")
    on_scene = [decision for _, decision in decisions.values()]
    assert on_scene
    assert {decision.source for decision in on_scene} == {"1"}
    assert all(city.record(decision.number) is None for decision in on_scene)


def test_now_and_then_somebody_else_drove(city: City) -> None:
    owners = {v.plate_number: p for p in city.citizens() for v in p.vehicles}
    drivers = [(p, owners[d.plate_number]) for p in city.citizens() for d in p.decisions]

    strangers = sum(driver is not owner for driver, owner in drivers)
    assert 0 < strangers < len(drivers) * 0.4


def test_points_are_those_of_the_running_cycle(city: City) -> None:
    for person in city.citizens():
        if person.licence is None or "B" in person.licence.status or person.index == 0:
            continue
        began = person.licence.points_clear_on - timedelta(365)
        counted = [d.points for d in person.decisions if d.decided_at.date() >= began]
        assert person.licence.points <= sum(counted) + 12


def test_every_number_leads_back(city: City) -> None:
    for person in (*city.citizens(), city.magic_citizen):
        assert city.person(person.identity_number) == person
        for vehicle in person.vehicles:
            assert city.vehicle(vehicle.plate_type, vehicle.plate_number) == vehicle
            assert all(city.record(record.serial) == record for record in vehicle.records)
        for decision in person.decisions:
            assert city.decision(decision.number) == decision
            assert city.decision_of_violation(decision.violation_number) == decision
        if person.licence:
            assert city.person_of_file(person.licence.file_number) == person


@pytest.mark.parametrize("number", ["", "x", "渝A12345", "500000199002300015", "9" * 22, "٣" * 18])
def test_unknown_numbers_lead_nowhere(city: City, number: str) -> None:
    assert city.vehicle("02", number) is None
    assert city.vehicle("99", number) is None
    assert city.person(number) is None
    assert city.person_of_file(number) is None
    assert city.record(number) is None
    assert city.decision(number) is None
    assert city.decision_of_violation(number) is None


def test_the_first_citizen_is_a_good_example(city: City) -> None:
    person = city.citizen(0)
    records = [record for vehicle in person.vehicles for record in vehicle.records]

    assert person.licence
    assert (person.licence.status, person.licence.points) == ("A", 3)
    assert [vehicle.plate_type for vehicle in person.vehicles] == ["02", "52"]
    assert len(records) >= 8
    assert {record.handled + record.paid for record in records} >= {"00", "10", "11"}
    assert "1" in {decision.source for decision in person.decisions}


def test_the_first_citizen_has_violations_in_every_seed() -> None:
    for seed in range(30):
        person = generate_city(seed, 1, CODES).citizen(0)
        states = [r.handled + r.paid for vehicle in person.vehicles for r in vehicle.records]
        assert len(states) >= 8
        assert states.count("00") >= 3
        assert person.licence
        assert (person.licence.status, person.licence.points) == ("A", 3)


def test_magic_plates_are_the_same_in_every_city(city: City) -> None:
    other = generate_city(1, 1, CODES[:1])
    magic = city.magic_citizen

    assert magic.identity_number == other.magic_citizen.identity_number == "500000198808089998"
    assert [v.plate_number for v in magic.vehicles] == list(MAGIC_PLATES.values())
    assert [v.vin for v in magic.vehicles] == [v.vin for v in other.magic_citizen.vehicles]
    assert {len(vehicle.records) for vehicle in magic.vehicles} == {3}


def test_a_table_without_familiar_codes_will_do() -> None:
    city = generate_city(7, 20, [OffenceCode("8001", "地方规定", 10, 2)])

    offences = {r.offence for p in city.citizens() for v in p.vehicles for r in v.records}
    assert offences == {"8001"}
