"""What each tab says: few things, urgent first, and never more than is needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import polars as pl
import pytest
from exchange import mishaps, reviews
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter.utility import xl_pixel_width

from billingkit.decisions.first_week import missing_details, unconfirmed_insurers
from billingkit.exchange import write_pack
from billingkit.exchange.action_list import action_list, holds, sorted_questions
from billingkit.exchange.agreement import agreement
from billingkit.exchange.beside import additions, beside
from billingkit.exchange.drawing import LEAST_SCALE, WIDE_INCHES, printed
from billingkit.exchange.getting_started import getting_started
from billingkit.exchange.listing import Field, Line, Listing
from billingkit.exchange.measures import WEEKS_SHOWN, grid, names
from billingkit.exchange.outlook import claim_updates, coming_up, statement_schedule
from billingkit.exchange.pseudonyms import pseudonym, sentences, without_names
from billingkit.exchange.rows import HELD, balances, claims
from billingkit.exchange.start_here import FIRST_FEW, added_up, needs
from billingkit.exchange.wording import ON_HOLD, hold_label, money
from billingkit.exchange.worklist import WORKLIST
from billingkit.history import History, WeekMeasure
from billingkit.terms import SENSITIVE
from billingkit.week import ControlTotal, Source
from billingkit.workbook import read_book


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    return reviews.review(tmp_path_factory.mktemp("week"))


def quiet(review):
    """A week in which nothing is asked, held, sent or changed."""
    return replace(review, questions=(), holds=(), statements=(), updates=(), measures=(), notices=())


def test_what_needs_her_is_at_most_five_lines_urgent_first(week):
    lines = needs(week)
    assert len(lines) == FIRST_FEW
    assert [one.priority for one in lines] == ["Urgent", "High", "High", "High", "Normal"]
    assert lines[0].text.startswith("By Tue 24 Nov 2026: Complete the claim")
    assert "4 other matters" in lines[-1].text


def test_questions_of_one_kind_are_one_line_on_the_front(week):
    many = tuple(
        replace(week.questions[0], ref=reviews.ref("more", str(n)), by_when=week.as_of + timedelta(days=n))
        for n in range(9)
    )
    (line, *_) = [one for one in needs(replace(week, questions=many, holds=())) if "questions" in one.text]
    assert line.text.startswith("By Mon 23 Nov 2026: 9 questions of this kind")


def test_a_quiet_week_says_so_and_comes_back_without_a_complaint(week, tmp_path):
    told = replace(quiet(week), payments_to=date(2026, 11, 20))
    assert needs(told) == ()
    main = write_pack(told, tmp_path, pack_id=reviews.PACK).main
    text = [cell.value for row in openpyxl.load_workbook(main)["Start here"].iter_rows() for cell in row]
    assert "Nothing needs you this week." in text
    answers = mishaps.receive(told, read_book(main))
    assert (answers.found, answers.held, answers.payments_to) == (0, (), date(2026, 11, 20))


def test_questions_keep_their_order_whatever_order_they_come_in(week):
    turned = replace(week, questions=week.questions[::-1])
    assert sorted_questions(turned) == sorted_questions(week)


def test_a_question_asked_again_says_why_the_last_answer_did_not_count(week):
    lines = {line.values[0]: line for line in action_list(week).lines}
    why = lines[mishaps.ref_of("missing_member_id")].values[6]
    assert why.startswith("Asked again, because your last answer could not be taken")


@pytest.mark.parametrize("category", [*SENSITIVE, "stop_flag"])
def test_a_hold_never_says_why_somebody_is_vulnerable_or_hidden(week, category):
    hold = replace(week.holds[0], category=category)
    listing = holds(replace(week, holds=(hold,)))
    label = listing.lines[0].values[1]
    assert "_" not in label
    if category in {"vulnerability", "safeguarding_or_confidential_address"}:
        assert label == hold_label(category)
        assert "safeguarding" not in label
        assert "address" not in label


def test_a_row_on_hold_says_nothing_else_beside_it(week):
    for pairs in (claims(week), balances(week)):
        held = pairs.where(pl.col("action").is_in(HELD))
        assert len(held) == 1
        said = beside(held.decisions).to_dicts()[0]
        ref = held.decisions["ref"][0]
        assert {name: text for name, text in said.items() if text} == {"Next action": ON_HOLD, "Ref": ref}


def test_every_row_of_every_table_gets_its_columns_once(week):
    """Rows of claims and of balances, on their own sheets, on their true rows."""
    told = {one.sheet: sorted(one.values["Ref"]) for one in additions(week)}
    assert told == {
        "Claims": [row["source_row"] for row in reviews.claim_rows()],
        "Balances": [row["source_row"] for row in reviews.balance_rows()],
    }


def test_the_agreement_lists_first_what_nobody_has_settled_and_where_it_is_asked(week):
    lines = [line.values for line in agreement(week).lines]
    settled = [line[2] != "not settled yet" for line in lines]
    assert settled == sorted(settled)
    asked = next(line for line in lines if line[1] == "May patients pay in instalments?")
    assert asked[3] == f"asked as {mishaps.ref_of('agreement_payment_plans')} on the Action list"
    assert any(line[1].startswith("CF-19: Call insurer") and line[3] == "decided 1 row this week" for line in lines)


def test_the_other_tabs_have_a_sentence_where_they_have_no_lines(week):
    for listing in (claim_updates, coming_up, statement_schedule, action_list, holds):
        assert listing(quiet(week)).said
    switched_off = replace(week.policy, practice=replace(week.policy.practice, patient_side=False))
    assert statement_schedule(replace(week, policy=switched_off)).said == (
        "We do not contact patients for this practice.",
    )


def test_measures_show_the_latest_weeks_and_leave_a_gap_where_a_week_has_no_value():
    start = date(2026, 1, 5)
    values = tuple(WeekMeasure(start + timedelta(days=7 * n), "claims", "open", Decimal(n)) for n in range(12))
    odd = (*values, WeekMeasure(start, "claims", "old", Decimal(3)))
    weeks, labels, told = grid(odd, "claims")
    assert len(weeks) == WEEKS_SHOWN
    assert labels == ("open", "old")
    assert told.get((weeks[-1], "old")) is None


def test_measures_stand_in_this_weeks_order_although_earlier_weeks_come_in_the_alphabets():
    ages = ("0 to 7 days", "8 to 14 days", "15 to 28 days")
    earlier = [
        WeekMeasure(date(2026, 11, 16), name, age, Decimal(1))
        for name in ("claims", "questions")
        for age in sorted(ages)
    ]
    now = [WeekMeasure(date(2026, 11, 23), name, age, Decimal(1)) for name in ("questions", "claims") for age in ages]
    assert names((*earlier, *now)) == ("questions", "claims")
    assert grid((*earlier, *now), "questions")[1] == ages


def test_the_workbook_with_most_claims_takes_the_tabs_and_each_workbook_comes_back(tmp_path):
    review = reviews.review(tmp_path)
    small = tmp_path / "small.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["Patient no", "Owes"])
    for row in reviews.balance_rows():
        book.active.append([row["patient_id"], row["patient_due"]])
    book.save(small)
    tables = (review.week.tables[0], replace(review.week.tables[1], file="small.xlsx", sheet="Sheet"))
    moved = {"source_file": "small.xlsx", "source_sheet": "Sheet"}
    import polars as pl

    there = [pl.lit(value).alias(name) for name, value in moved.items()]
    week = replace(
        review.week, tables=tables, balances=review.week.balances.with_columns(there),
        sources=(Source(small, "small.xlsx", "xlsx", ""), *review.week.sources),
    )  # fmt: skip
    told = replace(review, week=week, balances=review.balances.with_columns(there))
    out = tmp_path / "out"
    out.mkdir()
    files = write_pack(told, out, pack_id=reviews.PACK)
    assert [path.name for path in files.files] == [
        "harbour 2026-11-23 practice pack.xlsx", "harbour 2026-11-23 practice pack 2.xlsx",
    ]  # fmt: skip
    assert "Action list" in openpyxl.load_workbook(files.main).sheetnames
    second = openpyxl.load_workbook(files.files[1])
    assert second.sheetnames == ["Sheet"]
    assert second["Sheet"]["C2"].value == "Send first statement"
    assert sorted(path.name for path in out.iterdir()) == sorted(path.name for path in files.files)


@pytest.mark.parametrize(
    ("column", "printed", "read", "said"),
    [
        ("rows", 150, 150, "Rows: the number printed in your list, 150, is how many there are."),
        ("rows", 1150, 150, "Rows: your list prints 1,150, but there are 150. Please check."),
        ("billed", 150, 150, "Billed: the total printed in your list, £150.00, is what its rows add up to."),
        ("billed", 151, 150, "Billed: your list prints £151.00, but its rows add up to £150.00. Please check."),
    ],
)
def test_a_printed_number_of_rows_is_no_money(week, column, printed, read, said):
    told = replace(
        week.week.tables[0], money={}, control_totals=(ControlTotal(column, Decimal(printed), Decimal(read)),)
    )
    assert list(added_up(told, "GBP")) == [said]


# --- pseudonyms ---------------------------------------------------------------------------------


def test_a_pseudonym_is_the_practices_own_and_stays_the_same():
    assert pseudonym("harbour", "Ada Byron") == pseudonym("harbour", "BYRON,  Ada")
    assert pseudonym("harbour", "Ada Byron") != pseudonym("elm", "Ada Byron")
    assert pseudonym("harbour", "Ada Byron") != pseudonym("harbour", "Adam Byron")


def test_a_number_in_a_sentence_has_the_code_that_its_row_has_whatever_the_case(week):
    """An account's key is written in small letters where the practice wrote capitals."""
    keys = pl.Series("account_key", [f"hb-{n}" for n in range(week.week.balances.height)])
    numbers = keys.str.to_uppercase().alias("patient_id")
    shown = replace(week.week, balances=week.week.balances.with_columns(keys, numbers))
    changed = replace(week, week=shown)
    told = without_names(changed).week.balances
    said = sentences(changed)
    assert told["account_key"].to_list() == told["patient_id"].to_list()
    assert [said(f"Account {key} owes") for key in keys] == [f"Account {code} owes" for code in told["patient_id"]]


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from(reviews.PEOPLE),
    st.sampled_from(["", "rang ", "MR "]),
    st.sampled_from(["", ".", "'s claim", ", urgent"]),
)
def test_no_name_of_the_list_stays_in_a_sentence(week, person, before, after):
    said = sentences(week)
    for text in (person, person.upper(), person.split()[-1]):
        told = said(f"{before}{text}{after}").casefold()
        assert not [word for word in person.casefold().split() if word in told]


