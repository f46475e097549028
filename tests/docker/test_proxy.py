"""The TLS proxy as it is shipped, before a real gateway, over real TLS: who gets in, and what nobody gets past it."""

import os
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from builders import SHELTER
from certified import Certified, self_signed
from docker.client_cert_map import written
from operators import Operator, moved, template
from tls_proxy import CONFIGURATION, NEXT_MONTH, NGINX, NO_NGINX, YESTERDAY, TlsProxy, ports, running

__all__ = ["template"]

FORM = {"grant_type": "client_credentials", "client_id": "shelter-system", "scope": "referrals:read"}
FAILURES = 150
needs_nginx = pytest.mark.skipif(NGINX is None or os.geteuid() != 0, reason=NO_NGINX)


def test_the_map_of_certificates_is_the_one_that_is_written() -> None:
    assert (CONFIGURATION / "client-cert.conf").read_text("utf-8") == written()


def test_every_address_that_carries_requests_says_what_becomes_of_the_header() -> None:
    """Nginx inherits proxy_set_header only where a block has none of its own: each server must set it."""
    servers = (CONFIGURATION / "nginx.conf").read_text("utf-8").split("    server {")[1:]
    assert [server.count("proxy_set_header Client-Cert ") for server in servers] == [1, 1]
    assert [server.index("include forward.conf;") < server.index("Client-Cert") for server in servers] == [True, True]


@pytest.fixture(scope="module")
def own() -> Certified:
    """The certificate of the shelter's system, nearly as large as any may be: so is the map shown to be long enough."""
    return self_signed("proxied", since=YESTERDAY, until=NEXT_MONTH, padding=3_600)


@pytest.fixture(scope="module")
def proxy(template: Operator, own: Certified, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsProxy]:
    """Nginx before a gateway, where that certificate is registered."""
    operator = moved(template, tmp_path_factory.mktemp("behind-tls") / "o")
    operator.paper("own.pem", own.pem.decode())
    given = ("--agency", SHELTER, "--scope", "referrals:read", "--mode", "mtls")
    assert (
        operator.types("client", "add", "shelter-system", *given, "--certificate", operator.home / "own.pem").code == 0
    )
    folder = operator.home / "proxy"
    folder.mkdir(mode=0o750)
    chosen = ports(tmp_path_factory.mktemp("nginx"))
    addresses = {"GATEWAY_URL": chosen.url, "GATEWAY_MUTUAL_TLS_URL": chosen.certified_url}
    with (
        operator.serves(GATEWAY_PROXY_SOCKET=str(folder / "s"), GATEWAY_RATE_FAILURES=str(FAILURES), **addresses),
        running(chosen, {"gateway-a": folder / "s"}) as started,
    ):
        yield started


def token(proxy: TlsProxy, own: Certified) -> str:
    with proxy.client(proxy.certified_url, own) as client:
        answer = client.post("/oauth/token", data=FORM)
    assert (answer.status_code, answer.json().get("token_type")) == (200, "Bearer"), answer.text
    return str(answer.json()["access_token"])


def elsewhere(proxy: TlsProxy) -> httpx.Client:
    """Return a client at another address than everybody else's."""
    context = ssl.create_default_context(cafile=str(proxy.authority))
    transport = httpx.HTTPTransport(verify=context, local_address="127.0.0.9")
    return httpx.Client(base_url=proxy.url, transport=transport, trust_env=False)


def begins(client: httpx.Client, proxy: TlsProxy) -> int:
    return client.post("/people/sign-in/options", json={}, headers={"Origin": proxy.url}).status_code


@needs_nginx
@pytest.mark.enable_socket
class TestOverTls:
    def test_a_certificate_gets_a_token_and_makes_a_call(self, proxy: TlsProxy, own: Certified) -> None:
        with proxy.client(proxy.certified_url, own) as client:
            answer = client.get("/v1/notices", headers={"Authorization": f"Bearer {token(proxy, own)}"})
        assert answer.status_code == 200, answer.text
        assert answer.headers["strict-transport-security"] == "max-age=63072000"

    @pytest.mark.parametrize("shown", [None, self_signed("thief", since=YESTERDAY, until=NEXT_MONTH)])
    def test_no_certificate_and_another_one_get_nothing(
        self, proxy: TlsProxy, own: Certified, shown: Certified | None
    ) -> None:
        stolen = {"Authorization": f"Bearer {token(proxy, own)}"}
        for url in (proxy.certified_url, proxy.url):
            with proxy.client(url, shown) as client:
                assert client.post("/oauth/token", data=FORM).status_code == 401
                assert client.get("/v1/notices", headers=stolen).status_code == 401

    def test_a_certificate_is_not_asked_for_where_browsers_come(self, proxy: TlsProxy, own: Certified) -> None:
        with proxy.client(proxy.url, own) as client:
            assert client.post("/oauth/token", data=FORM).status_code == 401
            assert client.get("/livez").status_code == 200

    @pytest.mark.parametrize("name", ["Client-Cert", "client-cert", "CLIENT-CERT", "Client_Cert"])
    def test_a_forged_header_is_dropped_on_both_ports(self, proxy: TlsProxy, own: Certified, name: str) -> None:
        forged = {name: own.header}
        stolen = {"Authorization": f"Bearer {token(proxy, own)}", **forged}
        thief = self_signed("thief", since=YESTERDAY, until=NEXT_MONTH)
        for url, shown in ((proxy.url, None), (proxy.certified_url, None), (proxy.certified_url, thief)):
            with proxy.client(url, shown) as client:
                assert client.post("/oauth/token", data=FORM, headers=forged).status_code == 401
                assert client.get("/v1/notices", headers=stolen).status_code == 401

    def test_who_fails_in_a_clients_name_locks_out_nobody_elsewhere(self, proxy: TlsProxy, own: Certified) -> None:
        """Whatever he says of his own address: the proxy tells the gateway which it was (ADR 0083)."""
        with elsewhere(proxy) as thief:
            lied = {"X-Forwarded-For": "127.0.0.1"}
            tried = [thief.post("/oauth/token", data=FORM, headers=lied).status_code for _ in range(2 * FAILURES)]
        assert (tried[0], tried[-1]) == (401, 429)
        assert token(proxy, own)

    def test_who_begins_sign_ins_without_end_keeps_no_officer_away(self, proxy: TlsProxy) -> None:
        """E-01: an officer's word may be needed for a life."""
        with elsewhere(proxy) as thief:
            begun = [begins(thief, proxy) for _ in range(300)]
        assert (begun[0], begun[-1]) == (200, 429)
        with proxy.client(proxy.url) as officer:
            assert begins(officer, proxy) == 200

    def test_a_certificate_that_is_too_large_is_refused_and_no_fault(self, proxy: TlsProxy) -> None:
        large = self_signed("large", since=YESTERDAY, until=NEXT_MONTH, padding=5_000)
        with proxy.client(proxy.certified_url, large) as client:
            assert client.post("/oauth/token", data=FORM).status_code == 401

    def test_the_metadata_names_the_other_port(self, proxy: TlsProxy) -> None:
        with proxy.client(proxy.url) as client:
            told = client.get("/.well-known/oauth-authorization-server").json()
        assert told["issuer"] == proxy.url
        assert told["mtls_endpoint_aliases"]["token_endpoint"] == f"{proxy.certified_url}/oauth/token"


def test_the_configuration_is_whole() -> None:
    assert {path.name for path in Path(CONFIGURATION).iterdir()} == {"nginx.conf", "forward.conf", "client-cert.conf"}
