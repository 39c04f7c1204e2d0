"""What goes out to a practice and to the billing team, and what comes back from them."""

from billingkit.exchange.answers import read_answers
from billingkit.exchange.outcomes import Outcome
from billingkit.exchange.pack import PackFiles, write_pack
from billingkit.exchange.received import Answers, Asked, Conflict, Held, Taken, asked_before, asked_in
from billingkit.exchange.returned import carries_her_sheets, pack_id
from billingkit.exchange.worklist import write_worklist

__all__ = [
    "Answers",
    "Asked",
    "Conflict",
    "Held",
    "Outcome",
    "PackFiles",
    "Taken",
    "asked_before",
    "asked_in",
    "carries_her_sheets",
    "pack_id",
    "read_answers",
    "write_pack",
    "write_worklist",
]
