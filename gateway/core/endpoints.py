"""An agency's own system as the operator registered it.

Where it is, what is brought there, how the gateway shows there who it is, and how patient it is. What opens that system
(a password, or the gateway's own private key there) is sealed: `gateway.core.delivery.credentials`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from schemas.documents import Document, Json
from schemas.vocabulary import Coded


class Brings(Coded):
    """What the gateway brings to an agency's system of its own accord."""

    REFERRALS = "referrals", "Referrals and notices in the agency's own format (native push)."
    HINTS = "hints", "Only the word that something waits in the inbox (Standard Webhooks)."


class Showing(Coded):
    """How the gateway shows an agency's system who it is."""

    PRIVATE_KEY_JWT = "private_key_jwt", "OAuth 2.0 client credentials, with a key of the gateway's own (RFC 7523)."
    BASIC = "basic", "User and password (RFC 7617), for systems that know nothing else."
    NONE = "none", "The signature on what is brought is all."


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited after a failure (doubled with each, up to `longest`), and when a message is given up."""

    first: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(minutes=5)
    give_up: timedelta = timedelta(hours=72)

    def pause(self, failures: int, share: float) -> timedelta:
        """Return how long to wait after so many failures in a row; `share`, from 0 to 1, is chance (full jitter).

        Never under a fifth of `first`: whoever fails at once must not be asked at once.
        """
        doubled: timedelta = self.first * 2.0 ** min(max(failures, 1) - 1, 20)
        return max(self.first / 5, min(self.longest, doubled) * share)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One agency's system. `secret` counts the webhook's secrets: both the newest and the one before are good."""

    agency: str
    brings: Brings
    url: str
    loopback: bool
    showing: Showing
    token_url: str
    client_id: str
    audience: str
    scope: str
    dpop: bool
    patience: Patience
    secret: int
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """What is written down about one; the document satisfies schema endpoint/1.0."""

    agency: str
    document: Document
    sealed: bytes
    secret: int


def endpoint_of(document: Document, sealed: bytes, secret: int) -> Endpoint:
    """Return the endpoint a filed document describes."""
    shows, patience = _members(document["authentication"]), _members(document.get("patience"))
    usual = Patience()
    return Endpoint(
        agency=str(document["agency"]),
        brings=Brings(str(document["brings"])),
        url=str(document["url"]),
        loopback=document.get("loopback") is True,
        showing=Showing(str(shows["method"])),
        token_url=str(shows.get("token_url", "")),
        client_id=str(shows.get("client_id", "")),
        audience=str(shows.get("audience", shows.get("token_url", ""))),
        scope=str(shows.get("scope", "")),
        dpop=shows.get("dpop") is True,
        patience=Patience(
            timedelta(seconds=_number(patience, "first_seconds", usual.first.total_seconds())),
            timedelta(seconds=_number(patience, "longest_seconds", usual.longest.total_seconds())),
            timedelta(hours=_number(patience, "give_up_hours", usual.give_up.total_seconds() / 3600)),
        ),
        secret=secret,
        sealed=sealed,
    )


def _members(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _number(members: Mapping[str, Json], name: str, usual: float) -> float:
    said = members.get(name)
    return float(said) if isinstance(said, int) else usual
