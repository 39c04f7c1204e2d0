"""The tracker, filled in by hand, is read whole by the kit that ships it."""

from datetime import date

import openpyxl

from billingkit import policy
from billingkit.policy import sheets
from billingkit.reading import read_sources
from billingkit.shipped import shipped

CLAIM = {
    "Patient number": "0012",
    "Patient": "Marsh, Ada",
    "Date of birth": date(1980, 2, 3),
    "Insurer": "Vitalis",
    "Member number": "00000123",
    "Order of cover": "primary",
    "Policy holder": "Marsh, Ada",
    "Provider": "Dr Ilse Brandt",
    "Last sent": date(2026, 10, 1),
    "Billed": 100.5,
    "Paid": 0,
    "Outstanding": 100.5,
    "Times chased": 1,
    "Procedures": "D2740; D2950",
}
ACCOUNT = {
    "Patient": "Marsh, Ada",
    "Balance": 50,
    "Insurance pending": 0,
    "Patient due": 50,
    "Statements sent": 0,
    "Payment plan": "on track",
    "Stop flag": "no",
}


def fill(tab, number, values):
    heads = [cell.value for cell in tab[4]]
    for heading, value in values.items():
        tab.cell(5 + number, heads.index(heading) + 1, value)


def test_every_status_and_every_column_of_the_tracker_is_understood(tmp_path):
    """17 claims, one of each status, and 2 accounts -> 17 + 2 rows taken, nothing set aside, no heading unknown"""
    book = openpyxl.load_workbook(shipped("workbook_templates") / "claims_and_balances.xlsx")
    for number, (word, _) in enumerate(sheets.TRACKER_WORDS):
        served = date(2026, 9, 1 + number)
        fill(
            book["Claims"],
            number,
            {**CLAIM, "Claim number": f"C{number:03}", "Date of service": served, "Status": word},
        )
    for number in range(2):
        fill(book["Balances"], number, {**ACCOUNT, "Patient number": f"000{number}"})
    book.save(tmp_path / "tracker.xlsx")
    week = read_sources([tmp_path / "tracker.xlsx"], policy.shipped(), date(2026, 11, 23))
    counts = [(table.holds, table.rows, table.accepted, table.quarantined) for table in week.tables]
    assert counts == [("claims", 17, 17, 0), ("balances", 2, 2, 0)]
    assert not [heading for table in week.tables for heading in table.unknown_columns]
    assert week.claims["status"].to_list() == [status for _, status in sheets.TRACKER_WORDS]
    assert week.claims["member_id"].unique().to_list() == ["00000123"]
    assert week.balances["payment_plan"].to_list() == ["on track", "on track"]
