"""Other practices in other layouts: each test is one report as it comes, and the small table it should give."""

from __future__ import annotations

from datetime import date

import pytest
from reading.books import rows, week_of, week_of_text
from reading.practice import policy

from billingkit.policy.agreement import ColumnHeading, IdRule, Insurer, Practice, SourceNote, StatusWord
from billingkit.problems import AmbiguousLayout, NothingToRead
from billingkit.summary import tables_read
from billingkit.workbook.book import ErrorCell, NotCalculated, Sheet

US = Practice(date_order="month first", currency="USD")
UK = Practice(date_order="day first", currency="GBP")
DATE_SIGNS = (
    StatusWord("(any date)", "submitted", "Sent"),
    StatusWord("(any date)", "resubmitted", "Re-Sent"),
    StatusWord("(any date)", "held", "On Hold"),
    StatusWord("*", "paid_short"),
)


def words(**said):
    return tuple(StatusWord(word, status) for word, status in said.items())


def test_an_ageing_report_printed_page_by_page_with_the_insurer_in_group_lines():
    heading = [
        "P/S",
        "Service",
        "Sent",
        "Tracer",
        "On Hold",
        "Re-Sent",
        "Patient",
        "Birthday",
        "Subscriber",
        "Subscriber ID",
        "ID Number",
        "Estimate",
        "Billed",
        "Current",
        "31-60",
        "61-90",
        ">90",
    ]
    blank = [None] * 11
    week = week_of(
        {
            "Sheet1": [
                ["INSURANCE CLAIM AGING REPORT"],
                ["Date: 11/20/2026", *[None] * 7, "Page 1"],
                [],
                heading,
                ["DELTA DENTAL   (555)010-1111   Group Plan: ACME   Group #: 0012"],
                [
                    "P",
                    "10/01/2026",
                    "10/02/2026",
                    None,
                    None,
                    None,
                    "Doe, Jane",
                    "01/02/1980",
                    "Doe, Jane",
                    "W1",
                    "5001",
                    80,
                    100,
                    None,
                    "100.00",
                    None,
                    None,
                ],
                [None, "11/02/2026 left message, patient upset about the bill"],
                [
                    "S",
                    "09/01/2026",
                    "09/02/2026",
                    None,
                    "10/20/2026",
                    None,
                    "Roe, Al",
                    "01/02/1970",
                    "Roe, Al",
                    "W2",
                    "5002",
                    80,
                    100,
                    None,
                    None,
                    "60.00*",
                    None,
                ],
                ["INSURANCE CLAIM AGING REPORT"],
                ["Date: 11/20/2026", *[None] * 7, "Page 2"],
                heading,
                ["DELTA DENTAL (continued)"],
                [
                    "P",
                    "08/01/2026",
                    "08/02/2026",
                    None,
                    None,
                    "09/15/2026",
                    "Kim, Bo",
                    "01/02/1970",
                    "Kim, Bo",
                    "W3",
                    "5003",
                    80,
                    250,
                    None,
                    None,
                    None,
                    "200.00",
                ],
                [*blank, "Primary Total:", 300],
                [*blank, "Secondary Total:", 60],
                ["AETNA"],
                [
                    "P",
                    "11/01/2026",
                    None,
                    "11/05/2026",
                    "11/02/2026",
                    None,
                    "Lee, Al",
                    "01/02/1970",
                    "Lee, Al",
                    "W4",
                    "5004",
                    80,
                    150,
                    "150.00",
                    None,
                    None,
                    None,
                ],
                [*blank, "Primary Total:", 150],
                ["COMBINED TOTAL", *[None] * 11, 510],
                ["* = partially paid"],
            ]
        },
        policy(practice=US, words=DATE_SIGNS),
    )
    assert rows(
        week.claims,
        "claim_id",
        "insurer",
        "group_number",
        "coverage",
        "status",
        "submitted_date",
        "first_submitted_date",
        "outstanding",
        "source_row",
    ) == [
        ("5001", "DELTA DENTAL", "0012", "primary", "submitted", "2026-10-02", "2026-10-02", "100.00", 6),
        ("5002", "DELTA DENTAL", "0012", "secondary", "paid_short", "2026-09-02", "2026-09-02", "60.00", 8),
        ("5003", "DELTA DENTAL", "0012", "primary", "resubmitted", "2026-09-15", "2026-08-02", "200.00", 13),
        ("5004", "AETNA", "", "primary", "held", "", "", "150.00", 17),
    ]
    assert rows(week.claims, "notes", "sensitive")[0] == (
        "11/02/2026 left message, patient upset about the bill",
        "upset",
    )
    assert week.tables[0].ignored == {
        "footer": 1,
        "group heading": 3,
        "joined": 1,
        "page line": 2,
        "repeated header": 1,
        "subtotal": 3,
        "total": 1,
    }
    assert [(total.column, str(total.printed), total.matches) for total in week.tables[0].control_totals] == [
        ("outstanding", "510.00", True)
    ]


