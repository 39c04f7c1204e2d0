"""The workbooks that a practice fills in: its policy, and a tracker for claims and balances."""

from billingkit.templates.filled import policy_rows
from billingkit.templates.policy_workbook import write_policy
from billingkit.templates.tracker import write_tracker

__all__ = ["policy_rows", "write_policy", "write_tracker"]
