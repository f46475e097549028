"""A Primero on this machine and an application with a hook for it, for all tests of hooks."""

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from importlib import import_module

import pytest
from builders import an_agency
from fake_primero import RECORD, FakePrimero, Handler, HookedWeb, her_case
from line import a_line

from adapters.sdk.guard import Guard


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadingHTTPServer]:
    """One listening server for all tests; each puts its own Primero behind it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        serving = threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True)
        serving.start()
        yield listening
        listening.shutdown()
        serving.join()


@pytest.fixture
def primero(server: ThreadingHTTPServer) -> FakePrimero:
    """A Primero with her case: she needs a place to stay."""
    server.primero = FakePrimero(her_case())
    return server.primero


@pytest.fixture
def web(server: ThreadingHTTPServer, primero: FakePrimero) -> HookedWeb:
    """An application in which she said yes to the shelter, under the number her case has in Primero."""
    HookedWeb.port = server.server_port
    made = HookedWeb(line=a_line())
    made.line.adapters.known["primero"] = Guard(import_module("adapters.systems.primero.adapter").Primero())
    made.line.directory.put(an_agency(adapter="primero"))
    made.line.says(person_ref=RECORD)
    assert not primero.asked
    return made