def test_aged_receivables_in_csv_without_the_patients_share(tmp_path):
    text = 'Primary Guarantor,0-30,31-60,61-90,91-120,>120,Unapplied Credits,Total,CP\n"Adams, Jo",100.00,0.00,0.00,0.00,0.00,(25.00),75.00,1\n"Bell, Ann","1,200.00",50.00,0.00,0.00,0.00,0.00,"1,250.00",0\nTotal,"1,300.00",50.00,0.00,0.00,0.00,(25.00),"1,325.00",\n'
    week = week_of_text(tmp_path, "aged.csv", text, policy(practice=US))
    assert rows(week.balances, "guarantor_name", "balance", "patient_due", "aging") == [
        ("Adams, Jo", "75.00", "", "0-30=100.00|31-60=0.00|61-90=0.00|91-120=0.00|>120=0.00"),
        ("Bell, Ann", "1250.00", "", "0-30=1200.00|31-60=50.00|61-90=0.00|91-120=0.00|>120=0.00"),
    ]
    assert "missing_insurance_pending" in {gap.code for gap in week.gaps}
    assert week.tables[0].unknown_columns == ("CP",)


def test_a_debtors_list_in_sections_with_stop_credit(tmp_path):
    heading = "Patient Code,Patient Name,Last Statement Date,Stop Credit,Total,Current,30 days,60 days,90 days\n"
    text = (
        f"Debtors List\nAs At: 20/11/2026\n\nPractice: Main\n{heading}"
        'ABC001,"ABBOT, Jo",01/10/2026,*,£50.00,£50.00,£0.00,£0.00,£0.00\nABD001,"ABDUL, Al",,,-£20.00,-£20.00,£0.00,£0.00,£0.00\nSub Total,,,,£30.00,,,,\n'
        f'Practice: Quay\n{heading}BEE001,"BEE, May",03/09/2026,,"£1,100.00",£0.00,£0.00,£0.00,"£1,100.00"\nSub Total,,,,"£1,100.00",,,,\nGrand Total,,,,"£1,131.00",,,,\n'
    )
    week = week_of_text(tmp_path, "debtors.csv", text, policy(practice=UK))
    assert rows(
        week.balances, "patient_id", "balance", "patient_due", "stop_flag", "last_statement_date", "source_row"
    ) == [
        ("ABC001", "50.00", "50.00", True, "2026-10-01", 6),
        ("ABD001", "-20.00", "-20.00", False, "", 7),
        ("BEE001", "1100.00", "1100.00", False, "2026-09-03", 11),
    ]
    (total,) = week.tables[0].control_totals
    assert (str(total.printed), str(total.read), total.matches) == ("1131.00", "1130.00", False)
    assert "1131.00" in week.warnings[0]


def test_instalment_debtors_whose_day_columns_hold_reminder_dates():
    day = date(2026, 10, 20)
    week = week_of(
        {
            "Debtors": [
                ["Manual Debtors"],
                [],
                [
                    "Responsible Party",
                    "DOB",
                    "Instal No.",
                    "Date Due",
                    "Days Over",
                    "Amount Due",
                    "Balance",
                    "1 - 30 Days",
                    "31 - 60 Days",
                    "Notes",
                ],
                ["Smith, John", date(1970, 2, 3), 1, date(2026, 10, 1), 50, 100.5, 300, day, day, "lost job in Sept"],
                ["Ng, Amy", date(1980, 2, 3), 2, date(2026, 12, 1), -11, 50, 50, None, None, None],
            ]
        },
        policy(practice=Practice(date_order="day first", currency="AUD")),
    )
    assert rows(
        week.balances, "guarantor_name", "balance", "patient_due", "oldest_due_date", "aging", "sensitive", "questions"
    ) == [
        ("Smith, John", "300.00", "100.50", "2026-10-01", "", "hardship", ""),
        ("Ng, Amy", "50.00", "0.00", "2026-12-01", "", "", ""),
    ]


def test_a_tab_separated_report_without_claim_number_or_status(tmp_path):
    text = "DOS Date\tSent Date\tPatient\tPatient DOB\tSubscriber\tCarrier\tType\tOffice\tBill\tProvider\tCharges\tEst Ins\tIns Paid\r\n10/01/2026\t10/03/2026\tDoe, Jane\t01/02/1980\tDoe, Jane\tDelta\tPRI\tMAIN\tD\tDr A\t$1,200.00\t$800.00\t$0.00\r\n09/15/2026\t09/16/2026\tRoe, Al\t05/06/1975\tRoe, Al\tAetna\tSEC\tMAIN\tDD\tDr A\t$300.00\t$240.00\t$100.00\r\n"
    week = week_of_text(tmp_path, "report.xls", text, policy(practice=US))
    assert rows(
        week.claims,
        "patient_name",
        "insurer",
        "coverage",
        "service_date",
        "billed",
        "expected",
        "paid",
        "outstanding",
        "status",
        "questions",
    ) == [
        ("Doe, Jane", "Delta", "primary", "2026-10-01", "1200.00", "800.00", "0.00", "", "", ""),
        ("Roe, Al", "Aetna", "secondary", "2026-09-15", "300.00", "240.00", "100.00", "", "", ""),
    ]
    assert {"missing_claim_id", "missing_status", "missing_outstanding"} <= {gap.code for gap in week.gaps}


