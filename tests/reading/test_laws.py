"""What holds for every layout: no row and no amount is lost, and order and extra columns mean nothing."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading.books import book as made
from reading.books import rows, week_of
from reading.practice import policy

from billingkit.columns import BALANCES, CLAIMS, PROBLEMS
from billingkit.policy import Wording
from billingkit.policy.agreement import Practice, StatusWord
from billingkit.policy.wording import SHIPPED_WORDING
from billingkit.reading import write_reading
from billingkit.reading.law import BrokenLaw, check_money, check_rows
from billingkit.reading.propose import propose
from billingkit.reading.sensitive import Listener
from billingkit.terms import SENSITIVE
from billingkit.week import TableRead
from billingkit.workbook.book import ErrorCell, NotCalculated

HEADINGS = [
    "Claim Number",
    "Patient",
    "Insurer",
    "Member ID",
    "Date of service",
    "Date sent",
    "Status",
    "Billed",
    "Paid",
    "Outstanding",
    "Notes",
]
MADE = policy(
    practice=Practice(date_order="day first", currency="GBP"),
    words=(StatusWord("Sent", "submitted"), StatusWord("Paid", "paid")),
)

days = st.dates(date(2026, 1, 1), date(2026, 11, 1))
amounts = st.one_of(
    st.decimals(0, 5000, places=2).map(float),
    st.decimals(0, 5000, places=2).map(lambda value: f"£{value:,}"),
    st.sampled_from(
        ["tbc", "?", "(12.50)", "nil", "1,2.3", True, ErrorCell("#REF!"), NotCalculated(), None, "£ -", 10.001]
    ),
)
claims = st.tuples(
    st.sampled_from([f"C{number}" for number in range(12)] + [None, 7, "007"]),
    st.sampled_from(["Ann Lee", "Bob Ray", "Cy Poe"]),
    st.sampled_from(["Axa", "Bupa", None]),
    st.sampled_from(["W1", 5, None]),
    st.one_of(days, st.sampled_from(["03/04/2026", "2026-05-06", "00/10/26", "soon", None])),
    st.one_of(days, st.none()),
    st.sampled_from(["Sent", "Paid", "Limbo", None]),
    amounts,
    amounts,
    amounts,
    st.sampled_from(["in process", "patient very upset", None, "total of 3 visits"]),
).map(list)
lines = st.sampled_from(
    [
        [],
        ["Page 2 of 9"],
        list(HEADINGS),
        [None] * 6 + ["TOTAL", 12.5, 0, 12.5],
        ["Practice: Quay"],
        ["Sub Total", *[None] * 6, 100],
        [" ", " "],
        ["note: rang insurer"],
    ]
)
sheets = st.lists(st.one_of(claims, claims, claims, lines), min_size=1, max_size=14)


def is_filled(row):
    return any(cell is not None and not (isinstance(cell, str) and not cell.strip()) for cell in row)


@settings(max_examples=60, deadline=None)
@given(sheets)
def test_every_filled_row_below_the_header_is_accepted_set_aside_or_counted(body):
    week = week_of({"S": [["Tracker"], HEADINGS, *body]}, MADE)
    (table,) = week.tables
    filled = [row for row in body if is_filled(row)]
    assert table.rows == len(filled) == table.accepted + table.quarantined + sum(table.ignored.values())
    assert week.claims.height == table.accepted + table.quarantined
    assert set(week.claims["source_row"]) <= set(range(3, 3 + len(body)))


@settings(max_examples=40, deadline=None)
@given(st.lists(claims, min_size=1, max_size=12))
def test_every_amount_read_is_accepted_set_aside_or_ignored(body):
    week = week_of({"S": [HEADINGS, *body]}, MADE)
    parts = week.tables[0].money["billed"]
    plain = [row[7] for row in body]
    known = [Decimal(str(cell)).quantize(Decimal("0.01")) for cell in plain if type(cell) is float and cell != 10.001]
    known += [
        Decimal(cell.strip("£").replace(",", ""))
        for cell in plain
        if isinstance(cell, str) and cell.startswith("£") and cell != "£ -"
    ]
    known += [Decimal("-12.50") for cell in plain if cell == "(12.50)"]
    assert sum(parts.values()) == sum(known)


@settings(max_examples=30, deadline=None)
@given(st.lists(claims, min_size=1, max_size=8), st.permutations(range(len(HEADINGS))), st.integers(0, len(HEADINGS)))
def test_the_order_of_columns_and_an_extra_column_change_nothing(body, order, at):
    straight = week_of({"S": [HEADINGS, *body]}, MADE)
    turned = [[row[place] for place in order] for row in [HEADINGS, *body]]
    for number, row in enumerate(turned):
        row.insert(at, "Lab" if number == 0 else "ok")
    other = week_of({"S": turned}, MADE)
    by_order = [column.name for column in CLAIMS if column.name not in {"claim_key", "questions"}]
    assert straight.claims.select(by_order).equals(other.claims.select(by_order))
    assert [sorted((q or "").split("|")) for q in straight.claims["questions"]] == [
        sorted((q or "").split("|")) for q in other.claims["questions"]
    ]
    assert other.tables[0].unknown_columns == ("Lab",)


def test_a_broken_law_is_an_error_of_the_kit():
    table = TableRead(
        "f", None, False, "claims", (1,), 2, 3, {}, {}, {}, (), 3, 1, 1, {}, {"billed": {"accepted": Decimal(1)}}
    )
    with pytest.raises(BrokenLaw):
        check_rows(table, 3)
    with pytest.raises(BrokenLaw):
        check_money(table, {"billed": Decimal(2)})


@pytest.mark.parametrize("fmt", ["csv", "parquet"])
def test_what_is_written_is_what_was_read(tmp_path, fmt):
    day = date(2026, 10, 1)
    body = [
        [
            "C1",
            "Ann, Lee",
            "Axa",
            "007",
            day,
            day + timedelta(3),
            "Sent",
            1234.5,
            0,
            "£1,234.50",
            'said "wait",\nthen rang',
        ],
        ["C2", "Bob", None, None, "soon", None, "Limbo", "tbc", None, None, None],
    ]
    week = week_of({"S": [HEADINGS, *body]}, MADE)
    write_reading(week, tmp_path, fmt)
    for name, columns, frame in (
        ("claims", CLAIMS, week.claims),
        ("balances", BALANCES, week.balances),
        ("problems", PROBLEMS, None),
    ):
        path = tmp_path / f"{name}.{fmt}"
        read = pl.read_csv(path, infer_schema=False) if fmt == "csv" else pl.read_parquet(path)
        assert read.columns == [column.name for column in columns]
        if frame is not None and fmt == "parquet":
            assert read.equals(frame)
    if fmt == "csv":
        with (tmp_path / "claims.csv").open(encoding="utf-8", newline="") as file:
            first, second = csv.DictReader(file)
        assert (first["service_date"], first["billed"], first["outstanding"], first["member_id"], first["notes"]) == (
            "2026-10-01",
            "1234.50",
            "1234.50",
            "007",
            body[0][-1],
        )
        assert (second["service_date"], second["billed"], second["quarantined"]) == ("", "", "true")


def test_reading_json_says_what_was_understood(tmp_path):
    week = week_of(
        {
            "S": [
                ["Tracker"],
                [*HEADINGS, "Lab"],
                ["C1", "Ann", "Axa", "7", date(2026, 10, 1), date(2026, 10, 2), "Sent", 10, 0, 10, None, "x"],
                ["Total", *[None] * 6, 11, 0, 10],
            ]
        },
        MADE,
    )
    write_reading(week, tmp_path)
    said = json.loads((tmp_path / "reading.json").read_text(encoding="utf-8"))
    (table,) = said["sheets"][0]["tables"]
    assert (table["holds"], table["header_rows"], table["columns"]["Date sent"], table["unknown_columns"]) == (
        "claims",
        [2],
        "submitted_date",
        ["Lab"],
    )
    assert (table["rows"], table["accepted"], table["quarantined"], table["ignored"]) == (2, 1, 0, {"total": 1})
    assert table["control_totals"][0] == {"column": "billed", "printed": "11.00", "read": "10.00", "matches": False}
    assert said["warnings"]
    assert any("order of cover" in sentence for sentence in said["asked_once"])


def test_problems_carry_an_address_and_no_patients_name():
    week = week_of(
        {
            "S": [
                ["Claim Number", "Surname", "Forename", "Insurer", "DOS", "Rel", "Policy holder", "Status", "Billed"],
                ["C1", "Quill", "Zelda", "Axa", "soon", "Self", "Xavier Thorne", "Limbo", "x"],
            ]
        },
        MADE,
    )
    assert {problem.code for problem in week.problems} == {
        "unreadable_date",
        "unknown_status",
        "unreadable_amount",
        "policy_holder_mismatch",
    }
    for problem in week.problems:
        said = f"{problem.found} {problem.ask} {problem.address()}"
        assert not any(name in said for name in ("Quill", "Zelda", "Xavier", "Thorne"))
        assert problem.source_row == 2
        assert problem.cell


def test_headings_and_words_are_proposed_for_confirmation_with_blanks_where_nobody_knows():
    day = date(2026, 10, 1)
    sheet = [
        ["Claim Number", "Patient", "Insurer", "DOS", "Date sent", "Status", "Amount", "Lab"],
        ["C1", "Ann", "Axa", day, day, "Sent", 10, "x"],
        ["C2", "Bob", "Axa", day, day, "see Sue", 10, "x"],
    ]
    proposal = propose(made({"S": sheet}), policy())
    assert {row.heading: row.column for row in proposal.column_headings} == {
        "Claim Number": "claim_id",
        "Patient": "patient_name",
        "Insurer": "insurer",
        "DOS": "service_date",
        "Date sent": "submitted_date",
        "Status": "status",
        "Amount": "",
        "Lab": "",
    }
    assert [(row.word, row.status, row.where) for row in proposal.status_words] == [
        ("Sent", "submitted", "Status"),
        ("see Sue", "", "Status"),
    ]
    assert proposal.insurers == ("Axa",)


def test_nothing_is_proposed_from_a_list_that_stands_beside_another():
    day = date(2026, 10, 1)
    sheet = [
        [
            "Claim #",
            "Patient",
            "Insurer",
            "DOS",
            "Date sent",
            "Billed",
            "Balance",
            None,
            "Patient",
            "Balance due",
            "Phoned",
        ],
        ["C1", "Ann", "Axa", day, day, 10, 10, None, "Bob", 5, NotCalculated()],
    ]
    proposal = propose(made({"S": sheet}), policy())
    proposed = {row.heading: row.column for row in proposal.column_headings}
    assert proposed["Balance"] == "outstanding"
    assert not {"Balance due", "Phoned"} & set(proposed)


HEARD = """says she is going to the regulator about this|has dementia - daughter deals w/ everything|lost job, asked for more time|struggling, mum paying for her
husband died in Sept|pt in hospital, stroke|will be contacting her lawyer|says he never had this done|filed chapter 13|bill is wrong|moved to refuge, do not write to home
recently made redundant|can\u2019t afford it just now|very distressed|dad & mum divorcing|in breathing space until Jan|asked us to stop ringing|CANNOT PAY|paid at the desk
taking us to small claims|unhappy with crown|estate in probate|pt has passed|her son has Alzheimer's|said he'd take it further|thinks this was covered""".replace(
    "\n", "|"
).split("|")
QUIET = """awaiting perio chart|xray sent|narrative sent|EOB req'd|LM x2|called, on file|rang ins 5/11, in process|pre-auth no. on scan|lost crown, recemented|passed x-rays to insurer
nerve died UR1, RCT started|grievance? no - grievous misspelling|no complaints, happy w/ result|complaints form template updated|upset tummy - rebooked|insurer disputing tooth no.
Missing Information|Denied - appeal|see Sue|deadline 12 Dec|benefits verified|Guardian rep says in process|call back after 5|claim number requested|separate claim sent""".replace(
    "\n", "|"
).split("|")


@pytest.mark.parametrize("note", HEARD)
def test_the_broad_list_hears(note):
    assert Listener(SHIPPED_WORDING).hear(note)


@pytest.mark.parametrize("note", QUIET)
def test_the_broad_list_stays_quiet_at(note):
    assert Listener(SHIPPED_WORDING).hear(note) is None


def test_a_decoy_cancels_its_own_span_only():
    assert Listener(SHIPPED_WORDING).hear("no complaints last year, but complained today") == "complaint"


def test_the_broad_list_only_ever_asks_and_names_known_categories():
    assert {row.category for row in SHIPPED_WORDING} == set(SENSITIVE)
    assert not any(row.agreed for row in SHIPPED_WORDING)


def test_rows_are_told_apart_in_a_week_without_claim_numbers():
    day = date(2026, 10, 1)
    heading = ["Patient", "Insurer", "DOS", "Date sent", "Status", "Fee"]
    week = week_of(
        {
            "S": [
                heading,
                ["Ann", "Axa", day, day, "Sent", 10],
                ["Ann", "Axa", day, day, "Sent", 10],
                ["Ann", "Axa", day, day, "Sent", 11],
            ]
        },
        MADE,
    )
    assert rows(week.claims, "questions", "quarantined") == [("twin_claims", True), ("twin_claims", True), ("", False)]
    assert week.claims["claim_key"].n_unique() == 3


@pytest.mark.parametrize(
    ("before", "after", "new"),
    [
        ("12 Nov: upset about the bill", "12 Nov: upset about the bill. Paid by card 20 Nov", 0),
        ("12 Nov: upset about the bill", "12 Nov: Upset  about the bill", 0),
        ("12 Nov: upset about the bill", "12 Nov: upset about the bill. 20 Nov: upset again", 1),
        ("12 Nov: upset about the bill", "20 Nov: upset again", 1),
    ],
)
def test_a_new_remark_is_told_from_an_old_one(before, after, new):
    """a note that grows elsewhere keeps its marks; the same word said once more is a new mark."""
    listener = Listener((Wording("upset", "upset", "patient contact"),))
    assert len(listener.marks(after) - listener.marks(before)) == new
