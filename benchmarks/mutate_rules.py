"""Which slips in the starting tables the checks notice: every single-cell edit of every rule, one at a time.

    python benchmarks/mutate_rules.py [--missed]

A slip is noticed when it brings a finding that the sound table does not have. Edits that change nothing
about any row (a column that another condition already decides) are no slips and are counted apart.
Texts and notes are left out. So is who does a thing among people of one side, and a day more or less: these
are the practice's own choice, and the preview shows them before a new policy is used.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator

from billingkit import terms
from billingkit.policy import sheets
from billingkit.policy.load import CONTACTS, IDLE
from billingkit.policy.tables import SHAPES, Shape
from billingkit.rules import Finding, Guarantee, Table, check, parse_guarantees, parse_table, preview
from billingkit.rules.column import Column, Output
from billingkit.rules.condition import parse_condition

Rows = list[list[object]]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--missed", action="store_true", help="list the slips that nothing noticed")
    show = parser.parse_args().missed
    rows = {name: [list(row) for row in given] for name, given in sheets.starting_rows().items()}
    sound = {shape.name: read(shape, rows[shape.sheet])[0] for shape in SHAPES}
    guarantees, faults = parse_guarantees(rows[sheets.GUARANTEES], sheets.GUARANTEES, tuple(sound.values()))
    assert not faults, faults
    totals: Counter[tuple[str, str]] = Counter()
    missed: list[str] = []
    for shape in SHAPES:
        for kind, told, changed in edits(shape, rows[shape.sheet]):
            outcome = noticed(shape, sound[shape.name], changed, guarantees)
            totals[kind, outcome] += 1
            if outcome == "missed":
                missed.append(f"{shape.sheet}: {told}")
    report(totals)
    if show:
        print(*missed, sep="\n")


def read(shape: Shape, rows: Rows) -> tuple[Table, tuple[Finding, ...]]:
    return parse_table(
        rows, name=shape.name, sheet=shape.sheet, columns=shape.columns, outputs=shape.outputs, steps=tuple(shape.steps)
    )


def noticed(shape: Shape, sound: Table, rows: Rows, guarantees: tuple[Guarantee, ...]) -> str:
    """By which kind of check a slip is noticed; "nothing changes" or "missed" where by none."""
    table, found = read(shape, rows)
    if any(one.severity == "error" for one in found):
        return "cell"
    found = check(table, guarantees, contacts=CONTACTS, idle=IDLE)
    if found:
        return found[0].kind
    return "missed" if preview(sound, table) else "nothing changes"


def edits(shape: Shape, rows: Rows) -> Iterator[tuple[str, str, Rows]]:
    """Every slip: what kind, in words, and the sheet with it."""
    header = next(number for number, row in enumerate(rows) if "Rule" in row and "Step" in row)
    places = {heading: place for place, heading in enumerate(rows[header])}
    for number in range(header + 1, len(rows)):
        rule = rows[number][places["Rule"]]
        if not rule:
            continue
        yield "row left out", f"{rule} left out", rows[:number] + rows[number + 1 :]
        yield "row doubled", f"{rule} doubled", rows[: number + 1] + rows[number:]
        for kind, heading, typed in slips(shape, rows[number], places):
            changed = [list(row) for row in rows]
            was = changed[number][places[heading]]
            changed[number][places[heading]] = typed
            yield kind, f'{rule}, {heading}: "{was}" -> "{typed}"', changed


def slips(shape: Shape, row: list[object], places: dict[object, int]) -> Iterator[tuple[str, str, object]]:
    """What a hand may do to one row: the kind of slip, the heading, and what then stands in the cell."""
    for typed in ("no", None):
        yield "switched off", "Active", typed
    for step in (*shape.steps, None, 9):
        if not str(row[places["Step"]]).startswith(str(step)):
            yield "step", "Step", step
    for column in shape.columns:
        was = str(row[places[column.heading]] or "-")
        for typed in dict.fromkeys(condition_slips(was, column)):
            if typed != was:
                yield "condition", column.heading, typed
    for output in shape.outputs:
        said = row[places[output.heading]]
        for typed in output_slips(output, said):
            if typed != said:
                yield f"another {output.name}", output.heading, typed


def output_slips(output: Output, said: object) -> Iterator[object]:
    """Another word of the list, another level, a due date lost, ten times as far or on the wrong side of today."""
    if output.name == "owner":
        sides = [[one for one in terms.OWNERS if (one in terms.PRACTICE_SIDE) == side] for side in (True, False)]
        yield from (one for side in sides if said not in side for one in side)
        yield "nobody we know"
        yield None if said != "-" else said
    elif output.values:
        yield from (*output.values, None)
    elif output.name == "level":
        yield from (*terms.LEVELS, None)
    elif output.kind == "number":
        yield from (None, 3, "soon") if said is None else (None, 30, int(str(said)) * 20, -1, "2 weeks")


def condition_slips(was: str, column: Column) -> Iterator[object]:
    yield "-"
    yield "blank"
    yield was + "x"
    if column.numeric:
        yield from number_slips(was, column)
    else:
        yield from word_slips(was, column)


def number_slips(was: str, column: Column) -> Iterator[object]:
    """A number one off, ten times, a digit short, its sign lost; a bound turned round; a special value lost."""
    for found in re.finditer(r"-?\d[\d,]*", was):
        value = int(found[0].replace(",", ""))
        for other in (value + 1, value - 1, value + 7, value * 10, value // 10, -value):
            yield was[: found.start()] + str(other) + was[found.end() :]
    for one, other in (
        ("or more", "or less"),
        ("under ", "up to "),
        ("up to ", "over "),
        ("under ", "over "),
        ("or more", ""),
    ):
        if one in was:
            yield was.replace(one, other).strip()
    for extra in filter(None, (column.special, "blank")):
        yield was.replace(f" or {extra}", "") if extra in was else f"{was} or {extra}"
    yield from was.split(" or ")
    yield from ("30", "up to 0", "1 or more", "5 weeks", "29-14")


def word_slips(was: str, column: Column) -> Iterator[object]:
    """A word left out, one too many, another instead, and all but these."""
    words = column.labels
    try:
        condition = parse_condition(was, column)
    except ValueError:
        return
    chosen = [place for place in range(len(words)) if condition.accepts(place)] if not condition.everything else []
    for place, word in enumerate(words):
        yield word
        if chosen:
            others = [one for one in chosen if one != place] if place in chosen else [*chosen, place]
            if others:
                yield ", ".join(words[one] for one in others)
    if chosen:
        yield "not " + ", ".join(words[one] for one in chosen)


def report(totals: Counter[tuple[str, str]]) -> None:
    kinds = sorted({kind for kind, _ in totals})
    print(f"{'slip':18}{'made':>7}{'no slip':>9}{'noticed':>9}{'share':>8}")
    for title, some in [*((kind, [kind]) for kind in kinds), ("all of these", kinds)]:
        counts = Counter(how for (kind, how), n in totals.items() if kind in some for _ in range(n))
        slips_made = counts.total() - counts["nothing changes"]
        found = slips_made - counts["missed"]
        print(f"{title:18}{counts.total():7}{counts['nothing changes']:9}{found:9}{found / slips_made:8.1%}")
    by = Counter(how for (_, how), n in totals.items() for _ in range(n))
    print(
        "noticed by:",
        ", ".join(f"{how} {n}" for how, n in by.most_common() if how not in ("missed", "nothing changes")),
    )


if __name__ == "__main__":
    main()