def test_duplicate_headings_are_told_apart_by_their_cells():
    week = week_of(
        {
            "AR": [
                [
                    "Patient",
                    "Account",
                    "Total Bal",
                    "Exp Insurance",
                    "Total Due Now",
                    "0-30",
                    "30-60",
                    "90+",
                    "Last Pt Pmt",
                    "Last Pt Pmt",
                    "Last Kept Appt",
                ],
                ["Kim, Bo", "1001", 2500, 400, 600, 200, 400, 0, date(2026, 10, 1), 150, date(2026, 10, 5)],
                ["Lee, Al", "1002", 100, 0, 100, 100, 0, 0, None, None, None],
            ]
        },
        policy(practice=US),
    )
    assert rows(
        week.balances,
        "patient_id",
        "balance",
        "insurance_pending",
        "patient_due",
        "last_payment_date",
        "last_payment_amount",
    ) == [
        ("1001", "2500.00", "400.00", "600.00", "2026-10-01", "150.00"),
        ("1002", "100.00", "0.00", "100.00", "", ""),
    ]


def test_a_collections_csv_with_a_ghost_column(tmp_path):
    text = '"ins name","patient","DOB","ID","Policy","Group","invoice","svc date","provider","charges","adjustments","paid","balance","inactive days",\n"Delta Dental","Doe, Jane","1980-01-02","44","W123","G1","44.1001","2026-08-01","Dr A","500.00","0.00","100.00","400.00","60",\n'
    week = week_of_text(tmp_path, "collections.csv", text, policy(practice=US))
    assert rows(
        week.claims, "claim_id", "patient_id", "insurer", "member_id", "service_date", "billed", "paid", "outstanding"
    ) == [("44.1001", "44", "Delta Dental", "W123", "2026-08-01", "500.00", "100.00", "400.00")]


TRACKER = [
    "Claim no",
    "Patient",
    "Insurer",
    "Policy no",
    "Treatment date",
    "Date sent",
    "Status",
    "Claimed",
    "Paid",
    "O/S",
    "Notes",
]


def months():
    return {
        "Front": [["Practice X"], ["see the tabs"]],
        "Sep 2026": [
            ["Claims September"],
            [],
            TRACKER,
            ["C1", "Jo", "Bupa", "B1", date(2026, 9, 1), date(2026, 9, 2), "Sent", 100, 0, 100, None],
            ["C2", "Al", "Axa", "A1", date(2026, 9, 3), date(2026, 9, 4), "Sent", 200, 0, 200, None],
        ],
        "Oct 2026": [
            ["Claims October"],
            [],
            TRACKER,
            ["C1", "Jo", "Bupa", "B1", date(2026, 9, 1), date(2026, 9, 2), "Paid", 100, 100, 0, None],
            ["C3", "Di", "Axa", "A2", date(2026, 10, 3), date(2026, 10, 4), "Sent", 50, 0, 50, "husband died"],
        ],
    }


def test_month_tabs_where_the_newest_wins():
    week = week_of(
        months(),
        policy(
            practice=UK,
            words=words(Sent="submitted", Paid="paid"),
            sources=(SourceNote("book.xlsx", newest_tab_wins=True),),
        ),
    )
    assert rows(week.claims, "claim_id", "source_sheet", "status", "sensitive", "questions") == [
        ("C2", "Sep 2026", "submitted", "", ""),
        ("C1", "Oct 2026", "paid", "", ""),
        ("C3", "Oct 2026", "submitted", "bereavement", ""),
    ]
    assert week.tables[0].ignored == {"older tab": 1}


def test_month_tabs_where_nobody_said_which_wins_are_asked():
    week = week_of(months(), policy(practice=UK, words=words(Sent="submitted", Paid="paid")))
    assert sorted(rows(week.claims, "claim_id", "questions", "quarantined")) == [
        ("C1", "duplicate_claim_conflict", True),
        ("C1", "duplicate_claim_conflict", True),
        ("C2", "", False),
        ("C3", "", False),
    ]


GERMAN = 'Patientennr;Patient;Versicherung;Versichertennummer;Behandlungsdatum;Eingereicht am;Status;Rechnungsbetrag;Gezahlt;Offen\r\n0012;"Müller, Änne";Allianz;A 1;01.10.2026;03.10.2026;gesendet;1.234,56;0,00;1.234,56\r\n0013;"Groß, Jörg";AXA;A 2;05.10.2026;07.10.2026;bezahlt;99,5;99,50;0,00\r\nSumme;;;;;;;1.334,06;99,50;1.234,56\r\n'


def test_semicolons_and_decimal_commas(tmp_path):
    made = policy(
        practice=Practice(date_order="day first", currency="EUR", decimal_sign=","),
        words=words(gesendet="submitted", bezahlt="paid"),
    )
    week = week_of_text(tmp_path, "offen.csv", GERMAN, made, "cp1252")
    assert rows(week.claims, "patient_id", "patient_name", "service_date", "status", "billed", "outstanding") == [
        ("0012", "Müller, Änne", "2026-10-01", "submitted", "1234.56", "1234.56"),
        ("0013", "Groß, Jörg", "2026-10-05", "paid", "99.50", "0.00"),
    ]
    assert all(total.matches for total in week.tables[0].control_totals)


def test_the_same_file_with_nothing_declared_is_asked_and_never_guessed(tmp_path):
    week = week_of_text(tmp_path, "offen.csv", GERMAN, policy(), "cp1252")
    assert (
        rows(week.claims, "service_date", "billed", "outstanding", "status", "quarantined")
        == [("", "", "", "", True)] * 2
    )
    assert {"ambiguous_date", "unreadable_amount", "unknown_status"} <= set(
        "|".join(week.claims["questions"]).split("|")
    )


