"""How many people a notice without identity would fit (P-05): counted over everybody a notice was asked for.

What is compared is exactly what would be told, cut down and coarsened by the profile; kept are keyed digests of it, so
that the tally says nothing to a thief of the database. A person counts once, however often a notice about her is asked
for. Never count by anything the notice does not tell.
"""

from collections.abc import Mapping
from itertools import combinations

from consent.minimise import Projection, portion
from consent.overrides import NOTICE
from consent.route import STRUCTURE
from gateway.core.crypto.keys import KeyUse, MacKeys
from schemas.canonical import canonical
from schemas.documents import ValidDocument
from schemas.vocabulary import DataCategory


def likenesses(
    keys: MacKeys, valid: ValidDocument, projection: Projection, carries: frozenset[DataCategory]
) -> Mapping[frozenset[DataCategory], bytes]:
    """Return for every set of categories a notice could tell the keyed digest of what it would tell of her."""
    told = sorted(NOTICE & carries)
    sets = [frozenset(chosen) for size in range(1, len(told) + 1) for chosen in combinations(told, size)]
    return {
        chosen: keys.mac(
            KeyUse.BLIND_INDEX, b"notice.likeness", canonical(portion(valid, projection, chosen | STRUCTURE))
        )
        for chosen in sets
    }
