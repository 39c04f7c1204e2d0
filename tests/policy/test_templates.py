"""The template workbooks: made from the code, read back as what they say, pleasant and safe to fill in."""

from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from billingkit import policy, terms
from billingkit.columns import BALANCES, CLAIMS
from billingkit.policy import sheets
from billingkit.policy.agreement import ColumnHeading, IdRule, Insurer, SourceNote, StatusWord, Wording
from billingkit.policy.settings import SETTINGS
from billingkit.problems import CannotRun
from billingkit.shipped import shipped
from billingkit.templates import policy_rows, write_policy, write_templates
from billingkit.workbook import read_template

HEADINGS = {column.heading for column in (*CLAIMS, *BALANCES)}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("templates")
    write_templates(folder)
    return folder


@pytest.mark.parametrize("name", ["policy.xlsx", "claims_and_balances.xlsx"])
def test_the_committed_template_is_what_the_code_makes(made, name):
    """when this fails: python -m billingkit.templates, look at the workbook, commit it"""
    fresh, kept = (openpyxl.load_workbook(folder / name) for folder in (made, shipped("workbook_templates")))
    assert fresh.sheetnames == kept.sheetnames
    for tab in fresh.sheetnames:
        cells = [[[cell.value for cell in row] for row in book[tab].iter_rows()] for book in (fresh, kept)]
        assert cells[0] == cells[1], tab


def test_writing_a_template_twice_gives_the_same_bytes(made, tmp_path):
    write_templates(tmp_path)
    for name in ("policy.xlsx", "claims_and_balances.xlsx"):
        assert (tmp_path / name).read_bytes() == (made / name).read_bytes()


def test_the_template_is_the_shipped_agreement_without_its_plain_words(made):
    read = policy.from_rows(read_template(made / "policy.xlsx"), source="policy.xlsx")
    ours = policy.shipped()
    assert [notice.split(": ")[0] for notice in read.notices] == ["Calendar"]
    assert not read.shipped
    assert (read.practice, read.agreements, read.required) == (ours.practice, ours.agreements, ours.required)
    assert (read.attachments, read.wording, read.measures) == (ours.attachments, ours.wording, ours.measures)
    assert [one.text for one in read.guarantees] == [one.text for one in ours.guarantees]
    assert [rule.conditions for rule in read.claim_rules.rules] == [rule.conditions for rule in ours.claim_rules.rules]
    assert {one.word for one in read.status_words} == {word for word, _ in sheets.TRACKER_WORDS}


def test_every_setting_stands_beside_its_guidance_and_is_empty(made):
    book = openpyxl.load_workbook(made / "policy.xlsx")
    rows = {row[0].value: row for row in book["Practice"].iter_rows()}
    for setting in SETTINGS:
        _, value, meaning, example, blank = (cell.value for cell in rows[setting.text])
        assert value is None
        assert meaning == setting.meaning
        assert example
        assert blank


def test_condition_cells_are_text_so_that_excel_makes_no_dates_of_them(made):
    book = openpyxl.load_workbook(made / "policy.xlsx")
    for tab in ("Claim rules", "Balance rules", "Escalation rules"):
        heads = [cell.value for cell in book[tab][4]]
        first, last = heads.index("Step") + 1, heads.index("Action" if "Action" in heads else "Level")
        assert last > first
        for row in book[tab].iter_rows(min_row=5, min_col=first + 1, max_col=last):
            assert {cell.number_format for cell in row} == {"@"}


def test_closed_lists_have_drop_downs_down_to_the_rows_to_come(made):
    book = openpyxl.load_workbook(made / "policy.xlsx")
    for tab, heading in (
        ("Status words", "Status"),
        ("Column headings", "Our column"),
        ("Claim rules", "Action"),
        ("Calendar", "Kind"),
    ):
        column = [cell.value for cell in book[tab][4]].index(heading) + 1
        letter = openpyxl.utils.get_column_letter(column)
        covered = [str(rule.sqref) for rule in book[tab].data_validations.dataValidation if rule.type == "list"]
        assert any(area.startswith(f"{letter}5:{letter}") and int(area.split(letter)[-1]) >= 200 for area in covered), (
            tab
        )


def test_every_tab_is_frozen_and_fits_the_width_of_a_page(made):
    book = openpyxl.load_workbook(made / "policy.xlsx")
    for tab in sheets.ORDER:
        assert book[tab].freeze_panes == "B5"
        assert book[tab].sheet_properties.pageSetUpPr.fitToPage
        assert book[tab].page_setup.orientation == "landscape"
        assert book[tab].print_title_rows == "$4:$4"


