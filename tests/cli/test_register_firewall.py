"""No two sides of the firewall share a key (F-01), whoever types it and however it is written."""

import string

from builders import POLICE, SHELTER
from joserfc.jwk import ECKey
from operators import Operator
from papers import BORDER, agency

from gateway.core.encoding import base64url, unbase64


def test_f_01_a_key_is_shared_under_any_spelling_and_in_any_role(running: Operator) -> None:
    """A zero before a number, spare bits, an agency's own key as its neighbour's client's: the same hands."""
    client = ("client", "add", "another", "--scope", "inbox:read", "--json", "--agency")
    usual = {**ECKey.generate_key("P-256").as_dict(private=False), "kid": "usual"}
    spelt = {**usual, "x": base64url(b"\0" + unbase64(str(usual["x"])))}
    file = running.paper("usual.json", {"keys": [usual]})
    assert running.types(*client[:2], "usual-system", *client[3:], POLICE, "--jwks", file).code == 0
    said = running.types(*client, POLICE, "--jwks", running.paper("spelt.json", {"keys": [spelt]}))
    assert (said.code, said.json["error"]) == (4, "key_shared")

    signing = agency(BORDER, "immigration_enforcement")["keys"]["signing"][0]
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": signing["public_key"], "kid": "borrowed"}
    file = running.paper("borrowed.json", {"keys": [jwk]})
    said = running.types(*client, SHELTER, "--jwks", file)
    assert (said.code, said.json["error"]) == (4, "shared_across_firewall")
    said = running.types("client", "key", "add", "police-system", "--jwks", file, "--json")
    assert (said.code, said.json["error"]) == (4, "shared_across_firewall")

    raw = unbase64(signing["public_key"])
    again = next(text for text in spellings(signing["public_key"]) if text != signing["public_key"])
    assert unbase64(again) == raw
    shared = agency("lake-shelter", keys={"signing": [{**signing, "public_key": again}]})
    said = running.types("agency", "add", running.paper("shared.json", shared), "--json")
    assert (said.code, said.json["error"]) == (4, "shared_across_firewall")


def spellings(text: str) -> list[str]:
    """Return what stands for the same 32 bytes: the last character says four bits of them, and two more."""
    return [
        text[:-1] + last
        for last in string.ascii_letters + string.digits + "-_"
        if unbase64(text[:-1] + last) == unbase64(text)
    ]
