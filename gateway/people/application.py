"""Every page for people, as one list of routes. An act that asks for a passkey is named here and nowhere else."""

from functools import partial
from typing import Final

from fastapi import APIRouter

from gateway.people import (
    acts,
    approvals,
    breaches,
    ceremonies,
    changes,
    consents,
    erasures,
    her_receipt,
    histories,
    identities,
    officers,
    overrides,
    own_passkeys,
    policies,
    probing,
    start,
    today,
    whole_log,
)
from gateway.people.door import PeopleDoor

_ACTS: Final = {
    "invite": officers.invite,
    "grant": officers.grant,
    "revoke": officers.revoke,
    "add-passkey": own_passkeys.add,
    "remove-passkey": own_passkeys.remove,
    "confirm": approvals.confirm,
    "approve-override": overrides.approve,
    "stop-override": overrides.stop,
    "review-override": overrides.review,
    "approve-policy": policies.approve,
    "show-history": histories.show,
    "erase": erasures.erase,
    "release-erasure": erasures.release,
    "ask-identity": identities.ask,
    "agree-identity": identities.agree,
    "show-identity": identities.show,
    "release-probing": probing.release,
    "record-breach": breaches.record,
    "follow-breach": breaches.follow,
}


def router(door: PeopleDoor) -> APIRouter:
    """Make the routes."""
    routes = APIRouter()
    approving = (approvals, overrides, identities, policies, erasures, histories, probing, breaches, today, whole_log)
    for pages in (ceremonies, start, officers, *approving, consents, changes, her_receipt, own_passkeys):
        routes.routes.extend(pages.router(door).routes)
    making = {name: partial(made, door) for name, made in _ACTS.items()}
    routes.routes.extend(acts.router(door, making).routes)
    return routes
