"""Makes the two applications around a connected gateway; the lifespan of the public one opens and closes it.

Nothing happens at import.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from fastapi import FastAPI

from gateway import __version__
from gateway.admin.application import application as operators_application
from gateway.admin.operations import Operations
from gateway.courier.duties import in_every_process
from gateway.courier.housekeeping import Housekeeping
from gateway.oauth.algorithms import ALGORITHMS
from gateway.oauth.endpoints import router
from gateway.oauth.errors import UnverifiableError
from gateway.oauth.keys import public_key
from gateway.people.application import router as people_router
from gateway.reference.endpoints import router as reference_router
from gateway.web.application import application
from gateway.web.fhir.application import router as fhir_router
from gateway.web.hooks import router as hooks_router
from gateway.wiring import Gateway, courier
from gateway.wiring.identity import WATCH


def create_app(gateway: Gateway) -> FastAPI:
    """Return the application; the gateway starts and closes with it."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        try:
            gateway.require_released()
            gateway.start()
            await gateway.people.policies.begin(shipped=gateway.settings.country_profile is None)
            await gateway.catch_up()
            duties = {"identity": gateway.identity.refreshed, **in_every_process(gateway.base.person_keys)}
            watching = asyncio.create_task(Housekeeping(duties, WATCH).run())
            yield
            watching.cancel()
        finally:
            gateway.close()

    doors = (
        router(gateway.identity.parts),
        people_router(gateway.people),
        fhir_router(gateway.fhir, __version__),
        hooks_router(gateway.door, gateway.hooks),
        reference_router(__version__),
    )
    return application(gateway.door, doors, gateway.ready, lifespan, __version__)


def create_operator_app(gateway: Gateway) -> FastAPI:
    """Return the operator's application, for the gateway's own socket; it opens and closes nothing."""
    return operators_application(
        Operations(
            registry=gateway.registry,
            endpoints=courier.endpoints(gateway),
            dead_letters=courier.dead_letters(gateway),
            desk=gateway.door.desk,
            papers=gateway.door.papers,
            cases=gateway.door.cases,
            capacity=gateway.door.capacity,
            children=gateway.door.children,
            releases=gateway.door.releases,
            previews=gateway.door.previews,
            explaining=gateway.door.explaining,
            histories=gateway.histories,
            tracking=gateway.door.tracking,
            directory=gateway.base.directory,
            clients=gateway.clients,
            log=gateway.log,
            anchoring=gateway.anchoring,
            notices=gateway.door.notices,
            erasures=gateway.door.erasures,
            probing=gateway.people.probing,
            breaches=gateway.people.breaches,
            keys=gateway.keys,
            release=gateway.release,
            revoke_client=gateway.revoke_client,
            usable_key=_usable,
            signing=gateway.identity,
            granting=gateway.people.granting,
            policies=gateway.people.policies,
            public_url=gateway.settings.public_url,
            ready=gateway.ready,
            largest_body=gateway.settings.largest_body,
            version=__version__,
        )
    )


def _usable(jwk: Mapping[str, object]) -> bool:
    """Tell whether a client could authenticate with that public key under any algorithm of the closed list."""
    for algorithm in ALGORITHMS:
        try:
            public_key(jwk, algorithm)
        except UnverifiableError:
            continue
        return True
    return False
