"""Makes the HTTP application around a connected gateway; the lifespan opens and closes it. Nothing happens at import."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from gateway import __version__
from gateway.oauth.endpoints import router
from gateway.web.application import application
from gateway.wiring import Gateway


def create_app(gateway: Gateway) -> FastAPI:
    """Return the application; the gateway starts and closes with it."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        gateway.start()
        try:
            yield
        finally:
            gateway.close()

    return application(gateway.door, router(gateway.oauth), gateway.ready, lifespan, __version__)
