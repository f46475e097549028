"""Passkeys by the `webauthn` library (WebAuthn Level 2), for our own name and origin only.

A person must have been verified (PIN, finger, face) every time; who made the authenticator is not asked (attestation
none). Whatever is wrong gets one answer: which check failed would help only somebody who is trying.
"""

import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, parse_client_data_json
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from gateway.core.officer_ports import MadePasskey
from gateway.core.officer_records import CredentialRow
from gateway.core.officers import OfficerRefusedError
from schemas.decoding import decode_json
from schemas.documents import Document, Json

_ALGORITHMS: Final = [
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,  # Windows Hello on a TPM has no other.
]
_WRONG: Final = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, binascii.Error)
"""What the library raises for what a browser sent; some of it before it looks at the types of things."""
_LONGEST: Final = 1023
_PATIENCE: Final = 120_000  # milliseconds a browser waits


@dataclass(frozen=True, slots=True)
class WebAuthnPasskeys:
    """`gateway.core.officer_ports.Passkeys`; `public_url` is how browsers reach us."""

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
        options = generate_registration_options(
            rp_id=self.name,
            rp_name="Referral Gateway",
            user_id=officer.encode(),
            user_name=label,
            user_display_name=label,
            challenge=challenge,
            timeout=_PATIENCE,
            attestation=AttestationConveyancePreference.NONE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            supported_pub_key_algs=_ALGORITHMS,
        )
        return decode_json(options_to_json(options).encode())

    def request(self, challenge: bytes, credentials: Sequence[bytes]) -> Document:
        """Return PublicKeyCredentialRequestOptions; bytes are base64url."""
        options = generate_authentication_options(
            rp_id=self.name,
            challenge=challenge,
            timeout=_PATIENCE,
            allow_credentials=[PublicKeyCredentialDescriptor(id=one) for one in credentials],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return decode_json(options_to_json(options).encode())

    def answered(self, shown: Document) -> bytes:
        """Return the challenge in the client data, which must come from our own page and from no frame in another."""
        try:
            data = parse_client_data_json(base64url_to_bytes(_text(_response(shown), "clientDataJSON")))
        except _WRONG:
            raise OfficerRefusedError("passkey_refused") from None
        if data.cross_origin:
            raise OfficerRefusedError("passkey_refused")
        return data.challenge

    def made(self, shown: Document, challenge: bytes) -> MadePasskey:
        """Verify a new passkey (WebAuthn Level 2, section 7.1)."""
        try:
            made = verify_registration_response(
                credential=dict(shown),
                expected_challenge=challenge,
                expected_rp_id=self.name,
                expected_origin=self.origin,
                require_user_verification=True,
                supported_pub_key_algs=_ALGORITHMS,
            )
        except _WRONG:
            raise OfficerRefusedError("passkey_refused") from None
        if len(made.credential_id) > _LONGEST:
            raise OfficerRefusedError("passkey_refused")
        return MadePasskey(made.credential_id, made.credential_public_key, made.sign_count)

    def credential(self, shown: Document) -> bytes:
        """Return the credential's id."""
        try:
            return base64url_to_bytes(_text(shown, "rawId"))
        except _WRONG:
            raise OfficerRefusedError("passkey_refused") from None

    def verified(self, shown: Document, challenge: bytes, stored: CredentialRow) -> int:
        """Verify an assertion (WebAuthn Level 2, section 7.2); the user handle, where there is one, is the officer."""
        try:
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
        except _WRONG:
            raise OfficerRefusedError("passkey_refused") from None
        if not mine or found.credential_id != stored.id:
            raise OfficerRefusedError("passkey_refused")
        return found.new_sign_count


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
