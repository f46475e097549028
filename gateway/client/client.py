"""An agency's system at the gateway: refer, follow, withdraw, fetch. Ten lines of a script, and nothing of the server.

Tokens, proofs, nonces and repetition are its own business. One client may be used by many threads.
"""

import ssl
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

import httpx

from gateway.client.answers import Answer
from gateway.client.attachments import Attachment, bring, fetch
from gateway.client.bulk import Outcome, Sending, outcomes
from gateway.client.consents import Recorded, Withdrawn, recorded_of, withdrawn_of
from gateway.client.errors import MisconfiguredError
from gateway.client.fhir import Fhir
from gateway.client.inbox import Message, messages_of, named
from gateway.client.keys import Signer, SigningKey
from gateway.client.line import Asked, Line, posted
from gateway.client.modes import DPOP, MTLS, Mode
from gateway.client.opening import Opener
from gateway.client.persistence import Persistence
from gateway.client.ports import Clock, Entropy
from gateway.client.referring import CANONICAL, Preview, Referral, Route, body_of, preview_of, referral_of
from gateway.client.wanted import Wanted
from gateway.clock import SystemClock, SystemEntropy
from gateway.core.access.token_details import Details
from schemas.documents import Document, Json

_PATIENCE: Final = 30.0
_ONCE_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """What a client shows in TLS (RFC 8705): files in PEM.

    `authorities` are those that the gateway's own certificate is checked with, where they are not the machine's.
    """

    certificate: Path
    key: Path
    authorities: Path | None = None

    def context(self) -> ssl.SSLContext:
        """Return how to connect. Raises MisconfiguredError."""
        try:
            context = ssl.create_default_context(cafile=self.authorities)
            context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError):
            raise MisconfiguredError("a certificate or its key cannot be used") from None
        return context


