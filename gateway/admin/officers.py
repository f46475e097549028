"""Officers, at the operator's desk: the link for the first one, who there is, and ending one."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.admin.answers import BadRequestError, answer, members, text
from gateway.admin.operations import Operations
from gateway.admin.rehearsal import is_dry
from gateway.core.errors import OperatorError
from gateway.core.officer.granting import Wanted
from gateway.core.officers import Role
from gateway.core.records.officer_records import OfficerRow
from schemas.documents import Document, Json


def router(operations: Operations) -> APIRouter:
    """Make the routes."""
    routes = APIRouter()

    @routes.post("/officers/invite")
    async def invite(request: Request) -> JSONResponse:
        given = await members(request, operations.largest_body, "roles", "agency", "label")
        require_name(operations.public_url)
        wanted = Wanted(_roles(given), text(given, "agency") if "agency" in given else None, text(given, "label"))
        if is_dry(request):
            operations.granting.check(wanted)
            return answer({"dry_run": True})
        link = await operations.granting.invite(wanted, None)
        return answer({"link": f"{operations.public_url}/people/enrol#{link}", "hours": 24})

    @routes.get("/officers")
    def officers() -> JSONResponse:
        return answer({"officers": [_shown(row) for row in operations.granting.listed()]})

    @routes.post("/officers/{officer}/revoke")
    async def revoke(officer: str, request: Request) -> JSONResponse:
        if not is_dry(request):
            await operations.granting.revoke(officer, None)
        return answer({"officer": officer, **({"dry_run": True} if is_dry(request) else {"revoked": True})})

    return routes


def require_name(public_url: str) -> None:
    """Raise OperatorError where browsers would refuse a passkey: an address is no name (WebAuthn Level 2, 5.1.2)."""
    try:
        ip_address(urlsplit(public_url).hostname or "0.0.0.0")  # noqa: S104 - stands for no name; nothing listens
    except ValueError:
        return
    raise OperatorError("passkeys need a host name: set GATEWAY_URL, for a trial here to http://localhost and the port")


def _roles(given: Document) -> frozenset[Role]:
    listed = given.get("roles")
    try:
        return frozenset(Role(str(name)) for name in (listed if isinstance(listed, list) else []))
    except ValueError:
        raise BadRequestError("/roles", "unknown_code") from None


def _shown(row: OfficerRow) -> Json:
    return {
        "id": row.id,
        "label": row.label,
        "agency": row.agency,
        "roles": [*sorted(row.roles)],
        "enrolled_by": row.enrolled_by,
        "active": row.revoked is None,
    }
