"""The gateway connects to what the operator registered, after a look at the resolved address, and to nothing else."""

import asyncio
from collections.abc import Sequence

import pytest

from gateway.courier.destinations import DestinationRefusedError, destination, is_fit, pinned


@pytest.mark.parametrize(
    ("base", "code"),
    [
        ("http://primero.example", "not_https"),
        ("ftp://primero.example", "not_https"),
        ("file:///etc/hosts", "more_than_an_address"),
        ("https://", "more_than_an_address"),
        ("https://who:secret@primero.example", "more_than_an_address"),
        ("https://primero.example?to=x", "more_than_an_address"),
        ("https://primero.example/#x", "more_than_an_address"),
        ("https://primero.example/a/../b", "address_unreadable"),
        ("https://primero.example/%2e%2e", "address_unreadable"),
        ("https://primero.example\\@other.example", "address_unreadable"),
        ("https://primero.example:99999", "address_unreadable"),
        ("https://prim\u00e9ro.example", "address_unreadable"),
    ],
)
def test_what_is_no_plain_https_address_is_refused(base: str, code: str) -> None:
    with pytest.raises(DestinationRefusedError) as caught:
        destination(base)
    assert caught.value.code == code


def test_without_tls_only_this_machine_and_only_where_the_operator_said_so() -> None:
    assert destination("http://127.0.0.1:8080/x/", loopback=True).path == "/x"
    with pytest.raises(DestinationRefusedError):
        destination("http://127.0.0.1:8080")


UNFIT = (
    *("127.0.0.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),  # noqa: S104 - refused, nobody listens
    *("224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1"),
    *("192.0.0.8", "192.0.0.9", "192.0.0.10", "192.0.0.192", "192.88.99.1", "192.52.193.1", "192.31.196.1"),
    *("192.175.48.1", "198.51.100.1", "203.0.113.1", "168.63.129.16", "0.1.2.3"),
    *("::ffff:192.0.0.8", "::ffff:192.88.99.1", "64:ff9b::c000:8", "64:ff9b::c058:6301", "64:ff9b:1::808:808"),
    *("::7f00:1", "::8.8.8.8", "::ffff:0:7f00:1", "100::1", "2001:1::1", "2001:2::1", "2001:3::1", "2001:20::1"),
    *("2001:30::1", "2001:4:112::1", "2001:db8::1", "2620:4f:8000::1", "3fff::1", "3fff:fff::1", "5f00::1", "4000::1"),
    *("::1", "::", "fe80::1", "fe80::1%1", "fd00:ec2::254", "fec0::1", "ff02::1"),
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b::7f00:1"),
    *("2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "not an address", ""),
)


@pytest.mark.parametrize("at", range(len(UNFIT)))
def test_an_address_that_is_not_public_is_refused(at: int) -> None:
    assert not is_fit(UNFIT[at], loopback=False)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "192.0.1.1",
        "192.88.98.1",
        "168.63.129.17",
        "2001:200::1",
        "2606:4700::1111",
        "3fff:1000::1",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
    ],
)
def test_a_public_address_is_fit_and_is_not_this_machine(address: str) -> None:
    assert is_fit(address, loopback=False)
    assert not is_fit(address, loopback=True)


def resolving(*addresses: str) -> tuple[tuple[str, ...], list[str]]:
    """Pin a name that resolves to these; the addresses that are tried, and every name that was asked for."""
    asked: list[str] = []

    async def resolve(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return addresses

    return asyncio.run(pinned(destination("https://primero.example"), resolve)).addresses, asked


def test_a_name_is_resolved_once_and_the_connection_goes_to_what_was_looked_at() -> None:
    assert resolving("8.8.8.8", "8.8.4.4", "8.8.8.8") == (("8.8.8.8", "8.8.4.4"), ["primero.example"])
    assert len(resolving(*(f"8.8.8.{last}" for last in range(1, 9)))[0]) == 4


@pytest.mark.parametrize("addresses", [("8.8.8.8", "10.0.0.1"), ("::ffff:127.0.0.1",), ()])
def test_a_name_with_one_unfit_address_or_none_is_refused(addresses: tuple[str, ...]) -> None:
    with pytest.raises(DestinationRefusedError):
        resolving(*addresses)
