"""Writes docker/proxy/client-cert.conf: what nginx needs to say a client certificate as RFC 9440 does. Run by path."""

import sys

from gateway.core.access.certificates import LARGEST

_BYTES_OF_A_LINE = 48
LINES = -(-LARGEST // _BYTES_OF_A_LINE)


def written() -> str:
    """Return the file."""
    line = "[A-Za-z0-9+/=]+"
    first, *more = (f"(?<c{number}>{line})\\n" for number in range(LINES))
    groups = first + "".join(f"(?:{group})?" for group in more)
    pattern = f"~^-----BEGIN CERTIFICATE-----\\n{groups}-----END CERTIFICATE-----\\n?$"
    value = "".join(f"$c{number}" for number in range(LINES))
    return "\n".join(
        [
            "# From $ssl_client_raw_cert (PEM) to the byte sequence of RFC 9440: the DER in base64, between",
            "# colons. nginx has no variable for it and a map cannot repeat, so each line of the PEM is one group;",
            "# there are as many as the gateway's largest certificate needs. No certificate gives no header. What",
            "# does not fit gives a value that the gateway refuses, never none.",
            "# Written by tests/docker/client_cert_map.py; a test compares.",
            "map $ssl_client_raw_cert $client_cert {",
            '    "" "";',
            '    default "?";',
            f'    "{pattern}" ":{value}:";',
            "}",
            "",
        ]
    )


if __name__ == "__main__":
    sys.stdout.write(written())
