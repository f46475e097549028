"""Hands what a recipient received on to a system under development, on this machine and nowhere else."""

from typing import Final
from urllib.parse import urlsplit

import httpx

from gateway.core.errors import OperatorError
from gateway.sandbox.guests import Received

_HOSTS: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_PATIENCE: Final = 10.0


def require_local(url: str) -> None:
    """Raise OperatorError unless the URL is plain HTTP to this machine."""
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in _HOSTS:
        raise OperatorError("the sandbox hands on to http://127.0.0.1 or http://localhost only")


def handed_on(received: Received, url: str) -> bool:
    """POST a message to that URL, with its id as Idempotency-Key; whether it was taken (2xx)."""
    require_local(url)
    headers = {"Content-Type": received.media_type, "Idempotency-Key": received.message}
    try:
        with httpx.Client(trust_env=False, timeout=_PATIENCE) as http:
            return http.post(url, content=received.body, headers=headers).is_success
    except httpx.TransportError:
        return False
