"""How much memory the server process holds after so many referrals."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from furnished import SENDING, Installation
from load import send_all
from referral_documents import CANONICAL, canonical_bodies, fresh_keys, requests_of
from sending_system import SendingSystem
from served import Server

_CLIENTS = 8
_AT_ONCE = 500
"""How many requests are prepared at once: their proofs live two minutes."""


@dataclass(slots=True)
class Memory:
    """Resident bytes by number of referrals accepted so far."""

    resident: dict[int, int] = field(default_factory=dict)
    refused: int = 0

    def growth(self, since: int) -> float:
        """Return how much was added since that number of referrals, as a share of what was held then."""
        newest = self.resident[max(self.resident)]
        return newest / self.resident[since] - 1


def measured(installed: Installation, samples: Sequence[int]) -> Memory:
    """Accept referrals and look at the process after each of these numbers; 0 is the server at rest."""
    found, accepted = Memory(), 0
    server = Server.gateway(installed)
    system = SendingSystem(SENDING, installed.clients[SENDING], server.port)
    bodies, keys = canonical_bodies(installed.persons), fresh_keys("memory")
    with server:
        for sample in sorted(samples):
            while accepted < sample:
                count = min(_AT_ONCE, sample - accepted)
                system.authorize("referrals:send")
                sent = send_all(server.port, requests_of(system, CANONICAL, bodies, keys, count), _CLIENTS)
                found.refused += count - sent.codes[201]
                accepted += count
            found.resident[sample] = server.resident_bytes()
    return found
