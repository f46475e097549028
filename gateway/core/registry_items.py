"""What the registry does inside the writer's transaction."""

from dataclasses import dataclass

from gateway.core.answers import NotFresh
from gateway.core.callers import UsedProof
from gateway.core.endpoints import EndpointRow
from gateway.core.heads import client_head
from gateway.core.ports import Needs, Transaction
from gateway.core.rows import AgencyRow, AgreementRow, ClientRow
from gateway.core.stages import SealedLeaf


@dataclass(frozen=True, slots=True)
class Register:
    """Insert a row of the register, or replace it, and move its head; each is a leaf, and so is a changed key.

    An endpoint moves its agency's head, and what was prepared for that agency is decided again.
    """

    row: AgencyRow | AgreementRow | ClientRow | EndpointRow
    head: str | None
    leaf: SealedLeaf
    also: tuple[SealedLeaf, ...] = ()

    @property
    def needs(self) -> Needs:
        """The head that moves."""
        return Needs((self.head,) if self.head else ())

    def apply(self, transaction: Transaction) -> None:
        """Write it; an endpoint opens its lane."""
        if isinstance(self.row, EndpointRow):
            transaction.lanes.file(self.row)
        else:
            transaction.register(self.row)
        if self.head is not None:
            transaction.bump(self.head)
        for leaf in (self.leaf, *self.also):
            transaction.append(leaf)


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
