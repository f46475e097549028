"""The framework tells nobody of a request: paths and errors carry values, and traces leave the process."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry import trace
from web_door import Web


class Collecting:
    """A provider of traces that somebody installed beside the gateway."""

    def __init__(self) -> None:
        self.asked = 0

    def installed(self) -> trace.TracerProvider:
        self.asked += 1
        return trace.NoOpTracerProvider()


@pytest.fixture
def collecting(monkeypatch: pytest.MonkeyPatch) -> Collecting:
    """Stands where every tracer of this process comes from."""
    there = Collecting()
    monkeypatch.setattr(trace, "get_tracer_provider", there.installed)
    return there


def test_whatever_collects_traces_in_this_process_hears_of_no_request(collecting: Collecting) -> None:
    web = Web()
    assert web.ask("GET", "/livez").status == 200
    assert collecting.asked == 0


def test_the_framework_by_itself_would_tell_it(collecting: Collecting) -> None:
    async def asked() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(FastAPI()), base_url="http://gateway") as client:
            return await client.get("/livez")

    assert asyncio.run(asked()).status_code == 404
    assert collecting.asked > 0
