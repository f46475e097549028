"""The TLS proxy of docker/proxy on this machine: Debian's nginx with that very configuration, on ports of its own."""

import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from certified import Certified, an_authority, given_by
from checkout import ROOT
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from served import LOOPBACK, free_port

CONFIGURATION = ROOT / "docker" / "proxy"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
NO_NGINX = "no nginx: apt-get install nginx-light"
_STARTS_WITHIN = 30.0

YESTERDAY = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
NEXT_MONTH = YESTERDAY + timedelta(days=30)


@dataclass(frozen=True, slots=True)
class TlsProxy:
    """A running proxy: one port for people and clients with keys, one for clients that show certificates."""

    folder: Path
    port: int
    certified_port: int

    @property
    def url(self) -> str:
        return f"https://{LOOPBACK}:{self.port}"

    @property
    def certified_url(self) -> str:
        return f"https://{LOOPBACK}:{self.certified_port}"

    @property
    def authority(self) -> Path:
        """The file with the authority of its own certificate."""
        return self.folder / "authority.pem"

    def client(self, url: str, shown: Certified | None = None) -> httpx.Client:
        """Return a client that trusts it, and shows that certificate."""
        context = ssl.create_default_context(cafile=str(self.authority))
        if shown is not None:
            pem = self.folder / f"{shown.certificate.serial_number}.pem"
            pem.write_bytes(shown.key_pem + shown.pem)
            context.load_cert_chain(pem)
        return httpx.Client(base_url=url, verify=context, trust_env=False)


def ports(folder: Path) -> TlsProxy:
    """Choose its ports before it runs, for whoever must know its address first."""
    return TlsProxy(folder, free_port(), free_port())


@contextmanager
def running(proxy: TlsProxy, sockets: Mapping[str, Path]) -> Iterator[TlsProxy]:
    """Run nginx before these sockets, by the folder names the configuration has for them."""
    if NGINX is None:
        pytest.skip(NO_NGINX)
    _write(proxy, sockets)
    options = ("-p", str(proxy.folder), "-c", str(proxy.folder / "nginx.conf"), "-g", "user root root;")
    process = subprocess.Popen([NGINX, *options], stderr=subprocess.PIPE, text=True)
    try:
        _await(proxy, process)
        yield proxy
    finally:
        process.terminate()
        process.communicate(timeout=10)


def _write(proxy: TlsProxy, sockets: Mapping[str, Path]) -> None:
    root = an_authority()
    names = (x509.IPAddress(ip_address(LOOPBACK)), x509.DNSName("localhost"))
    own = given_by(root, "proxy", names, since=YESTERDAY, until=NEXT_MONTH, use=ExtendedKeyUsageOID.SERVER_AUTH)
    proxy.authority.write_bytes(root.pem)
    (proxy.folder / "tls.crt").write_bytes(own.pem)
    (proxy.folder / "tls.key").write_bytes(own.key_pem)
    text = (CONFIGURATION / "nginx.conf").read_text("utf-8")
    changes = {
        " /tmp/": f" {proxy.folder}/",
        "/etc/gateway-proxy": str(proxy.folder),
        "listen 8443 ": f"listen {LOOPBACK}:{proxy.port} ",
        "listen 8444 ": f"listen {LOOPBACK}:{proxy.certified_port} ",
        **{f"unix:/run/{name}/proxy.sock": f"unix:{path}" for name, path in sockets.items()},
    }
    for was, becomes in changes.items():
        assert was in text, was
        text = text.replace(was, becomes)
    text = re.sub(r" *server unix:/run/[^\n]*\n", "", text)  # Nodes that do not run here.
    (proxy.folder / "nginx.conf").write_text(text)
    for name in ("forward.conf", "client-cert.conf"):
        shutil.copy(CONFIGURATION / name, proxy.folder)


def _await(proxy: TlsProxy, process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + _STARTS_WITHIN
    with proxy.client(proxy.url) as client:
        while process.poll() is None and time.monotonic() < deadline:
            try:
                client.get("/livez")
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return
    process.kill()
    raise AssertionError(process.communicate()[1])
