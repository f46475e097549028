"""A running gateway with a socket for its proxy: what comes through it, and what cannot come any other way."""

import base64
import os
import ssl
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from builders import SHELTER
from certified import Certified, self_signed
from checkout import ROOT
from operators import Operator, Served, moved
from served import NO_TLS

pytestmark = pytest.mark.enable_socket

FORM = {"grant_type": "client_credentials", "client_id": "shelter-system", "scope": "referrals:read"}
FAR_OFF = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def own() -> Certified:
    """The certificate of the shelter's system."""
    return self_signed(until=FAR_OFF)


@pytest.fixture(scope="module")
def behind(template: Operator, own: Certified, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A gateway with a proxy's socket, where that system is registered."""
    operator = moved(template, tmp_path_factory.mktemp("proxied") / "o")
    operator.paper("own.pem", own.pem.decode())
    given = ("--agency", SHELTER, "--scope", "referrals:read", "--mode", "mtls")
    assert (
        operator.types("client", "add", "shelter-system", *given, "--certificate", operator.home / "own.pem").code == 0
    )
    (operator.home / "proxy").mkdir(mode=0o750)
    with operator.serves(GATEWAY_PROXY_SOCKET=str(socket_of(operator))) as served:
        yield served


def socket_of(operator: Operator) -> Path:
    return operator.home / "proxy" / "s"


def through(served: Served) -> httpx.Client:
    """Return a client that speaks as the proxy does."""
    transport = httpx.HTTPTransport(verify=NO_TLS, uds=str(socket_of(served.operator)))
    return httpx.Client(transport=transport, base_url=served.url, trust_env=False)


def test_the_proxy_brings_a_certificate_a_token_and_a_call(behind: Served, own: Certified) -> None:
    with through(behind) as proxy:
        answer = proxy.post("/oauth/token", data=FORM, headers={"Client-Cert": own.header})
        assert (answer.status_code, answer.json().get("token_type")) == (200, "Bearer"), answer.text
        bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        inbox = proxy.get("/v1/notices", headers={**bearer, "Client-Cert": own.header})
        assert inbox.status_code == 200, inbox.text
        for shown in ({}, {"Client-Cert": self_signed("thief", until=FAR_OFF).header}, {"Client-Cert": "junk"}):
            assert proxy.get("/v1/notices", headers={**bearer, **shown}).status_code == 401


def test_the_shortest_script_says_hello_with_a_certificate(behind: Served, own: Certified, tmp_path: Path) -> None:
    """docs/hello/mtls.py, over TLS: a proxy as small as can be ends it, and hands on who showed what."""
    proxy = self_signed("localhost", until=FAR_OFF, alternatives=("127.0.0.1",))
    files = {"own.pem": own.pem, "own.key": own.key_pem, "proxy.pem": proxy.pem, "proxy.key": proxy.key_pem}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    script = ROOT / "docs" / "hello" / "mtls.py"
    with ending_tls(behind, tmp_path) as url:
        given = (url, "shelter-system", *(str(tmp_path / name) for name in ("own.pem", "own.key", "proxy.pem")))
        done = subprocess.run([sys.executable, str(script), *given], env=checkout(), capture_output=True, check=False)
    assert done.stdout.startswith(b"hello: shelter-system is known here"), done.stderr.decode()


def checkout() -> dict[str, str]:
    return {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}


@contextmanager
def ending_tls(served: Served, files: Path) -> Iterator[str]:
    """End TLS on this machine, as docker/proxy has nginx do."""

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            shown = base64.b64encode(self.connection.getpeercert(binary_form=True) or b"").decode()
            headers = {name: value for name, value in self.headers.items() if name.lower() != "client-cert"}
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            with through(served) as behind:
                headers["Client-Cert"] = f":{shown}:"
                told = behind.request(self.command, self.path, content=body, headers=headers)
            self.send_response(told.status_code)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told.content)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files / "proxy.pem", files / "proxy.key")
    context.load_verify_locations(files / "own.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        serving = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        serving.start()
        yield f"https://127.0.0.1:{server.server_port}"
        server.shutdown()
        serving.join()


def test_nobody_else_brings_one(behind: Served, own: Certified) -> None:
    """The forged header over TCP: refused, whatever it is for."""
    with through(behind) as proxy:
        token = proxy.post("/oauth/token", data=FORM, headers={"Client-Cert": own.header}).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=behind.url, trust_env=False, verify=NO_TLS) as anybody:
        for forged in ({"Client-Cert": own.header}, {"client-cert": "x"}):
            assert anybody.post("/oauth/token", data=FORM, headers=forged).status_code == 400
            assert anybody.get("/v1/notices", headers={**bearer, **forged}).status_code == 400
        assert anybody.post("/oauth/token", data=FORM).status_code == 401
        assert anybody.get("/v1/notices", headers=bearer).status_code == 401
        assert anybody.get("/livez").status_code == 200


def test_the_socket_is_the_proxys_alone_and_gone_afterwards(operator: Operator) -> None:
    (operator.home / "proxy").mkdir(mode=0o750)
    with operator.serves(GATEWAY_PROXY_SOCKET=str(socket_of(operator))) as served:
        assert stat.S_IMODE(socket_of(operator).stat().st_mode) == 0o660
        assert served.ends().code == 0
    assert not socket_of(operator).exists()


def test_a_folder_that_others_can_enter_stops_the_start(operator: Operator) -> None:
    folder = operator.home / "proxy"
    folder.mkdir()
    folder.chmod(0o755)
    process = operator.spawns("serve", GATEWAY_PROXY_SOCKET=str(socket_of(operator)))
    _, said = process.communicate(timeout=30)
    assert process.returncode != 0
    assert "folder of the proxy's socket" in said.replace("Its", "its")
