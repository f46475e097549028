"""The numbered rules, and the judgement over an adapter: what it keeps, what it is excused from, how far it comes.

Numbers are stable: an exemption names one. Nobody is excused from what protects people: rules C, E and F.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from adapters.kit import form, hostility, privacy, purity, stability
from adapters.kit.judged import Finding, Judged
from adapters.sdk.checks import Door
from adapters.sdk.manifest import Level

LEVELS = (Level.NONE, Level.BRONZE, Level.SILVER, Level.GOLD)
"""From the lowest."""

MOST_FINDINGS = 10


@dataclass(frozen=True, slots=True)
class Rule:
    """One promise. `level` is the first level that needs it."""

    id: str
    says: str
    level: Level
    check: Callable[[Judged], Iterable[Finding]]
    may_be_exempt: bool = False


class Outcome(StrEnum):
    """What became of one rule."""

    KEPT = "kept"
    BROKEN = "broken"
    EXEMPT = "exempt"
    NOT_YET = "not yet"
    """Broken, but of a level that the adapter does not claim."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule over one adapter."""

    rule: Rule
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    reason: str = ""


def _door(number: int, door: Door) -> Rule:
    return Rule(f"E{number}", f"It does not reach for {door.words}.", Level.BRONZE, purity.rule_of(door))


RULES: tuple[Rule, ...] = (
    Rule("A1", "Its key is the name of its entry point.", Level.BRONZE, form.manifest_is_true),
    Rule("A2", "It brings samples, and reads them all.", Level.BRONZE, form.samples_are_read),
    Rule("A3", "A sample becomes a valid referral/1.0.", Level.BRONZE, form.referrals_are_canonical),
    Rule("A4", "Losses name places of the document.", Level.BRONZE, form.losses_are_of_the_document),
    Rule("A5", "A person who is not in a document is not found in it.", Level.BRONZE, form.nobody_is_not_found),
    Rule("B1", "Every profile is written or refused.", Level.BRONZE, form.profiles_are_written),
    Rule("B2", "What its manifest does not name is reported as lost.", Level.BRONZE, form.undeclared_is_lost),
    Rule("B3", "What is reported as lost was there.", Level.BRONZE, form.written_losses_are_there),
    Rule("C1", "No refusal repeats a value.", Level.BRONZE, privacy.refusals_are_silent),
    Rule(
        "C2", "Nothing is dropped in silence.", Level.SILVER, privacy.nothing_is_dropped_in_silence, may_be_exempt=True
    ),
    Rule("C3", "What is said to stay is not sent.", Level.BRONZE, privacy.what_stays_is_not_sent),
    Rule("C4", "What its manifest does not name does not leave.", Level.BRONZE, privacy.undeclared_does_not_leave),
    Rule("D1", "Equal input gives equal output.", Level.BRONZE, stability.same_twice),
    Rule("D2", "A sample becomes what it became before.", Level.SILVER, stability.goldens_hold, may_be_exempt=True),
    Rule("D3", "It reads back what it writes.", Level.GOLD, stability.written_is_read_back, may_be_exempt=True),
    Rule("D4", "Its page is current.", Level.GOLD, stability.page_is_current, may_be_exempt=True),
    *(_door(number, door) for number, door in enumerate(Door, start=1)),
    Rule("E7", "It imports nothing that its manifest does not name.", Level.BRONZE, purity.imports_are_named),
    Rule("F1", "What is no document is refused.", Level.BRONZE, hostility.hostile_is_refused),
    Rule("F2", "A document that was cut off is refused.", Level.BRONZE, hostility.cut_is_refused),
    Rule("F3", "Random bytes are no defect.", Level.BRONZE, hostility.damage_is_no_defect),
    Rule("F4", "A wrong leaf is no defect.", Level.BRONZE, hostility.wrong_leaves_are_no_defect),
    Rule("F5", "Nothing huge or deep keeps it busy.", Level.BRONZE, hostility.huge_is_quick),
    Rule(
        "F6", "Another encoding is refused or means the same.", Level.BRONZE, hostility.other_encodings_change_nothing
    ),
)


def judge(rule: Rule, judged: Judged) -> Verdict:
    """Return the verdict of one rule. An exemption from a rule that is kept, or that allows none, is a finding."""
    reason = next((each.reason for each in judged.manifest.exempt if each.rule == rule.id), "")
    findings = tuple(islice(rule.check(judged), MOST_FINDINGS))
    if reason and not rule.may_be_exempt:
        return Verdict(rule, Outcome.BROKEN, (Finding("exempt", "nobody is excused from this rule"), *findings))
    if reason and not findings:
        return Verdict(rule, Outcome.BROKEN, (Finding("exempt", "the rule is kept: take the exemption away"),))
    if reason:
        return Verdict(rule, Outcome.EXEMPT, findings, reason)
    if not findings:
        return Verdict(rule, Outcome.KEPT)
    claimed = LEVELS.index(judged.manifest.level) >= LEVELS.index(rule.level)
    return Verdict(rule, Outcome.BROKEN if claimed or rule.level is Level.BRONZE else Outcome.NOT_YET, findings)


def reached(verdicts: Iterable[Verdict]) -> Level:
    """Return the highest level of which every rule, and every rule below, is kept or excused."""
    told = list(verdicts)
    level = Level.NONE
    for candidate in LEVELS[1:]:
        if any(each.outcome in {Outcome.BROKEN, Outcome.NOT_YET} for each in told if each.rule.level is candidate):
            break
        level = candidate
    return level


def unknown_exemptions(judged: Judged) -> Iterator[Finding]:
    """Yield exemptions from rules that there are not."""
    known = {rule.id for rule in RULES}
    for each in judged.manifest.exempt:
        if each.rule not in known:
            yield Finding("exempt", f"there is no rule {each.rule}")
