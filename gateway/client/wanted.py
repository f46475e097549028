"""What a token is asked for: scopes, and limits inside them (RFC 9396). More than is registered is never given."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.core.access.token_details import Details, in_words


@dataclass(frozen=True, slots=True)
class Wanted:
    """Scopes, and details that an act must be inside of one of; where there are none, all that is registered."""

    scopes: tuple[str, ...] = ()
    details: Details = ()

    def form(self, who: Mapping[str, str]) -> dict[str, str]:
        """Return the fields of a token request (RFC 6749 section 4.4) of whoever these fields prove."""
        return {
            "grant_type": "client_credentials",
            **who,
            **({"scope": " ".join(self.scopes)} if self.scopes else {}),
            **({"authorization_details": json.dumps(in_words(self.details))} if self.details else {}),
        }
