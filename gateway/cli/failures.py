"""Every way a command can end: an exit code, a sentence, the command to type next. None names anything of a person."""

import shlex
from collections.abc import Mapping, Sequence
from enum import IntEnum, unique
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

from gateway.core.errors import GivenError, InTheWayError, LostError, OperatorError, WaitsForReleaseError
from gateway.installation.folder import InUseError, NoFolderError, OpenFolderError
from gateway.serving.sockets import PortTakenError, UnsafeAddressError, UnusableAddressError

Faults: TypeAlias = Sequence[tuple[str, str]]
"""Where something is wrong: (pointer, rule)."""

PROGRAM: Final = "referral-gateway"
DOCTOR: Final = f"{PROGRAM} doctor"
INIT: Final = f"{PROGRAM} init"


@unique
class Exit(IntEnum):
    """What the process answers to a script."""

    DONE = 0
    """It was done, or nothing was found wrong."""
    PROBLEM = 1
    """A problem was found, or what was asked for is not there."""
    USAGE = 2
    """Something given is wrong: an argument, a file, a setting, the installation."""
    UNREACHABLE = 3
    """A gateway runs but does not answer."""
    REFUSED = 4
    """A rule forbids it."""
    DOES_NOT_VERIFY = 5
    """The log is not what it says it is."""


class CommandFailedError(Exception):
    """A command ends here. `code` is for programs, `says` for people; an empty `next` becomes the command's help."""

    def __init__(self, exit_code: Exit, code: str, says: str, next_command: str = "", faults: Faults = ()) -> None:
        """Keep what to print."""
        super().__init__(code)
        self.exit_code = exit_code
        self.code = code
        self.says = says
        self.next = next_command
        self.faults = faults


