"""A Duty to Notify: what kind of crime, where and in which years (P-05).

Built from a positive list that holds nothing about her: no name, no contact, no pseudonym, no place but a country. The
live service maps every answer whatever the route; here whatever the list does not name is reported as lost.
"""

from adapters.sdk import Envelope, Losses, Outbound, Outgoing, write_json
from adapters.sdk.codes import Document, Json
from adapters.sdk.countries import Countries
from adapters.sdk.members import objects, section, strings, text
from adapters.systems.uknrm.codes import DTN, Codes
from adapters.systems.uknrm.writing import Submission


def write_notice(outgoing: Outgoing, codes: Codes, countries: Countries) -> Outbound:
    """Return the notice, made of the situation's codes alone."""
    submission = Submission(DTN, codes, Losses())
    write_envelope(submission, outgoing.envelope)
    document = outgoing.document
    for name in sorted(document.keys() - {"schema", "situation"}):
        submission.losses.dropped(f"/{name}")
    for key, value in sorted(section(document, "situation").items()):
        if not write_what_happened(submission, key, value, countries):
            submission.losses.dropped(f"/situation/{key}")
    return Outbound(write_json(submission.fields), "application/json", submission.losses.report())


def write_envelope(submission: Submission, envelope: Envelope) -> None:
    """What travels with every disclosure (M-11). The case system looks for double cases by ExternalId.

    It is made from the message id, which only this recipient knows, so a repeated delivery is the same case and nothing
    two recipients hold is equal.
    """
    submission.identify(envelope.message_id)
    submission.put("Gateway.MessageId", envelope.message_id)
    submission.put("Gateway.Sender", envelope.sender)
    submission.put("Gateway.SenderTitle", envelope.sender_title)
    submission.put("Gateway.Purpose", envelope.purpose.value)
    submission.put("Gateway.Urgency", envelope.urgency.value)
    submission.put("Gateway.SentOn", envelope.sent_on)
    submission.put("Gateway.UseUntil", envelope.use_until)
    submission.put("Gateway.Obligations", " ".join(envelope.obligations))


def write_what_happened(submission: Submission, key: str, value: Json, countries: Countries) -> bool:
    """Write a member of `situation` that both routes may carry; return False for any other."""
    match key:
        case "exploitation":
            _exploitation(submission, list(objects(value)))
        case "means":
            _means(submission, strings(value))
        case "events":
            _events(submission, list(objects(value)), countries)
        case _:
            return False
    return True


def _exploitation(submission: Submission, entries: list[Document]) -> None:
    """A flag for each form that has one, and our codes for the others, which `parse` knows again."""
    without: list[str] = []
    for entry in entries:
        form = text(entry.get("type")) or ""
        flag = submission.flag_of(form)
        if flag is None:
            without.append(form)
        else:
            submission.put(flag, "Yes")
        for part in sorted(entry.keys() - {"type"}):
            submission.losses.dropped(f"/situation/exploitation/*/{part}")
    if without:
        submission.put("ExploitationOther", "; ".join(dict.fromkeys(without)))


def _means(submission: Submission, means: list[str]) -> None:
    flags = {ours: flag for flag, ours in submission.codes.means.items()}
    for code in means:
        if code in flags:
            submission.put(flags[code], "Yes")
        else:
            submission.losses.dropped("/situation/means/*")


def _events(submission: Submission, events: list[Document], countries: Countries) -> None:
    """The countries in which she was exploited. The form has no other kind of event, and dates only as prose."""
    abroad: list[str] = []
    in_britain = False
    for event in events:
        country = text(event.get("country"))
        name = None if country is None else countries.to_english_name(country)
        if event.get("type") != "exploitation" or name is None:
            submission.losses.dropped("/situation/events/*")
            continue
        if country == "GB":
            in_britain = True
        else:
            abroad.append(name)
        for part in sorted(event.keys() - {"type", "country"}):
            submission.losses.dropped(f"/situation/events/*/{part}")
    for number, name in enumerate(dict.fromkeys(abroad), start=1):
        if number > MOST_COUNTRIES:
            submission.losses.dropped("/situation/events/*")
        else:
            submission.put(f"Country{number}", name)
    if abroad or in_britain:
        where = "BOTH" if abroad and in_britain else "UK" if in_britain else "OVERSEAS"
        submission.put("ExploitationLocationPresented", where)


MOST_COUNTRIES = 10
"""As many as the form asks for."""