def _connections(shown: ClientCertificate | None) -> httpx.Client:
    """Make connections that go straight to the gateway, whatever proxy the environment names."""
    return httpx.Client(trust_env=False, timeout=_PATIENCE, verify=shown.context() if shown else True)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a client runs in. Give `http` where the gateway is reached by a proxy, or needs another root certificate."""

    http: Callable[[], httpx.Client] | None = None
    again: Persistence = field(default_factory=Persistence)
    clock: Clock = field(default_factory=SystemClock)
    entropy: Entropy = field(default_factory=SystemEntropy)


class Client:
    """One registered client of the gateway at `url`, signing with `key`, or showing a certificate.

    Without `scopes` it asks for all it is registered for; `authorization_details` limit its tokens to some acts,
    recipients and purposes (RFC 9396). With an `opener` it takes nothing from the inbox but what is proven to come from
    the gateway. A no is raised as ProblemError; NoAnswerError is the only doubt there is, and says under which key to
    ask again.
    """

    def __init__(  # noqa: PLR0913 - all but three are by name, and may be left out
        self,
        url: str,
        client_id: str,
        key: SigningKey | ClientCertificate,
        *,
        mode: Mode = DPOP,
        scopes: tuple[str, ...] = (),
        authorization_details: Details = (),
        opener: Opener | None = None,
        within: Surroundings | None = None,
    ) -> None:
        """Connect nothing yet. Raises MisconfiguredError for an address without TLS that is not this machine."""
        around = within or Surroundings()
        self._entropy = around.entropy
        self._opener = opener
        shown, signing = (key, None) if isinstance(key, ClientCertificate) else (None, key)
        http = around.http() if around.http else _connections(shown)
        signer, wanted = Signer(client_id, signing, around.clock, around.entropy), Wanted(scopes, authorization_details)
        self.line = Line(url, signer, MTLS if shown else mode, wanted, http, around.again)
        self.fhir = Fhir(self.line)

    def __enter__(self) -> Self:
        """Return this client."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Close its connections."""
        self.line.close()

    def fresh_key(self) -> str:
        """Return a new Idempotency-Key, for a caller who keeps it with the document until the answer is there."""
        return self._entropy.bytes(_ONCE_BYTES).hex()

    def refer(
        self,
        document: bytes | Document,
        route: Route,
        *,
        media_type: str = CANONICAL,
        supplement: Document | None = None,
        key: str | None = None,
    ) -> Referral:
        """Send a referral, once, however often it has to be asked.

        `document` is what this agency's own system writes, with its media type. Raises RefusedError for a no,
        DocumentError, NoAnswerError.
        """
        asked = self._posted("/v1/referrals", document, media_type, supplement, route.headers(), key)
        return referral_of(self.line.ask(asked))

    def refer_all(self, sendings: Iterable[Sending]) -> Iterator[Outcome]:
        """Send many referrals, a hundred in a request, as this is iterated; each is decided and told alone, in order.

        A no about one is its outcome and stops no other. Raises what is wrong with all of them: NotAllowedError,
        SignInRefusedError.
        """
        return outcomes(self.line, (one if one.key else replace(one, key=self.fresh_key()) for one in sendings))

    def bring(self, referral: Referral | str, attachment: Attachment, sealed: BinaryIO) -> None:
        """Bring a sealed file that a referral names, once `sent` says that `attachment` passed (M-09).

        Within a day, as often as it takes: again is no harm. Raises NotFoundError where it did not pass or has ended.
        """
        wanted = referral.id if isinstance(referral, Referral) else referral
        bring(self.line, wanted, attachment, sealed)

    def fetch(self, message: Message | str, attachment: Attachment, into: BinaryIO) -> None:
        """Fetch the sealed file a message names, 4 MiB at a time; `Opener.file` opens it.

        Raises ConflictError while its sender has yet to bring it, NotFoundError once it has ended, UnprovenError where
        it is not the one that was named.
        """
        fetch(self.line, named(message), attachment, into)

    def preview(
        self,
        document: bytes | Document,
        route: Route,
        *,
        media_type: str = CANONICAL,
        supplement: Document | None = None,
    ) -> Preview:
        """Return exactly what would be sent, to be read to her before (M-13). Raises RefusedError, DocumentError."""
        asked = self._posted("/v1/referrals/preview", document, media_type, supplement, route.headers(), None)
        return preview_of(self.line.ask(asked))

    def referral(self, decision_id: str) -> Referral:
        """Return how a referral stands that this agency sent, with its receipt. Raises NotFoundError."""
        return referral_of(self.line.ask(Asked("GET", f"/v1/referrals/{decision_id}")))

    def record_consent(self, consent: Document, *, key: str | None = None) -> Recorded:
        """Record what a person agreed to or refused (schema consent/1.0). Raises DocumentError."""
        return recorded_of(self.post("/v1/consents", consent, key=key))

    def withdraw(self, person_ref: str, consent: str | None = None, *, key: str | None = None) -> Withdrawn:
        """Take back one consent of hers, or all of them; what has not left stops. Raises NotFoundError."""
        said = {"person_ref": person_ref, **({"consent": consent} if consent else {})}
        return withdrawn_of(self.post("/v1/withdrawals", said, key=key))

    def inbox(self, limit: int = 10) -> tuple[Message, ...]:
        """Lease what waits, at most `limit` (up to 20) messages, opened. Acknowledge each, or it comes again.

        Raises UnprovenError where one does not open or is not the gateway's; then none of them counts as arrived.
        """
        asked = Asked("POST", "/v1/inbox/lease", query={"limit": str(limit)})
        return messages_of(self.line.ask(asked), self._opener)

    def acknowledge(self, message: Message | str) -> None:
        """Say that a message arrived; again is no harm. Raises NotFoundError."""
        wanted = named(message)
        headers = {"Idempotency-Key": f"acknowledged-{wanted}"}
        self.line.ask(Asked("POST", f"/v1/inbox/{wanted}/acknowledgement", headers=headers)).require()

    def answer(self, message: Message | str, body: bytes, media_type: str, *, key: str | None = None) -> None:
        """Say what became of a referral, in the words of this agency's own format. Raises ConflictError."""
        headers = {"Content-Type": media_type, "Idempotency-Key": key or self.fresh_key()}
        self.line.ask(Asked("POST", f"/v1/inbox/{named(message)}/status", body, headers)).require()

    def get(self, path: str, **query: str) -> Document:
        """GET anything else of the API. Raises ProblemError."""
        return self.line.ask(Asked("GET", path, query=query)).accepted()

    def pages(self, path: str, **query: str) -> Iterator[Document]:
        """GET a list of the API page by page, to its end. Raises ProblemError."""
        following: Json = None
        while True:
            page = self.get(path, **query, **({"after": following} if isinstance(following, str) else {}))
            yield page
            following = page.get("next")
            if not isinstance(following, str):
                return

    def post(self, path: str, document: Document, *, key: str | None = None) -> Answer:
        """POST anything else of the API; the answer is what the gateway said, yes or no."""
        body, headers = posted(document, key or self.fresh_key())
        return self.line.ask(Asked("POST", path, body, headers))

    def _posted(
        self,
        path: str,
        document: bytes | Document,
        media_type: str,
        supplement: Document | None,
        routing: dict[str, str],
        key: str | None,
    ) -> Asked:
        body, announced = body_of(document, media_type, supplement, f"part-{self.fresh_key()}")
        told = {"Content-Type": announced, "Idempotency-Key": key or self.fresh_key(), **routing}
        return Asked("POST", path, body, told)
