"""Follow-up, escalation and action lists for outsourced dental billing teams.

    import billingkit as bk

    practice = bk.open_practice("sample_data/riverside")
    week = practice.read_week(as_of="2026-11-23")
    review = bk.review(week)
    review.write()

Names are imported when they are first used, so that `import billingkit` stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from billingkit.practice import PracticeFolder, open_practice
    from billingkit.preparing import Prepared
    from billingkit.run import Run, review

__version__ = "0.1.0"

_HOMES = {
    "PracticeFolder": "billingkit.practice",
    "Prepared": "billingkit.preparing",
    "Run": "billingkit.run",
    "open_practice": "billingkit.practice",
    "review": "billingkit.run",
}
__all__ = ["PracticeFolder", "Prepared", "Run", "__version__", "open_practice", "review"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 -- whatever the name stands for
    if name not in _HOMES:
        raise AttributeError(f"module 'billingkit' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
