"""RFC 8705: a certificate authenticates a client and binds its tokens; only the proxy's socket can bring one."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import httpx
import pytest
from certified import UNTIL, Certified, an_authority, given_by, self_signed
from oauth.fakes_oauth import NOON
from oauth.systems_oauth import API_PATH, API_URL, ISSUER, System
from oauth.world_oauth import FORM_TYPE, Gateway

from gateway.core.access.certificates import NameKind, certificate_name, public_jwk
from gateway.core.access.client_modes import ClientMode
from gateway.core.callers import Caller, CallerRefusedError
from gateway.oauth.profile import Profile
from gateway.oauth.server import World
from gateway.oauth.smart import FhirVerifier
from gateway.serving.proxied import FromAnybody, FromProxy

FORM = {"grant_type": "client_credentials", "scope": "referrals:send"}


@dataclass
class Certificates:
    """A gateway behind a proxy, and a client that shows a certificate."""

    gateway: Gateway
    own: Certified

    def post(self, path: str, form: dict[str, str], *shown: str, dpop: tuple[str, ...] = ()) -> httpx.Response:
        """Post what the proxy would forward."""

        async def talk(_: httpx.AsyncClient) -> httpx.Response:
            transport = httpx.ASGITransport(app=FromProxy(self.gateway.app))
            async with httpx.AsyncClient(transport=transport, base_url=ISSUER) as client:
                headers = [("content-type", FORM_TYPE), *(("client-cert", one) for one in shown)]
                headers += [("dpop", proof) for proof in dpop]
                return await client.post(path, content=urlencode(form).encode(), headers=headers)

        return self.gateway.serve(talk)

    def ask(self, *shown: str, client_id: str = "shelter-one", **fields: str) -> httpx.Response:
        return self.post("/oauth/token", {**FORM, "client_id": client_id, **fields}, *shown)

    def token(self) -> str:
        answer = self.ask(self.own.header)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def call(self, token: str, *shown: str, scheme: str = "Bearer", dpop: tuple[str, ...] = ()) -> Caller:
        return self.gateway.verifier.verify([f"{scheme} {token}"], dpop, "POST", API_PATH, shown)


@pytest.fixture
def world() -> Certificates:
    """A shelter whose own certificate is registered."""
    gateway, own = Gateway(), self_signed()
    gateway.a_system(mode=ClientMode.MTLS, jwks=[public_jwk(own.read)])
    return Certificates(gateway, own)


def refused(world: Certificates, token: str, *shown: str, **how: object) -> CallerRefusedError:
    with pytest.raises(CallerRefusedError) as error:
        world.call(token, *shown, **how)
    return error.value


# -------------------------------------------------------------------------------------------------------------- a token


def test_the_registered_certificate_gets_a_token_that_is_bound_to_it(world: Certificates) -> None:
    answer = world.ask(world.own.header)
    assert answer.status_code == 200
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 300)
    caller = world.call(answer.json()["access_token"], world.own.header)
    assert (caller.client_id, caller.agency) == ("shelter-one", "agency-of-shelter-one")


def test_each_token_is_preceded_by_a_look_at_its_client(world: Certificates) -> None:
    """The transaction looks at what is used up; with nothing to use up it would look at nobody."""
    world.token()
    world.token()
    assert len(world.gateway.once.used) == 2
    world.gateway.once.revoked.add("shelter-one")
    assert world.ask(world.own.header).status_code == 401


def test_each_call_is_used_up_under_a_name_of_its_own(world: Certificates) -> None:
    token = world.token()
    one, other = (world.call(token, world.own.header).proof for _ in range(2))
    assert one.id != other.id


def test_a_name_that_an_authority_gave_is_as_good() -> None:
    """RFC 8705 section 2.1, tls_client_auth; the same name by another authority, or by oneself, is none."""
    authority = an_authority()
    gateway = Gateway(authorities=authority.as_authority)
    own = given_by(authority, "shelter")
    gateway.a_system(
        mode=ClientMode.MTLS, jwks=[], names=(certificate_name(NameKind.SUBJECT_DN, "CN=shelter,O=Marigold"),)
    )
    world = Certificates(gateway, own)
    world.call(world.token(), own.header)
    assert world.ask(given_by(an_authority("another-root"), "shelter").header).status_code == 401
    assert world.ask(self_signed("shelter").header).status_code == 401
    assert world.ask(given_by(authority, "police").header).status_code == 401
    gateway.clock.moment = UNTIL + timedelta(seconds=1)
    assert world.ask(own.header).status_code == 401


WRONG = {
    "none": (),
    "another's": (self_signed("stranger").header,),
    "the same key under another certificate": (self_signed(until=UNTIL + timedelta(days=9)).header,),
    "expired": (self_signed(until=NOON - timedelta(seconds=1)).header,),
    "not yet valid": (self_signed(since=NOON + timedelta(seconds=1)).header,),
    "two": (self_signed().header, self_signed().header),
    "two in one": (f"{self_signed().header}, {self_signed().header}",),
    "with a parameter": (f"{self_signed().header};a=1",),
    "empty": ("::",),
    "nothing": ("",),
    "PEM": (self_signed().pem.decode().replace("\n", " "),),
    "base64url": (self_signed().header.replace("+", "-").replace("/", "_") + "-",),
    "without colons": (self_signed().header.strip(":"),),
    "no padding": (":" + self_signed().header.strip(":").rstrip("=")[:-1] + ":",),
    "junk": (":AAAA:",),
    "too large": (":" + "A" * 8000 + ":",),
    "a weak key": (self_signed(key="rsa1024").header,),
}


@pytest.mark.parametrize("shown", WRONG.values(), ids=WRONG)
def test_anything_else_gets_none_and_calls_nothing(world: Certificates, shown: tuple[str, ...]) -> None:
    answer = world.ask(*shown)
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    assert refused(world, world.token(), *shown).code == "invalid_token"


def test_who_is_registered_cannot_be_told_from_who_is_not(world: Certificates) -> None:
    world.gateway.a_system("bound")
    world.gateway.a_system("off", mode=ClientMode.MTLS, jwks=[], enabled=False)
    stranger = self_signed("stranger").header
    answers = [world.ask(stranger, client_id=name) for name in ("shelter-one", "bound", "off", "nobody", "\ud7ff")]
    assert len({(one.status_code, one.text, tuple(one.headers)) for one in answers}) == 1


def test_a_request_without_a_client_id_authenticates_nobody(world: Certificates) -> None:
    assert world.post("/oauth/token", FORM, world.own.header).status_code == 401


# ---------------------------------------------------------------------------------------- no way round the registration


def test_an_assertion_does_not_authenticate_a_client_of_mutual_tls(world: Certificates) -> None:
    """Its certificate's key is on record too, and must not open a second way in."""
    system = System(world.gateway.clock)
    keys = [system.key.as_dict(private=False), public_jwk(world.own.read)]
    world.gateway.join(system, mode=ClientMode.MTLS, jwks=keys)
    assert world.gateway.ask(system).status_code == 401
    assert world.post("/oauth/token", system.form(), world.own.header).status_code == 401