FILLED = {
    "settings": {
        "Practice name": "Riverside",
        "Minimum balance": Decimal("25.00"),
        "Patient side": True,
        "Chase every (days)": 10,
    },
    "agreements": {"discounts": False, "Who approves an appeal before it goes to the insurer?": "Dr Ana"},
    "agreed": ("Sue", date(2026, 11, 1)),
    "insurers": [
        Insurer(
            "Vitalis",
            ("VD", "Vitalis Dental, Inc."),
            "portal",
            14,
            None,
            180,
            None,
            90,
            "their guide",
            date(2026, 10, 1),
        )
    ],
    "status_words": [StatusWord("Rcvd", "received"), StatusWord("*", "paid_short", "Amount")],
    "column_headings": [ColumnHeading("Appt date", "service_date")],
    "sources": [SourceNote("Debtors", "balances", None, "negative", ".", "day first", True, "pasted on Fridays")],
    "ids": [IdRule("member_id", 8, False)],
    "wording": [Wording("complain", "complaint", "claim too", ("no complaints", "complained 2019"))],
    "country": "GB",
    "region": "SCT",
    "years": (2026, 2027),
    "closures": [(date(2026, 12, 24), "Staff day")],
}


def test_what_is_filled_in_from_python_is_read_back_as_it_was_given(tmp_path):
    write_policy(tmp_path / "policy.xlsx", **FILLED)
    read = policy.from_rows(read_template(tmp_path / "policy.xlsx"), source="policy.xlsx")
    own = read.practice
    assert (own.name, own.minimum_balance, own.patient_side, own.chase_every) == (
        "Riverside",
        Decimal("25.00"),
        True,
        10,
    )
    assert (own.country, own.region) == ("GB", "SCT")
    answers = {one.key: (one.answer, one.agreed_by, one.agreed_on) for one in read.agreements if one.answer}
    assert answers == {
        "discounts": ("no", "Sue", date(2026, 11, 1)),
        "who_approves": ("Dr Ana", "Sue", date(2026, 11, 1)),
    }
    assert list(read.insurers) == FILLED["insurers"]
    assert list(read.status_words[:2]) == FILLED["status_words"]
    assert list(read.column_headings) == FILLED["column_headings"]
    assert list(read.sources) == FILLED["sources"]
    assert list(read.ids) == FILLED["ids"]
    assert list(read.wording[:1]) == FILLED["wording"]
    assert read.calendar.years == frozenset({2026, 2027})
    assert dict(read.calendar.closures)[date(2026, 11, 30)] == "Saint Andrew's Day"
    assert dict(read.calendar.closures)[date(2026, 12, 24)] == "Staff day"


def test_the_file_and_its_rows_say_the_same(tmp_path):
    write_policy(tmp_path / "policy.xlsx", **FILLED)
    from_file = policy.from_rows(read_template(tmp_path / "policy.xlsx"), source="policy.xlsx")
    assert from_file.hash == policy.from_rows(policy_rows(**FILLED), source="rows").hash


def test_a_proposed_word_without_a_meaning_waits_for_the_practice_and_is_named():
    errors, remarks = policy.faults(policy_rows(status_words=[StatusWord("Qry", "")]))
    assert errors == ()
    assert remarks[0].startswith('Status words!B2: What "Qry" means is not settled, so rows with it are asked.')


@pytest.mark.parametrize(
    ("country", "region", "said"),
    [("ZZ", None, "No bank holidays are known for the country"), ("GB", "Wessex", "not a region of GB.*ENG")],
)
def test_an_unknown_country_or_region_is_refused_in_words(country, region, said):
    with pytest.raises(CannotRun, match=said):
        policy_rows(country=country, region=region, years=(2026,))


def test_a_misspelt_setting_or_question_is_an_error_for_whoever_fills_in():
    with pytest.raises(KeyError, match="not a setting"):
        policy_rows(settings={"Practise name": "x"})
    with pytest.raises(KeyError, match="not a question"):
        policy_rows(agreements={"free_cake": "yes"})


def test_the_tracker_uses_our_headings_and_words_that_mean_one_thing(made):
    book = openpyxl.load_workbook(made / "claims_and_balances.xlsx")
    for tab, least in (
        ("Claims", {"Claim number", "Date of service", "Insurer", "Status", "Billed", "Outstanding"}),
        ("Balances", {"Patient number", "Balance", "Patient due"}),
    ):
        heads = [cell.value for cell in book[tab][4]]
        assert set(heads) <= HEADINGS
        assert least <= set(heads)
        assert all(cell.comment for cell in book[tab][4])
    assert {status for _, status in sheets.TRACKER_WORDS} == set(terms.STATUS_WORDS)
    assert len({word for word, _ in sheets.TRACKER_WORDS}) == len(sheets.TRACKER_WORDS)
