"""Writes pages: templates that escape everything, no script but our one file, nothing from anybody else's machine."""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from gateway.core.officer.signing import IDLE

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    # Not `no-referrer`, which would make a browser send forms with the origin `null`.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "publickey-credentials-get=(self), publickey-credentials-create=(self)",
}
_STATIC = {"people.js": "text/javascript", "people.css": "text/css"}


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("gateway.people"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    made.globals["idle"] = int(IDLE.total_seconds())
    return made


def page(template: str, status: int = 200, **values: object) -> HTMLResponse:
    """Write a page."""
    text = _environment().get_template(f"{template}.html").render(values)
    return HTMLResponse(text, status, _HEADERS)


def paper(html: str, language: str) -> HTMLResponse:
    """Show a page that is not ours to decorate: no header, no link, no name of ours, and kept by nobody."""
    names = {"Content-Language": language, "Content-Disposition": 'inline; filename="record.html"'}
    return HTMLResponse(html, headers={**_HEADERS, **names})


@cache
def _read(name: str) -> bytes:
    return (files("gateway.people") / "static" / name).read_bytes()


def static(name: str) -> Response:
    """Return our script or our style sheet. Raises KeyError for anything else."""
    kind = _STATIC[name]
    return Response(_read(name), media_type=kind, headers={"Cache-Control": "no-cache"})
