"""Who takes part: agencies, their agreements, their OAuth clients. A person registers them; nothing registers itself.

The firewall is drawn here, before any decision: immigration enforcement cannot stand in an agreement as recipient
(F-01), and no agency on the one side of it shares operator, key, endpoint or client key with one on the other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gateway.core.access.certificates import Certificate, CertificateName
from gateway.core.access.client_modes import FHIR, ClientMode
from gateway.core.access.client_rights import EVERY_RIGHT, ClientRights
from gateway.core.access.scopes import Scope
from gateway.core.adapter_ports import Adapters
from gateway.core.answers import ROUNDS
from gateway.core.encoding import unbase64
from gateway.core.errors import OperatorError, RegistrationRefusedError
from gateway.core.heads import Head, agency_head, agreement_head, client_head
from gateway.core.log.leaves import sealed_leaf
from gateway.core.parties.agency_keys import check_usable, key_change, refuse_renamed, refuse_unpinned, refuse_unsealed
from gateway.core.parties.client_keys import ClientKeys, Registrations, registered, registered_certificates
from gateway.core.parties.client_registration import check_rights
from gateway.core.parties.dead_ends import refuse_dead_end
from gateway.core.parties.registry_items import Register, RevokeClient
from gateway.core.ports import Clock, Entropy, Recorder
from gateway.core.rows import AgencyRow, AgreementRow, ClientRow
from gateway.core.same_key import across, endpoint_of, enforces, of_agency, of_jwk
from gateway.core.stages import SealedLeaf
from schemas.canonical import canonical
from schemas.documents import Document, Json
from schemas.validation import validate
from schemas.vocabulary import DeliveryMode, FunctionClass, LegalBasis, Purpose


class Books(Registrations, Protocol):
    """The register as it stands, read afresh."""

    def audiences(self) -> frozenset[str]:
        """Return the names of the resource servers that may ask about tokens."""
        ...

    def agreement_documents(self) -> Sequence[Document]:
        """Return every signed agreement."""
        ...

    def certificate_names(self) -> frozenset[CertificateName]:
        """Return the names by which the clients of mutual TLS are known."""
        ...


@dataclass(frozen=True, slots=True)
class Registry:
    """Registers agencies, agreements and clients, each as a leaf."""

    books: Books
    adapters: Adapters
    clock: Clock
    entropy: Entropy
    recorder: Recorder
    legal_bases: frozenset[LegalBasis]

    async def add_agency(self, document: Document) -> str:
        """Register an agency, or replace its registration (a changed key is a leaf and moves its head).

        Raises SchemaViolationError or RegistrationRefusedError.
        """
        filed = validate(document, "agency/1.0").document
        await self._registered(partial(self._agency, filed))
        return str(filed["id"])

    def _agency(self, filed: Document, beside: Head) -> Register:
        agency, keys = str(filed["id"]), _keys(filed)
        self.adapters.of(str(filed["adapter"]))
        self._refuse_across_firewall(filed)
        mode = DeliveryMode(str(filed["delivery_mode"]))
        if mode is DeliveryMode.SEALED_PULL and not keys["sealing"]:
            raise RegistrationRefusedError("sealing_key_missing")
        fields: dict[str, Json] = {"recipient": agency, "function_class": str(filed["function_class"])}
        leaf = sealed_leaf(self.entropy, "agency.registered", self.clock.now(), fields)
        return Register(AgencyRow(agency, filed), agency_head(agency), leaf, beside, self._key_changes(filed))

    async def add_agreement(self, document: Document) -> str:
        """Register an agreement signed by both agencies' registered keys (M-02). Raises like `add_agency`.

        One under which nothing could ever move is refused: better said now than at the first referral.
        """
        filed = validate(document, "agreement/1.0").document
        await self._registered(partial(self._agreement, filed))
        return str(_object(filed["agreement"])["id"])

    def _agreement(self, filed: Document, beside: Head) -> Register:
        terms = _object(filed["agreement"])
        parties = {str(entry["id"]): entry for entry in self.books.agency_documents()}
        sender, recipient = (parties.get(str(terms[side])) for side in ("sender", "recipient"))
        if sender is None or recipient is None or sender is recipient:
            raise RegistrationRefusedError("agency_unknown")
        if recipient["function_class"] == FunctionClass.IMMIGRATION_ENFORCEMENT:
            raise RegistrationRefusedError("enforcement_never_receives")  # F-01
        refuse_dead_end(terms, recipient, self.adapters)
        self._refuse_unknown_bases(terms)
        _check_signatures(filed, (sender, recipient))
        _check_pinned_keys(terms, recipient)
        begins, ends = _days(terms)
        name = str(terms["id"])
        row = AgreementRow(
            name, str(sender["id"]), str(recipient["id"]), Purpose(str(terms["purpose"])), begins, ends, filed
        )
        fields: dict[str, Json] = {
            "agreement": name,
            "sender": row.sender,
            "recipient": row.recipient,
            "purpose": row.purpose,
        }
        leaf = sealed_leaf(self.entropy, "agreement.signed", self.clock.now(), fields)
        return Register(row, agreement_head(name), leaf, beside)

    async def add_client(
        self,
        client: str,
        agency: str,
        jwks: Sequence[Mapping[str, Json]],
        scopes: frozenset[Scope],
        mode: ClientMode = ClientMode.DPOP,
        rights: ClientRights = EVERY_RIGHT,
        expires: datetime | None = None,
    ) -> None:
        """Register a client's public keys and scopes. The key must be its own and on its own side of the firewall.

        Bearer tokens are good for the FHIR endpoint alone, so a SMART client belongs to an agency that speaks FHIR. The
        keys count until `expires`, a year where nobody says.
        """
        if not jwks:
            raise RegistrationRefusedError("key_or_scope_missing")
        keys = registered(jwks, self.clock.now(), expires)
        await self._registered(partial(self._client, ClientRow(client, agency, keys, scopes, mode, rights)))

    async def add_certified_client(
        self,
        client: str,
        agency: str,
        certificates: Sequence[Certificate],
        names: Sequence[CertificateName],
        scopes: frozenset[Scope],
        rights: ClientRights,
    ) -> None:
        """Register a client of mutual TLS: by its certificates, or by what an authority's certificate says of it."""
        keys = registered_certificates(certificates, self.clock.now())
        if not (keys or names):
            raise RegistrationRefusedError("certificate_missing")
        row = ClientRow(client, agency, keys, scopes, ClientMode.MTLS, rights, tuple(names))
        await self._registered(partial(self._client, row))

    def _client(self, row: ClientRow, beside: Head) -> Register:
        if self.books.certificate_names() & set(row.names):
            raise RegistrationRefusedError("certificate_name_shared")
        documents = {str(entry["id"]): entry for entry in self.books.agency_documents()}
        if row.agency not in documents:
            raise RegistrationRefusedError("agency_unknown")
        check_rights(row, self.books.audiences())
        if row.mode is ClientMode.SMART and documents[row.agency]["adapter"] != FHIR:
            raise RegistrationRefusedError("smart_without_fhir")
        if not (row.rights.limit.recipients or frozenset()) <= documents.keys():
            raise RegistrationRefusedError("recipient_unknown")
        mine = frozenset(map(of_jwk, row.jwks))
        for other, _, keys in self.books.client_keys():
            if other == row.id:
                raise RegistrationRefusedError("client_exists")
            if mine & frozenset(map(of_jwk, keys)):
                raise RegistrationRefusedError("key_shared")
        if mine & across(row.agency, list(documents.values())):
            raise RegistrationRefusedError("shared_across_firewall")
        leaf = sealed_leaf(self.entropy, "client.registered", self.clock.now(), {"sender": row.agency})
        return Register(row, client_head(row.id), leaf, beside)

    async def _registered(self, checked: Callable[[Head], Register]) -> None:
        """Check it beside all that is registered, and write it; again where something else was meanwhile."""
        for _ in range(ROUNDS):
            if await self.recorder.record(checked(self.books.head())) is None:
                return
        raise OperatorError("the register keeps changing")

    @property
    def keys(self) -> ClientKeys:
        """The keys of clients."""
        return ClientKeys(self.books, self.clock, self.entropy, self.recorder)

    async def revoke_client(self, client: str) -> bool:
        """Switch a client off at once; False when there is none of that id."""
        leaf = sealed_leaf(self.entropy, "client.revoked", self.clock.now(), {})
        return await self.recorder.record(RevokeClient(client, leaf), urgent=True)

    def _key_changes(self, filed: Document) -> tuple[SealedLeaf, ...]:
        """Return what the log is told when an agency's keys become others. Raises like `add_agency`."""
        check_usable(filed)
        now = self.clock.now()
        older = next((entry for entry in self.books.agency_documents() if entry["id"] == filed["id"]), None)
        if older is None:
            return ()
        refuse_renamed(older, filed)
        agreements = [_object(signed["agreement"]) for signed in self.books.agreement_documents()]
        refuse_unpinned(filed, agreements, now)
        refuse_unsealed(older, filed, agreements, now)
        changed = key_change(older, filed)
        return () if changed is None else (sealed_leaf(self.entropy, "key.changed", now, changed),)

    def _refuse_unknown_bases(self, terms: Document) -> None:
        """Refuse a legal basis that the country profile in force does not list, and say which it lists."""
        listed = _list(terms["legal_basis"])
        rule = f"only {' '.join(sorted(self.legal_bases))}"
        if faults := [
            (f"/agreement/legal_basis/{place}", rule)
            for place, basis in enumerate(listed)
            if basis not in self.legal_bases
        ]:
            raise RegistrationRefusedError("legal_basis_not_in_country", faults)

    def _refuse_across_firewall(self, filed: Document) -> None:
        """Refuse an agency that shares operator, key or endpoint with one on the other side (F-01)."""
        clients = self.books.client_keys()
        mine, enforcing = _traces(filed, clients), enforces(filed)
        for other in self.books.agency_documents():
            if enforces(other) != enforcing and mine & _traces(other, clients):
                raise RegistrationRefusedError("shared_across_firewall")


