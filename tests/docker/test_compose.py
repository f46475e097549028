"""What docker/ ships, read as text: nothing secret, no service with more rights than it needs, nothing fetched."""

import re
import subprocess
from collections.abc import Mapping

import pytest
import yaml
from checkout import ROOT

from gateway.settings import PREFIX, Settings

DOCKER = ROOT / "docker"
COMPOSE = yaml.safe_load((DOCKER / "compose.yaml").read_text("utf-8"))
SERVICES: Mapping[str, dict[str, object]] = COMPOSE["services"]
ROOT_ONCE = "prepare"
"""The one service that runs as root: it gives volumes to their users, once, before anything else runs."""


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_writes_its_root_or_has_a_capability_or_gains_one(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges"]
    assert "privileged" not in service
    assert ("cap_add" in service, "user" in service) == (name == ROOT_ONCE, name == ROOT_ONCE)


@pytest.mark.parametrize("name", SERVICES)
def test_what_holds_a_key_is_read_only_but_for_whoever_makes_it(name: str) -> None:
    makers = {"prepare", "init", "operator"}
    volumes = [str(volume).split(":") for volume in list(SERVICES[name].get("volumes", []))]
    keys = {"secrets-database", "secrets-gateway", "secrets-owner", "keyring", "tls", "authority", "clinic"}
    written = {volume[0] for volume in volumes if volume[0] in keys and volume[-1] != "ro"}
    assert not written or name in makers
    assert all(volume[-1] == "ro" for volume in volumes if volume[0].startswith("./"))


def test_only_the_proxy_is_reached_from_outside_and_only_from_this_machine() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert list(published) == ["gateway"]
    assert all(str(port).startswith("127.0.0.1:") for port in published["gateway"])
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert {name for name, service in SERVICES.items() if service["networks"] == ["inside"]} == {
        *("prepare", "init", "operator", "database", "node-a", "node-b")
    }


def test_nobody_but_the_proxy_and_its_node_mounts_a_nodes_socket_to_write() -> None:
    writing = {
        (name, str(volume).split(":")[0])
        for name, service in SERVICES.items()
        for volume in list(service.get("volumes", []))
        if str(volume).startswith(("sockets-a", "sockets-b")) and not str(volume).endswith(":ro")
    }
    assert writing == {("node-a", "sockets-a"), ("node-b", "sockets-b"), *(("prepare", f"sockets-{x}") for x in "ab")}


def test_nobody_who_serves_knows_the_owner_of_the_tables() -> None:
    """Only who does not own the log cannot change it (DESIGN section 7)."""
    name = f"{PREFIX}DATABASE_OWNER_URL"
    knowing = {service for service, made in SERVICES.items() if name in dict(made.get("environment", {}))}
    mounting = {
        service
        for service, made in SERVICES.items()
        if any(str(volume).startswith("secrets-owner:") for volume in list(made.get("volumes", [])))
    }
    assert knowing == {"init", "operator"}
    assert mounting == {*knowing, ROOT_ONCE}
    assert "gateway_owner@" in SERVICES["init"]["environment"][name]


def test_every_setting_exists_and_none_holds_a_secret() -> None:
    for service in SERVICES.values():
        for name, value in dict(service.get("environment", {})).items():
            assert name.removeprefix(PREFIX).lower() in Settings.model_fields
            assert re.search(r"//[^/@]*:[^/@]*@", value) is None, name
            assert name != f"{PREFIX}SECRET"


def test_an_image_takes_its_base_as_an_argument_and_installs_wheels_by_hash() -> None:
    dockerfile = (DOCKER / "Dockerfile").read_text("utf-8")
    assert re.findall(r"^ARG (\w+)=", dockerfile, re.MULTILINE) == ["BASE"]
    assert {line.split()[1] for line in dockerfile.splitlines() if line.startswith("FROM ")} == {
        *("${BASE}", "python", "gateway")
    }
    assert dockerfile.count("--no-index") == dockerfile.count("pip --python") == 2
    assert "--require-hashes" in dockerfile
    assert [
        line for line in dockerfile.splitlines() if re.match(r"COPY (\.|gateway|schemas|consent|adapters)", line)
    ] == []
    users = re.findall(r"^USER (\d+)", dockerfile, re.MULTILINE)
    assert users == ["10001", "0", "10001", "10002", "10003"]  # Root only installs programs.
    assert dockerfile.count("HEALTHCHECK") == 4


def test_the_operators_commands_can_change_keys_and_copy_databases_and_no_node_can() -> None:
    """A backup of the keys, the key of its week and the data lie in three places (docs/backups.md)."""
    mounted = {
        name: {str(volume).removesuffix(":ro") for volume in list(SERVICES[name]["volumes"])}
        for name in ("operator", "node-a", "node-b", "courier")
    }
    operators = SERVICES["operator"]
    assert "keyring:/keyring" in list(operators["volumes"])
    assert {"backups:/backups", "weekly-keys:/weekly-keys"} <= mounted["operator"]
    for node in ("node-a", "node-b", "courier"):
        assert "keyring:/keyring:ro" in list(SERVICES[node]["volumes"])
        assert not {volume for volume in mounted[node] if volume.startswith(("backups", "weekly-keys"))}
    stages = (DOCKER / "Dockerfile").read_text("utf-8").split("\nFROM ")
    assert [stage.split()[2] for stage in stages if "postgresql-client" in stage] == ["operator"]
    assert operators["image"] == "localhost/referral-gateway-operator"
    assert "for image in gateway operator database proxy" in (DOCKER / "images.sh").read_text("utf-8")


@pytest.mark.parametrize("script", sorted(path.name for path in DOCKER.glob("*.sh")))
def test_a_script_is_a_script(script: str) -> None:
    checked = subprocess.run(["/bin/sh", "-n", str(DOCKER / script)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