def test_without_names_the_decisions_are_the_same(week):
    told = without_names(week)
    assert told.claims["rule"].to_list() == week.claims["rule"].to_list()
    assert told.week.claims["claim_id"].to_list() == week.week.claims["claim_id"].to_list()
    assert told.week.claims["date_of_birth"].null_count() == told.week.claims.height
    assert [one.ref for one in told.questions] == [one.ref for one in week.questions]


# --- listings -----------------------------------------------------------------------------------


def test_a_line_that_does_not_fit_its_headings_is_a_mistake():
    with pytest.raises(ValueError, match="2 values under 1 headings"):
        Listing("T", "T", (), (Field("A", 9),), (Line(("a", "b")),))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(6, 60), min_size=1, max_size=25), st.integers(0, 25))
def test_all_that_is_to_be_read_is_printed_and_what_is_filled_in_as_far_as_it_is_legible(widths, typed_from):
    fields = [Field(f"H{n}", width, typed=n >= typed_from) for n, width in enumerate(widths)]
    to_read = min(typed_from, len(widths))
    wide = printed(fields)
    assert to_read <= wide <= len(widths)
    room = WIDE_INCHES * 100 / LEAST_SCALE
    inches = [sum((width * 7 + 5) / 96 for width in widths[:count]) for count in (wide, wide + 1)]
    assert inches[0] <= room or wide == to_read
    assert inches[1] > room or wide == len(widths)