PROCEDURES = "Claim #,Patient,Carrier,Member ID,DOS,Date Sent,Claim Status,Code,Tooth,Fee,Ins Paid,Balance\nC100,Jane Doe,Delta,W1,10/01/2026,10/02/2026,Sent,D2740,14,900.00,0.00,900.00\nC100,Jane Doe,Delta,W1,10/01/2026,10/02/2026,Sent,D0220,14,30.00,0.00,30.00\nC102,Bo Kim,Aetna,W3,10/05/2026,10/06/2026,Sent,D1110,,95.00,0.00,95.00\nC102,Bo Kim,Aetna,W3,10/05/2026,10/06/2026,Sent,D0120,,95.00,0.00,95.00\n"


def test_one_row_per_procedure_where_the_practice_said_so(tmp_path):
    made = policy(
        practice=US,
        words=words(Sent="submitted"),
        sources=(SourceNote("proc.csv", holds="claims, one row per procedure"),),
    )
    week = week_of_text(tmp_path, "proc.csv", PROCEDURES, made)
    assert rows(week.claims, "claim_id", "procedure_codes", "billed", "outstanding", "source_row") == [
        ("C100", "D2740|D0220", "930.00", "930.00", 2),
        ("C102", "D1110|D0120", "190.00", "190.00", 4),
    ]
    assert week.tables[0].ignored == {"joined": 2}


def test_one_row_per_procedure_undeclared_is_joined_only_where_the_amounts_tell_the_lines_apart(tmp_path):
    week = week_of_text(tmp_path, "proc.csv", PROCEDURES, policy(practice=US, words=words(Sent="submitted")))
    assert rows(week.claims, "claim_id", "billed", "questions") == [
        ("C100", "930.00", ""),
        ("C102", "95.00", "duplicate_claim_conflict"),
        ("C102", "95.00", "duplicate_claim_conflict"),
    ]


def test_utf16_with_tabs(tmp_path):
    text = "\ufeffClaim ID\tPatient Name\tInsurance Company\tSubscriber ID\tDate of Service\tDate Filed\tStatus\tTotal Charges\tIns. Payment\tBalance Due\r\n1001\tZoë Ångström\tDelta\t00123\t2026-10-01\t2026-10-02\tOpen\t$1,000.00\t$0.00\t$1,000.00\r\n"
    week = week_of_text(tmp_path, "u.txt", text, policy(practice=US, words=words(Open="pending")), "utf-16-le")
    assert rows(week.claims, "claim_id", "patient_name", "member_id", "status", "outstanding") == [
        ("1001", "Zoë Ångström", "00123", "pending", "1000.00")
    ]


CLAIM = [
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
]


def claim(number="1", **other):
    given = dict(
        zip(
            CLAIM,
            [number, "Jo Abbot", "Delta", "W1", date(2026, 10, 1), date(2026, 10, 2), "Sent", 100, 0, 100],
            strict=True,
        )
    )
    return list((given | other).values())


def one(made=None, **cells):
    """The questions and whether a single claim is set aside, for a cell of it changed."""
    week = week_of(
        {"S": [CLAIM, claim(**cells)]}, made or policy(practice=US, words=words(Sent="submitted", Paid="paid"))
    )
    return week.claims.to_dicts()[0], week


@pytest.mark.parametrize(
    ("cells", "code", "set_aside"),
    [
        ({"Billed": "1,2.00"}, "unreadable_amount", True),
        ({"Billed": "£100.00"}, "unreadable_amount", True),
        ({"Billed": True}, "unreadable_amount", True),
        ({"Billed": ErrorCell("#REF!")}, "unreadable_amount", True),
        ({"Outstanding": NotCalculated()}, "not_calculated", True),
        ({"Billed": 10.005}, "unreadable_amount", True),
        ({"Billed": "-"}, "unreadable_amount", True),
        ({"Billed": None, "Outstanding": None, "Paid": None}, "missing_amount", True),
        ({"Outstanding": None}, "missing_outstanding", True),
        ({"Paid": 150}, "paid_exceeds_billed", True),
        ({"Date of service": 46000}, "unreadable_date", True),
        ({"Date of service": "31/12/2025"}, "unreadable_date", True),
        ({"Date of service": "13 Smarch 2026"}, "unreadable_date", True),
        ({"Date of service": date(2026, 12, 1)}, "future_date|submitted_before_service", True),
        ({"Date of service": date(2016, 11, 1)}, "old_date", True),
        ({"Date of service": None}, "missing_service_date", True),
        ({"Date sent": None}, "missing_submitted_date", True),
        ({"Date sent": "n/a"}, "missing_submitted_date", True),
        ({"Insurer": None}, "missing_insurer", True),
        ({"Status": None}, "missing_status", True),
        ({"Status": "Limbo"}, "unknown_status", True),
        ({"Claim Number": None}, "missing_claim_id", True),
        ({"Claim Number": "1.23E+17"}, "claim_id_suspect", True),
        ({"Claim Number": 1234567890123456789.0}, "claim_id_suspect", True),
        ({"Member ID": None}, "missing_member_id", False),
        ({"Member ID": None, "Status": "Paid"}, "", False),
    ],
)
def test_a_doubtful_cell_is_asked_by_name(cells, code, set_aside):
    row, week = one(**cells)
    assert (row["questions"] or "", row["quarantined"]) == (code, set_aside)
    assert all(problem.cell and problem.source_row == 2 and problem.ask for problem in week.problems)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("$1,200.50", "1200.50"),
        ("(25.00)", "-25.00"),
        ("25.00-", "-25.00"),
        ("-$25", "-25.00"),
        ("USD 25", "25.00"),
        ("$ -", "0.00"),
        ("nil", "0.00"),
        (0.1 + 0.2, "0.30"),
        ("12.5", "12.50"),
    ],
)
def test_an_amount_as_practices_print_it(cell, amount):
    assert str(one(Paid=cell)[0]["paid"]) == amount


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("10/02/2026", "2026-10-02"),
        ("2026-10-02", "2026-10-02"),
        ("2 Oct 2026", "2026-10-02"),
        ("Oct 2, 2026", "2026-10-02"),
        ("10-02-26", "2026-10-02"),
        ("Friday 2 October 2026", "2026-10-02"),
        ("2026-10-02T08:00:00", "2026-10-02"),
    ],
)
def test_a_date_as_practices_write_it(cell, day):
    row, _ = one(**{"Date sent": cell})
    assert (str(row["submitted_date"]), row["questions"]) == (day, None)


