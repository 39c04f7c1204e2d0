"""The kit against a reference that tries every row: decisions, checks, previews, on thousands of random tables."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import polars as pl
import pytest
from rules.brute import BLANK, CALLS, DAY, SPECIAL, a_table, frame

from billingkit.rules import Guarantee, check, decide, explain, forward, parse_condition, preview

BATCHES = range(10)


def tables(batch, count=100, **how):
    for number in range(count):
        yield a_table(Random(f"{batch}/{number}"), **how)


@pytest.mark.parametrize("batch", BATCHES)
def test_every_row_is_decided_as_the_words_of_the_design_say(batch):
    """rule, doubtful rules and unknown columns, over every combination of values, missing ones included."""
    for made in tables(batch):
        points = made.points()
        said = decide(made.table, frame(made.table, points), DAY)
        for point, row in zip(points, said.iter_rows(named=True), strict=True):
            rule, doubtful, unknown = made.decision(point)
            assert row["rule"] == rule, (point, row)
            assert row["asked"] == rule.startswith("ASK")
            assert sorted((row["possible_rules"] or "").split("|")) == sorted(doubtful or ("",))
            assert (row["unknown"] or "") == "|".join(unknown)
            assert row["why"].startswith(rule)


def test_explaining_a_row_tries_every_rule_and_agrees_with_the_reference():
    """yes, no, cannot tell: for each rule of 25 random tables, on up to 10 rows each."""
    words = {True: "yes", False: "no", None: "cannot tell"}
    for made in tables("explain", 25):
        random = Random(1)
        for point in random.sample(made.points(), min(10, len(made.points()))):
            row = frame(made.table, [point]).to_dicts()[0]
            tried = {one.rule: one.verdict for one in explain(made.table, row, DAY)}
            assert tried == {rule: words[answer] for rule, answer in made.answers(point).items()}


def ordinary(made, point):
    """Whether a row's missing data is everywhere an ordinary value, because some rule names blank there."""
    return all(value != BLANK or made.named(None, name) for name, value in point.items())


@pytest.mark.parametrize("batch", BATCHES)
def test_overlaps_gaps_and_rules_that_never_fire_are_found_and_nothing_else_is(batch):
    """Each kind of finding, exactly where trying every row finds it."""
    for made in tables(batch, blanks=batch % 2 == 0):
        found = check(made.table, contacts=CALLS)
        points = made.points()
        answers = [made.answers(point) for point in points]
        steps = {rule: step for rule, step, _, _ in made.rules}
        pairs = {
            (one, other)
            for row in answers
            for one in row
            for other in row
            if one < other and steps[one] == steps[other] and row[one] and row[other]
        }
        assert {one.rules for one in found if one.kind == "overlap"} == pairs
        gap = any(
            ordinary(made, point) and not any(one is not False for one in row.values())
            for point, row in zip(points, answers, strict=True)
        )
        assert any(one.kind == "gap" for one in found) == gap
        decided = {made.decision(point)[0] for point in points}
        overlapping = {rule for pair in pairs for rule in pair}
        never = {one.rules[0] for one in found if one.kind == "never fires"}
        assert never - overlapping == set(steps) - decided - overlapping
        assert never <= set(steps) - decided
        assert not [one for one in found if one.kind == "not proven"]


@pytest.mark.parametrize("batch", BATCHES)
def test_a_guarantee_is_broken_exactly_where_some_row_breaks_it(batch):
    """When a random condition holds, the action must be one of two random words."""
    for made in tables(batch, 60):
        random = Random(batch)
        column = random.choice(made.table.columns)
        cells = [cells[column.name] for _, _, cells, _ in made.rules if not cells[column.name].everything]
        if not cells:
            continue
        when = random.choice(cells)
        actions = made.table.output("action").as_column()
        allowed = random.sample(actions.values, 2)
        must = parse_condition(" or ".join(allowed), actions)
        guarantee = Guarantee("t", {column.name: parse_condition(when.text, column)}, {"action": must}, "g")
        found = check(made.table, [guarantee])
        broken = {
            made.decision(point)[0]
            for point in made.points()
            if when.answer(point[column.name], ordinary=True) and made.action(point) not in allowed
        } - {"ASK", "ASK-0"}
        reported = {one.rules[0] for one in found if one.kind == "guarantee"}
        overlapping = {rule for one in found if one.kind == "overlap" for rule in one.rules}
        assert reported - overlapping == broken - overlapping


@pytest.mark.parametrize("batch", BATCHES)
def test_a_preview_holds_every_row_that_differs_and_no_other(batch):
    """Two versions of a table: the boxes together are the rows whose outputs differ."""
    for number in range(30):
        made = a_table(Random(f"{batch}/{number}"))
        other = changed(made, Random(f"{batch}-{number}"))
        points = made.points()
        before, after = (decide(one, frame(made.table, points), DAY) for one in (made.table, other))
        outputs = pl.struct("action", "level", "asked")
        differs = (before.select(outputs).to_series() != after.select(outputs).to_series()).to_list()
        changes = preview(made.table, other)
        for point, differ in zip(points, differs, strict=True):
            boxes = [one for one in changes if inside(one.conditions, point)]
            assert len(boxes) == differ, (point, [str(one) for one in boxes])


