"""What a message says was done to her and what she needs, beside who she is."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from adapters.sdk.codes import Json
from adapters.sdk.xml.reading import Element
from adapters.systems.niem.names import REQUESTED, VICTIM
from adapters.systems.niem.reading import Reader, present, put

_AUGMENTATION = "gx:VictimAugmentation"
_EVENT = "gx:TraffickingEventAugmentation"
_MAX_FORMS, _MAX_ENTRIES, _MAX_NEEDS, _MAX_NOTE = 10, 50, 25, 500


def read_victim(reader: Reader, victim: Element, document: dict[str, Json]) -> None:
    """Put her status, her situation, the risk and what she needs of staff into the document."""
    augmentation = reader.tree.child(victim, _AUGMENTATION)
    _status(reader, victim, document)
    for pointer, value in reader.leaves(augmentation, "victim"):
        put(document, pointer, value)
    lists: dict[str, list[Json]] = {}
    for pointer, value in reader.leaves(augmentation, "victim_lists"):
        entries = lists.setdefault(pointer, [])
        if value not in entries:
            entries.append(value)
    for pointer, entries in lists.items():
        put(document, pointer, entries)
    events = _Events(reader)
    for element in reader.tree.children(victim, "hs:TraffickingEvent"):
        events.read(element)
    offences = list(_offences(reader, augmentation))
    for name, found in (("exploitation", events.forms), ("events", events.events), ("narrative", events.narrative)):
        if found:
            put(document, f"/situation/{name}", found)
    if offences:
        put(document, "/situation/offences", offences)


def _status(reader: Reader, victim: Element, document: dict[str, Json]) -> None:
    """Identified where that is said, else presumed; `false` says neither, and is lost."""
    for holder, flag, status in (
        ("hs:ProspectiveVictimStatus", "hs:ProspectiveVictimIndicator", "presumed"),
        ("hs:IdentifiedAsVictimStatus", "hs:IdentifiedAsVictimIndicator", "identified"),
    ):
        element = reader.below(victim, holder, flag)
        if element is not None and element.text in {"true", "1"}:
            reader.tree.take(element)
            put(document, "/situation/victim_status", status)
    identified = reader.tree.child(victim, "hs:IdentifiedAsVictimStatus")
    first: str | None = None
    for element in reader.tree.children(identified, "hs:IdentifiedAsVictimCategoryCode") if identified else ():
        by = reader.code(element, "decided_by")
        first = first or by
        if by not in {None, first}:
            reader.tree.leave(element)
    if first is not None:
        put(document, "/situation/decided_by", first)


def _offences(reader: Reader, augmentation: Element | None) -> Iterator[Json]:
    for element in reader.tree.children(augmentation, "gx:Offense") if augmentation is not None else ():
        yield {"system": reader.text(element, "gx:OffenseSystemCode"), "code": reader.text(element, "gx:OffenseCode")}


_FORM_CODES = frozenset(
    {
        "gx:ExploitationCode",
        "gx:ExploitationIndustryCode",
        "hs:CurrentExploitationIndustryCode",
        "hs:PastExploitationIndustryCode",
    }
)


@dataclass(slots=True)
class _Events:
    """The trafficking events as forms of exploitation, events with dates and places, and prose."""

    reader: Reader
    forms: list[Json] = field(default_factory=list)
    events: list[Json] = field(default_factory=list)
    narrative: list[Json] = field(default_factory=list)

    def read(self, element: Element) -> None:
        """Take one hs:TraffickingEvent apart. A country alone belongs to the exploitation, where one is said.

        Once there is no room for another, an event is not looked at, and so is lost as a whole.
        """
        if max(len(self.events), len(self.narrative)) >= _MAX_ENTRIES:
            return
        when = self._when(element)
        forms = self._forms(element)
        kind = self.reader.text(element, _EVENT, "gx:EventCode")
        prose = self._prose(element)
        address = self.reader.below(element, "nc:ActivityLocation", "nc:Address")
        place = {key: value for key, value in self.reader.place(address).items() if key != "postal_code"}
        if address is not None and (postal := self.reader.tree.child(address, "nc:AddressPostalCode")) is not None:
            self.reader.tree.leave(postal)
        country = place.get("country")
        for form in forms:
            entry = form if country is None else form | {"country": country}
            if entry not in self.forms and len(self.forms) < _MAX_FORMS:
                self.forms.append(entry)
            elif entry not in self.forms:
                self.reader.tree.leave_below(element, _FORM_CODES)
        plain = not when and place.keys() <= {"country"} and bool(forms)
        if (when or place or kind) and not (plain and kind is None):
            self.events.append({"type": kind or ("exploitation" if forms else "other"), **when, **place})
        if prose is not None:
            self.narrative.append(prose)

    def _forms(self, element: Element) -> list[dict[str, Json]]:
        """Our own code where there is one, else what NIEM's codes of industries say."""
        form = self.reader.text(element, _EVENT, "gx:ExploitationCode")
        industry = self.reader.text(element, _EVENT, "gx:ExploitationIndustryCode")
        standard: list[dict[str, Json]] = []
        for name in ("hs:CurrentExploitationIndustryCode", "hs:PastExploitationIndustryCode"):
            for code in self.reader.tree.children(element, name):
                if form is not None or industry is not None:
                    if self._repeats(code, form, industry):
                        self.reader.tree.taken(code)
                    continue
                named, trade = self.reader.code(code, "form"), self.reader.code(code, "industry")
                if named is not None or trade is not None:
                    standard.append(present({"type": named or "unknown", "industry": trade}))
        if form is not None or industry is not None:
            return [present({"type": form or "unknown", "industry": industry})]
        return standard

    def _repeats(self, code: Element, form: str | None, industry: str | None) -> bool:
        """Whether NIEM's code says no more than ours beside it; what it says else is lost."""
        said, tables = " ".join(code.text.split()), self.reader.tables.crosswalks
        named, trade = tables["form"].get(said), tables["industry"].get(said)
        return (named, trade) != (None, None) and named in {None, form} and trade in {None, industry}

    def _when(self, element: Element) -> dict[str, Json]:
        day = self.reader.day(element, "nc:ActivityDate")
        if day is not None:
            return {"from": day, "to": day}
        spread = ("nc:ActivityDate", "nc:DateRange")
        return present(
            {
                "from": self.reader.day(element, *spread, "nc:StartDate"),
                "to": self.reader.day(element, *spread, "nc:EndDate"),
            }
        )

    def _prose(self, element: Element) -> Json:
        text = self.reader.prose(element, "nc:ActivityNarrative", "nc:CommentText") or self.reader.prose(
            element, "nc:ActivityDescriptionText"
        )
        if text is None:
            return None
        return {"section": self.reader.text(element, _EVENT, "gx:NarrativeSectionCode") or "other", "text": text}


