"""Reports of known systems, by their headings: what a heading means there that would be doubtful elsewhere.

Sources: docs of each system, as listed in the project's `pms_exports` research (Open Dental source code
24.3; OpenEMR `collections_report.php`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from billingkit.reading.aliases import Holds
from billingkit.reading.fold import fold


@dataclass(frozen=True, slots=True)
class System:
    """A known report: the headings that give it away, and what its doubtful ones mean."""

    name: str
    holds: Holds
    signs: frozenset[str]
    meanings: dict[str, str]


def _system(name: str, holds: Holds, signs: str, meanings: dict[str, str]) -> System:
    return System(name, holds, frozenset(fold(s) for s in signs.split(";")), {fold(k): v for k, v in meanings.items()})


SYSTEMS: Final = (
    _system(
        "Open Dental's Outstanding Insurance Claims",
        "claims",
        "Carrier; DateService; DateSent; TrackStat",
        {"Amount": "billed", "Type": "coverage", "DateStat": "status_date"},
    ),
    _system(
        "Open Dental's Claims Not Sent",
        "claims",
        "Date; Type; Claim Status; Patient Name; Insurance Carrier; Amount",
        {"Date": "service_date", "Type": "coverage", "Amount": "billed"},
    ),
    _system("Open Dental's Claims Not Sent", "claims", "Date of Service; Claim Type; Patient Name; Claim Fee", {}),
    _system(
        "OpenEMR's collections report",
        "claims",
        "ins name; invoice; svc date; charges; balance",
        {
            "Invoice": "claim_id",
            "Balance": "outstanding",
            "ID": "patient_id",
            "Policy": "member_id",
            "Group": "group_number",
        },
    ),
    _system(
        "OpenEMR's collections report",
        "claims",
        "Invoice; Svc Date; Charge; Balance",
        {
            "Invoice": "claim_id",
            "Balance": "outstanding",
            "ID": "patient_id",
            "Policy": "member_id",
            "Group": "group_number",
        },
    ),
    _system(
        "QSI's Outstanding Insurance Claims",
        "claims",
        "DOS Date; Sent Date; Carrier; Charges; Est Ins; Ins Paid",
        {"Type": "coverage"},
    ),
)


def known_system(holds: Holds, headings: set[str]) -> System | None:
    """The known report whose telling headings are all there."""
    return next((system for system in SYSTEMS if system.holds == holds and system.signs <= headings), None)
