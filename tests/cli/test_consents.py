"""`consent`: recorded, shown, withdrawn, through a running gateway and without; her reference never said."""

import pytest
from builders import POLICE, SHELTER
from operators import Operator, Said
from papers import ADVISERS, BORDER, MARK, consent

from gateway.cli.failures import Exit
from schemas.documents import Json


def _recorded(running: Operator, person_ref: str, *more: str, **changes: Json) -> Said:
    file = running.paper("consent.json", consent(person_ref, **changes))
    return running.types("consent", "record", file, "--agency", POLICE, "--json", *more)


def _consent(running: Operator, person_ref: str, **changes: Json) -> str:
    said = _recorded(running, person_ref, **changes)
    assert said.code == 0, said.err
    return str(said.json["consent"])


def test_a_consent_is_recorded_and_shown_without_a_name_or_a_reference(running: Operator) -> None:
    said = _recorded(running, "P-shown")

    assert said.code == 0
    assert (said.json["state"], said.json["active"]) == ("given", True)
    shown = running.types("consent", "show", str(said.json["consent"]), "--json")
    assert shown.code == 0
    assert (shown.json["discloser"], shown.json["recipient"], shown.json["state"]) == (POLICE, SHELTER, "given")
    for text in (said.out, said.err, shown.out, shown.err):
        assert MARK not in text
        assert "P-shown" not in text


def test_the_same_key_and_file_are_recorded_once(running: Operator) -> None:
    first, again = (_recorded(running, "P-once", "--key", "the-same-key") for _ in range(2))

    assert first.json == again.json
    other = _recorded(running, "P-once", "--key", "the-same-key", mechanism="written")
    assert (other.code, other.json["error"]) == (2, "idempotency_key_reused")


def test_without_a_key_every_call_is_a_consent_of_its_own(running: Operator) -> None:
    assert _consent(running, "P-twice") != _consent(running, "P-twice")


def test_a_dry_run_records_nothing(running: Operator) -> None:
    said = _recorded(running, "P-dry", "--dry-run")

    assert said.code == 0
    assert said.json["dry_run"] is True
    assert "consent" not in said.json
    assert _withdrawn(running, "P-dry").code == 1


def test_a_consent_taken_by_an_enforcer_waits_for_a_second_person(either: Operator) -> None:
    said = _recorded(either, "P-waits", taken_by={"agency": POLICE, "name": MARK})
    waiting = str(said.json["consent"])

    assert said.json["active"] is False
    assert "with a passkey" in said.err
    assert either.types("consent", "show", waiting, "--json").json["confirmed"] is False


@pytest.mark.parametrize("state", ["refused", "requested", "deferred"])
def test_what_is_no_yes_waits_for_nobody(running: Operator, state: str) -> None:
    said = _recorded(running, f"P-{state}", state=state)

    assert (said.code, said.json["state"], said.json["active"]) == (0, state, False)
    assert said.err == ""


def test_c_19_the_operators_socket_is_no_second_person(running: Operator) -> None:
    waiting = _consent(running, "P-waits", taken_by={"agency": POLICE, "name": MARK})

    assert running.types("consent", "confirm", waiting).code == Exit.USAGE
    assert running.types("consent", "show", waiting, "--json").json["confirmed"] is False


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"recipient": BORDER}, {"pointer": "/recipient", "rule": "C-03"}),
        ({"recipient": "nobody-we-know"}, {"pointer": "/recipient", "rule": "C-03"}),
        ({"discloser": SHELTER}, {"pointer": "/discloser", "rule": "C-03"}),
        ({"taken_at": "2098-01-01T00:00:00Z"}, {"pointer": "/taken_at", "rule": "C-05"}),
    ],
    ids=["enforcement receives", "unknown recipient", "of another agency", "from the future"],
)
def test_a_consent_that_a_rule_forbids_is_refused(
    running: Operator, changes: dict[str, Json], fault: dict[str, str]
) -> None:
    said = _recorded(running, "P-refused", **changes)

    assert (said.code, said.json["error"]) == (4, "consent_not_recordable")
    assert said.json["errors"] == [fault]
    assert MARK not in said.out + said.err


def test_one_consent_is_withdrawn_by_its_id(running: Operator) -> None:
    kept, taken_back = _consent(running, "P-one"), _consent(running, "P-one")

    assert running.types("consent", "withdraw", taken_back, "--dry-run", "--json").json["consents"] == [taken_back]
    said = running.types("consent", "withdraw", taken_back, "--json")

    assert (said.code, said.json["withdrawn"]) == (0, [taken_back])
    assert running.types("consent", "show", taken_back, "--json").json["state"] == "withdrawn"
    assert running.types("consent", "show", kept, "--json").json["state"] == "given"


def test_everything_of_a_person_is_withdrawn_by_the_reference_in_a_file_or_on_standard_input(either: Operator) -> None:
    hers = {_consent(either, "P-all"), _consent(either, "P-all")}
    file = either.paper("reference", "P-all\n")
    said = either.types("consent", "withdraw", "--agency", POLICE, "--person-ref-file", file, "--json")
    assert said.code == 0
    assert isinstance(said.json["withdrawn"], list)
    assert set(said.json["withdrawn"]) == hers
    assert "P-all" not in said.out + said.err

    later = _consent(either, "P-all")
    assert _withdrawn(either, "P-all").json["withdrawn"] == [later]