SENTENCES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "decision_unknown": ("No decision has that id.", ""),
        "person_unknown": ("Nobody is known under that reference or consent. That you looked was recorded.", ""),
        "document_invalid": ("The document does not fit its schema.", ""),
        "bad_request": ("Something given is missing or not of the right form.", ""),
        "content_too_large": ("What was given is too large.", ""),
        "consent_not_recordable": ("A rule forbids recording this consent.", ""),
        "consent_unknown": (
            "There is no such consent, it has ended, or nobody is known by that reference.",
            f"{PROGRAM} consent show --help",
        ),
        "case_unknown": (
            "Nobody is known by that reference, and this fact makes nobody known.",
            f"{PROGRAM} case record --help",
        ),
        "case_event_not_recordable": ("A rule forbids recording this, or forbids it to this agency.", ""),
        "quarter_not_over": ("That quarter is not over yet.", ""),
        "nobody_to_count": ("Nobody who agreed to be counted was referred in that quarter.", ""),
        "approval_missing": ("Not everybody whose people are counted has approved.", f"{PROGRAM} statistics list"),
        "release_unknown": ("There is no such release.", f"{PROGRAM} statistics list"),
        "nobody_to_ask": (
            "No agreement about that purpose is in force with that agency or anybody of that kind.",
            f"{PROGRAM} agreement list",
        ),
        "question_not_askable": ("A rule forbids this question or answer.", ""),
        "question_unknown": ("No such question waits for an answer of that agency.", f"{PROGRAM} capacity list --help"),
        "state_conflict": ("A referral was sent on it already.", f"{PROGRAM} capacity list --help"),
        "idempotency_key_reused": (
            "That key was used before, with another document.",
            f"{PROGRAM} consent record --help",
        ),
        "agency_unknown": ("No agency of that id is registered.", f"{PROGRAM} agency list"),
        "enforcement_never_receives": (
            "Immigration enforcement may send, never receive (F-01).",
            f"{PROGRAM} agency list",
        ),
        "shared_across_firewall": (
            "It shares its operator, a key or its endpoint with an agency on the other side of the firewall (F-01).",
            f"{PROGRAM} agency list",
        ),
        "brings_against_delivery_mode": (
            "Referrals are brought to agencies registered for native-push, hints to all others.",
            f"{PROGRAM} agency list",
        ),
        "endpoint_differs": ("It is on another machine than the agency's registration says.", f"{PROGRAM} agency list"),
        "authentication_incomplete": ("private_key_jwt needs token_url and client_id.", ""),
        "hints_are_signed": ("A hint is signed by its own secret; its authentication is `none`.", ""),
        "credential_missing": ("`basic` needs a file with user:password.", f"{PROGRAM} agency endpoint --help"),
        "credential_not_used": ("Only `basic` takes a credential.", f"{PROGRAM} agency endpoint --help"),
        "credential_form": ("A credential is user:password.", f"{PROGRAM} agency endpoint --help"),
        "address_unreadable": ("The address cannot be read.", ""),
        "more_than_an_address": ("An address has no credentials, query or fragment.", ""),
        "not_https": ("The address must be https, unless it is this machine's own and `loopback` says so.", ""),
        "sealing_key_missing": ("Sealed delivery needs a sealing key.", ""),
        "recipient_key_unusable": ("Its sealing key cannot be used.", ""),
        "signature_missing": ("Not both agencies signed with a key of their registration.", f"{PROGRAM} agency list"),
        "signature_invalid": ("A signature does not fit the agreement.", ""),
        "recipient_key_differs": ("It pins a key that its recipient did not register.", f"{PROGRAM} agency list"),
        "legal_basis_not_in_country": (
            "This country's profile does not list what it rests on: nothing would move (M-02). Both sign it anew.",
            f"{PROGRAM} policy show",
        ),
        "purpose_not_for_recipient": (
            "No profile says what its recipient may get for that purpose: nothing would move (M-01).",
            f"{PROGRAM} agency list",
        ),
        "required_category_missing": (
            "It leaves out what its recipient cannot act without: nothing would move (M-01). Both sign it anew.",
            "",
        ),
        "recipient_only_sends": (
            "Its recipient's adapter reads and writes nothing: register it with another.",
            f"{PROGRAM} adapter list",
        ),
        "ends_before_it_begins": ("It ends before it begins.", ""),
        "client_exists": (
            "A client of that id was registered before; an id is never used again.",
            f"{PROGRAM} client list",
        ),
        "client_unknown": ("No client of that id is registered.", f"{PROGRAM} client list"),
        "client_id_form": ("A client id is 3 to 64 letters, digits, dots, dashes or underscores.", ""),
        "key_shared": ("Another client has that key; each has its own.", f"{PROGRAM} client list"),
        "key_id_reused": (
            "A new key stands under the id of another; a new key gets a new id.",
            f"{PROGRAM} agency list",
        ),
        "pinned_key_differs": (
            "Its agreements pin another sealing key; both sides sign the new one into an agreement first.",
            f"{PROGRAM} agreement list",
        ),
        "sealed_by_agreement": (
            "Its agreements pin a key that it is sealed to; while one is in force, it is not delivered to readably.",
            f"{PROGRAM} agreement list",
        ),
        "smart_without_fhir": (
            "A SMART client's tokens are good for the FHIR endpoint alone, and its agency's adapter is another.",
            f"{PROGRAM} agency list",
        ),
        "recipient_unknown": ("No agency of that id is registered.", f"{PROGRAM} agency list"),
        "key_lifetime": ("Keys end on a day to come, at most two years from now.", ""),
        "key_id_form": ("A key's id is 1 to 128 printable characters.", ""),
        "key_unknown": ("The client has no key of that id.", f"{PROGRAM} client list"),
        "last_key": ("It is the only key; add another first, or switch the client off.", f"{PROGRAM} client key add"),
        "next_key_too_young": (
            "The next key was published less than a day ago; whoever keeps a copy of the keys may not know it yet.",
            f"{PROGRAM} token keys",
        ),
        "audience_missing": ("A resource server is named by --audience, and nobody else is.", ""),
        "audience_form": ("An audience is a plain https URL that is not this gateway's own.", ""),
        "audience_taken": ("Another resource server has that name.", f"{PROGRAM} client list"),
        "resource_unknown": ("No resource server of that name is registered.", f"{PROGRAM} client list"),
        "resource_server_asks_nothing": ("A resource server gets no tokens: no scope, no limit, no resource.", ""),
        "too_many_recipients": ("A client is limited to at most 32 recipients or resource servers.", ""),
        "too_many_keys": ("A client has at most four keys; retire one first.", f"{PROGRAM} client list"),
        "key_or_scope_missing": ("A client needs a key and at least one scope.", ""),
        "key_unusable": ("A key in the file is of no kind that a client can authenticate with.", ""),
        "certificate_missing": (
            "A client of mutual TLS needs --certificate or --certificate-name.",
            f"{PROGRAM} client add --help",
        ),
        "certificate_unreadable": ("A file does not hold exactly one certificate in PEM.", ""),
        "certificate_too_large": ("A certificate is larger than 4096 bytes.", ""),
        "certificate_key": ("A certificate's key is none of RSA (2048 to 4096 bits), P-256, P-384 and Ed25519.", ""),
        "certificate_not_in_force": ("A certificate has expired, or is not valid yet.", ""),
        "certificate_name_shared": ("Another client has that name; each has its own.", f"{PROGRAM} client list"),
        "key_of_another_mode": (
            "A client of mutual TLS has certificates, every other one keys.",
            f"{PROGRAM} client key add --help",
        ),
        "private_key_given": (
            "The file holds a private key: it has left its house, so make a new one and give the public half only.",
            "",
        ),
        "role_missing": ("An officer needs at least one role.", f"{PROGRAM} officer invite --help"),
        "agency_missing": ("A caseworker belongs to an agency.", f"{PROGRAM} agency list"),
        "label_unusable": ("The name of an account is 1 to 40 printable characters.", ""),
        "officer_unknown": ("There is no such officer, or he or she was revoked before.", f"{PROGRAM} officer list"),
        "nothing_to_release": ("No restored database waits.", f"{PROGRAM} serve"),
        "ring_stays": (
            "Only the rings data and ledger are rotated so: recipients hold names that hang on the person ring.",
            f"{PROGRAM} keys list",
        ),
        "epoch_in_use": ("It still wraps people's data keys.", f"{PROGRAM} keys rewrap"),
        "device_has_its_own": (
            "The keys are in a device: change its PIN with the device's own tool, then put it into the secret file.",
            "",
        ),
        "epoch_not_older": ("The data ring holds no such older epoch.", f"{PROGRAM} keys list"),
        "defect": ("The gateway made a mistake; nothing was changed by it.", DOCTOR),
    }
)
"""For every code of the operator's door: the sentence, and the next command where it is not the command's own help."""


