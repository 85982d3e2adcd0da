"""What stands against it in the vehicle: its plate, its use, its type (rule R9)."""

from collections.abc import Iterator

from domain.law.cases import Case, LicenceFacts, Relation, VehicleFacts
from domain.law.vehicle_classes import Fit, fit
from domain.refusals import Refusal, RefusalCode
from domain.rules.values import Rules

MISFITS = {
    Fit.NOT_COVERED: None,
    Fit.CLASS_UNKNOWN: "unknown_class",
    Fit.TYPE_UNKNOWN: "unknown_type",
}


def vehicle_refusals(case: Case, rules: Rules) -> Iterator[Refusal]:
    """Why violations of this vehicle cannot be accepted online by this person."""
    vehicle = case.vehicle
    if vehicle is None:
        yield Refusal(RefusalCode.VEHICLE_KIND, "no_plate")
        return
    problem = _kind_problem(vehicle, rules)
    if problem is not None:
        yield Refusal(RefusalCode.VEHICLE_KIND, problem)
    licence = case.licence
    if rules.handle_vehicle_type_class_fit and isinstance(licence, LicenceFacts):
        found = fit(licence.classes, vehicle.plate.plate_type, vehicle.type_code, vehicle.use)
        if found is not Fit.COVERED:
            yield Refusal(RefusalCode.LICENCE_CLASS_MISMATCH, MISFITS[found])


def _kind_problem(vehicle: VehicleFacts, rules: Rules) -> str | None:
    """A city serves certain plates, of own vehicles certain uses."""
    plate_type = vehicle.plate.plate_type
    if vehicle.relation is not Relation.OWNER:
        others = rules.handle_other_plate_types
        return None if others is None or plate_type in others else "other_plate_type"
    own = rules.handle_own_plate_types
    if own is not None and plate_type not in own:
        return "own_plate_type"
    uses = rules.handle_own_vehicle_uses
    if uses is None or vehicle.use in uses:
        return None
    return "own_use_unknown" if vehicle.use is None else "own_use"
