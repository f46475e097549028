"""What a token is bound to: written into its claims, read back, and nothing else believed."""

import pytest

from gateway.oauth.constraints import ToCertificate, ToKey, ToNothing, confirmation, read_constraint, scheme
from gateway.oauth.errors import UnverifiableError


def test_every_binding_is_written_and_read_back() -> None:
    for one in (ToKey("a"), ToCertificate("a"), ToNothing()):
        assert read_constraint(confirmation(one)) == one
    assert read_constraint({"cnf": {"jkt": "a"}}) == ToKey("a")
    assert read_constraint({"cnf": {"x5t#S256": "a"}}) == ToCertificate("a")
    assert read_constraint({}) == ToNothing()
    assert [scheme(one) for one in (ToKey("a"), ToCertificate("a"), ToNothing())] == ["DPoP", "Bearer", "Bearer"]


@pytest.mark.parametrize(
    "cnf", [None, {}, "jkt", {"jkt": ""}, {"jkt": 1}, {"jkt": "a", "x5t#S256": "b"}, {"x5t": "a"}, {"jkt": "a", "x": 1}]
)
def test_a_binding_that_is_none_of_ours_is_refused(cnf: object) -> None:
    with pytest.raises(UnverifiableError):
        read_constraint({"cnf": cnf})
