"""Who may use which services."""

from domain.failures import Forbidden, StepUpRequired, Unauthenticated
from domain.principals import Anonymous, Citizen, Officer, Principal

# The role of those who watch over the money (对账岗).
FINANCE = "finance"


def require_citizen(principal: Principal) -> Citizen:
    """
    The signed-in citizen.

    :raises Unauthenticated: when nobody is signed in
    :raises Forbidden: for an officer: officers look records up in the back office
    """
    if isinstance(principal, Anonymous):
        raise Unauthenticated("sign_in")
    if not isinstance(principal, Citizen):
        raise Forbidden("citizens_only")
    return principal


def require_identity(principal: Principal) -> tuple[Citizen, str]:
    """
    The signed-in citizen and their verified identity number, the link to the records.

    :raises StepUpRequired: when the person has not been verified
    """
    citizen = require_citizen(principal)
    if citizen.identity_number is None:
        raise StepUpRequired("verify_identity")
    return citizen, citizen.identity_number


def require_officer(principal: Principal, role: str) -> Officer:
    """
    The signed-in officer, who has the role.

    :raises Unauthenticated: when nobody is signed in
    :raises Forbidden: for a citizen, and for an officer without the role
    """
    if isinstance(principal, Anonymous):
        raise Unauthenticated("sign_in")
    if not isinstance(principal, Officer) or role not in principal.roles:
        raise Forbidden("officers_only", part=role)
    return principal
