"""Every socket of a gateway, bound under the folder's lock before anything else is opened, and let go of in the end."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from socket import socket

from gateway.serving import sockets
from gateway.settings import Settings


@dataclass(frozen=True, slots=True)
class Listening:
    """The sockets of this gateway: `proxied` where a proxy has one of its own, `figures` where somebody wants them."""

    public: socket
    operators: socket
    proxied: socket | None
    figures: socket | None

    @property
    def port(self) -> int:
        """The port that was taken, where any free one was asked for."""
        port: int = self.public.getsockname()[1]
        return port

    @property
    def shared(self) -> tuple[socket, ...]:
        """Those that siblings listen on too."""
        return (self.public,) if self.proxied is None else (self.public, self.proxied)


@contextmanager
def listening(settings: Settings) -> Iterator[Listening]:
    """Bind them all, or raise an OperatorError and leave none behind."""
    with ExitStack() as stack:
        public = stack.enter_context(sockets.public(settings.host, settings.port))
        figures = None
        if settings.metrics_port is not None:  # On loopback, whatever else is listened on.
            figures = stack.enter_context(sockets.public("127.0.0.1", settings.metrics_port))
        operators = stack.enter_context(sockets.operators(settings.socket))
        stack.callback(settings.socket.unlink, missing_ok=True)
        proxied = None
        if settings.proxy_socket is not None:
            proxied = stack.enter_context(sockets.proxy(settings.proxy_socket))
            stack.callback(settings.proxy_socket.unlink, missing_ok=True)
        yield Listening(public, operators, proxied, figures)
