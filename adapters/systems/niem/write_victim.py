"""What was done to her and what she needs, in NIEM's elements where it has them and in ours beside."""

from collections.abc import Iterator
from dataclasses import dataclass

from adapters.sdk.leaves import Leaves
from adapters.sdk.xml.writing import Tag, group, leaf
from adapters.systems.niem.names import REQUESTED, VICTIM, VICTIM_ID
from adapters.systems.niem.tables import Tables
from adapters.systems.niem.write_person import PersonWriter, address, country, dated

_EVENT = "gx:TraffickingEventAugmentation"
_OTHER_SERVICE = "Other Services"


@dataclass(frozen=True, slots=True)
class VictimWriter:
    """Writes one victim and the services asked for her."""

    leaves: Leaves
    tables: Tables

    def write(self) -> list[Tag]:
        """Return the victim and her services; nothing where the document is about no person."""
        services = list(self._services())
        victim = Tag(VICTIM, identifier=VICTIM_ID).add(
            PersonWriter(self.leaves, self.tables).write(),
            *self._status(),
            *self._exploitation(),
            *self._events(),
            *self._narrative(),
            self._augmentation(),
        )
        return [victim, *services] if victim.children or services else []

    def _status(self) -> Iterator[Tag | None]:
        """The two words NIEM has; our own code stands beside, and is the only one for the others."""
        match self.leaves.look("/situation/victim_status"):
            case "presumed":
                yield Tag("hs:ProspectiveVictimStatus").add(leaf("hs:ProspectiveVictimIndicator", "true"))
            case "identified":
                yield Tag("hs:IdentifiedAsVictimStatus").add(leaf("hs:IdentifiedAsVictimIndicator", "true"))
            case _:
                pass

    def _exploitation(self) -> Iterator[Tag | None]:
        for entry in self.leaves.entries("/situation/exploitation"):
            industry = self.leaves.take(f"{entry}/industry")
            ours = group(
                _EVENT,
                leaf("gx:ExploitationCode", self.leaves.take(f"{entry}/type")),
                leaf("gx:ExploitationIndustryCode", industry),
            )
            where = group("nc:Address", country("nc:AddressCountry", self.leaves.take(f"{entry}/country")))
            standard = self.tables.crosswalks["industry_out"].get(industry or "")
            yield group(
                "hs:TraffickingEvent",
                group("nc:ActivityLocation", where),
                leaf("hs:PastExploitationIndustryCode", standard),
                ours,
            )

    def _events(self) -> Iterator[Tag | None]:
        for entry in self.leaves.entries("/situation/events"):
            yield group(
                "hs:TraffickingEvent",
                _when(self.leaves.take(f"{entry}/from"), self.leaves.take(f"{entry}/to")),
                group("nc:ActivityLocation", address("nc:Address", self.leaves, entry)),
                group(_EVENT, leaf("gx:EventCode", self.leaves.take(f"{entry}/type"))),
            )

    def _narrative(self) -> Iterator[Tag | None]:
        for entry in self.leaves.entries("/situation/narrative"):
            yield group(
                "hs:TraffickingEvent",
                group("nc:ActivityNarrative", leaf("nc:CommentText", self.leaves.take(f"{entry}/text"))),
                group(_EVENT, leaf("gx:NarrativeSectionCode", self.leaves.take(f"{entry}/section"))),
            )

    def _augmentation(self) -> Tag | None:
        crosswalks = self.tables.crosswalks
        return group(
            "gx:VictimAugmentation",
            *(leaf(name, self.leaves.take(pointer)) for name, pointer in crosswalks["victim"].items()),
            *(
                leaf(name, self.leaves.take(entry))
                for name, pointer in crosswalks["victim_lists"].items()
                for entry in self.leaves.entries(pointer)
            ),
            *self._offences(),
        )

    def _offences(self) -> Iterator[Tag | None]:
        for entry in self.leaves.entries("/situation/offences"):
            yield group(
                "gx:Offense",
                leaf("gx:OffenseSystemCode", self.leaves.take(f"{entry}/system")),
                leaf("gx:OffenseCode", self.leaves.take(f"{entry}/code")),
            )

    def _services(self) -> Iterator[Tag]:
        for entry in self.leaves.entries("/needs"):
            need = self.leaves.take(f"{entry}/code")
            if need is not None:
                service = Tag("hs:Service").add(
                    leaf("nc:ActivityDescriptionText", self.leaves.take(f"{entry}/note")),
                    leaf("hs:ServiceCategoryCode", self.tables.crosswalks["service_out"].get(need, _OTHER_SERVICE)),
                    group("gx:ServiceAugmentation", leaf("gx:NeedCode", need)),
                )
                yield Tag(REQUESTED).add(Tag(VICTIM, reference=VICTIM_ID), service)


def _when(begin: str | None, end: str | None) -> Tag | None:
    if begin == end:
        return dated("nc:ActivityDate", begin)
    spread = group("nc:DateRange", dated("nc:StartDate", begin), dated("nc:EndDate", end))
    return group("nc:ActivityDate", spread)
