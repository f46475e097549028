"""What a token may be limited to beside its scopes (RFC 9396): which acts, to which recipients, for which purposes.

A scope says what a client may ask of the gateway at all; a detail says about whom it may ask it. Both must allow an
act. Neither permits a disclosure: that is decided by `consent` alone. A limit never stops what ends something
(withdrawing, taking back).
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

from gateway.core.errors import SenderError
from schemas.vocabulary import Coded, Purpose

DETAILS_TYPE: Final = "urn:referral-gateway:authorization:referrals"
"""The one type of authorization details there is (RFC 9396 section 2.1)."""


class Act(Coded):
    """Every act that has a recipient and a purpose, and so can be limited to some."""

    SEND = "send", "Send a referral, alone or as a row of a file."
    PREVIEW = "preview", "See what would be sent."
    ASK_FOR_ROOM = "ask_for_room", "Ask a recipient whether it has room."


@dataclass(frozen=True, slots=True)
class Detail:
    """One limit: these acts, to these recipients, for these purposes. None is every one that an agreement allows."""

    acts: frozenset[Act]
    recipients: frozenset[str] | None = None
    purposes: frozenset[Purpose] | None = None

    def covers(self, act: Act, recipient: str, purpose: Purpose) -> bool:
        """Say whether this act is inside the limit."""
        return (
            act in self.acts
            and (self.recipients is None or recipient in self.recipients)
            and (self.purposes is None or purpose in self.purposes)
        )

    def is_within(self, other: "Detail") -> bool:
        """Say whether everything inside this limit is inside the other one too."""
        return (
            self.acts <= other.acts
            and _is_part(self.recipients, other.recipients)
            and _is_part(self.purposes, other.purposes)
        )


Details: TypeAlias = tuple[Detail, ...]
"""An act must be inside one of them. Empty where a token is limited by its scopes alone."""

UNLIMITED: Final = Detail(frozenset(Act))
"""The limit of a client that was registered without one."""


class OutsideDetailsError(SenderError):
    """The act is outside the authorization details of the token (403); nothing was looked up about anybody."""

    def __init__(self) -> None:
        """Say nothing of what was asked."""
        super().__init__("outside_authorization_details")

    @property
    def challenge(self) -> str:
        """The value of WWW-Authenticate; RFC 6750 section 3.1 knows one code for every token that allows too little."""
        return 'DPoP error="insufficient_scope"'


def within(details: Details, act: Act, recipient: str, purpose: Purpose) -> bool:
    """Say whether details allow an act."""
    return not details or any(detail.covers(act, recipient, purpose) for detail in details)


def in_words(details: Details) -> list[dict[str, str | list[str]]]:
    """Write details as the members of `authorization_details` (RFC 9396 section 2)."""
    return [_written(detail) for detail in details]


def _written(detail: Detail) -> dict[str, str | list[str]]:
    said: dict[str, str | list[str]] = {"type": DETAILS_TYPE, "actions": [act for act in Act if act in detail.acts]}
    if detail.recipients is not None:
        said["recipients"] = sorted(detail.recipients)
    if detail.purposes is not None:
        said["purposes"] = [purpose for purpose in Purpose if purpose in detail.purposes]
    return said


def _is_part(some: frozenset[str] | None, every: frozenset[str] | None) -> bool:
    return every is None or (some is not None and frozenset[str](some) <= every)