def test_a_date_that_could_swap_is_asked_where_no_order_is_declared():
    made = policy(practice=Practice(currency="USD"), words=words(Sent="submitted"))
    assert one(made, **{"Date of service": "03/04/2026"})[0]["questions"] == "ambiguous_date"
    assert str(one(made, **{"Date of service": "13/04/2026"})[0]["service_date"]) == "2026-04-13"
    assert str(one(made, **{"Date of service": "04/04/2026"})[0]["service_date"]) == "2026-04-04"


def test_equal_rows_are_kept_once_and_conflicting_ones_all_asked():
    made = policy(practice=US, words=words(Sent="submitted"))
    week = week_of({"S": [CLAIM, claim("1"), claim("1"), claim("2"), claim("2", Billed=120), claim("3")]}, made)
    assert rows(week.claims, "claim_id", "questions", "source_row") == [
        ("1", "", 2),
        ("2", "duplicate_claim_conflict", 4),
        ("2", "duplicate_claim_conflict", 5),
        ("3", "", 6),
    ]
    assert week.tables[0].ignored == {"duplicate": 1}
    assert week.claims["claim_key"].n_unique() == 4


def test_numbers_that_differ_by_leading_zeros_are_both_asked_when_one_is_a_number():
    made = policy(practice=US, words=words(Sent="submitted"))
    assert (
        rows(week_of({"S": [CLAIM, claim("007"), claim(7, Billed=200)]}, made).claims, "questions")
        == [("claim_id_suspect",)] * 2
    )
    assert rows(week_of({"S": [CLAIM, claim("007"), claim("7", Billed=200)]}, made).claims, "questions") == [("",)] * 2


def test_a_format_of_zeros_gives_lost_zeros_back_and_a_rule_asks_where_they_are_gone():
    made = policy(practice=US, words=words(Sent="submitted"), ids=(IdRule("member_id", 8, text=True),))
    sheet = Sheet(
        "S",
        hidden=False,
        rows=[
            CLAIM,
            claim("1", **{"Member ID": 1234567}),
            claim("2", **{"Member ID": 1234567}),
            claim("3", **{"Member ID": "01234567"}),
        ],
        number_formats={(2, 4): "00000000"},
    )
    assert rows(week_of({"S": sheet}, made).claims, "member_id", "questions", "quarantined") == [
        ("01234567", "", False),
        ("", "member_id_suspect", False),
        ("01234567", "", False),
    ]


def test_comments_on_a_row_are_heard_and_hidden_parts_are_noted():
    made = policy(practice=US, words=words(Sent="submitted"))
    sheet = Sheet(
        "S",
        hidden=False,
        rows=[CLAIM, claim("1"), claim("2")],
        comments={(3, 2): "SM: patient passed away\n\nReply: send nothing"},
        hidden_rows=frozenset({2}),
        hidden_columns=frozenset({4}),
    )
    week = week_of({"S": sheet, "Old": Sheet("Old", hidden=True, rows=[CLAIM, claim("9")])}, made)
    assert rows(week.claims, "claim_id", "sensitive") == [("1", ""), ("2", "bereavement")]
    assert {problem.code for problem in week.problems} == {"hidden_rows", "hidden_columns", "hidden_sheet"}
    assert [entry["taken"] for entry in week.sheets] == [True, False]


def test_insurers_are_known_by_every_way_they_are_written():
    made = policy(
        practice=US,
        words=words(Sent="submitted"),
        insurers=(Insurer("Delta Dental of CA", ("DELTA  dental-ca", "DDCA")),),
    )
    week = week_of(
        {
            "S": [
                CLAIM,
                claim("1", Insurer="Delta Dental CA"),
                claim("2", Insurer="ddca"),
                claim("3", Insurer="Other Co"),
            ]
        },
        made,
    )
    assert rows(week.claims, "insurer") == [("Delta Dental of CA",), ("Delta Dental of CA",), ("Other Co",)]


def test_the_practices_own_headings_come_first_and_where_limits_them():
    rows_ = [
        ["Aktenzeichen", "Wer", "Kasse", "Tag", "Raus am", "Stand", "Betrag"],
        ["A1", "Jo", "Delta", date(2026, 10, 1), date(2026, 10, 2), "x", 50],
    ]
    names = dict(
        zip(
            rows_[0],
            ["claim_id", "patient_name", "insurer", "service_date", "submitted_date", "status", "billed"],
            strict=True,
        )
    )
    made = policy(
        practice=US,
        words=(StatusWord("x", "pending"),),
        headings=tuple(ColumnHeading(heading, column, "S") for heading, column in names.items()),
    )
    assert rows(week_of({"S": rows_}, made).claims, "claim_id", "status", "billed") == [("A1", "pending", "50.00")]
    with pytest.raises(NothingToRead):
        week_of({"T": rows_}, made)


