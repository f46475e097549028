"""How long a connection is kept for a next request: longer than whoever would send one keeps it."""

import re

from checkout import ROOT

from gateway.serving.servers import IDLE, server

OF_NGINX = 60
"""Seconds nginx keeps an idle connection to a server behind it where nothing else is said (keepalive_timeout)."""


def test_a_connection_is_kept_longer_than_the_proxy_keeps_it() -> None:
    """Else both let go of it at once, and a request that is on its way then is answered 502."""
    upstream = re.search(
        r"upstream gateway \{(.*?)\}", (ROOT / "docker/proxy/nginx.conf").read_text("utf-8"), re.DOTALL
    )
    assert upstream is not None
    said = re.search(r"keepalive_timeout ([0-9]+)s?;", upstream[1])
    kept = OF_NGINX if said is None else int(said[1])

    async def nothing(_scope: object, _receive: object, _send: object) -> None:
        """Serve nobody."""

    assert server(nothing).config.timeout_keep_alive == IDLE > kept
