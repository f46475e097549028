"""Primero's services and our needs: every need has one, and an exact one means the same both ways."""

from adapters.systems.primero.lookups import OTHER_SERVICE, SERVICE_OF_NEED, SERVICE_TYPE
from schemas.vocabulary import Need


def test_every_need_has_a_service_and_every_service_is_known() -> None:
    written = {SERVICE_OF_NEED.get(need, OTHER_SERVICE) for need in Need}
    assert written <= set(SERVICE_TYPE)


def test_an_exact_service_means_the_same_both_ways() -> None:
    for slug in SERVICE_TYPE:
        service = SERVICE_TYPE.of(slug, "/x")
        if service.exact and slug != OTHER_SERVICE:
            assert SERVICE_OF_NEED[service.need] == slug
