"""One key, and one address, under every spelling (F-01: no two sides of the firewall share one)."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from joserfc.jwk import ECKey, OKPKey, RSAKey
from papers import BORDER, agency

from consent.policy import Policy
from gateway.core.encoding import base64url, unbase64
from gateway.core.errors import OperatorError
from gateway.core.oversight.national import proven
from gateway.core.same_key import endpoint_of, of_agency, of_jwk
from schemas.documents import Document, Json

EC, RSA, ED = ECKey.generate_key("P-256"), RSAKey.generate_key(2048), OKPKey.generate_key("Ed25519")


def with_zero(text: str) -> str:
    """Write a number as Java's BigInteger does."""
    return base64url(b"\0" + unbase64(text))


def with_spare_bits(text: str) -> str:
    """Change what the last character says beyond the last byte."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    changed = text[:-1] + letters[letters.index(text[-1]) ^ 1]
    assert unbase64(changed) == unbase64(text)
    return changed


@pytest.mark.parametrize("key", [EC, RSA, ED], ids=["EC", "RSA", "Ed25519"])
@pytest.mark.parametrize("spelt", [with_zero, with_spare_bits])
def test_a_key_is_one_however_its_numbers_are_written(key: ECKey | RSAKey | OKPKey, spelt: object) -> None:
    assert callable(spelt)
    jwk = {**key.as_dict(private=False), "kid": "one"}
    for member in {"x", "y", "n"} & jwk.keys():
        assert of_jwk({**jwk, member: spelt(str(jwk[member])), "kid": "another"}) == of_jwk(jwk)


def test_other_keys_are_other_keys() -> None:
    found = [of_jwk(ECKey.generate_key(curve).as_dict(private=False)) for curve in ("P-256", "P-256", "P-384")]
    found += [of_jwk(key.as_dict(private=False)) for key in (EC, RSA, ED, OKPKey.generate_key("Ed25519"))]
    assert len({*found, of_jwk({"kty": "EC", "x": "x"}), of_jwk({"kty": "EC", "x": "y"})}) == 9


def test_an_agencys_key_is_the_one_its_client_has() -> None:
    point = unbase64(str(EC.as_dict()["x"])), unbase64(str(EC.as_dict()["y"]))
    filed = holding(str(ED.as_dict()["x"]), "jwe-p256", base64url(b"\4" + point[0] + point[1]))
    assert of_agency(filed) == {of_jwk(EC.as_dict(private=False)), of_jwk(ED.as_dict(private=False))}


def test_a_sealing_key_is_one_with_and_without_the_bit_nobody_looks_at() -> None:
    raw = X25519PrivateKey.generate().public_key().public_bytes_raw()
    signing = base64url(Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    marked = raw[:-1] + bytes([raw[-1] | 0x80])
    one, another = (of_agency(holding(signing, "hpke-x25519", base64url(key))) for key in (raw, marked))
    assert one == another
    assert of_agency(holding(signing, "hpke-mlkem768-x25519", base64url(bytes(1216)))) != one


@pytest.mark.parametrize("url", ["https://a.example/in", "https://a.example:443/in/", "https://a.example.:0443/in"])
def test_an_address_is_one_with_and_without_what_goes_without_saying(url: str) -> None:
    assert endpoint_of(agency(delivery_endpoint=url)) == {"a.example:443/in"}


def test_other_addresses_are_other_addresses() -> None:
    assert endpoint_of(agency()) == frozenset()
    told = ["https://a.example/in", "https://a.example:8443/in", "https://b.example/in", "https://a.example/other"]
    assert len({one for url in told for one in endpoint_of(agency(delivery_endpoint=url))}) == len(told)


def test_f_01_a_key_shared_with_enforcement_under_another_spelling_stops_the_start() -> None:
    shelter, border = agency("river-shelter"), agency(BORDER, "immigration_enforcement")
    [key] = of_agency(border)
    raw = bytes.fromhex(key.partition(":")[2].zfill(64))
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64.urlsafe_b64encode(raw).decode().rstrip("=")}
    proven(Policy(), [shelter, border], [("shelter-system", "river-shelter", [ED.as_dict(private=False)])], [])
    with pytest.raises(OperatorError, match="reached"):
        proven(Policy(), [shelter, border], [("shelter-system", "river-shelter", [jwk])], [])
    clients = [("shelter-system", "river-shelter", [EC.as_dict(private=False)])]
    spelt = {**EC.as_dict(private=False), "y": with_zero(str(EC.as_dict()["y"]))}
    with pytest.raises(OperatorError, match="reached"):
        proven(Policy(), [shelter, border], [*clients, ("border-system", BORDER, [spelt])], [])


def holding(signing: str, use: str, sealing: str) -> Document:
    keys: dict[str, Json] = {
        "signing": [{"id": "s", "alg": "EdDSA", "public_key": signing}],
        "sealing": [{"id": "k", "use": use, "public_key": sealing}],
    }
    return agency(keys=keys)
