"""Signatures from strangers, as clients' assertions and proofs are verified, against C2SP's Wycheproof.

Every vector runs: those of an algorithm that is not on the closed list are refused like the bad ones.
"""

import json
from collections import Counter
from collections.abc import Callable

import pytest
from joserfc.jwk import Key
from samples import vector

from gateway.oauth.algorithms import ALGORITHMS
from gateway.oauth.compact import Compact, read_header, split
from gateway.oauth.errors import UnverifiableError
from gateway.oauth.keys import check_signature, public_key

NAMES = frozenset({"alg", "kid", "typ"})
Check = Callable[[Compact, str, Key], None]


def accepted(jws: object, jwk: object, check: Check) -> bool:
    """Tell whether a JWS verifies under that key, the way an assertion does."""
    if not isinstance(jws, str):  # The JSON serialisation: nobody may send one here.
        return False
    try:
        compact = split(jws)
        header = read_header(compact.header, names=NAMES, types=frozenset({None, "jws", "jose"}))
        algorithm = str(header["alg"])
        check(compact, algorithm, public_key(jwk, algorithm))
    except UnverifiableError:
        return False
    return True


def verdicts(check: Check = check_signature) -> Counter[tuple[bool, str, bool]]:
    """Count the vectors by (is the algorithm one of ours, what Wycheproof says, is it accepted)."""
    found: Counter[tuple[bool, str, bool]] = Counter()
    for group in json.loads(vector("wycheproof", "json_web_signature_test.json").read_text())["testGroups"]:
        jwk = group.get("public") or group["private"]
        for case in group["tests"]:
            found[jwk.get("alg") in ALGORITHMS, case["result"], accepted(case["jws"], jwk, check)] += 1
    return found


def test_every_wycheproof_jws_gets_its_verdict_and_what_is_not_on_the_list_is_refused(
    record_property: Callable[[str, object], None],
) -> None:
    found = verdicts()
    assert found[True, "valid", True] == 7
    assert found[True, "valid", False] == 3  # One with an empty payload, and two that are PS384 whatever the key says.
    assert not any(taken for (_, result, taken) in found if result == "invalid")
    assert not any(taken for (ours, _, taken) in found if not ours)
    assert found.total() == 401
    record_property("table", f"Wycheproof JWS: {found.total()} vectors, {found[True, 'valid', True]} accepted")


def test_canary_a_verifier_that_skips_the_signature_disagrees_with_wycheproof() -> None:
    assert verdicts(lambda *_: None)[True, "invalid", True]


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS256"])
def test_no_key_is_ever_taken_for_an_algorithm_off_the_list(algorithm: str) -> None:
    with pytest.raises(UnverifiableError):
        public_key({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, algorithm)
