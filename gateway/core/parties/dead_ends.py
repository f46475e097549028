"""Refuses an agreement under which nothing could ever move: better said when it is signed than at a first referral."""

from collections.abc import Sequence
from typing import Final

from adapters.sdk.manifest import Direction
from consent.route import STRUCTURE
from gateway.core.adapter_ports import Adapters
from gateway.core.errors import RegistrationRefusedError
from schemas.catalogue import profile_name
from schemas.documents import Document, Json
from schemas.profiles import compiled
from schemas.vocabulary import FunctionClass, Purpose

_PURPOSE: Final = "/agreement/purpose"
_CATEGORIES: Final = "/agreement/categories"


def refuse_dead_end(terms: Document, recipient: Document, adapters: Adapters) -> None:
    """Raise RegistrationRefusedError where no profile, no category or no adapter leaves a way (M-01, M-02)."""
    function, purpose = FunctionClass(str(recipient["function_class"])), Purpose(str(terms["purpose"]))
    name = profile_name(function, purpose)
    if name is None:
        raise RegistrationRefusedError("purpose_not_for_recipient", [(_PURPOSE, f"not for {function}")])
    if missing := sorted(compiled(name).required - STRUCTURE - {*map(str, _list(terms["categories"]))}):
        raise RegistrationRefusedError("required_category_missing", [(_CATEGORIES, f"needs {' '.join(missing)}")])
    if Direction.RENDER not in adapters.of(str(recipient["adapter"])).manifest.directions:
        raise RegistrationRefusedError("recipient_only_sends")


def _list(value: Json) -> Sequence[Json]:
    return value if isinstance(value, list | tuple) else ()
