"""What is decided about a practice's week: pure, from values to values; no files, no clock."""

from billingkit.decisions.explaining import explain
from billingkit.decisions.weekly import review

__all__ = ["explain", "review"]
