"""The public keys of agencies: usable, pinned by their agreements, changed under everybody's eyes, running out.

Whoever can change a recipient's key can read what is sealed to it from then on. So a key that both sides signed into an
agreement is not replaced by a registration alone: a new agreement, signed by both, names the new key first. And every
change is an entry of the log. Holds public keys only.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final

from gateway.core.boxes import Sealing, check_key
from gateway.core.encoding import unbase64
from gateway.core.errors import RegistrationRefusedError
from schemas.canonical import canonical
from schemas.documents import Document, Json
from schemas.vocabulary import DeliveryMode

SOON: Final = timedelta(days=30)
"""How long before something ends the operator is told: two agencies may have to sign."""


@dataclass(frozen=True, slots=True)
class Ending:
    """A registered key of an agency or of a client, and the last day it may be used."""

    agency: str
    key: str
    last_day: date


def check_usable(filed: Document) -> None:
    """Raise RecipientError unless every sealing key can be sealed to in the way it is registered for."""
    for key in _listed(filed, "sealing"):
        check_key(Sealing(str(key["use"])), unbase64(str(key["public_key"])))


def refuse_renamed(older: Document, filed: Document) -> None:
    """Raise RegistrationRefusedError for a new key under an old id: what is sealed or signed names its key by id."""
    known = {key["id"]: key["public_key"] for key in _every(older)}
    if any(known.get(key["id"], key["public_key"]) != key["public_key"] for key in _every(filed)):
        raise RegistrationRefusedError("key_id_reused")


def refuse_unpinned(filed: Document, agreements: Sequence[Document], at: datetime) -> None:
    """Raise RegistrationRefusedError when the key that would be sealed to is not one that an agreement in force pins.

    An agreement that pins no key leaves it to the registration.
    """
    used = next((key["public_key"] for key in _listed(filed, "sealing")), None)
    for terms in agreements:
        pinned = {key["public_key"] for key in _objects(terms.get("recipient_keys"))}
        if terms["recipient"] == filed["id"] and pinned and used not in pinned and _in_force(terms, at.date()):
            raise RegistrationRefusedError("pinned_key_differs")


def refuse_unsealed(older: Document, filed: Document, agreements: Sequence[Document], at: datetime) -> None:
    """Raise RegistrationRefusedError for a recipient that would be readable here from now on, and was sealed to a key.

    A key that an agreement in force pins binds nobody who may simply stop sealing to it.
    """
    sealed = DeliveryMode.SEALED_PULL
    if older["delivery_mode"] != sealed or filed["delivery_mode"] == sealed:
        return
    if any(
        terms["recipient"] == filed["id"] and _objects(terms.get("recipient_keys")) and _in_force(terms, at.date())
        for terms in agreements
    ):
        raise RegistrationRefusedError("sealed_by_agreement")


def key_change(older: Document, filed: Document) -> dict[str, Json] | None:
    """Return what the log says about an agency whose keys became others; None where they stayed."""
    if older["keys"] == filed["keys"]:
        return None
    return {"recipient": str(filed["id"]), "content": sha256(canonical(filed["keys"])).hexdigest()}


def endings(registered: Sequence[Document]) -> Iterator[Ending]:
    """Yield every registered key that has a last day, the soonest first."""
    found = (
        Ending(str(filed["id"]), str(key["id"]), date.fromisoformat(str(key["expires"])))
        for filed in registered
        for key in _every(filed)
        if "expires" in key
    )
    yield from sorted(found, key=lambda ending: (ending.last_day, ending.agency, ending.key))


def _in_force(terms: Document, day: date) -> bool:
    span = terms["in_force"]
    if not isinstance(span, Mapping):
        return True
    return date.fromisoformat(str(span["from"])) <= day <= date.fromisoformat(str(span["to"]))


def _every(filed: Document) -> list[Document]:
    return [*_listed(filed, "signing"), *_listed(filed, "sealing")]


def _listed(filed: Document, use: str) -> list[Document]:
    keys = filed["keys"]
    return _objects(keys.get(use)) if isinstance(keys, Mapping) else []


def _objects(value: Json) -> list[Document]:
    listed = value if isinstance(value, Sequence) and not isinstance(value, str) else []
    return [entry for entry in listed if isinstance(entry, Mapping)]
