"""Passkeys by the `webauthn` library (WebAuthn Level 2), for our own name and origin only.

A person must have been verified (PIN, finger, face) every time; who made the authenticator is not asked (attestation
none). Whatever is wrong gets one answer: which check failed would help only somebody who is trying.
"""
# ruff: noqa: PLC0415 - a tenth of the start of a gateway, and most starts see nobody sign in

import binascii
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from gateway.core.officer.ports import MadePasskey
from gateway.core.officers import OfficerRefusedError
from gateway.core.records.officer_records import CredentialRow
from schemas.decoding import decode_json
from schemas.documents import Document, Json

if TYPE_CHECKING:
    from webauthn.helpers.cose import COSEAlgorithmIdentifier

_LONGEST: Final = 1023
_PATIENCE: Final = 120_000  # milliseconds a browser waits


@dataclass(frozen=True, slots=True)
class WebAuthnPasskeys:
    """`gateway.core.officer.ports.Passkeys`; `public_url` is how browsers reach us."""

    public_url: str

    @property
    def origin(self) -> str:
        """The origin of our pages (RFC 6454)."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def name(self) -> str:
        """The relying party's id: the host name."""
        return urlsplit(self.public_url).hostname or ""

    def creation(self, challenge: bytes, officer: str, label: str) -> Document:
        """Return PublicKeyCredentialCreationOptions; bytes are base64url."""
        from webauthn import generate_registration_options, options_to_json
        from webauthn.helpers import structs

        options = generate_registration_options(
            rp_id=self.name,
            rp_name="Referral Gateway",
            user_id=officer.encode(),
            user_name=label,
            user_display_name=label,
            challenge=challenge,
            timeout=_PATIENCE,
            attestation=structs.AttestationConveyancePreference.NONE,
            authenticator_selection=structs.AuthenticatorSelectionCriteria(
                resident_key=structs.ResidentKeyRequirement.REQUIRED,
                user_verification=structs.UserVerificationRequirement.REQUIRED,
            ),
            supported_pub_key_algs=_algorithms(),
        )
        return decode_json(options_to_json(options).encode())

    def request(self, challenge: bytes, credentials: Sequence[bytes]) -> Document:
        """Return PublicKeyCredentialRequestOptions; bytes are base64url."""
        from webauthn import generate_authentication_options, options_to_json
        from webauthn.helpers import structs

        options = generate_authentication_options(
            rp_id=self.name,
            challenge=challenge,
            timeout=_PATIENCE,
            allow_credentials=[structs.PublicKeyCredentialDescriptor(id=one) for one in credentials],
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        )
        return decode_json(options_to_json(options).encode())

    def answered(self, shown: Document) -> bytes:
        """Return the challenge in the client data, which must come from our own page and from no frame in another."""
        from webauthn.helpers import base64url_to_bytes, parse_client_data_json

        with _refusing():
            data = parse_client_data_json(base64url_to_bytes(_text(_response(shown), "clientDataJSON")))
        if data.cross_origin:
            raise OfficerRefusedError("passkey_refused")
        return data.challenge

    def made(self, shown: Document, challenge: bytes) -> MadePasskey:
        """Verify a new passkey (WebAuthn Level 2, section 7.1)."""
        from webauthn import verify_registration_response

        with _refusing():
            made = verify_registration_response(
                credential=dict(shown),
                expected_challenge=challenge,
                expected_rp_id=self.name,
                expected_origin=self.origin,
                require_user_verification=True,
                supported_pub_key_algs=_algorithms(),
            )
        if len(made.credential_id) > _LONGEST:
            raise OfficerRefusedError("passkey_refused")
        return MadePasskey(made.credential_id, made.credential_public_key, made.sign_count)

    def credential(self, shown: Document) -> bytes:
        """Return the credential's id."""
        from webauthn.helpers import base64url_to_bytes

        with _refusing():
            return base64url_to_bytes(_text(shown, "rawId"))

    def verified(self, shown: Document, challenge: bytes, stored: CredentialRow) -> int:
        """Verify an assertion (WebAuthn Level 2, section 7.2); the user handle, where there is one, is the officer."""
        from webauthn import verify_authentication_response
        from webauthn.helpers import base64url_to_bytes

        with _refusing():
            found = verify_authentication_response(
                credential=dict(shown),
                expected_challenge=challenge,
                expected_rp_id=self.name,
                expected_origin=self.origin,
                credential_public_key=stored.public_key,
                credential_current_sign_count=stored.uses,
                require_user_verification=True,
            )
            handle = _response(shown).get("userHandle")
            mine = handle is None or base64url_to_bytes(str(handle)) == stored.officer.encode()
        if not mine or found.credential_id != stored.id:
            raise OfficerRefusedError("passkey_refused")
        return found.new_sign_count


def _algorithms() -> "list[COSEAlgorithmIdentifier]":
    """Return what we take; Windows Hello on a TPM has none but the last."""
    from webauthn.helpers.cose import COSEAlgorithmIdentifier as Known

    return [Known.EDDSA, Known.ECDSA_SHA_256, Known.RSASSA_PKCS1_v1_5_SHA_256]


@contextmanager
def _refusing() -> Iterator[None]:
    """Give one answer to all that the library raises for what a browser sent, some of it before it looks at types."""
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        yield
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        raise OfficerRefusedError("passkey_refused") from None


def _response(shown: Document) -> Mapping[str, Json]:
    response = shown["response"]
    if not isinstance(response, Mapping):
        raise TypeError("a credential has a response")
    return response


def _text(document: Mapping[str, Json], member: str) -> str:
    value = document[member]
    if not isinstance(value, str):
        raise TypeError("a member is not a text")
    return value
