"""Decision tables as values: read from cells, checked, run over many rows, compared.

Knows neither Excel nor billing: columns and outputs are given by whoever owns the table.
"""

from billingkit.rules.column import Column, Output
from billingkit.rules.condition import ANY, Condition, parse_condition
from billingkit.rules.finding import Finding
from billingkit.rules.run import decide
from billingkit.rules.sheet import parse_table
from billingkit.rules.spans import Unreadable
from billingkit.rules.table import ASK, ASK_0, Rule, Table

__all__ = [
    "ANY",
    "ASK",
    "ASK_0",
    "Column",
    "Condition",
    "Finding",
    "Output",
    "Rule",
    "Table",
    "Unreadable",
    "decide",
    "parse_condition",
    "parse_table",
]
