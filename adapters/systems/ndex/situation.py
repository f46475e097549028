"""What happened: incidents with their dates and places, the account in prose, and offences as codes."""

import re
from dataclasses import dataclass, field

from adapters.sdk.codes import Json
from adapters.sdk.xml.dates import read_date
from adapters.sdk.xml.reading import Element
from adapters.systems.ndex.codes import ABOUT_THE_SUSPECT, EVENTS, OFFENCE
from adapters.systems.ndex.offences import EXPLOITATION, UCR, ucr_code
from adapters.systems.ndex.places import PlacesReader
from adapters.systems.ndex.report import Report
from adapters.systems.ndex.whose import Whose

MAX_ENTRIES = 50
MAX_TEXT = 60_000

_PLACES_OF_ACTIVITIES = ("lexsdigest:IncidentLocationAssociation", "j:ActivityLocationAssociation")
_SYSTEMS = {"ucr": "ucr", "nibrs": "ucr", "national": "national", "other": "other"}
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,39}")


@dataclass(frozen=True, slots=True)
class SituationReader:
    """Reads the activities of a report. What was done to a suspect (arrest, warrant) or to others is dropped."""

    report: Report
    places: PlacesReader
    _located: dict[Element, list[tuple[Element, Element]]] = field(default_factory=dict)
    _place_of: dict[Element, dict[str, Json]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Note which associations say where each activity took place."""
        for name in _PLACES_OF_ACTIVITIES:
            for association in self.report.associations(name):
                for reference in self.report.tree.children(association, "nc:ActivityReference"):
                    located = self._located.setdefault(self.report.tree.target(reference), [])
                    located.append((reference, association))

    def read(self) -> dict[str, Json]:
        """The canonical `situation`, without the lists that would be empty."""
        events: list[Json] = []
        narrative: list[Json] = []
        offences: list[Json] = []
        whose = Whose.of(self.report)
        for activity in self.report.activities():
            category = self.report.tree.child(activity, "nc:ActivityCategoryText")
            kind = "" if category is None else category.text.casefold()
            if kind in ABOUT_THE_SUSPECT or not whose.hers(activity):
                continue
            if category is not None:
                self.report.tree.take(category)
            if kind == OFFENCE:
                self._offence(activity, offences)
                continue
            if category is not None and kind not in {"", "other", *EVENTS}:
                self.report.tree.coarsened(category)
            event_type, section = EVENTS.get(kind, ("other", "other"))
            self._event(activity, event_type, events)
            self._narrative(activity, section, narrative)
        if whose.alone:
            self._package_narrative(narrative)
        found: dict[str, Json] = {
            "exploitation": self._exploitation(offences),
            "events": events,
            "narrative": narrative,
            "offences": offences,
        }
        return {key: value for key, value in found.items() if value}

    def _event(self, activity: Element, event_type: str, events: list[Json]) -> None:
        if len(events) >= MAX_ENTRIES:
            return
        tree = self.report.tree
        event: dict[str, Json] = {}
        begin = end = read_date(tree, tree.child(activity, "nc:ActivityDate"))
        spread = tree.child(activity, "nc:ActivityDateRange")
        if spread is not None:
            begin = self._first_date(spread, "nc:StartDate") or begin
            end = self._first_date(spread, "nc:EndDate") or end
        event |= {key: day for key, day in (("from", begin), ("to", end)) if day is not None}
        event |= self._place(activity)
        if event:
            events.append({"type": event_type, **event})

    def _first_date(self, spread: Element, name: str) -> str | None:
        elements = self.report.tree.children(spread, name)
        return read_date(self.report.tree, elements[0]) if elements else None

    def _place(self, activity: Element) -> dict[str, Json]:
        """The place of the first association that has one."""
        for reference, association in self._located.get(activity, []):
            if association not in self._place_of:
                self._place_of[association] = self._first_place(association)
            if self._place_of[association]:
                self.report.tree.taken(reference)
                return self._place_of[association]
        return {}

    def _first_place(self, association: Element) -> dict[str, Json]:
        references = self.report.tree.children(association, "nc:LocationReference")
        return next((found for each in references if (found := self.places.place(each, postal=False))), {})

    def _narrative(self, activity: Element, section: str, narrative: list[Json]) -> None:
        for element in self.report.tree.children(activity, "nc:ActivityDescriptionText"):
            self._prose(element, section, narrative)

    def _package_narrative(self, narrative: list[Json]) -> None:
        element = self.report.tree.child(self.report.package.element, "lexs:Narrative")
        if element is not None:
            self._prose(element, "other", narrative)

    def _prose(self, element: Element, section: str, narrative: list[Json]) -> None:
        """Take prose whole or not at all: a cut sentence can say the opposite of the whole one."""
        if element.text and len(element.text) <= MAX_TEXT and len(narrative) < MAX_ENTRIES:
            narrative.append({"section": section, "text": self.report.tree.take(element)})

    def _offence(self, activity: Element, offences: list[Json]) -> None:
        """Take an offence once: as coded identification, as payload entry, or as the code its text begins with."""
        if len(offences) >= MAX_ENTRIES:
            return
        found = self._identified(activity) or self._listed(activity) or self._described(activity)
        if found is not None and found not in offences:
            offences.append(found)

    def _identified(self, activity: Element) -> Json:
        tree = self.report.tree
        identification = tree.child(activity, "nc:ActivityIdentification")
        category = None if identification is None else tree.child(identification, "nc:IdentificationCategoryText")
        if identification is None or category is None:
            return None
        system = _SYSTEMS.get(category.text.casefold())
        number = tree.required(identification, "nc:IdentificationID")
        if system is None or _CODE.fullmatch(number.text) is None or (system == "ucr" and number.text not in UCR):
            return None
        tree.take(category)
        for element in tree.children(activity, "nc:ActivityDescriptionText"):
            if element.text == number.text:
                tree.take(element)
        return {"system": system, "code": tree.take(number)}

    def _listed(self, activity: Element) -> Json:
        tree = self.report.tree
        for described in self.report.payload(activity):
            for element in tree.children(described, "ndexia:OffenseCode"):
                code = ucr_code(element.text)
                if code is not None:
                    tree.take(element)
                    return {"system": "ucr", "code": code}
        return None

    def _described(self, activity: Element) -> Json:
        tree = self.report.tree
        for element in tree.children(activity, "nc:ActivityDescriptionText"):
            code = ucr_code(element.text)
            if code is not None:
                tree.take(element)
                if element.text != code:
                    tree.coarsened(element)
                return {"system": "ucr", "code": code}
        return None

    def _exploitation(self, offences: list[Json]) -> list[Json]:
        """The forms of exploitation that offences of trafficking name."""
        forms = [EXPLOITATION[code] for code in EXPLOITATION if {"system": "ucr", "code": code} in offences]
        return [{"type": form} for form in forms]