def of_problem(status: int, problem: Mapping[str, object]) -> CommandFailedError:
    """Read a problem of the operator's door."""
    code = str(problem.get("code", "defect"))
    says, following = SENTENCES.get(code, ("The gateway did not do it.", ""))
    if code == "installation":
        says, following = _sentence(str(problem.get("says", ""))), DOCTOR
    listed = problem.get("errors")
    faults = [(str(one["pointer"]), str(one["rule"])) for one in (listed if isinstance(listed, list) else [])]
    return CommandFailedError(_EXITS.get(status, Exit.USAGE), code, says, following, tuple(faults))


def of_installation(error: OperatorError) -> CommandFailedError:
    """Read an error of opening an installation: always the operator's to mend."""
    says = _sentence(str(error))
    match error:
        case InTheWayError(files=files) if files:
            return CommandFailedError(Exit.USAGE, "given", says, _moved_away(files))
        case GivenError():
            return CommandFailedError(Exit.USAGE, "given", says)
        case UnusableAddressError():
            return CommandFailedError(
                Exit.USAGE, "address", says, f"GATEWAY_HOST=127.0.0.1 GATEWAY_PORT=0 {PROGRAM} serve"
            )
        case NoFolderError() | OpenFolderError():
            return CommandFailedError(Exit.USAGE, "not_installed", says, INIT)
        case InUseError():
            return CommandFailedError(
                Exit.USAGE, "in_use", "A gateway, or another command, uses this data folder already.", DOCTOR
            )
        case WaitsForReleaseError():
            return CommandFailedError(Exit.REFUSED, "waits_for_release", says, f"{PROGRAM} restore release")
        case LostError(part=part):
            return CommandFailedError(Exit.USAGE, "lost", says, f"{PROGRAM} restore {part} --help")
        case PortTakenError():
            return CommandFailedError(Exit.USAGE, "port_taken", says, f"GATEWAY_PORT=0 {PROGRAM} serve")
        case UnsafeAddressError():
            following = f"GATEWAY_URL=https://gateway.example.org {PROGRAM} serve"
            return CommandFailedError(Exit.USAGE, "unsafe_address", says, following)
        case _:
            return CommandFailedError(Exit.USAGE, "installation", says, DOCTOR)


def unreachable(says: str) -> CommandFailedError:
    """A gateway runs but does not answer."""
    return CommandFailedError(Exit.UNREACHABLE, "unreachable", says, DOCTOR)


def _moved_away(files: Sequence[Path]) -> str:
    """Return the command that takes all there is of a database away together, over nothing that lies there already."""
    lost = shlex.quote(str(files[0].parent / "lost"))
    listed = " ".join(shlex.quote(str(file)) for file in files)
    return f"mkdir -p -m 700 {lost} && mv --backup=numbered {listed} {lost}/"


def _sentence(said: str) -> str:
    return f"{said[:1].upper()}{said[1:]}."


_EXITS: Final[Mapping[int, Exit]] = MappingProxyType(
    {400: Exit.USAGE, 403: Exit.REFUSED, 404: Exit.PROBLEM, 409: Exit.USAGE, 422: Exit.USAGE, 500: Exit.PROBLEM}
)
