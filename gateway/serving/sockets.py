"""The sockets of a gateway, bound before anything else is opened and listening only when all is ready.

Bound means taken: a second gateway finds out at once. Not yet listening means that nobody is answered too early.
"""

import errno
import os
import socket
import stat
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

from gateway.core.errors import OperatorError
from gateway.settings import Settings


class PortTakenError(OperatorError):
    """Somebody else listens on that port."""


class UnusableAddressError(OperatorError):
    """The address is none of this machine's, or this user may not listen there."""


class UnsafeSocketError(OperatorError):
    """Others than the proxy could open the proxy's socket, or put another in its place."""


class UnsafeAddressError(OperatorError):
    """The address is reached from other machines, and no public URL with TLS was given."""


def check_address(settings: Settings) -> None:
    """Raise UnsafeAddressError for an address beyond this machine without a public URL that begins with https.

    The gateway itself speaks plain HTTP: beyond loopback a proxy that speaks TLS must stand in front, and tokens are
    bound to its URL.
    """
    if not (_is_loopback(settings.host) or settings.url.startswith("https://")):
        raise UnsafeAddressError("an address beyond this machine needs a public URL with https")


def public(host: str, port: int) -> socket.socket:
    """Bind a TCP socket; port 0 takes any free one. Raises PortTakenError, or OperatorError for a foreign address."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        raise UnusableAddressError("the address to listen on is not one of this machine") from None
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError("the port is taken") from None
        if error.errno == errno.EACCES:
            raise UnusableAddressError("ports below 1024 are not for this user; a proxy listens there") from None
        raise UnusableAddressError("the address to listen on is not one of this machine") from None
    return bound


def operators(path: Path) -> socket.socket:
    """Bind the operator's socket, mode 0600. Call it under the folder's lock: what lies there then is a dead one's.

    Raises OperatorError, mostly for a path longer than the 107 bytes a Unix socket's name may have.
    """
    with suppress(FileNotFoundError):
        path.unlink()
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        bound.bind(str(path))
        path.chmod(0o600)  # The folder is private, so nobody was faster.
    except OSError:
        bound.close()
        raise OperatorError("the operator's socket cannot be made; the data folder's path may be too long") from None
    return bound


def proxy(path: Path) -> socket.socket:
    """Bind the socket of the proxy that ends TLS, mode 0660, for our user and the group of its folder.

    Whoever opens it can say who a client is. So the folder must be ours (or root's), written by nobody else, and closed
    to all but its group, which is the proxy's. Call it under the data folder's lock. Raises UnsafeSocketError.
    """
    folder = path.parent
    try:
        found = folder.stat()
        if found.st_uid not in {os.geteuid(), 0} or found.st_mode & (stat.S_IWGRP | stat.S_IRWXO):
            raise UnsafeSocketError("the folder of the proxy's socket must be ours, mode 0750, its group the proxy's")
        path.unlink(missing_ok=True)
        bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    except OSError:
        raise UnsafeSocketError("the folder of the proxy's socket cannot be used") from None
    try:
        bound.bind(str(path))
        os.chown(path, -1, found.st_gid)
        path.chmod(0o660)
        made = path.lstat()
    except OSError:
        bound.close()
        raise UnsafeSocketError("the proxy's socket cannot be made, or not given to the group of its folder") from None
    if (made.st_uid, made.st_gid, stat.S_IMODE(made.st_mode)) != (os.geteuid(), found.st_gid, 0o660):
        bound.close()
        raise UnsafeSocketError("the proxy's socket is not as it was made")
    return bound


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
