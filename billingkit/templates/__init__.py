"""The workbooks that a practice fills in: its policy, and a tracker for claims and balances."""

from __future__ import annotations

from pathlib import Path

from billingkit.templates.filled import policy_rows
from billingkit.templates.policy_workbook import write_policy
from billingkit.templates.tracker import write_tracker

__all__ = ["policy_rows", "write_policy", "write_templates", "write_tracker"]


def write_templates(folder: Path) -> None:
    """Write both templates into a folder: the same bytes each time."""
    write_policy(folder / "policy.xlsx")
    write_tracker(folder / "claims_and_balances.xlsx")
