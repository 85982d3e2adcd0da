"""Building what violations are accepted with."""

from domain.ids import new_id
from gateways.police_records import PoliceRecords
from gateways.police_writes import PoliceWrites
from runtime.ground import Ground
from services.acceptance import AcceptanceService
from services.acceptance_claim import AcceptanceClaims
from services.acceptance_preview import AcceptancePreviews
from services.acceptance_reading import AcceptanceReader
from services.acceptance_register import AcceptanceRegister
from services.acceptance_writes import AcceptanceWrites
from services.eligibility import EligibilityService
from services.garage import GarageService
from services.law import LawService
from services.licences import LicenceService
from services.mirror import Mirror
from services.violations import ViolationService


def build_accepting(
    ground: Ground,
    records: PoliceRecords,
    register: PoliceWrites,
    mirror: Mirror,
    violations: ViolationService,
    law: LawService,
) -> AcceptanceService:
    """Put it together."""
    db, vault, clock = ground.db, ground.vault, ground.clock
    reached = ground.reached
    return AcceptanceService(
        vault,
        AcceptancePreviews(
            db,
            vault,
            GarageService(db, vault, mirror, clock),
            violations,
            LicenceService(db, vault, mirror, clock),
            EligibilityService(db, law, vault, clock),
            law,
            clock,
        ),
        AcceptanceClaims(db, vault, clock, new_id, reached),
        AcceptanceWrites(db, vault, AcceptanceRegister(records, register), mirror, clock, reached),
        AcceptanceReader(db, vault),
        clock,
    )
