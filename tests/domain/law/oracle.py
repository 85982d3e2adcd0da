"""Who may handle online, told once more and as plainly as possible, to check the real thing by."""

from datetime import UTC, datetime, timedelta

from domain.law.cases import Case, LicenceFacts, NoLicence
from domain.rules.values import Rules

# Which single classes are enough, by type code or, where that is unknown, by plate type.
ENOUGH = {
    "K33": "A1 A2 A3 B1 B2 C1 C2 C5",
    "H11": "A1 A2 B2",
    "K11": "A1",
    "M21": "D E",
    "02": "A1 A2 A3 B1 B2 C1 C2",
    "52": "A1 A2 A3 B1 B2 C1 C2",
    "07": "D",
    "01": "",
}


def day(instant: datetime) -> str:
    return f"{instant.astimezone(UTC) + timedelta(hours=8):%Y-%m-%d}"


def two_years_later(text: str) -> str:
    later = f"{int(text[:4]) + 2}{text[4:]}"
    return later.replace("02-29", "02-28")


def reasons(case: Case, rules: Rules) -> set[str]:
    """The codes of every reason."""
    return (
        _record(case, rules)
        | _under_way(case)
        | _person(case, rules)
        | _vehicle(case, rules)
        | _grant(case, rules)
        | _amounts(case, rules)
        | _rest(case, rules)
    )


def _record(case: Case, rules: Rules) -> set[str]:
    v, found = case.violation, set()
    found |= {
        "unhandled": set(),
        "decided": {"ALREADY_HANDLED"},
        "paid": {"ALREADY_HANDLED", "ALREADY_PAID"},
        "nothing_to_pay": {"NOTHING_TO_PAY"},
        "withdrawn": {"ANNULLED"},
        "no_longer_listed": {"NO_LONGER_LISTED"},
    }[v.status.value]
    if v.capture.value not in [kind.value for kind in rules.handle_capture_kinds]:
        found.add("NOT_NON_SCENE")
    if v.handled_elsewhere is True:
        found.add("BEING_HANDLED_ELSEWHERE")
    if v.coercive_measure is True:
        found.add("COERCIVE_MEASURE_OPEN")
    if v.handled_elsewhere is None or v.coercive_measure is None or v.proceedings is None:
        found.add("UPSTREAM_UNAVAILABLE")
    if rules.handle_agencies is not None:
        code = v.agency.code or "-"
        if all(code[: len(prefix)] != prefix for prefix in rules.handle_agencies):
            found.add("OTHER_AGENCY")
    found_on = day(case.now) if v.found_on is None else v.found_on.isoformat()
    if two_years_later(day(v.occurred_at)) < found_on:
        found.add("TIME_LIMIT_PASSED")
    return found


def _under_way(case: Case) -> set[str]:
    found = set()
    for one in case.violation.proceedings or ():
        if one.kind.value == "objection":
            found.add("UNDER_DISPUTE")
        elif one.kind.value == "annulment":
            found.add("ANNUL_PENDING")
        elif one.until is None or one.until.isoformat() >= day(case.now):
            found.add("DEFERRED")
    return found


def _person(case: Case, rules: Rules) -> set[str]:
    found = set()
    verified = case.person.verification.value != "none" and case.person.identity_known
    if not verified or isinstance(case.licence, NoLicence):
        found.add("LICENCE_NOT_BOUND")
    if case.licence is None and verified:
        found.add("UPSTREAM_UNAVAILABLE")
    if isinstance(case.licence, LicenceFacts):
        if case.person.name_matches is not True:
            found.add("NAME_MISMATCH")
        good = "".join(sorted(one.value for one in rules.handle_licence_status_ok)).replace("?", "")
        letters = "".join(one.value for one in case.licence.statuses)
        if not letters or letters.strip(good):
            found.add("LICENCE_STATUS")
        if rules.handle_violation_after_first_issue:
            first = case.licence.first_licensed_on
            if first is None or day(case.violation.occurred_at) < first.isoformat():
                found.add("VIOLATION_BEFORE_LICENCE")
    return found


