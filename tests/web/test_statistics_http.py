"""An agency approves a release over HTTP, and sees only those in which its people are counted (P-06)."""

import pytest
from builders import DAY, POLICE, SHELTER, a_consent_document
from fakes import run
from web_door import Web

from gateway.core.answers import Recorded


@pytest.fixture
def web() -> Web:
    """An application with somebody the police referred last quarter and who agreed to be counted."""
    web = Web()
    web.line.says()
    web.line.says(**{**a_consent_document(), "decision": "reporting", "purposes": ["statistics"]})
    web.line.told()
    web.moved(20 * DAY)
    return web


def proposed(web: Web) -> str:
    outcome = run(web.line.releases.propose("2031-Q1", "a-proposal-1"))
    assert isinstance(outcome, Recorded)
    return str(outcome.answer["release"])


def approve(web: Web, release: str, agency: str = POLICE, key: str = "key-approval-1") -> object:
    path = f"/v1/statistics/releases/{release}/approval"
    answer = web.ask("POST", path, {}, {"Idempotency-Key": key}, agency)
    return answer.status, answer.json.get("approved", answer.json.get("code"))


def test_p_06_who_contributed_sees_it_and_approves(web: Web) -> None:
    release = proposed(web)
    waiting = web.ask("GET", "/v1/statistics/releases").json
    assert waiting == {"releases": [{"release": release, "quarter": "2031-Q1"}]}
    assert approve(web, release) == (200, True)
    assert approve(web, release) == (200, True)
    assert web.ask("GET", "/v1/statistics/releases").json == {"releases": []}


def test_p_06_for_everybody_else_there_is_no_such_release(web: Web) -> None:
    release = proposed(web)
    assert web.ask("GET", "/v1/statistics/releases", agency=SHELTER).json == {"releases": []}
    assert approve(web, release, SHELTER) == (404, "not_found")
    assert approve(web, "0" * 26) == (404, "not_found")
    assert approve(web, "short") == (404, "not_found")