def read_needs(reader: Reader, victim: Element, *, alone: bool) -> Iterator[Json]:
    """The services asked for her: those that name her, or that name nobody where she is the only person."""
    count = 0
    for association in reader.tree.children(reader.tree.root, REQUESTED):
        reference = reader.tree.child(association, VICTIM)
        named = None if reference is None or reference.reference is None else reader.tree.target(reference)
        service = reader.tree.child(association, "hs:Service")
        if service is None or (named is not victim and not (reference is None and alone)):
            continue
        if reference is not None:
            reader.tree.taken(reference)
        need = _need(reader, service) if count < _MAX_NEEDS else None
        if need is not None:
            count += 1
            yield need


def _need(reader: Reader, service: Element) -> Json:
    exact = reader.text(service, "gx:ServiceAugmentation", "gx:NeedCode")
    category = reader.tree.child(service, "hs:ServiceCategoryCode")
    coarse = reader.code(category, "service")
    if category is not None and exact is None and coarse is not None:
        match reader.tables.crosswalks["service_coarse"].get(" ".join(category.text.split())):
            case "guessed":
                reader.tree.guessed(category)
            case "coarsened":
                reader.tree.coarsened(category)
            case _:
                pass
    code = exact or coarse
    if code is None:
        return None
    note = reader.tree.child(service, "nc:ActivityDescriptionText")
    if note is None or not 0 < len(note.text) <= _MAX_NOTE:
        return {"code": code}
    return {"code": code, "note": reader.tree.take(note)}
