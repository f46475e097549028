# ruff: noqa: INP001, T201 - an agency's own script: no package, and prints
"""Hello in the usual mode, private_key_jwt and DPoP: python docs/hello/dpop.py URL CLIENT KEY_FILE."""

import sys

from gateway.client import Client, SigningKey

url, client, key_file = sys.argv[1:]
with Client(url, client, SigningKey.from_file(key_file)) as gateway:
    notices = gateway.get("/v1/notices", state="all")["notices"]
print("hello:", client, "is known here; notices about what it sent:", len(notices))