def test_a_certificate_does_not_authenticate_a_client_of_assertions(world: Certificates) -> None:
    names = (certificate_name(NameKind.SUBJECT_DN, "CN=shelter,O=Marigold"),)
    for mode in (ClientMode.DPOP, ClientMode.SMART):
        world.gateway.a_system("other", mode=mode, jwks=[public_jwk(world.own.read)], names=names)
        assert world.ask(world.own.header, client_id="other").status_code == 401


def test_a_client_of_assertions_may_come_over_tls_that_showed_any_certificate(world: Certificates) -> None:
    bound = world.gateway.a_system("bound")
    for shown in (world.own.header, "junk"):
        proof = bound.proof(nonce=world.gateway.nonces.fresh())
        answer = world.post("/oauth/token", bound.form(), shown, dpop=(proof,))
        assert (answer.status_code, answer.json()["token_type"]) == (200, "DPoP")


def test_a_proof_does_not_change_what_the_token_is_bound_to(world: Certificates) -> None:
    proof = System(world.gateway.clock).proof(nonce=world.gateway.nonces.fresh())
    form = {**FORM, "client_id": "shelter-one"}
    answer = world.post("/oauth/token", form, world.own.header, dpop=(proof,))
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})


# --------------------------------------------------------------------------------------------------------------- a call


def test_a_stolen_token_is_worth_nothing(world: Certificates) -> None:
    token = world.token()
    thief = System(world.gateway.clock, "thief")
    proof = thief.proof(API_URL, nonce=world.gateway.nonces.fresh(), token=token)
    for shown, how in (
        ((), {}),
        ((self_signed("thief").header,), {}),
        ((), {"scheme": "DPoP", "dpop": (proof,)}),
        ((world.own.header,), {"dpop": (proof,)}),
        ((world.own.header,), {"scheme": "DPoP"}),
    ):
        assert refused(world, token, *shown, **how).code == "invalid_token"
    assert refused(world, token).challenge == 'Bearer error="invalid_token"'
    world.call(token, world.own.header)