def _vehicle(case: Case, rules: Rules) -> set[str]:
    car = case.vehicle
    if car is None:
        return {"VEHICLE_KIND"}
    found = set()
    if car.relation.value == "owner":
        plates, uses = rules.handle_own_plate_types, rules.handle_own_vehicle_uses
        if uses is not None and (car.use is None or car.use not in uses):
            found.add("VEHICLE_KIND")
    else:
        plates = rules.handle_other_plate_types
    if plates is not None and car.plate.plate_type not in plates:
        found.add("VEHICLE_KIND")
    if isinstance(case.licence, LicenceFacts) and rules.handle_vehicle_type_class_fit:
        enough = ENOUGH[car.type_code or car.plate.plate_type.value].split()
        if not any(one in enough for one in case.licence.classes):
            found.add("LICENCE_CLASS_MISMATCH")
    return found


def _grant(case: Case, rules: Rules) -> set[str]:
    car, grant, points = case.vehicle, case.grant, case.violation.points
    if car is None or car.relation.value == "owner":
        return set()
    found = set()
    if not rules.handle_other_vehicle_points and points:
        found.add("OTHERS_VEHICLE_POINTS")
    if car.relation.value == "none" or grant is None:
        return found | {"GRANT_REQUIRED"}
    if day(case.now) < grant.starts_on.isoformat():
        found.add("GRANT_REQUIRED")
    expired = grant.ends_on.isoformat() < day(case.now)
    if rules.grant_expiry_days is not None and not grant.owner_is_user:
        age = case.now - datetime.combine(grant.starts_on, datetime.min.time(), case.now.tzinfo)
        expired = expired or age >= timedelta(days=rules.grant_expiry_days)
    if expired:
        found.add("GRANT_EXPIRED")
    too_many = [
        grant.active > rules.grant_max_active,
        grant.owners_ever > (rules.grant_max_owners_ever or 10**6),
        grant.chances_this_year > (rules.grant_chances_per_year or 10**6),
        grant.followers_of_vehicle > rules.grant_max_followers_per_vehicle,
    ]
    if any(too_many):
        found.add("GRANT_QUOTA")
    early = day(case.violation.occurred_at) < grant.starts_on.isoformat()
    if early and points and rules.handle_other_vehicle_after_filing:
        found.add("GRANT_TOO_LATE")
    return found


def _amounts(case: Case, rules: Rules) -> set[str]:
    fine, points, found = case.violation.fine, case.violation.points, set()
    if fine is None or points is None:
        found.add("AMOUNT_UNKNOWN")
    if fine is not None and fine.fen > rules.handle_max_fine.fen:
        found.add("FINE_OVER_LIMIT")
    if points and points > (rules.handle_max_points_single or 10**6):
        found.add("SINGLE_POINTS_OVER_LIMIT")
    if not isinstance(case.licence, LicenceFacts):
        return found
    large = {"A1", "A2", "A3", "B1", "B2"} & case.licence.classes
    if points and not rules.handle_large_class_points and (large or not case.licence.classes):
        found.add("LARGE_CLASS_POINTS")
    before = case.licence.points
    if before is None:
        return found | {"UPSTREAM_UNAVAILABLE"}
    if before >= 12 and not rules.handle_after_full_other_vehicles:
        found.add("POINTS_FULL")
    limit = rules.handle_points_after
    if points and before + points > limit.bound - (0 if limit.inclusive else 1):
        found.add("POINTS_WOULD_REACH_12")
    return found


def _rest(case: Case, rules: Rules) -> set[str]:
    counts, found = case.counts, set()
    plates = set(counts.other_plates or ())
    if case.vehicle is not None and case.vehicle.relation.value != "owner":
        plates.add(case.vehicle.plate)
    if counts.suspended or (
        counts.other_plates is not None and len(plates) > rules.fraud_other_plates_per_year
    ):
        found.add("POINT_TRADING_SUSPECTED")
    if (counts.drivers_of_vehicle or 0) > rules.fraud_drivers_per_vehicle:
        found.add("POINT_TRADING_SUSPECTED")
    if None in [counts.suspended, counts.other_plates, counts.drivers_of_vehicle]:
        found.add("UPSTREAM_UNAVAILABLE")
    if case.freshness.state.value != "FRESH":
        found.add("UPSTREAM_UNAVAILABLE")
    opens, closes = rules.hours_handle.opens.isoformat(), rules.hours_handle.closes.isoformat()
    now = f"{case.now.astimezone(UTC) + timedelta(hours=8):%H:%M:%S}"
    if opens != closes and not (opens <= now < closes):
        found.add("NIGHT_WINDOW")
    return found
