"""Running a table: unknown data asks, dates in force, more than 64 rules, and the words of the why."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from rules.claims import DAY, claims, rule, sound

from billingkit.rules import ASK, ASK_0, decide

TABLE = sound(
    rule("CF-01", 1, status="Paid", action="None"),
    rule("CF-02", 2, status="not paid", days="< 0", action="Refer", due=1, reason="{Days to deadline} days, {amount}"),
    rule("CF-03", 3, status="Submitted, Resubmitted, Pending, Denied", contact="< 14", action="Wait"),
    rule("CF-04", 3, status="not paid", contact="14+ or none yet", amount="100+", action="Call insurer", due=2),
)


def rules(frame, table=TABLE, day=DAY):
    return decide(table, frame, day)["rule"].to_list()


def test_the_lowest_step_wins_and_missing_data_asks():
    """Status blank could be CF-01; a missing deadline could be CF-02; both ask, and neither falls through."""
    frame = claims(status=["Paid", "Denied", None, "Denied", "denied "], days=[9, -1, 9, None, 9], contact=[3])
    said = decide(TABLE, frame, DAY)
    assert said["rule"].to_list() == ["CF-01", "CF-02", ASK, ASK, "CF-03"]
    assert said["asked"].to_list() == [False, False, True, True, False]
    assert said["unknown"].to_list() == [None, None, "status", "days", None]
    assert said["possible_rules"].to_list() == [None, None, "CF-01|CF-03", "CF-02", None]
    assert said["action"].to_list() == ["None", "Refer", None, None, "Wait"]


def test_a_deadline_that_nobody_stated_is_not_far_and_not_near():
    """ "none stated" is no number: CF-02 is refused by it, and nothing asks."""
    frame = claims(status=["Denied"], days=[None], days__special=[True])
    assert rules(frame) == ["CF-03"]


def test_a_blank_that_means_none_yet_is_none_yet_unless_the_facts_tell_them_apart():
    """Last contact null -> none yet; with the companion column false -> not known, so it asks."""
    assert rules(claims(contact=[None], amount=[20000])) == ["CF-04"]
    assert rules(claims(contact=[None, None], contact__special=[True, False], amount=[20000])) == ["CF-04", ASK]


def test_a_row_no_rule_covers_is_asked_by_the_built_in_rule():
    """Contacted 14 days ago for less than 100 -> ASK-0, with all its values in the why."""
    said = decide(TABLE, claims(contact=[14]), DAY)
    assert said["rule"].to_list() == [ASK_0]
    assert said["why"][0] == (
        "ASK-0: no rule covers this; status Submitted; days to deadline 100; amount outstanding 50.00; days since last contact 14"
    )


def test_the_why_names_the_conditions_and_the_values_that_met_them():
    """One text per kind of decision, word for word."""
    frame = claims(status=["pending", "denied", "Pending"], days=[9, -3, None], contact=[-3, 20, 20], amount=[12550])
    said = decide(TABLE, frame, DAY)
    assert said["why"].to_list() == [
        "CF-03: status Pending (Submitted, Resubmitted, ...); days since last contact -3 (up to 13)",
        "CF-02: status Denied (not Paid); days to deadline -3 (under 0)",
        "ASK: days to deadline not known; could be CF-02, otherwise CF-04",
    ]
    assert said["reason"][1] == "-3 days, 125.50"


def test_money_may_come_as_decimal_or_as_hundredths():
    """100.00 and 10000 are the same amount; half a hundredth is refused."""
    cents = claims(contact=[20, 20], amount=[10000, 9999])
    money = cents.with_columns(pl.Series("amount", [Decimal("100.00"), Decimal("99.99")], dtype=pl.Decimal(18, 2)))
    assert rules(cents) == rules(money) == ["CF-04", ASK_0]
    assert decide(TABLE, cents, DAY)["why"].equals(decide(TABLE, money, DAY)["why"])
    odd = cents.with_columns(pl.Series("amount", [Decimal("99.995"), Decimal(1)], dtype=pl.Decimal(18, 3)))
    with pytest.raises(ValueError, match="two decimals"):
        decide(TABLE, odd, DAY)


def test_facts_that_the_table_cannot_take_are_refused():
    """A word in no list, a column that is not there, days as decimals."""
    with pytest.raises(ValueError, match='"Payed" is not one of its words'):
        decide(TABLE, claims(status=["Payed"]), DAY)
    with pytest.raises(ValueError, match='no column "days"'):
        decide(TABLE, claims().drop("days"), DAY)
    with pytest.raises(ValueError, match="whole numbers"):
        decide(TABLE, claims().with_columns(pl.col("days").cast(pl.Float64)), DAY)


def test_a_value_outside_a_columns_range_is_not_trusted():
    """Chased -1 times, where counts start at 0 -> asks."""
    from rules.claims import COLUMNS, HEADINGS, OUTPUTS

    from billingkit.rules import Column, parse_table

    columns = (Column("chased", "Times chased", "number", low=0), *COLUMNS[1:])
    rows = [[one.replace("Status", "Times chased") for one in HEADINGS]]
    rows += [rule("A", 1, status="up to 2", action="Wait"), rule("B", 1, status="3+", action="Hold")]
    table, _ = parse_table(rows, name="t", sheet="T", columns=columns, outputs=OUTPUTS)
    frame = claims(chased=[0, 3, -1, None], days=[1]).with_columns(pl.Series("chased", [0, 3, -1, None]))
    assert decide(table, frame, DAY)["rule"].to_list() == ["A", "B", ASK, ASK]


def test_rules_that_are_switched_off_or_not_in_force_neither_win_nor_ask():
    """CF-01 ends on 30 Nov; CF-02 starts on 1 Dec; CF-03 is off."""
    off = rule("CF-03", 1, days="up to 0", action="Refer")
    off[1] = "no"
    table = sound(
        rule("CF-01", 1, action="Wait", ends=date(2026, 11, 30)),
        rule("CF-02", 1, action="Hold", starts=date(2026, 12, 1)),
        off,
    )
    frame = claims(days=[None])
    assert [rules(frame, table, date(2026, 11, 30)), rules(frame, table, date(2026, 12, 1))] == [["CF-01"], ["CF-02"]]


def test_two_rules_of_one_step_are_never_chosen_between():
    """An overlap that slipped through asks, and names both."""
    table = sound(rule("A", 1, status="Paid", action="None"), rule("B", 1, days="up to 5", action="Refer"))
    said = decide(table, claims(status=["Paid"], days=[3]), DAY)
    assert said.select("rule", "asked", "possible_rules").row(0) == (ASK, True, "A|B")
    assert said["why"][0] == "ASK: A and B all apply, and only one may decide"


@pytest.mark.parametrize("count", [63, 64, 65, 130, 200])
def test_a_table_of_many_rules_decides_as_a_small_one(count):
    """Rule n takes the day n, of 63 to 200 rules; an unknown day could be any of them."""
    table = sound(*(rule(f"R-{day}", 1 + day % 3, days=f"{day} to {day}", action="Wait") for day in range(count)))
    said = decide(table, claims(days=[*range(count), count, None]), DAY)
    assert said["rule"].to_list() == [*(f"R-{day}" for day in range(count)), ASK_0, ASK]
    assert len(said["possible_rules"][count + 1].split("|")) == count


def test_a_table_that_collects_gives_every_rule_that_is_met():
    """Two of three categories met -> both, their outputs joined; a missing value asks and keeps what is certain."""
    table = sound(
        rule("S-1", 1, status="Denied", action="Hold"),
        rule("S-2", 1, amount="100+", action="Refer"),
        rule("S-3", 1, days="< 0", action="Hold"),
        hit="collect",
    )
    said = decide(table, claims(status=["Denied", "Denied", "Paid"], amount=[10000, 10000, 1], days=[1, None, 1]), DAY)
    assert said["rule"].to_list() == ["S-1|S-2", "S-1|S-2", None]
    assert said["action"].to_list() == ["Hold|Refer", "Hold|Refer", None]
    assert said["asked"].to_list() == [False, True, False]
    assert said["why"][0] == "S-1: status Denied (Denied); S-2: amount outstanding 100.00 (100 or more)"


def test_no_rows_give_no_decisions():
    """An empty frame -> an empty frame with every column."""
    said = decide(TABLE, claims().clear(), DAY)
    assert said.height == 0
    assert said.columns == ["rule", "step", "action", "due", "reason", "asked", "unknown", "possible_rules", "why"]


def test_where_no_rule_is_in_force_every_row_is_asked():
    """The only rule starts next year -> ASK-0, and the check says that nothing is in force."""
    table = sound(rule("A", 1, starts=date(2027, 1, 1)))
    assert rules(claims(days=[1, None]), table) == [ASK_0, ASK_0]