def test_a_token_that_is_bound_to_a_key_is_not_carried_by_a_certificate(world: Certificates) -> None:
    token = world.gateway.token(world.gateway.a_system("bound"))
    for how in ("Bearer", "DPoP"):
        refused(world, token, world.own.header, scheme=how)


def test_a_certificate_that_expires_ends_its_tokens(world: Certificates) -> None:
    short = self_signed("short", until=NOON + timedelta(seconds=60))
    world.gateway.a_system("short-lived", mode=ClientMode.MTLS, jwks=[public_jwk(short.read)])
    token = world.ask(short.header, client_id="short-lived").json()["access_token"]
    world.call(token, short.header)
    world.gateway.clock.advance(120)
    assert refused(world, token, short.header).why == "not_in_force"


def test_the_kill_switch_ends_it(world: Certificates) -> None:
    token = world.token()
    world.gateway.revocations.clients.add("shelter-one")
    assert refused(world, token, world.own.header).why == "revoked"


def test_it_is_good_at_the_fhir_endpoint_with_its_certificate_only(world: Certificates) -> None:
    gateway, token = world.gateway, [f"Bearer {world.token()}"]
    smart = World(gateway.clients, gateway.keys, gateway.clock, gateway.entropy)
    door = FhirVerifier(gateway.verifier, smart, gateway.profile, gateway.revocations)
    assert door.verify(token, [], "GET", "/fhir/Task", [world.own.header]).client_id == "shelter-one"
    for shown in ([], [self_signed("thief").header]):
        with pytest.raises(CallerRefusedError):
            door.verify(token, [], "GET", "/fhir/Task", shown)


def test_the_client_takes_its_token_back(world: Certificates) -> None:
    form = {"client_id": "shelter-one", "token": world.token()}
    assert world.post("/oauth/revoke", form).status_code == 401
    assert world.post("/oauth/revoke", form, self_signed("thief").header).status_code == 401
    assert world.gateway.revocations.tokens == {}
    assert world.post("/oauth/revoke", form, world.own.header).status_code == 200
    assert len(world.gateway.revocations.tokens) == 1


# ------------------------------------------------------------------------------------------------ whom the header binds


def test_the_header_itself_is_read_by_nobody(world: Certificates) -> None:
    """The application, as it is without the proxy's socket, does not know the header: no sender can write a scope."""
    form = {**FORM, "client_id": "shelter-one"}
    assert world.gateway.post("/oauth/token", form, client_cert=world.own.header).status_code == 401


def test_beside_the_proxy_the_header_is_refused(world: Certificates) -> None:
    async def talk(_: httpx.AsyncClient) -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=FromAnybody(world.gateway.app))
        async with httpx.AsyncClient(transport=transport, base_url=ISSUER) as client:
            shown = {"Client-Cert": world.own.header}
            return [await client.get("/oauth/jwks", headers=shown), await client.get("/oauth/jwks")]

    forged, plain = world.gateway.serve(talk)
    assert (forged.status_code, forged.json()["code"]) == (400, "client_certificate_not_from_proxy")
    assert plain.status_code == 200


# --------------------------------------------------------------------------------------------------------- what is told


def test_the_metadata_tells_of_certificates_where_there_is_a_proxy() -> None:
    told = Gateway(profile=Profile(ISSUER, f"{ISSUER}/api", mutual_tls=ISSUER)).get(
        "/.well-known/oauth-authorization-server"
    )
    found = told.json()
    assert found["tls_client_certificate_bound_access_tokens"] is True
    methods = ["private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth"]
    assert found["token_endpoint_auth_methods_supported"] == methods
    assert "mtls_endpoint_aliases" not in found
    without = Gateway().get("/.well-known/oauth-authorization-server").json()
    assert "tls_client_certificate_bound_access_tokens" not in without
    assert without["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]


def test_the_metadata_names_another_address_where_there_is_one() -> None:
    other = "https://mtls.gateway.example"
    told = Gateway(profile=Profile(ISSUER, f"{ISSUER}/api", mutual_tls=other)).get(
        "/.well-known/oauth-authorization-server"
    )
    aliases = {"token_endpoint": f"{other}/oauth/token", "revocation_endpoint": f"{other}/oauth/revoke"}
    assert told.json()["mtls_endpoint_aliases"] == aliases
