"""The practice's written agreement: read from the cells of its workbook, checked, looked up, written out."""

from billingkit.policy.agreement import (
    Agreement,
    AttachmentRule,
    ColumnHeading,
    IdRule,
    Insurer,
    Measure,
    Policy,
    Practice,
    RequiredDetail,
    SourceNote,
    StatusWord,
    Wording,
)
from billingkit.policy.canonical import canonical
from billingkit.policy.load import faults, findings, from_rows, shipped
from billingkit.policy.lookup import insurer, timeframe
from billingkit.policy.open_points import OpenPoint, open_points
from billingkit.policy.render import render

__all__ = [
    "Agreement",
    "AttachmentRule",
    "ColumnHeading",
    "IdRule",
    "Insurer",
    "Measure",
    "OpenPoint",
    "Policy",
    "Practice",
    "RequiredDetail",
    "SourceNote",
    "StatusWord",
    "Wording",
    "canonical",
    "faults",
    "findings",
    "from_rows",
    "insurer",
    "open_points",
    "render",
    "shipped",
    "timeframe",
]