def test_two_headings_for_one_field_are_refused_only_where_they_differ():
    made = policy(practice=US, words=words(Sent="submitted"))
    same = [[*CLAIM, "Sent on"], [*claim(), date(2026, 10, 2)]]
    assert rows(week_of({"S": same}, made).claims, "submitted_date") == [("2026-10-02",)]
    with pytest.raises(AmbiguousLayout, match='"Date sent" and "Sent on"'):
        week_of({"S": [[*CLAIM, "Sent on"], [*claim(), date(2026, 10, 9)]]}, made)


def test_a_heading_that_may_mean_two_things_is_asked_unless_sources_say():
    heading = ["Claim Number", "Pt Name", "Insurance Co.", "DOS", "Submitted", "Status", "Amount"]
    row = ["77", "Jo", "Delta", date(2026, 10, 1), date(2026, 10, 3), "open", 60]
    asked = week_of({"S": [heading, row]}, policy(practice=US, words=words(open="pending")))
    assert rows(asked.claims, "billed", "outstanding", "questions") == [("", "", "")]
    assert [(problem.code, problem.column) for problem in asked.problems] == [("doubtful_heading", "Amount")]
    told = week_of(
        {"S": [heading, row]},
        policy(practice=US, words=words(open="pending"), sources=(SourceNote("S", amount_is="outstanding"),)),
    )
    assert rows(told.claims, "billed", "outstanding") == [("", "60.00")]


def test_a_balances_table_and_a_claims_table_on_one_sheet():
    week = week_of(
        {
            "Rota": [["Name", "Mon", "Tue"], ["Ann", "x", None]],
            "All": [
                ["Balances"],
                ["Account No", "Name", "Balance", "Ins Est", "Patient Portion"],
                ["A1", "Jo", 100, 60, 40],
                [],
                ["Outstanding claims"],
                CLAIM,
                claim("77"),
            ],
        },
        policy(practice=US, words=words(Sent="submitted")),
    )
    assert rows(week.balances, "patient_id", "balance", "patient_due", "source_row") == [("A1", "100.00", "40.00", 3)]
    assert rows(week.claims, "claim_id", "source_row") == [("77", 7)]


DEBTS = ["Account", "Name", "Balance"]


def test_a_list_beside_another_is_asked_for_and_never_mixed_into_it():
    debts = [["A1", "Ann", 10], ["A2", "Bo", 20], ["A3", "Cy", 30]]
    board = [
        ["Claims", *[None] * 10, "Balances"],
        [*CLAIM, None, *DEBTS],
        *([*claim(str(number)), None, *debt] for number, debt in enumerate(debts[:2])),
        [*[None] * 11, *debts[2]],
    ]
    week = week_of({"Board": board}, policy(practice=US, words=words(Sent="submitted")))
    assert rows(week.claims, "claim_id", "outstanding", "source_row") == [("0", "100.00", 3), ("1", "100.00", 4)]
    assert week.tables[0].ignored == {}
    (asked,) = week.problems
    assert (asked.code, asked.severity, asked.cell) == ("list_beside_another", "asked", "L2")
    assert "columns L to N, 3 rows" in week.warnings[0]


@pytest.mark.parametrize("insurers", [2, 5])
def test_a_list_of_insurers_beside_the_claims_is_set_aside_and_never_read_into_them(insurers):
    """It names insurers too, but ends where the claims do not: its names are no claim's insurer."""
    names = [[f"Insurer {number}", f"555-010{number}"] for number in range(insurers)]
    body = [
        [*(claim(str(number)) if number < 3 else [None] * 10), None, *(names[number] if number < insurers else [])]
        for number in range(max(3, insurers))
    ]
    week = week_of(
        {"S": [[*CLAIM, None, "Insurer name", "Phone"], *body]}, policy(practice=US, words=words(Sent="submitted"))
    )
    assert rows(week.claims, "claim_id", "insurer") == [(str(number), "Delta") for number in range(3)]
    (asked,) = week.problems
    assert (asked.code, asked.severity, asked.cell) == ("list_beside_another", "asked", "L1")
    assert f"a list in columns L to M, {insurers} rows" in asked.found


def test_a_field_said_twice_in_one_list_is_refused_though_a_column_lies_between():
    body = [[*claim(str(number)), None, f"Insurer {number}"] for number in range(3)]
    with pytest.raises(AmbiguousLayout, match="both mean insurer"):
        week_of({"S": [[*CLAIM, None, "Insurer name"], *body]}, policy(practice=US, words=words(Sent="submitted")))


@pytest.mark.parametrize(
    ("headings", "cells"),
    [(("Unapplied Credit", "Unapplied Credits"), (0, 40)), (("Balance", "Total Balance"), (10, 40))],
)
def test_two_amounts_for_one_field_that_a_decision_hangs_on_are_refused_and_none_is_chosen(headings, cells):
    with pytest.raises(AmbiguousLayout, match="their values differ"):
        week_of({"S": [["Account", "Name", "Amount Due", *headings], ["A1", "Ann", 60, *cells]]}, policy(practice=US))