def test_a_withdrawal_twice_finds_nothing_the_second_time(running: Operator) -> None:
    once = _consent(running, "P-again")

    assert running.types("consent", "withdraw", once).code == 0
    said = running.types("consent", "withdraw", once)
    assert (said.code, said.out) == (1, "")


def test_nobody_is_found_by_another_agencys_name_for_her(running: Operator) -> None:
    _consent(running, "P-hers")

    assert _withdrawn(running, "P-hers", ADVISERS).code == 1


@pytest.mark.parametrize("verb", ["show", "withdraw"])
def test_an_unknown_consent_is_a_problem_found(running: Operator, verb: str) -> None:
    said = running.types("consent", verb, "no-such-consent", "--json")

    assert (said.code, said.json["error"]) == (1, "consent_unknown")


@pytest.mark.parametrize(
    "arguments",
    [(), ("--agency", POLICE), ("an-id", "--agency", POLICE)],
    ids=["nothing", "agency without reference", "id and agency without reference"],
)
def test_a_withdrawal_that_does_not_say_whose_is_wrong_use(running: Operator, arguments: tuple[str, ...]) -> None:
    assert running.types("consent", "withdraw", *arguments).code == 2


@pytest.mark.parametrize("reference", [b"", b"\n", b"P-1\nP-2\n", b"\xff"])
def test_a_reference_is_one_line_of_text_and_is_not_repeated(running: Operator, reference: bytes) -> None:
    said = running.types("consent", "withdraw", "--agency", POLICE, "--person-ref-file", "-", stdin=reference)

    assert said.code == 2
    assert "P-1" not in said.err


def test_a_reference_cannot_be_given_as_an_argument(running: Operator) -> None:
    said = running.types("consent", "withdraw", "--agency", POLICE, "--person-ref", "P-argument")

    assert said.code == 2


def _withdrawn(running: Operator, person_ref: str, agency: str = POLICE) -> Said:
    return running.types(
        "consent", "withdraw", "--agency", agency, "--person-ref-file", "-", "--json", stdin=person_ref.encode()
    )


@pytest.mark.parametrize(("answer", "code"), [(b"n\n", 1), (b"", 1), (b"y\n", 0)], ids=["no", "no answer", "yes"])
def test_at_a_terminal_a_withdrawal_is_asked_about(
    running: Operator, monkeypatch: pytest.MonkeyPatch, answer: bytes, code: int
) -> None:
    hers = _consent(running, "P-asked")
    monkeypatch.setattr("gateway.cli.options.is_terminal", lambda: True)

    said = running.types("consent", "withdraw", hers, stdin=answer)

    assert said.code == code
    assert "Withdraw?" in said.err
    state = running.types("consent", "show", hers, "--json").json["state"]
    assert state == ("given" if code else "withdrawn")


def test_yes_answers_beforehand(running: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    hers = _consent(running, "P-sure")
    monkeypatch.setattr("gateway.cli.options.is_terminal", lambda: True)

    said = running.types("consent", "withdraw", hers, "--yes")

    assert said.code == 0
    assert "Withdraw?" not in said.err


def test_at_a_terminal_a_reference_is_asked_for(running: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    _consent(running, "P-typed")
    monkeypatch.setattr("gateway.cli.options.is_terminal", lambda: True)

    said = running.types(
        "consent", "withdraw", "--agency", POLICE, "--person-ref-file", "-", "--yes", stdin=b"P-typed\n"
    )

    assert said.code == 0
    assert "The agency's reference for the person" in said.err


def test_a_consent_goes_out_in_anothers_format_and_comes_in_again(running: Operator) -> None:
    hers = _consent(running, "P-paper")
    out = running.home / "paper.json"
    out.touch()
    out.chmod(0o644)  # It was there before, for everybody to read.
    told = running.types("consent", "export", hers, "--format", "fhir", "--agency", POLICE, "--to", str(out), "--json")
    assert told.code == 0, told.err
    assert "/taken_by" in told.err
    assert out.stat().st_mode & 0o077 == 0

    lost = [str(path).removeprefix("/") for path in told.json["not_carried"]]
    added = {name: value for name, value in consent("P-paper").items() if name in lost}
    supplement = running.paper("supplement.json", added)
    typed = ("consent", "import", str(out), "--format", "fhir", "--agency", POLICE)
    assert running.types(*typed, "--supplement", supplement, "--dry-run").code == 0
    came = running.types(*typed, "--supplement", supplement, "--json")
    assert (came.code, came.json["state"], came.json["active"]) == (0, "given", True)
    assert MARK not in told.err + came.out + came.err


def test_a_paper_that_is_not_certain_is_refused_with_a_pointer(running: Operator) -> None:
    file = running.paper("paper.json", {"resourceType": "Consent", "status": MARK})
    said = running.types("consent", "import", file, "--format", "fhir", "--agency", POLICE, "--json")
    assert (said.code, said.json["errors"]) == (2, [{"pointer": "/status", "rule": "unknown_code"}])
    assert MARK not in said.out + said.err


def test_nobody_gets_another_agencys_consent(running: Operator) -> None:
    hers = _consent(running, "P-theirs")
    said = running.types("consent", "export", hers, "--format", "kantara", "--agency", SHELTER, "--json")
    assert (said.code, said.json["error"]) == (1, "consent_unknown")
