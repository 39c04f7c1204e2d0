"""Our own lint of a workbook's package: what makes Excel offer a repair and the SDK validator lets pass.

Each rule is one small function from a package to its findings; `lint` runs them all. Rules about
cells stand in `lint_cells`, those about the workbook as a whole in `lint_book`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from lxml import etree

from billingkit.workbook.anatomy import Anatomy


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One fault: the rule that found it, where, and what was found."""

    rule: str
    place: str
    said: str

    def __str__(self) -> str:
        """The finding as one line."""
        return f"{self.rule}: {self.place}: {self.said}"


Rule = Callable[[Anatomy], Iterator[Finding]]

MOST_FINDINGS: Final = 200  # per rule: one fault repeated on every row need not fill a screen


def rules() -> dict[str, Rule]:
    """Every rule by its name."""
    from billingkit.workbook import lint_book, lint_cells

    listed = (*lint_cells.RULES, *lint_book.RULES)
    return {rule.__name__: rule for rule in listed}


def lint(source: Path | str | bytes) -> list[Finding]:
    """Everything the rules find in a workbook; an empty list is a clean one."""
    package = Anatomy(source)
    try:
        broken = list(unreadable(package))
        return broken or [found for name, rule in rules().items() for found in _some(name, rule, package)]
    finally:
        package.close()


def _some(name: str, rule: Rule, package: Anatomy) -> list[Finding]:
    try:
        return list(islice(rule(package), MOST_FINDINGS))
    except ValueError as error:  # the schema check says more; here it is enough that it is found
        return [Finding(name, "the package", f"a number in it is none ({error})")]


def unreadable(package: Anatomy) -> Iterator[Finding]:
    """Every part that says it is XML can be parsed, and no member stands twice."""
    if len({name.lstrip("/").lower() for name in package.members}) != len(package.members):
        yield Finding("unreadable", "the package", "two members have the same name")
    for part in package.members:
        if part.lower().endswith((".xml", ".rels")):
            try:
                package.xml(part.lstrip("/"))
            except etree.XMLSyntaxError as error:
                yield Finding("unreadable", part, f"it is not XML ({error.msg})")
