"""An adapter that runs in worker processes, as the guard and the line know any adapter.

It says what its manifest file says, which was proven with everything else and read without running any of it: an
adapter that says something else about itself when it runs is not asked.
"""

from dataclasses import dataclass

from adapters.sdk.contract import Inbound, Outbound, Outgoing, OutgoingNotice, Parsed, StatusUpdate
from adapters.sdk.manifest import Manifest
from gateway.plugins import questions
from gateway.plugins.answers import outbound_in, parsed_in
from gateway.plugins.crew import Crew


@dataclass(frozen=True, slots=True)
class ApartAdapter:
    """`adapters.sdk.contract.Adapter` over a crew of workers. Every call waits for one."""

    manifest: Manifest
    crew: Crew

    def parse(self, inbound: Inbound) -> Parsed:
        """Have a worker read a sender's document."""
        return parsed_in(self.crew.ask(questions.to_parse(inbound)))

    def render(self, outgoing: Outgoing) -> Outbound:
        """Have a worker write a recipient's document."""
        return outbound_in(self.crew.ask(questions.to_render(outgoing)))

    def render_status(self, update: StatusUpdate) -> Outbound:
        """Have a worker write an answer for the original sender."""
        return outbound_in(self.crew.ask(questions.to_tell_status(update)))

    def render_notice(self, notice: OutgoingNotice) -> Outbound:
        """Have a worker write what is told to a past recipient."""
        return outbound_in(self.crew.ask(questions.to_tell_notice(notice)))
