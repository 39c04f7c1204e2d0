"""What the kit may never do: no output takes money decisions or clinical ones, however odd the week."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from decisions import weeks

import billingkit.decisions
from billingkit import terms
from billingkit.decisions import explain, review
from billingkit.decisions.denials import denial, reasons
from billingkit.decisions.message import urgent_message, weekly_message
from billingkit.history import History
from billingkit.policy import shipped

FORBIDDEN = re.compile(
    r"writ(?:e|ing|ten)[ -]?(?:it )?off|write-?off|discount|refund|waive|forgive|reduce the (?:fee|amount|balance)"
    r"|set (?:a|the) fee|collection(?:s)? agenc|send to collections|debt collect|bad debt|court|diagnos|prescri"
    r"|treatment is (?:not )?necessary|charge the patient|bill the patient",
    re.IGNORECASE,
)
MODULES = sorted(Path(billingkit.decisions.__file__).parent.glob("*.py"))
FORBIDDEN_IMPORTS = {
    "pathlib",
    "os",
    "openpyxl",
    "xlsxwriter",
    "papermill",
    "sqlalchemy",
    "time",
    "io",
    "billingkit.workbook",
}


def strings(path):
    """Every sentence in the code that is not a docstring."""
    tree = ast.parse(path.read_text())
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented
    ]


def test_the_closed_list_of_actions_holds_nothing_that_is_not_ours_to_do():
    assert not [action.label for action in terms.ACTIONS if FORBIDDEN.search(action.label)]
    assert {action.contacts for action in terms.ACTIONS} == {"insurer", "patient", "practice", "nobody"}


def test_what_goes_to_a_clinician_goes_through_the_practice():
    assert terms.ACTION_BY_WORD["ask_clinician"].contacts == "practice"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_sentence_in_the_code_says_more(path):
    names = set(terms.SENSITIVE) | {"discounts"}  # words of the field: a hold's category, a key of the agreement
    assert not [text for text in strings(path) if text not in names and FORBIDDEN.search(text)]


def test_no_reason_code_moves_anything_to_the_patient_or_off_the_books():
    for reason in reasons().values():
        assert reason.route is None or reason.route in terms.DENIAL_ROUTES
        assert reason.provides in terms.OWNERS
        assert not FORBIDDEN.search(f"{reason.meaning} {reason.ask}"), reason.code


def test_the_starting_tables_say_only_what_the_list_allows():
    policy = shipped()
    for table in (policy.claim_rules, policy.balance_rules):
        for rule in table.rules:
            assert str(rule.outputs["action"]).casefold() in terms.ACTION_BY_LABEL
            assert not FORBIDDEN.search(str(rule.outputs["reason"])), rule.id


def spoken(result):
    """Everything a review says."""
    for frame in (result.claims, result.balances):
        for name in ("reason", "why", "next_rule"):
            yield from frame[name].drop_nulls().unique()
    for one in result.questions:
        yield from (one.need, one.why, one.held_reason)
    for one in result.statements:
        yield from (one.why, one.next_step)
    yield from (one.line for one in result.updates)
    yield from result.notices
    yield weekly_message(result).text
    urgent = urgent_message(result)
    yield urgent.text if urgent else ""


@pytest.mark.parametrize("side", [True, None])
def test_no_week_makes_the_kit_say_or_do_more(side):
    """1,500 drawn claims and 300 balances of every kind -> only listed actions, no forbidden sentence."""
    practice = replace(weeks.policy().practice, patient_side=side)
    result = review(
        weeks.many(1500, seed=7),
        replace(weeks.policy(), practice=practice),
        History(),
        weeks.AS_OF,
        payments_to=weeks.AS_OF,
    )
    both = pl.concat([result.claims, result.balances])
    assert set(both["action"]) <= {action.word for action in terms.ACTIONS}
    assert not [text for text in spoken(result) if FORBIDDEN.search(text)]


def test_filed_too_late_never_reaches_the_patient():
    """a claim denied for lateness, in whatever state, beside the patient's balance -> no statement, no appeal skipped."""
    for status in terms.STATUS_WORDS:
        week = weeks.week([{"patient_id": "P9", "status": status, "reason_codes": "CO-29"}], [{}])
        result = review(week, weeks.policy(), as_of=weeks.AS_OF, payments_to=weeks.AS_OF)
        assert terms.ACTION_BY_WORD[result.balances["action"][0]].contacts != "patient", status


