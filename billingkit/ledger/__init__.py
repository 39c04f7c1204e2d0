"""What happened, append-only: who was asked what, when, what was answered, and from which file."""

from billingkit.ledger.events import Chained, Event, batch_id, first_broken
from billingkit.ledger.files import rebuild, verify, write_missing
from billingkit.ledger.lock import in_use_by_me, is_left, refuse_in_use, refuse_shared
from billingkit.ledger.remember import history
from billingkit.ledger.said import gist_of
from billingkit.ledger.store import Store

__all__ = [
    "Chained",
    "Event",
    "Store",
    "batch_id",
    "first_broken",
    "gist_of",
    "history",
    "in_use_by_me",
    "is_left",
    "rebuild",
    "refuse_in_use",
    "refuse_shared",
    "verify",
    "write_missing",
]
