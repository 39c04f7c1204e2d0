"""A policy as canonical text, and its hash: the same agreement gives the same text, however it is laid out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from billingkit.calendar import Calendar
from billingkit.policy.agreement import Policy
from billingkit.rules import Guarantee, Rule, Table


def canonical(policy: Policy) -> str:
    """Everything that can change a result, as text: words as meant, and no order that has no meaning."""
    lists: dict[str, tuple[Any, ...]] = {
        "agreements": policy.agreements,
        "insurers": policy.insurers,
        "required": policy.required,
        "attachments": policy.attachments,
        "sources": policy.sources,
        "ids": policy.ids,
        "status_words": policy.status_words,
        "column_headings": policy.column_headings,
        "wording": policy.wording,
        "measures": policy.measures,
    }
    tables = (policy.claim_rules, policy.balance_rules, policy.escalation_rules)
    whole: dict[str, Any] = {
        "practice": _fields(policy.practice),
        **{name: _unordered([_fields(one) for one in rows]) for name, rows in lists.items()},
        "tables": {table.name: [_rule(table, rule) for rule in table.ordered()] for table in tables},
        "guarantees": _unordered([_guarantee(one) for one in policy.guarantees]),
        "calendar": _calendar(policy.calendar),
    }
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=1, default=_plainly)


def hash_of(text: str) -> str:
    """The SHA-256 of a canonical text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _fields(row: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the agreement's flat values
    return {field.name: getattr(row, field.name) for field in fields(row)}


def _unordered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True, default=_plainly))


def _rule(table: Table, rule: Rule) -> dict[str, Any]:
    conditions = {column.name: rule.condition(column.name).text for column in table.columns}
    return {
        "id": rule.id,
        "active": rule.active,
        "step": rule.step,
        "when": {name: text for name, text in conditions.items() if text != "-"},
        "says": rule.outputs,
        "from": rule.starts,
        "to": rule.ends,
    }


def _guarantee(one: Guarantee) -> dict[str, Any]:
    when = {name: condition.text for name, condition in (one.when | one.said).items()}
    must = {name: condition.text for name, condition in one.must.items()}
    return {"table": one.table, "when": when, "must": must, "stops": one.stops}


def _calendar(calendar: Calendar) -> dict[str, Any]:
    return {
        "closed": [day for day, _ in calendar.closures],
        "worked": list(calendar.worked),
        "weekend": list(calendar.weekend),
        "years": sorted(calendar.years),
        "weekends_only": calendar.weekends_only,
    }


def _plainly(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    raise TypeError(f"{type(value).__name__} has no canonical text")