def test_what_a_debt_falls_due_on_takes_nothing_off_it_where_the_list_is_of_no_instalments():
    body = [["Account", "Name", "Balance", "Patient Due", "Due Date"], ["A1", "Ann", 60, 60, date(2026, 12, 1)]]
    week = week_of({"S": body}, policy(practice=US))
    assert rows(week.balances, "patient_due", "oldest_due_date") == [("60.00", "2026-12-01")]


def test_two_lists_of_claims_side_by_side_are_refused_by_their_columns():
    with pytest.raises(AmbiguousLayout, match="columns A to J and L to U"):
        week_of({"S": [[*CLAIM, None, *CLAIM], [*claim("1"), None, *claim("2")]]}, policy(practice=US))


def test_a_spacer_column_inside_one_list_parts_nothing():
    heading = [*CLAIM[:1], *CLAIM[2:7], None, "Patient", *CLAIM[7:]]
    row = [cell for cell in claim("1") if cell != "Jo Abbot"]
    week = week_of({"S": [heading, [*row[:6], None, "Jo Abbot", *row[6:]]]}, policy(practice=US))
    assert rows(week.claims, "patient_name", "insurer", "outstanding") == [("Jo Abbot", "Delta", "100.00")]


@pytest.mark.parametrize("place", range(10))
def test_a_page_number_is_no_claim_whatever_column_it_stands_under(place):
    page = ["Date: 11/20/2026", *[None] * 9]
    page[place or 1] = "Page 2 of 3"
    alone = [None] * 10
    alone[place] = "Page 3"
    body = [["Claims"], ["Date: 11/20/2026"], CLAIM, claim("1"), ["Claims"], page, CLAIM, claim("2"), alone, claim("3")]
    week = week_of({"S": body}, policy(practice=US, words=words(Sent="submitted")))
    assert rows(week.claims, "claim_id", "source_row") == [("1", 4), ("2", 8), ("3", 10)]
    assert week.tables[0].ignored == {"page line": 3, "repeated header": 1}


def test_the_totals_of_sections_are_told_where_no_grand_total_stands():
    total = [*[None] * 6, "Total"]
    week = week_of(
        {"S": [CLAIM, claim("1"), [*total, 100, 0, 100], [], CLAIM, claim("2"), claim("3"), [*total, 200, 0, 201]]},
        policy(practice=US, words=words(Sent="submitted")),
    )
    assert [(one.column, str(one.printed), one.matches) for one in week.tables[0].control_totals] == [
        ("billed", "100.00", True),
        ("paid", "0.00", True),
        ("outstanding", "100.00", True),
        ("billed", "200.00", True),
        ("outstanding", "201.00", False),
    ]


def test_a_heading_wrapped_over_two_rows():
    week = week_of(
        {
            "S": [
                ["Claims"],
                ["Claim", "Patient", "Insurance", "Date of", "Date", None, "Amount", "Amount", "Balance"],
                ["No.", "Name", "Company", "Service", "Sent", "Status", "Billed", "Paid", "Due"],
                ["1", "Jo", "Delta", date(2026, 10, 1), date(2026, 10, 2), "Sent", 100, 0, 100],
            ]
        },
        policy(practice=US, words=words(Sent="submitted")),
    )
    assert rows(
        week.claims,
        "claim_id",
        "patient_name",
        "insurer",
        "service_date",
        "submitted_date",
        "billed",
        "paid",
        "outstanding",
    ) == [("1", "Jo", "Delta", "2026-10-01", "2026-10-02", "100.00", "0.00", "100.00")]
    assert week.tables[0].header_rows == (2, 3)


def test_a_footer_that_counts_the_rows_is_checked():
    made = policy(practice=US, words=words(Sent="submitted"))
    assert week_of({"S": [CLAIM, claim("1"), claim("2"), [], ["2 claims"]]}, made).warnings == ()
    assert "3" in week_of({"S": [CLAIM, claim("1"), claim("2"), [], ["3 claims"]]}, made).warnings[0]


def test_our_own_columns_and_tabs_are_left_out_of_a_workbook_that_comes_back():
    made = policy(practice=US, words=words(Sent="submitted"))
    names = {"_billingkit_1_1": "S!$K$1:$K$2", "_billingkit_tab_1": "'Claim list'!$A$1"}
    sheets = {"Claim list": [CLAIM, claim("99")], "S": [[*CLAIM, "Status"], [*claim("1"), "Held"]]}
    week = week_of(sheets, made, defined_names=names)
    assert rows(week.claims, "claim_id", "status", "questions") == [("1", "submitted", "")]
    assert [entry["taken"] for entry in week.sheets] == [False, True]


def test_a_column_that_holds_both_orders_of_dates_is_asked_unless_an_order_is_declared():
    sheet = {
        "Claims": [
            ["Claim No", "Patient", "Insurer", "DOS", "Sent", "Status", "Billed", "Outstanding"],
            [101, "Doe, Jo", "Delta", "02/28/2026", "03/14/2026", "Sent", 10, 10],
            [102, "Roe, Al", "Delta", "13/02/2026", "02/02/2026", "Sent", 20, 20],
            [103, "Kim, Bo", "Delta", date(2026, 3, 2), "2026-03-16", "Sent", 30, 30],
        ]
    }
    known = words(Sent="submitted")
    asked = week_of(sheet, policy(words=known)).claims
    assert rows(asked, "service_date", "submitted_date", "questions") == [
        ("", "2026-03-14", "ambiguous_date"),
        ("", "2026-02-02", "ambiguous_date"),
        ("2026-03-02", "2026-03-16", ""),
    ]
    told = week_of(sheet, policy(practice=US, words=known)).claims
    assert rows(told, "service_date", "questions") == [
        ("2026-02-28", ""),
        ("", "unreadable_date"),
        ("2026-03-02", ""),
    ]


