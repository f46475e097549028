"""HEAD where anybody may GET: monitors, proxies and download tools ask so (RFC 9110 sections 9.1 and 9.3.2).

Not where a GET asks for a token or a session: there it uses up a proof, and may be an entry of the log that somebody
looked, which whoever is shown nothing did not.
"""

from fastapi import APIRouter
from fastapi.routing import APIRoute


def answering_head(routes: APIRouter) -> APIRouter:
    """Let every GET of these routes be asked with HEAD; the server leaves out the body."""
    for route in routes.routes:
        if isinstance(route, APIRoute) and route.methods and "GET" in route.methods:
            route.methods.add("HEAD")
    return routes
