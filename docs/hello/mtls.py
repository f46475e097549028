# ruff: noqa: INP001, T201 - an agency's own script: no package, and prints
"""Hello with a certificate (RFC 8705): python docs/hello/mtls.py URL CLIENT CERTIFICATE KEY [AUTHORITIES]."""

import sys
from pathlib import Path

from gateway.client import Client, ClientCertificate

url, client, *files = sys.argv[1:]
with Client(url, client, ClientCertificate(*map(Path, files))) as gateway:
    notices = gateway.get("/v1/notices", state="all")["notices"]
print("hello:", client, "is known here; notices about what it sent:", len(notices))
