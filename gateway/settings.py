"""Every setting, read once from the environment (`GATEWAY_*`) and from nowhere else. An unknown one is refused.

What systemd says of itself is beside them (`supervisor`); docs/settings.md is made by `python -m gateway.settings`.
"""

import os
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from gateway.core.errors import OperatorError
from gateway.sqlite_files import SQLITE, file_of_sqlite, sqlite_url

PREFIX = "GATEWAY_"
_MOST_PROCESSES = 4  # Where nobody says how many: somebody may want the rest of a large machine.
_TOGETHER = "a demonstration listens on 127.0.0.1 only, and client certificates need GATEWAY_PROXY_SOCKET"


class Settings(BaseSettings):
    """How one installation runs. Frozen; secrets never print."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True)

    data: Annotated[Path, Field(description="Folder of the databases and the socket.")] = Path("gateway-data")
    # Not shown when settings are printed: the URL of a server holds its password.
    database_url: Annotated[
        str, Field(repr=False, description="SQLAlchemy URL of the database; default: SQLite in the data folder.")
    ] = ""
    database_owner_url: Annotated[
        str,
        Field(
            repr=False,
            description="SQLAlchemy URL under which `init` makes the tables, on PostgreSQL (docs/postgresql.md); "
            "default: the database's own.",
        ),
    ] = ""
    person_keys_url: Annotated[
        str,
        Field(
            repr=False, description="SQLAlchemy URL of people's data keys, a database of its own; default: as above."
        ),
    ] = ""
    keyring: Annotated[
        str,
        Field(
            description="The encrypted key ring, or a device: pkcs11:token=NAME?module-path=FILE (RFC 7512, "
            "docs/key-rings.md); default: keyring.json in the data folder."
        ),
    ] = ""
    secret_file: Annotated[
        Path | None, Field(description="File that unlocks the key ring; must not lie beside the database.")
    ] = None
    secret: Annotated[SecretStr | None, Field(description="What unlocks the key ring, where no file does.")] = None
    host: Annotated[str, Field(description="Address to listen on; a proxy that speaks TLS stands in front.")] = (
        "127.0.0.1"
    )
    port: Annotated[int, Field(ge=0, le=65535, description="Port to listen on.")] = 8470
    workers: Annotated[
        int, Field(ge=0, le=32, description="Processes; 0: one on SQLite, else one for two processors, at most 4.")
    ] = 0
    url: Annotated[str, Field(description="The public URL, which is also the issuer; default: http://host:port.")] = ""
    proxy_socket: Annotated[
        Path | None,
        Field(
            description="Unix socket for the proxy that ends TLS; only through it may client certificates come "
            "(docs/mutual-tls.md)."
        ),
    ] = None
    mutual_tls_url: Annotated[
        str, Field(description="The public URL at which the proxy asks for client certificates; default: the same.")
    ] = ""
    client_authorities: Annotated[
        Path | None,
        Field(
            description="File of the authorities (PEM) whose client certificates are believed by name; default: none."
        ),
    ] = None
    rate_client: Annotated[
        int, Field(ge=0, description="Requests a second of one client, ten times as many at once; 0: no limit.")
    ] = 500
    rate_address: Annotated[
        int, Field(ge=0, description="Requests a second from one address, ten times as many at once; 0: no limit.")
    ] = 1000
    rate_failures: Annotated[
        int, Field(ge=0, description="Failures a minute to say who one is, from one address; 0: no limit.")
    ] = 600
    proxies: Annotated[
        str, Field(description="Addresses of proxies in front, by commas; X-Forwarded-For of others is not read.")
    ] = ""
    country: Annotated[
        str, Field(pattern="^[A-Z]{2}$", description="Country whose law applies (ISO 3166-1 alpha-2).")
    ] = "XX"
    country_profile: Annotated[
        Path | None,
        Field(
            description="The country profile (schema country_profile/1.0); default: the most protective, as shipped."
        ),
    ] = None
    origin: Annotated[str, Field(pattern="^[a-z0-9./-]{3,100}$", description="Name of the log in checkpoints.")] = (
        "referral-gateway/log"
    )
    largest_body: Annotated[int, Field(ge=1024, le=16_777_216, description="Largest request body in bytes.")] = (
        1_048_576
    )
    largest_attachment: Annotated[
        int, Field(ge=1024, le=268_435_456, description="Largest sealed attachment in bytes; it is taken in pieces.")
    ] = 16_777_216
    adapters_allowed: Annotated[
        Path | None,
        Field(
            description="List of the adapters of other distributions that may run (`adapter allow`); "
            "default: adapters-allowed.json in the data folder."
        ),
    ] = None
    adapters_folder: Annotated[
        Path | None,
        Field(description="Folder with adapters of other distributions, beside those in the gateway's environment."),
    ] = None
    adapter_memory: Annotated[
        int, Field(ge=67_108_864, le=4_294_967_296, description="Most memory of an adapter's worker process in bytes.")
    ] = 268_435_456
    adapter_seconds: Annotated[
        int, Field(ge=1, le=60, description="Longest an adapter's worker process may take for a document, in seconds.")
    ] = 5
    primero_hooks: Annotated[
        Path | None, Field(description="File of the Primero webhooks that are taken (docs/primero-webhooks.md).")
    ] = None
    anchors: Annotated[
        Path | None, Field(description="File of the witnesses and authorities that see the log (docs/the-log.md).")
    ] = None
    courier: Annotated[
        bool, Field(description="Whether `serve` delivers, too; off where couriers run as processes of their own.")
    ] = True
    metrics_port: Annotated[
        int | None,
        Field(ge=1, le=65535, description="Port on 127.0.0.1 for Prometheus' GET /metrics (docs/operating.md)."),
    ] = None
    access_log: Annotated[
        bool, Field(description="Log granted requests too; refused ones always are, without any value of theirs.")
    ] = False
    demo: Annotated[bool, Field(description="Demonstration: everything beside the database, loopback only.")] = False

    @field_validator("proxies")
    @classmethod
    def _addresses(cls, listed: str) -> str:
        for one in listed.split(",") if listed else ():
            ip_address(one.strip())
        return listed

    @model_validator(mode="after")
    def _certificates_need_a_proxy(self) -> Self:
        if self.proxy_socket is None and (self.mutual_tls_url or self.client_authorities):
            raise ValueError("client certificates come through the proxy's socket only")
        return self

    @model_validator(mode="after")
    def _demo_stays_at_home(self) -> Self:
        if self.demo and self.host != "127.0.0.1":
            raise ValueError("the demonstration listens on loopback only")
        return self

    @property
    def public_url(self) -> str:
        """The issuer and the base of every URL clients use; never taken from a Host header."""
        return self.url or f"http://{self.host}:{self.port}"

    @property
    def mutual_tls(self) -> str:
        """The address at which clients may show certificates; empty where there is none."""
        return "" if self.proxy_socket is None else self.mutual_tls_url or self.public_url

    @property
    def socket(self) -> Path:
        """The gateway's own socket, for the operator on this machine."""
        return self.data / "gateway.sock"

    @property
    def keyring_file(self) -> Path:
        """Where the key ring lies."""
        return Path(self.keyring) if self.keyring else self.data / "keyring.json"

    @property
    def trusted_proxies(self) -> frozenset[str]:
        """The addresses whose word about where a request came from is taken."""
        return frozenset(one.strip() for one in self.proxies.split(",") if one.strip())

    @property
    def processes(self) -> int:
        """How many processes answer."""
        processors = 1 if self.database().startswith(SQLITE) else len(os.sched_getaffinity(0))
        return self.workers or max(1, min(_MOST_PROCESSES, processors // 2))

    def handed_on(self) -> dict[str, str]:
        """Return the environment of a process that shall read these settings, with the port and `demo` as decided."""
        return {**os.environ, f"{PREFIX}PORT": str(self.port), f"{PREFIX}DEMO": str(self.demo)}

    @property
    def adapters_allowed_file(self) -> Path:
        """Where the list of adapters of other distributions that may run lies."""
        return self.adapters_allowed or self.data / "adapters-allowed.json"

    def database(self) -> str:
        """Return the URL of the database."""
        return self.database_url or sqlite_url(self.data / "gateway.db")

    def person_key_database(self) -> str:
        """Return the URL of the database that holds people's data keys and nothing else."""
        return self.person_keys_url or sqlite_url(self.data / "person-keys.db")

    def authorities(self) -> bytes | None:
        """Return the authorities of client certificates, or None where none is believed. Raises OperatorError."""
        return _content(self.client_authorities, "the file of client authorities") if self.client_authorities else None

    def profile(self) -> bytes | None:
        """Return the country profile, or None where the shipped one counts. Raises OperatorError."""
        return _content(self.country_profile, "the country profile") if self.country_profile else None

    def unlocking_secret(self) -> bytes:
        """Return what unlocks the key ring.

        Raises OperatorError when there is none, or when it lies beside the database without `demo`: who steals the one
        would have both.
        """
        if self.secret_file is not None:
            if self.lies_beside(self.secret_file) and not self.demo:
                raise OperatorError("the secret file lies beside the database; keep it elsewhere")
            return _content(self.secret_file, "the secret file")
        if self.secret is not None:
            return self.secret.get_secret_value().encode()
        raise OperatorError(f"nothing unlocks the key ring; set {PREFIX}SECRET_FILE")

    def lies_beside(self, file: Path) -> bool:
        """Say whether a file lies in the data folder, or in that of a database kept elsewhere."""
        urls = (self.database(), self.person_key_database())
        elsewhere = [file.parent for file in map(file_of_sqlite, urls) if file is not None]
        return any(file.resolve().is_relative_to(folder.resolve()) for folder in (self.data, *elsewhere))


def _content(file: Path, what: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        raise OperatorError(f"{what} cannot be read") from None


def read(*, demo: bool = False) -> Settings:
    """Read the settings; `demo` asks for a demonstration whatever the environment says.

    Raises OperatorError for a variable that is unknown or not valid, naming the variable and not its value.
    """
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    # Letter case does not matter to the library that reads them, so it does not hide an unknown one either.
    unknown = sorted(name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known)
    if unknown:
        raise OperatorError(f"unknown setting {unknown[0]}")
    try:
        return Settings(demo=True) if demo else Settings()
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False, include_context=False)
        wrong = sorted(f"{PREFIX}{fault['loc'][0]}".upper() for fault in faults if fault["loc"])
    # Raised outside the handler, whose error carries the values along.
    raise OperatorError(f"setting {wrong[0]} is not valid" if wrong else _TOGETHER)


def supervisor() -> tuple[str, float]:
    """Return where systemd hears how this process is, and within how many seconds it must; empty, and 0, without it.

    NOTIFY_SOCKET and WATCHDOG_USEC of sd_notify(3) and sd_watchdog_enabled(3). Raises OperatorError.
    """
    address, microseconds = os.environ.get("NOTIFY_SOCKET", ""), os.environ.get("WATCHDOG_USEC", "0")
    for_another = os.environ.get("WATCHDOG_PID", "") not in {"", str(os.getpid())}
    if not microseconds.isdecimal():
        raise OperatorError("WATCHDOG_USEC is no number")
    return address, 0.0 if for_another else int(microseconds) / 1e6


def described() -> str:
    """Return docs/settings.md."""
    lines = [
        "# Settings\n",
        "Made by `python -m gateway.settings`; do not edit by hand.\n",
        f"Every setting is an environment variable. One that begins with `{PREFIX}` and is not listed here is refused.",
        "",
        "| variable | what it is | default |\n| --- | --- | --- |",
    ]
    for name, setting in Settings.model_fields.items():
        default = "" if setting.default in {None, ""} else f"`{setting.default}`"
        lines.append(f"| `{PREFIX}{name.upper()}` | {setting.description} | {default} |")
    return "\n".join(lines).replace("`True`", "`true`").replace("`False`", "`false`") + "\n"


if __name__ == "__main__":
    sys.stdout.write(described())