def _traces(
    filed: Document, clients: Sequence[tuple[str, str, Sequence[Mapping[str, object]]]]
) -> frozenset[tuple[str, str]]:
    """Return whatever two agencies must not have in common across the firewall."""
    own = {of_jwk(key) for _, owner, keys in clients if owner == filed["id"] for key in keys}
    traces = {("operator", str(filed["operator"])), *(("key", key) for key in own | of_agency(filed))}
    return frozenset(traces | {("endpoint", one) for one in endpoint_of(filed)})


def _keys(filed: Document) -> dict[str, list[str]]:
    """Return the registered public keys by use, as they are written."""
    keys = _object(filed["keys"])
    return {use: [str(_object(key)["public_key"]) for key in _list(keys.get(use))] for use in ("signing", "sealing")}


def _check_signatures(filed: Document, parties: Sequence[Document]) -> None:
    """Both agencies signed the canonical bytes of the agreement, each with a key of its registration."""
    message = canonical(filed["agreement"])
    signatures = [_object(entry) for entry in _list(filed["signatures"])]
    for party in parties:
        keys = {str(_object(key)["id"]): key for key in _list(_object(party["keys"]).get("signing"))}
        own = [signature for signature in signatures if signature["agency"] == party["id"]]
        if len(own) != 1 or str(own[0]["key_id"]) not in keys:
            raise RegistrationRefusedError("signature_missing")
        public = unbase64(str(_object(keys[str(own[0]["key_id"])])["public_key"]))
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(unbase64(str(own[0]["signature"])), message)
        except (InvalidSignature, ValueError):
            raise RegistrationRefusedError("signature_invalid") from None


def _check_pinned_keys(terms: Document, recipient: Document) -> None:
    """A key the agreement pins is the one the recipient registered."""
    pinned = {str(_object(key)["public_key"]) for key in _list(terms.get("recipient_keys"))}
    if not pinned <= set(_keys(recipient)["sealing"]):
        raise RegistrationRefusedError("recipient_key_differs")


def _days(terms: Document) -> tuple[datetime, datetime]:
    """Return the first moment in force and the first one after: both days of the agreement count."""
    span = _object(terms["in_force"])
    begins, last = (datetime.fromisoformat(str(span[end])).replace(tzinfo=UTC) for end in ("from", "to"))
    if last < begins:
        raise RegistrationRefusedError("ends_before_it_begins")
    return begins, last + timedelta(days=1)


def _object(value: Json) -> Document:
    return value if isinstance(value, Mapping) else {}


def _list(value: Json) -> list[Json]:
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else []
