"""The product's own server process, as `referral-gateway serve` runs it, and one route more: what was counted."""

import logging

from fastapi import FastAPI

from gateway import logs
from gateway.app import create_app
from gateway.serving import process
from gateway.settings import read
from gateway.wiring import Gateway


def counted(gateway: Gateway) -> FastAPI:
    """Make the application with a route for the benchmark; the product has none."""
    made = create_app(gateway)

    @made.get("/counted")
    async def found() -> dict[str, int]:
        return {"commits": gateway.writer.commits, "items": gateway.writer.items}

    return made


if __name__ == "__main__":
    logs.configure(level=logging.WARNING)
    process.create_app = counted
    process.serve(read(), announce=lambda _url: None)
