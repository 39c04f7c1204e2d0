"""Writes the golden texts anew; read the difference before it is committed."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent))

from exchange import reviews
from exchange.seen import seen

from billingkit.exchange import write_pack, write_worklist
from billingkit.exchange.tabs import PACK_TABS

GOLDEN = Path(__file__).parent / "golden"

with TemporaryDirectory() as folder:
    review = reviews.review(Path(folder))
    GOLDEN.mkdir(exist_ok=True)
    pack = write_pack(review, Path(folder), pack_id=reviews.PACK).main
    (GOLDEN / "practice_pack.txt").write_text(seen(pack, tabs=PACK_TABS[:6]), encoding="utf-8")
    work = write_worklist(review, Path(folder), pack_id=reviews.PACK)
    (GOLDEN / "team_worklist.txt").write_text(seen(work), encoding="utf-8")
