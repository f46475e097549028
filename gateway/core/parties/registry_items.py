"""What the registry does inside the writer's transaction."""

from dataclasses import dataclass

from gateway.core.answers import NotFresh, Stale
from gateway.core.callers import UsedProof
from gateway.core.endpoints import EndpointRow
from gateway.core.heads import Head, client_head
from gateway.core.ports import Needs, Transaction
from gateway.core.rows import AgencyRow, AgreementRow, ClientRow
from gateway.core.stages import SealedLeaf


@dataclass(frozen=True, slots=True)
class Register:
    """Insert a row of the register, or replace it, and move its head; each is a leaf, and so is a changed key.

    An endpoint moves its agency's head, and what was prepared for that agency is decided again. `checked_against` is
    the version of the whole register that it was looked at beside.
    """

    row: AgencyRow | AgreementRow | ClientRow | EndpointRow
    head: str
    leaf: SealedLeaf
    checked_against: Head
    also: tuple[SealedLeaf, ...] = ()

    @property
    def needs(self) -> Needs:
        """The heads that move."""
        return Needs((self.head, self.checked_against.id))

    def apply(self, transaction: Transaction) -> Stale | None:
        """Write it, unless something else was registered since it was checked; an endpoint opens its lane."""
        if moved := transaction.moved((self.checked_against,)):
            return Stale(moved)
        if isinstance(self.row, EndpointRow):
            transaction.lanes.file(self.row)
        else:
            transaction.register(self.row)
        for head in (self.head, self.checked_against.id):
            transaction.bump(head)
        for leaf in (self.leaf, *self.also):
            transaction.append(leaf)
        return None


@dataclass(frozen=True, slots=True)
class RevokeClient:
    """The kill switch: a client's tokens and assertions are refused from this commit on, on every node."""

    client: str
    leaf: SealedLeaf

    @property
    def needs(self) -> Needs:
        """Its head, so that whoever changes its keys meanwhile does not switch it on again."""
        return Needs((client_head(self.client),))

    def apply(self, transaction: Transaction) -> bool:
        """Switch it off; False when there is no such client."""
        if not transaction.disable_client(self.client):
            return False
        transaction.bump(client_head(self.client))
        transaction.append(self.leaf)
        return True


@dataclass(frozen=True, slots=True)
class RevokeToken:
    """Take back one access token before its time; again is no harm, and no second leaf."""

    jti: str
    expires_at: int
    leaf: SealedLeaf

    @property
    def needs(self) -> Needs:
        """Nothing read up front."""
        return Needs()

    def apply(self, transaction: Transaction) -> None:
        """Remember it until it would have expired."""
        if transaction.revoke_token(self.jti, self.expires_at):
            transaction.append(self.leaf)


@dataclass(frozen=True, slots=True)
class UseOnce:
    """Use up several ids at once, all or none.

    A client's assertion and proof at the token endpoint (RFC 7523, RFC 9449).
    """

    client: str
    token_jti: str | None
    proofs: tuple[UsedProof, ...]

    @property
    def needs(self) -> Needs:
        """The ids, the client and the token."""
        tokens = (self.token_jti,) if self.token_jti else ()
        return Needs(proofs=tuple(proof.id for proof in self.proofs), clients=(self.client,), tokens=tokens)

    def apply(self, transaction: Transaction) -> NotFresh | None:
        """Return None when they were fresh."""
        return transaction.use_once(self.client, self.token_jti, self.proofs)
