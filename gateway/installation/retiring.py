"""Destroying an older wrapping key, under the folder's lock: no process that serves may still wrap under it."""

from gateway.clock import SystemEntropy
from gateway.core.crypto.keys import Ring
from gateway.core.errors import OperatorError
from gateway.core.rotation.key_keeping import KeysRefusedError
from gateway.installation.folder import exclusive
from gateway.installation.noting import noted
from gateway.keyring.choosing import opened_ring
from gateway.settings import Settings
from gateway.store.database import opened, rewritten
from gateway.store.person_keys import DATA_KEY, PersonKeyStore


def retired(settings: Settings, epoch: int, *, dry_run: bool) -> None:
    """Destroy an epoch of the data ring that wraps nothing. Raises KeysRefusedError, OperatorError.

    On several nodes, the operator sees to it that none of them serves.
    """
    entropy = SystemEntropy()
    with exclusive(settings.data):
        ring = opened_ring(settings, entropy)
        with opened(settings.person_key_database()) as database:
            if PersonKeyStore(database, ring, entropy).under().get(epoch):
                raise KeysRefusedError("epoch_in_use")
            if epoch not in ring.epochs(Ring.DATA)[:-1]:
                raise KeysRefusedError("epoch_not_older")
            if dry_run:
                return
            if not rewritten(database.writing, DATA_KEY.name):
                raise OperatorError("what the older key wrapped may still be read from the database's files")
            noted(settings, "key.epoch_retired")
            ring.retire(Ring.DATA, epoch)
