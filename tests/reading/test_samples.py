"""The practices' samples against the truth beside them: nothing missing, wrong, invented or left unasked."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading.practice import TRUTH, from_about, load

from billingkit.policy.agreement import SourceNote
from billingkit.reading import read_sources

SAMPLES = Path(__file__).parent.parent / "samples"
FIELDS = (
    "claim_id",
    "patient_id",
    "insurer",
    "member_id",
    "service_date",
    "submitted_date",
    "status",
    "billed",
    "paid",
    "outstanding",
    "coverage",
)
# What the manager's answers in about.json come to on the sheet Sources.
SOURCES = {
    "P01": (SourceNote("Outstanding Insurance Claims.xls", amount_is="billed"),),
    "P02": (SourceNote("READ ME", holds="ignore"),),
    "P03": (SourceNote("INSAGING.xlsx", amount_is="outstanding"),),
    "P04": (SourceNote("invoices_2026-11-20.csv", holds="balances", owes_is="negative"),),
    "P04W2": (),
}
PRACTICES = tuple(SOURCES)


def outstanding_report(truth, folder):
    """The long report that P01's truth speaks of, in the system's own layout; the sample holds a short one."""
    kinds = {"primary": "Pri", "secondary": "Sec", "preauth": "Preauth"}
    lines = [
        "Carrier\tPhone\tType\tUser\tPatName\tDateService\tDateSent\tDateSentOrig\tTrackStat\tDateStat\tError\tAmount\tGroupNum\tSubID\t"
    ]
    claims = [claim for claim in truth["claims"] if claim["source"]["file"].endswith(".xls")]
    for claim in sorted(claims, key=lambda claim: claim["source"]["row"]):
        days = [claim[name] or "0001-01-01" for name in ("service_date", "submitted_date", "first_submitted_date")]
        dates = [f"{int(day[5:7])}/{int(day[8:])}/{day[:4]}" for day in days]
        name = f"{claim['patient_id']}-{claim['patient_last']}, {claim['patient_first']} "
        lines.append(
            "\t".join(
                [
                    claim["insurer_raw"],
                    "(555)010-3000",
                    kinds[claim["plan_order"]],
                    "",
                    name,
                    *dates,
                    claim["status_raw"] or "-",
                    "1/1/0001",
                    "-",
                    claim["billed"],
                    "",
                    claim["member_id"] or "",
                ]
            )
        )
    path = folder / "Outstanding Insurance Claims.xls"
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode())
    return path


@pytest.fixture(scope="module", params=PRACTICES)
def read(request, tmp_path_factory):
    """A practice's truth and its week as read."""
    folder = SAMPLES / request.param
    truth, about = load(folder / "truth.json"), load(folder / "about.json")
    policy, as_of = from_about(about, SOURCES[request.param])
    files = [folder / name for name in about["files"]]
    if request.param == "P01":
        report = outstanding_report(truth, tmp_path_factory.mktemp("report"))
        files = [report if path.name == report.name else path for path in files]
    return request.param, truth, read_sources(files, policy, as_of, salt="salt")


def by_source(frame):
    return {(row["source_file"], row["source_sheet"], row["source_row"]): row for row in frame.iter_rows(named=True)}


def place(one):
    return one["source"]["file"], one["source"]["sheet"], one["source"]["row"]


def said(field, claim):
    value = claim["plan_order"] if field == "coverage" else claim["insurer_raw"] if field == "insurer" else claim[field]
    return value.strip() if isinstance(value, str) else value


def got(field, row):
    value = row[field]
    if value is None:
        return None
    return TRUTH.get(value, value) if field == "status" else str(value)


def test_every_claim_is_found_on_its_row_and_no_other(read):
    _, truth, week = read
    assert set(by_source(week.claims)) == {place(claim) for claim in truth["claims"]}


@pytest.mark.parametrize("field", FIELDS)
def test_no_field_is_wrong_empty_or_invented(read, field):
    _, truth, week = read
    rows = by_source(week.claims)
    differing = [
        (place(claim)[2], said(field, claim), got(field, rows[place(claim)]))
        for claim in truth["claims"]
        if said(field, claim) != got(field, rows[place(claim)])
    ]
    assert differing == []


