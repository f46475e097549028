"""The SDK: all that an adapter imports from this project.

Here is what every adapter needs; code lists are in `adapters.sdk.codes`, countries in `adapters.sdk.countries`. The
guard is the gateway's and is not for adapters.
"""

from adapters.sdk.contract import (
    Envelope,
    Inbound,
    Outbound,
    Outgoing,
    OutgoingNotice,
    Parsed,
    ParsedReferral,
    ParsedRevocation,
    ParsedStatus,
    RequestStep,
    StatusUpdate,
)
from adapters.sdk.decoding import decode_json
from adapters.sdk.errors import CannotRenderError, MalformedError, SubjectUnclearError, UnsupportedError
from adapters.sdk.manifest import Manifest, read_manifest
from adapters.sdk.notices import canonical_notice
from adapters.sdk.tables import CodeTable, Losses
from adapters.sdk.writing import write_json, write_steps

__all__ = [
    "CannotRenderError",
    "CodeTable",
    "Envelope",
    "Inbound",
    "Losses",
    "MalformedError",
    "Manifest",
    "Outbound",
    "Outgoing",
    "OutgoingNotice",
    "Parsed",
    "ParsedReferral",
    "ParsedRevocation",
    "ParsedStatus",
    "RequestStep",
    "StatusUpdate",
    "SubjectUnclearError",
    "UnsupportedError",
    "canonical_notice",
    "decode_json",
    "read_manifest",
    "write_json",
    "write_steps",
]
