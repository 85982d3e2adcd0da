"""Every rule that a city may set: R1-R45 and those beside them."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.rules.catalogue.entry import Rule
from domain.rules.catalogue.grants import GRANTS
from domain.rules.catalogue.handling import HANDLING
from domain.rules.catalogue.payment import PAYMENT
from domain.rules.catalogue.points import SCORING
from domain.rules.catalogue.remedies import REMEDIES
from domain.rules.catalogue.service import SERVICE

CATALOGUE: Mapping[str, Rule] = MappingProxyType(
    {one.key: one for one in (*HANDLING, *GRANTS, *PAYMENT, *SCORING, *REMEDIES, *SERVICE)}
)

__all__ = ["CATALOGUE", "Rule"]