def test_every_question_in_the_truth_is_asked_by_its_own_code_and_no_other(read):
    _, truth, week = read
    rows = by_source(week.claims)
    asked = {
        place(claim): sorted(filter(None, (rows[place(claim)]["questions"] or "").split("|")))
        for claim in truth["claims"]
    }
    assert asked == {place(claim): sorted(claim["queries"]) for claim in truth["claims"]}


def test_sensitive_notes_are_heard_and_the_decoys_are_not(read):
    _, truth, week = read
    for frame, told in ((week.claims, truth["claims"]), (week.balances, truth["balances"])):
        rows = by_source(frame)
        heard = {place(one): bool(rows[place(one)]["sensitive"]) for one in told}
        assert heard == {place(one): bool(one["sensitive"]) for one in told}


def test_the_category_heard_is_among_those_of_the_truth(read):
    _, truth, week = read
    rows = by_source(week.claims)
    wrong = [
        (one["note"], rows[place(one)]["sensitive"])
        for one in truth["claims"]
        if one["sensitive"] and one["sensitive"] not in rows[place(one)]["sensitive"].split("|")
    ]
    assert wrong == []


def test_every_balance_is_found_with_its_amount_and_what_hangs_on_it(read):
    practice, truth, week = read
    rows = by_source(week.balances)
    assert set(rows) == {place(one) for one in truth["balances"]}
    # this system's "=Patient" is what the patient owes; the truth counts that
    amount = "patient_due" if practice == "P01" else "balance"
    for one in truth["balances"]:
        row = rows[place(one)]
        statement = row["last_statement_date"].isoformat() if row["last_statement_date"] else None
        assert (row["patient_id"], str(row[amount]), statement, bool(row["stop_flag"])) == (
            one["patient_id"],
            one["outstanding"],
            one["last_statement"],
            one["do_not_chase_flag"],
        )
        assert row["questions"] is None
        if one["buckets"] is not None:
            assert [part.rsplit("=", 1)[1] for part in row["aging"].split("|")] == one["buckets"]
        if "chase" in one:
            assert (row["patient_due"] > 0) is one["chase"]


def test_printed_totals_are_read_and_match(read):
    _, truth, week = read
    for file_or_sheet, total in truth["control_totals"].items():
        tables = [table for table in week.tables if file_or_sheet in {table.file, table.sheet}]
        printed = {str(one.printed) for table in tables for one in table.control_totals}
        assert total["printed"] in printed
        assert all(one.matches for table in tables for one in table.control_totals)


def test_ignored_rows_are_counted_by_reason(read):
    """total, subtotal, duplicate, group and note lines of the truth (banners stand above the header)."""
    names = {"group": "group heading", "note": "joined"}
    _, truth, week = read
    for file_or_sheet, counted in truth["ignored_rows"].items():
        ignored = next(table.ignored for table in week.tables if file_or_sheet in {table.file, table.sheet})
        for reason in {"total", "subtotal", "duplicate", "group", "note"} & set(counted):
            assert ignored.get(names.get(reason, reason), 0) == counted[reason], (file_or_sheet, reason)


def test_the_small_files_of_the_first_practice_read_too(tmp_path):
    folder = SAMPLES / "P01"
    policy, as_of = from_about(load(folder / "about.json"))
    grid = read_sources([folder / "grid_export.xls"], policy, as_of)
    assert (
        grid.claims.select("patient_name", "coverage", "service_date", "billed").to_dicts()[0]["patient_name"]
        == 'VICKERS, WILSON "Will"'
    )
    aging = read_sources([folder / "AGING OF ACCOUNTS RECEIVABLE REPORT.txt"], policy, as_of)
    assert [str(due) for due in aging.balances["patient_due"]] == ["0.00", "-10.00"]
    assert all(total.matches for total in aging.tables[0].control_totals)
    claims = read_sources([folder / "Outstanding Insurance Claims.txt"], policy, as_of).claims
    assert claims["coverage"].to_list() == ["secondary", "primary", "preauth", "primary", "primary"]
    twins = claims.filter(claims["questions"].fill_null("").str.contains("twin_claims"))
    assert twins["source_row"].to_list() == [3, 6]