def test_without_a_status_column_a_row_that_bears_no_date_of_its_way_is_asked():
    heading = ["Claim No", "Patient", "Insurer", "DOS", "Sent", "On Hold", "Billed", "Outstanding"]
    served, sent = date(2026, 9, 1), date(2026, 9, 2)
    lines = [
        [101, "Doe, Jo", "Delta", served, sent, None, 10, 10],
        [102, "Roe, Al", "Delta", served, None, sent, 20, 20],
        [103, "Kim, Bo", "Delta", served, None, None, 30, 30],
    ]
    for signs in ((), DATE_SIGNS):
        week = week_of({"Claims": [heading, *lines]}, policy(practice=US, words=signs))
        assert rows(week.claims, "questions") == [("",), ("",), ("missing_submitted_date",)]


@pytest.mark.parametrize(
    ("cells", "printed", "why"),
    [
        ([10, "20.00*", 30], 60, "1 amount could not be read, so this total cannot be checked yet."),
        ([10, "20.00", 30], 40, "The difference is exactly 1 amount stored as text, which Excel's SUM does not add."),
        ([10, "20.00", 30], 45, ""),
        ([10, 20, 30], 45, ""),
    ],
)
def test_a_total_that_differs_says_what_is_known_of_the_reason(cells, printed, why):
    heading = ["Claim No", "Patient", "Insurer", "DOS", "Sent", "Status", "Outstanding"]
    lines = [
        [101 + at, "Doe, Jo", "Delta", date(2026, 9, 1 + at), date(2026, 9, 9), "Sent", amount]
        for at, amount in enumerate(cells)
    ]
    week = week_of(
        {"Claims": [heading, *lines, ["Total", *[None] * 5, printed]]},
        policy(practice=US, words=words(Sent="submitted")),
    )
    (total,) = week.tables[0].control_totals
    assert (total.column, total.matches, total.why) == ("outstanding", False, why)
    (said,) = [one for one in week.warnings if "printed total" in one]
    assert said.endswith(why or f"its rows add up to {total.read}.")
    assert [one["totals unread"] for one in tables_read(week)] == [bool(total.unread)]


@pytest.mark.parametrize(
    ("owes_is", "accounts", "due"),
    [
        (None, ("-£50.00", "-£80.00", "£10.00"), ("", "", "")),  # a debt or a credit: nothing in the list says which
        ("negative", ("-£50.00", "-£80.00", "£10.00"), ("50.00", "80.00", "0.00")),
        (None, ("£50.00", "£90.00", "-£10.00"), ("50.00", "80.00", "0.00")),  # the first row shows the sign
    ],
)
def test_an_invoice_status_that_is_paid_or_an_amount_and_accounts_of_either_sign(tmp_path, owes_is, accounts, due):
    owed = ("£50.00", "£80.00", "£30.00")
    lines = [
        "Date,Reference,Patient,Summary,Total,Status,Patient's balance",
        "01/09/2026,1,Bo Kim,Exam,£90.00,Paid,£0.00",
    ]
    for at, (status, account) in enumerate(zip(owed, accounts, strict=True), 2):
        lines.append(f"02/09/2026,{at},Al Lee {at},Exam,£90.00,{status},{account}")
    sources = (SourceNote("invoices.csv", owes_is=owes_is),) if owes_is else ()
    week = week_of_text(tmp_path, "invoices.csv", "\n".join(lines), policy(practice=UK, sources=sources))
    asked = "" if any(due) else "missing_patient_due"
    assert rows(week.balances, "balance", "patient_due", "questions") == [
        ("0.00", "0.00", ""),
        *((amount[1:], one, asked) for amount, one in zip(owed, due, strict=True)),
    ]


def test_a_grid_in_which_every_cell_is_quoted_and_some_accounts_are_suspended(tmp_path):
    lines = [
        ("Guarantor", "Prov", "> 90 Days", "Total", "-Ins Est", "=Patient", "Last Paid", "DateTime Suspended"),
        ('Vick, Al "Will"', "D1", "0.00", "1,204.00", "204.00", "1,000.00", "9/1/2026", "01/01/0001"),
        ("Lee, Bo", "D1", "50.00", "50.00", "0.00", "50.00", "", "11/2/2026 10:15 AM"),
        ("Kim, Cy", "D1", "50.00", "70.00", "0.00", "70.00", "", ""),
    ]
    text = "\r\n".join("\t".join(f'"{cell}"' for cell in line) for line in lines)
    week = week_of_text(tmp_path, "grid.txt", text, policy(practice=US))
    assert rows(week.balances, "guarantor_name", "balance", "patient_due", "stop_flag", "questions") == [
        ('Vick, Al "Will"', "1204.00", "1000.00", False, ""),
        ("Lee, Bo", "50.00", "50.00", "", "unreadable_stop_flag"),
        ("Kim, Cy", "70.00", "70.00", False, ""),
    ]
