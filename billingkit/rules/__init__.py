"""Decision tables as values: read from cells, checked, run over many rows, compared.

Knows neither Excel nor billing: columns and outputs are given by whoever owns the table.
"""

from billingkit.rules.check import check
from billingkit.rules.column import Column, Output
from billingkit.rules.condition import ANY, Condition, parse_condition
from billingkit.rules.explain import Tried, explain
from billingkit.rules.finding import Finding
from billingkit.rules.forward import forward
from billingkit.rules.guarantee import IF_NOT, Guarantee, parse_guarantees
from billingkit.rules.preview import Change, preview
from billingkit.rules.render import render, render_rows
from billingkit.rules.run import decide
from billingkit.rules.sheet import parse_table
from billingkit.rules.spans import Unreadable
from billingkit.rules.table import ASK, ASK_0, Rule, Table
from billingkit.rules.unused import unused

__all__ = [
    "ANY",
    "ASK",
    "ASK_0",
    "IF_NOT",
    "Change",
    "Column",
    "Condition",
    "Finding",
    "Guarantee",
    "Output",
    "Rule",
    "Table",
    "Tried",
    "Unreadable",
    "check",
    "decide",
    "explain",
    "forward",
    "parse_condition",
    "parse_guarantees",
    "parse_table",
    "preview",
    "render",
    "render_rows",
    "unused",
]