def changed(made, random):
    """The table with one rule taken out, and with another's conditions swapped for a third's."""
    rules = list(made.table.rules)
    place = random.randrange(len(rules))
    if random.random() < 0.3 and len(rules) > 1:
        del rules[place]
    else:
        rules[place] = replace(rules[place], conditions=random.choice(rules).conditions, step=random.choice((1, 2)))
    return replace(made.table, rules=tuple(rules))


def inside(conditions, point):
    return all(
        one.blank
        if point[name] == BLANK
        else one.special
        if point[name] == SPECIAL
        else (place_of(name, point) is not None and one.accepts(place_of(name, point)))
        for name, one in conditions.items()
    )


def place_of(name, point):
    words = {"red": 0, "green": 1, "not blue": 2, "no": 0, "yes": 1}
    return words[point[name]] if isinstance(point[name], str) else point[name]


@pytest.mark.parametrize("batch", BATCHES)
def test_missing_data_never_starts_a_contact(batch):
    """Blank any value of any row: a rule that calls or writes decides only if it did before, unless a rule names blank."""
    for made in tables(batch, blanks=False):
        for point in made.points():
            before = made.action(point)
            for name in point:
                after = made.action(point | {name: BLANK})
                assert after not in CALLS or after == before
        points = made.points()
        said = decide(made.table, frame(made.table, points), DAY, why=False)
        now = {tuple(point.values()): action for point, action in zip(points, said["action"], strict=True)}
        for point in points:
            for name in point:
                after = now[tuple((point | {name: BLANK}).values())]
                assert after not in CALLS or after == now[tuple(point.values())]


@pytest.mark.parametrize("batch", BATCHES)
def test_a_rule_that_names_blank_and_so_starts_a_contact_is_a_finding(batch):
    """Where a table names blank and has no other fault, no finding means that no blank starts a contact."""
    for made in tables(f"named/{batch}"):
        found = check(made.table, contacts=CALLS)
        if any(one.kind == "overlap" for one in found):
            continue
        starts = False
        for point in made.points():
            for name in point:
                before, after = made.decision(point)[0], made.action(point | {name: BLANK})
                decided = made.action(point) not in CALLS and not before.startswith("ASK")
                starts |= point[name] != BLANK and after in CALLS and decided
        assert any(one.kind == "blank" for one in found) == starts


@pytest.mark.parametrize("batch", range(4))
def test_the_first_day_due_is_the_day_a_day_by_day_walk_finds(batch):
    """Columns that rise or fall by one a day, special and missing values that stay, against trying each day."""
    for made in tables(f"forward/{batch}", 25):
        moves = {
            column.name: (-1) ** place for place, column in enumerate(made.table.columns) if column.kind == "number"
        }
        points = made.points()
        said = forward(made.table, frame(made.table, points), DAY, moves, 8, idle={"Wait", "Hold"})
        for point, row in zip(points, said.iter_rows(named=True), strict=True):
            assert (row["next_in_days"], row["next_rule"]) == walked(made, point, moves), point


def walked(made, point, moves):
    today = said_of(made, point)
    for day in range(1, 9):
        later = dict(point)
        for name, move in moves.items():
            column = made.table.column(name)
            if point[name] not in (BLANK, SPECIAL):
                moved = point[name] + move * day
                later[name] = moved if column.low <= moved <= column.high else BLANK
        then = said_of(made, later)
        if then != today and then not in ("Wait", "Hold"):
            return day, made.decision(later)[0]
    return None, None


def said_of(made, point):
    said = made.action(point)
    return "(ask)" if said.startswith("ASK") else said


def test_row_order_of_data_and_of_rules_changes_nothing():
    """The same rows shuffled, and the same rules shuffled, decide each row alike, why included."""
    for made in tables("order", 25):
        points = made.points()
        said = decide(made.table, frame(made.table, points), DAY)
        random = Random(3)
        order = random.sample(range(len(points)), len(points))
        shuffled = decide(made.table, frame(made.table, [points[place] for place in order]), DAY)
        assert shuffled.equals(said[order])
        rules = replace(made.table, rules=tuple(random.sample(made.table.rules, len(made.table.rules))))
        assert decide(rules, frame(made.table, points), DAY).equals(said)


def test_what_the_budget_does_not_reach_is_called_not_proven():
    """With one step allowed, whatever the full check finds is either found or said not to be proven."""
    short = 0
    for made in tables("budget", 60):
        full = {one.kind for one in check(made.table)} & {"gap", "never fires"}
        tight = {one.kind for one in check(made.table, budget=1)}
        assert full <= tight or "not proven" in tight
        short += "not proven" in tight
    assert short > 10