def test_a_request_before_treatment_never_ages_as_money():
    week = weeks.week([{"coverage": "preauth", "status": "pending", "service_date": None, "submitted_date": None}])
    result = review(week, weeks.policy(), as_of=weeks.AS_OF)
    assert result.claims["amount"].to_list() == [None]
    assert sum(one.value for one in result.measures if one.measure in {"Money by age", "Open claims by age"}) == 0


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_the_room_reads_no_file_and_asks_no_clock(path):
    tree = ast.parse(path.read_text())
    imported = {
        name
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert not {name for name in imported if name.split(".")[0] in FORBIDDEN_IMPORTS or name in FORBIDDEN_IMPORTS}
    called = {
        node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not called & {"now", "today", "utcnow", "fromtimestamp"}


@pytest.mark.parametrize(
    ("codes", "route"),
    [
        ("CO-16", "data"), ("CO16", "data"), ("16", "data"), ("CO-016", "data"), ("co-252", "documents"),
        ("CO-16|N37", "data"), ("CO-16|CO-252", "documents"), ("CO-50|CO-16", "clinical"), ("CO-45", None),
        ("CO-45|CO-97", "not separately payable"), ("CO-16|ZZ9", None), ("CO-50|ZZ9", "clinical"), ("PR-1", None),
        ("CO-29", "none given"), ("B7", None), ("CO-B11", None), ("MA04", "documents"),
    ],
)  # fmt: skip
def test_each_code_takes_its_route_and_an_unread_one_asks(codes, route):
    """codes as written -> the route; none means that the claim asks."""
    assert denial(codes).route == route


def test_an_account_is_explained_without_a_guess():
    """claims and a balance -> how it came about, what cannot be told, what may be said, when to hand over."""
    blank = replace(weeks.policy().agreements[0], answer=None)
    policy = replace(weeks.policy(), agreements=(blank, *weeks.policy().agreements[1:]))
    rows = [{"patient_id": "P9", "patient_name": "Moss, Eve", "paid": None}]
    result = review(weeks.week(rows, [{"insurance_pending": None}]), policy, as_of=weeks.AS_OF)
    text = explain(result, "p9")
    for line in (
        "billed 250.00, insurer paid not known, 250.00 still with the insurer (Submitted).",
        "The patient's part: 120.00.",
        "The list does not say: insurance pending.",
        "The list does not say what the insurer paid on every claim.",
        "Not settled yet: say nothing about it, ask the practice.",
        "When to hand over to the practice:",
        "PB-07: no.",
    ):
        assert line in text, text


def test_a_claim_is_explained_rule_by_rule():
    week = weeks.week([{"submitted_date": None}, {"submitted_date": weeks.AS_OF}])
    result = review(week, weeks.policy(), as_of=weeks.AS_OF)
    text = explain(result, "C-1")
    assert "CF-19: cannot tell. Days past first check blank may be 0 or more." in text
    assert "CF-07: no." in text
    assert "Why not today: it first comes due on 14 Dec 2026 under CF-19." in explain(result, "C-2")


def test_a_number_that_is_not_on_the_lists_is_refused_plainly():
    result = review(weeks.week([{}]), weeks.policy(), as_of=weeks.AS_OF)
    with pytest.raises(Exception, match='Nothing called "nobody" is on the lists of 23 Nov 2026'):
        explain(result, "nobody")
