"""The profile: an unsafe address or limit stops the gateway from starting."""

import pytest
from oauth.systems_oauth import ISSUER, RESOURCE

from gateway.core.errors import OperatorError
from gateway.oauth.profile import Profile


@pytest.mark.parametrize(
    "issuer",
    [
        "https://gateway.example",
        "https://gateway.example:8443",
        "https://xn--bcher-kva.example",
        "http://127.0.0.1:8000",
        "http://localhost:8000",
        "http://[::1]:8000",
    ],
)
def test_a_plain_address_passes(issuer: str) -> None:
    profile = Profile(issuer, f"{issuer}/api")
    assert profile.token_endpoint == f"{issuer}/oauth/token"
    assert profile.resource_origin == issuer


UNSAFE = [
    "http://gateway.example",
    "http://10.0.0.1",
    "http://127.0.0.1.evil.example",
    "ftp://gateway.example",
    "gateway.example",
    "https://",
    "",
    "https://gateway.example/",
    "https://gateway.example/tenant",
    "https://gateway.example?x=1",
    "https://gateway.example#part",
    "https://user:secret@gateway.example",
    "https://Gateway.example",
    "HTTPS://gateway.example",
    "https://gateway.example:443",
    "https://gateway.example:port",
    "https://[gateway.example",
]


@pytest.mark.parametrize("issuer", UNSAFE)
def test_an_issuer_in_another_form_is_refused(issuer: str) -> None:
    with pytest.raises(OperatorError) as caught:
        Profile(issuer, RESOURCE)
    assert "gateway" not in str(caught.value), "an error carries no value"


@pytest.mark.parametrize("resource", [unsafe for unsafe in UNSAFE if not unsafe.endswith(("/", "/tenant"))])
def test_a_resource_in_another_form_is_refused(resource: str) -> None:
    with pytest.raises(OperatorError):
        Profile(ISSUER, resource)


@pytest.mark.parametrize("skew", [0, 10, 60])
def test_a_skew_up_to_a_minute_passes(skew: int) -> None:
    assert Profile(ISSUER, RESOURCE, skew=skew).skew == skew


@pytest.mark.parametrize("skew", [-1, 61, 3600])
def test_a_larger_skew_is_refused(skew: int) -> None:
    with pytest.raises(OperatorError):
        Profile(ISSUER, RESOURCE, skew=skew)


@pytest.mark.parametrize("name", ["token_lifetime", "assertion_lifetime", "proof_lifetime"])
def test_lifetimes_end_at_five_minutes(name: str) -> None:
    assert Profile(ISSUER, RESOURCE, **{name: 300})
    for seconds in (301, 864_000, 0, -1):
        with pytest.raises(OperatorError):
            Profile(ISSUER, RESOURCE, **{name: seconds})
