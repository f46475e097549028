"""What load on the token endpoint is made of: requests that each carry an assertion and a proof of their own."""

from collections.abc import Sequence
from urllib.parse import urlencode

from sending_system import FORM, TOKEN_PATH, SendingSystem, token_form, written

TOKEN = "token"  # noqa: S105 - the name of a case
_SCOPE = "referrals:send"


def token_requests(system: SendingSystem, count: int) -> Sequence[bytes]:
    """Return that many whole requests for a token. They are good for about a minute."""
    return [_request(system) for _ in range(count)]


def _request(system: SendingSystem) -> bytes:
    form = urlencode(token_form(system.assertion(), _SCOPE)).encode()
    return written(system.port, TOKEN_PATH, form, {"DPoP": system.proof("POST", TOKEN_PATH), "Content-Type": FORM})
