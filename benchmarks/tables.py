"""A table of 40 rules over 9 columns, rows for it, and larger tables for the checks: all invented, all seeded."""

from __future__ import annotations

from datetime import date
from random import Random

import polars as pl

from billingkit.rules import Column, Output, Table, parse_table

DAY = date(2026, 11, 23)
STATUSES = tuple(f"status {letter}" for letter in "abcdefghijkl")
COLUMNS = (
    Column("hold", "On hold", "list", ("no", "patient contact", "claim too")),
    Column("status", "Status", "list", STATUSES),
    Column("missing", "Missing details", "yes/no"),
    Column("deadline", "Days to deadline", "number", unit="days", special="none stated"),
    Column("route", "Denial route", "list", ("documents", "data", "clinical", "other")),
    Column("amount", "Amount outstanding", "money"),
    Column("sent", "Days since sent", "number", unit="days"),
    Column("contact", "Days since last contact", "number", unit="days", special="none yet", blank="none yet"),
    Column("chased", "Times chased", "number", low=0),
)
OUTPUTS = (
    Output("action", "Action", "word", ("Hold", "None", "Refer", "Ask", "Wait", "Call", "Appeal", "Send")),
    Output("owner", "Owner", "word", ("practice", "team")),
    Output("due", "Due in (working days)", "number"),
    Output("reason", "Reason", "text"),
)


def forty_rules() -> Table:
    """Three steps; inside a step the rules part the rows between them."""
    cells: list[tuple[int, dict[str, str], str]] = [
        (1, {"hold": "claim too"}, "Hold"),
        (1, {"hold": "not claim too", "status": "status l"}, "None"),
        (2, {"status": "not status l", "deadline": "under 0"}, "Refer"),
        (3, {"status": "not status l", "missing": "yes"}, "Ask"),
    ]
    for place, status in enumerate(STATUSES[:3]):
        for route in ("documents or data", "clinical", "other"):
            ends = ("under 100", "100 or more") if place else ("under 250", "250 or more")
            cells += [(3, {"status": status, "missing": "no", "route": route, "amount": end}, "Appeal") for end in ends]
    for status in STATUSES[3:7]:
        plain = {"status": status, "missing": "no"}
        cells += [
            (3, {**plain, "sent": "under 0"}, "Wait"),
            (3, {**plain, "sent": "0 or more", "contact": "under 14"}, "Wait"),
            (3, {**plain, "sent": "0 or more", "contact": "14 or more or none yet", "chased": "up to 2"}, "Call"),
        ]
    cells += [
        (
            3,
            {
                "status": "status d, status e, status f, status g",
                "missing": "no",
                "sent": "0 or more",
                "contact": "14 or more or none yet",
                "chased": "3 or more",
            },
            "Call",
        )
    ]
    cells += [(3, {"status": status, "missing": "no"}, "Send") for status in STATUSES[7:11]]
    cells += [(3, {"status": "status l", "hold": "claim too"}, "None")]
    rows = [["Rule", "Active", "Step", *(one.heading for one in (*COLUMNS, *OUTPUTS))]]
    for number, (step, typed, action) in enumerate(cells, 1):
        says = [action, "team", 1 + number % 5, f"{action} by rule {number}"]
        rows.append([f"B-{number:02}", "yes", step, *(typed.get(one.name, "-") for one in COLUMNS), *says])
    table, found = parse_table(rows, name="bench", sheet="Bench", columns=COLUMNS, outputs=OUTPUTS)
    assert not found, found
    return table


def rows_for(count: int, *, blanks: float, seed: int = 7) -> pl.DataFrame:
    """Rows of facts; `blanks` is the share of missing status, deadline and amount."""
    random = Random(seed)
    some = min(count, 50_000)

    def drawn(values: list, share: float = 0.0) -> list:
        return [None if random.random() < share else random.choice(values) for _ in range(some)]

    frame = pl.DataFrame(
        {
            "hold": drawn(["no"] * 18 + ["patient contact", "claim too"]),
            "status": drawn(list(STATUSES), blanks),
            "missing": drawn(["no"] * 5 + ["yes"]),
            "deadline": drawn(list(range(-20, 400)), blanks),
            "route": drawn(["documents", "data", "clinical", "other"]),
            "amount": drawn(list(range(1000, 300_000)), blanks),
            "sent": drawn(list(range(-30, 200))),
            "contact": drawn([None, *range(90)]),
            "chased": drawn(list(range(6))),
        },
        schema_overrides={"status": pl.String, "deadline": pl.Int64, "amount": pl.Int64, "contact": pl.Int64},
    )
    picked = pl.Series(Random(seed + 1).choices(range(some), k=count), dtype=pl.UInt32)
    return frame.select(pl.all().gather(picked)) if count > some else frame


def many_rules(rules: int = 100, columns: int = 10, seed: int = 3) -> Table:
    """A sound table of many rules in three steps over many columns: random boxes, split until there are enough."""
    random = Random(seed)
    made = tuple(
        Column(f"c{place}", f"Column {place}", "number", low=0, high=100)
        if place % 2
        else Column(f"c{place}", f"Column {place}", "list", tuple("abcdefgh"))
        for place in range(columns)
    )
    boxes: list[dict[int, tuple[int, int]]] = [{}]
    while len(boxes) < rules - 10:
        box = boxes.pop(random.randrange(len(boxes)))
        place = random.randrange(columns)
        low, high = box.get(place, made[place].bounds)
        if high - low < 1:
            boxes.append(box)
            continue
        middle = random.randint(low, high - 1)
        boxes += [box | {place: (low, middle)}, box | {place: (middle + 1, high)}]
    steps = [3] * len(boxes)
    for number in range(10):
        place = random.randrange(columns)
        boxes.append(
            {1: (number * 10, number * 10 + 2), place: made[place].bounds if place == 1 else (2, 3)}
            | {1: (number * 10, number * 10 + 2)}
        )
        steps.append(1 + number % 2)
    rows = [["Rule", "Active", "Step", *(one.heading for one in made), "Action"]]
    for number, (box, step) in enumerate(zip(boxes, steps, strict=True)):
        rows.append([f"M-{number:03}", "yes", step, *(_typed(made[p], box.get(p)) for p in range(columns)), "Wait"])
    output = Output("action", "Action", "word", ("Wait",))
    table, found = parse_table(rows, name="many", sheet="Many", columns=made, outputs=[output])
    assert not found, found
    return table


def _typed(column: Column, span: tuple[int, int] | None) -> str:
    if span is None:
        return "-"
    if not column.numeric:
        return " or ".join(column.labels[span[0] : span[1] + 1])
    return f"{span[0]} to {span[1]}"
