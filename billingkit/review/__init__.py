"""What is decided about a practice's week: pure, from values to values; no files, no clock."""

from billingkit.review.explaining import explain
from billingkit.review.weekly import review

__all__ = ["explain", "review"]