def test_every_tab_prints_one_page_wide_and_can_be_read(week):
    """No list's columns to be read are wider than a page at the least scale; the tabs are the team's and the practice's."""
    listings = [make(week) for make in (*WORKLIST, action_list, holds, statement_schedule, claim_updates, coming_up)]
    room = WIDE_INCHES * 100 / LEAST_SCALE
    for listing in listings:
        shown = listing.fields[: printed(listing.fields)]
        assert sum((field.width * 7 + 5) / 96 for field in shown) <= room * 1.02, listing.tab
    assert printed(action_list(week).fields) == len(action_list(week).fields)


def test_a_date_has_the_room_that_excel_wants_for_it(week):
    """Else Excel shows #####: the widest date of a year, an indent, and what Excel keeps free at a cell's edges."""
    widest = max(xl_pixel_width(f"{date(2026, 1, 1) + timedelta(days=n):%d %b %Y}") for n in range(365))
    indent, free = 9, 5
    for make in (*WORKLIST, action_list, holds, statement_schedule, claim_updates, coming_up):
        listing = make(week)
        dates = [field for field in listing.fields if field.kind == "date" or field.heading == "Value"]
        narrow = [field.heading for field in dates if int(field.width * 7 + 5) < widest + indent + free]
        assert narrow == [], listing.tab


def test_money_is_written_with_its_sign_and_what_is_not_known_is_said():
    assert [money(Decimal(text), "GBP") for text in ("1234.5", "-20")] == ["£1,234.50", "-£20.00"]
    assert money(None, "GBP") == "amount not known"
    assert money(Decimal(3), None) == "3.00"


def test_a_new_practice_has_a_tab_of_what_to_settle_and_none_from_the_second_week(week):
    assert getting_started(week) is None
    lacking = pl.lit("missing_member_id").alias("questions")
    first = replace(week, history=History(), week=replace(week.week, claims=week.week.claims.with_columns(lacking)))
    listing = getting_started(first)
    assert listing is not None
    what = [line.values[0] for line in listing.lines]
    assert {"Your practice", "Details on claims", "Insurers"} <= set(what)
    missing = [(one.code.replace("_", " ").capitalize(), one.claims) for one in missing_details(first)]
    shown = [
        (str(line.values[1]).split(" (")[0], line.values[2])
        for line in listing.lines
        if line.values[0] == "Details on claims"
    ]
    assert shown == missing
    money = [line.values[3] for line in listing.lines if line.values[0] == "Insurers"]
    assert money == [amount for _, _, amount in unconfirmed_insurers(first)]
