"""sslyze against the proxy of docker/proxy: does it meet Mozilla's profile "intermediate", on both ports?"""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from served import LOOPBACK
from tls_proxy import NGINX, ports, running

SSLYZE = shutil.which("sslyze")
_PROFILE = "intermediate"
_MINUTES = 300


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was found on how many ports; `skipped` says that a program is absent, and then nothing was shown."""

    ports: int
    compliant: int
    protocols: dict[str, int]
    skipped: int = 0

    @property
    def held(self) -> bool:
        """Tell whether every port meets the profile."""
        return not self.skipped and self.compliant == self.ports > 0


def spoken(folder: Path) -> Spoken:
    """Start the proxy with no gateway behind it, and look at its TLS."""
    if NGINX is None or SSLYZE is None:
        return Spoken(0, 0, {}, skipped=1)
    with running(ports(folder), {"gateway-a": folder / "nobody"}) as proxy:
        told = [_told(folder, port) for port in (proxy.port, proxy.certified_port)]
    compliant = sum(ok for ok, _ in told)
    names = sorted({name for _, protocols in told for name in protocols})
    return Spoken(len(told), compliant, {name: sum(name in found for _, found in told) for name in names})


def _told(folder: Path, port: int) -> tuple[bool, list[str]]:
    """Return whether sslyze says that the port complies, and which protocols it accepted."""
    assert SSLYZE is not None
    out = folder / f"{port}.json"
    options = (f"--mozilla_config={_PROFILE}", f"--certinfo_ca_file={folder / 'authority.pem'}", f"--json_out={out}")
    done = subprocess.run(
        [SSLYZE, *options, f"{LOOPBACK}:{port}"], capture_output=True, text=True, check=False, timeout=_MINUTES
    )
    (scanned,) = json.loads(out.read_text("utf-8"))["server_scan_results"]
    results = scanned["scan_result"]
    protocols = [
        name.removesuffix("_cipher_suites")
        for name, found in results.items()
        if name.endswith("_cipher_suites") and (found or {}).get("result", {}).get("accepted_cipher_suites")
    ]
    return done.returncode == 0 and "OK - Compliant" in done.stdout, protocols
