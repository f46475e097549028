"""The country profile in force, and the proof that nothing leads to immigration enforcement (F-01).

Both are wanted before anything is served: a profile that protects less than the code guarantees, and a register in
which anything could reach enforcement, stop the start.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from consent.disclosure import Party
from consent.errors import PolicyError
from consent.firewall import Member, unreachable
from consent.policy import Policy, policy_of, protective
from consent.records import Agreement
from gateway.core.errors import OperatorError
from gateway.core.same_key import endpoint_of, of_agency, of_jwk
from schemas.decoding import decode_json
from schemas.documents import Document
from schemas.errors import SchemaViolationError
from schemas.validation import validate
from schemas.vocabulary import DataCategory, FunctionClass, Purpose

SCHEMA: Final = "country_profile/1.0"
_NOWHERE: Final = "XX"


def policy_in(profile: bytes | None, country: str) -> Policy:
    """Return the policy of a country profile; without one, the most protective, for that country.

    Raises OperatorError for one that is unreadable, protects too little, or is another country's.
    """
    if profile is None:
        return replace(protective(), country=country)
    try:
        policy = policy_of(validate(decode_json(profile), SCHEMA).document)
    except SchemaViolationError:
        fault = "the country profile does not fit its schema; run `referral-gateway policy check FILE`"
    except PolicyError as error:
        fault = str(error.fault)
    else:
        if country not in {_NOWHERE, policy.country}:
            raise OperatorError("the country profile is another country's than the setting says")
        return policy
    raise OperatorError(fault)


def proven(
    policy: Policy,
    agencies: Iterable[Document],
    clients: Iterable[tuple[str, str, Sequence[Mapping[str, object]]]],
    agreements: Iterable[Document],
) -> None:
    """Prove that no route leads to immigration enforcement under this policy and register. Raises OperatorError."""
    held = list(clients)
    try:
        unreachable(policy, map(_agreement, agreements), [_member(document, held) for document in agencies])
    except PolicyError as error:
        fault = f"immigration enforcement could be reached: {error.fault}"
    else:
        return
    raise OperatorError(fault)


def _member(document: Document, clients: Sequence[tuple[str, str, Sequence[Mapping[str, object]]]]) -> Member:
    agency = str(document["id"])
    mine = [(client, keys) for client, owner, keys in clients if owner == agency]
    return Member(
        party=Party(agency, FunctionClass(str(document["function_class"])), str(document["country"])),
        operator=str(document["operator"]),
        clients=frozenset(client for client, _ in mine),
        keys=frozenset(of_jwk(key) for _, keys in mine for key in keys) | of_agency(document),
        endpoints=endpoint_of(document),
    )


def _agreement(document: Document) -> Agreement:
    """Read whom an agreement joins; when it is in force does not matter to the proof."""
    terms = document["agreement"]
    if not isinstance(terms, Mapping):
        raise OperatorError("an agreement on record is unreadable")
    now = datetime(2000, 1, 1, tzinfo=UTC)
    return Agreement(
        id=str(terms["id"]),
        version=1,
        sender=str(terms["sender"]),
        recipient=str(terms["recipient"]),
        purpose=Purpose(str(terms["purpose"])),
        categories=frozenset(DataCategory),
        begins=now,
        ends=now + timedelta(days=1),
        retention_days=1,
    )
