"""A client for agencies' systems: everything between a script and an accepted referral (docs/client.md).

It imports nothing of the server: HTTP, JOSE and cryptography libraries, and what is written and checked alike on both
sides. `referral-gateway-client` is this package as a distribution of its own (ADR 0051).
"""

from gateway.client.agreements import SealingKey, sealing_key
from gateway.client.attachments import Attachment, attachments_of
from gateway.client.bulk import Outcome, Sending
from gateway.client.client import Client, ClientCertificate, Surroundings
from gateway.client.errors import (
    BusyError,
    ClientError,
    ConflictError,
    DocumentError,
    KeyReusedError,
    NoAnswerError,
    NotAllowedError,
    NotAuthenticatedError,
    NotFoundError,
    PreviewDiffersError,
    ProblemError,
    RefusedError,
    ServerFaultError,
    SignInRefusedError,
    UnprovenError,
)
from gateway.client.inbox import Message
from gateway.client.keys import SigningKey
from gateway.client.modes import DPOP, SMART
from gateway.client.opening import Opener
from gateway.client.persistence import Persistence
from gateway.client.receipts import check as check_receipt
from gateway.client.referring import Preview, Recognised, Referral, Route
from gateway.client.webhooks import Webhook
from gateway.core.access.token_details import Act, Detail
from schemas.attachment_codes import AttachmentKind
from schemas.vocabulary import Ground, Purpose, ReferralState, Urgency

__all__ = [
    "DPOP",
    "SMART",
    "Act",
    "Attachment",
    "AttachmentKind",
    "BusyError",
    "Client",
    "ClientCertificate",
    "ClientError",
    "ConflictError",
    "Detail",
    "DocumentError",
    "Ground",
    "KeyReusedError",
    "Message",
    "NoAnswerError",
    "NotAllowedError",
    "NotAuthenticatedError",
    "NotFoundError",
    "Opener",
    "Outcome",
    "Persistence",
    "Preview",
    "PreviewDiffersError",
    "ProblemError",
    "Purpose",
    "Recognised",
    "Referral",
    "ReferralState",
    "RefusedError",
    "Route",
    "SealingKey",
    "Sending",
    "ServerFaultError",
    "SignInRefusedError",
    "SigningKey",
    "Surroundings",
    "UnprovenError",
    "Urgency",
    "Webhook",
    "attachments_of",
    "check_receipt",
    "sealing_key",
]
