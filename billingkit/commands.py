"""The commands as functions: each gives an `Outcome`, and the command line only prints it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from billingkit.outcome import Outcome
from billingkit.policy import Insurer, Policy, shipped
from billingkit.practice import PracticeFolder, load_policy, open_practice
from billingkit.preparing import Prepared, prepare, prepare_files
from billingkit.problems import BillingkitError, BrokenPolicy, CannotRun, NothingToRead
from billingkit.run import Run, review
from billingkit.summary import tables_read
from billingkit.writing import heal

if TYPE_CHECKING:
    from billingkit.reading.propose import Proposal

AHEAD = timedelta(days=28)  # a week's due days reach this far


def new(folder: Path, *, source: Path | None, country: str | None, region: str | None, as_of: date) -> Outcome:
    """Make a practice folder from the templates; with `source`, propose its headings and status words.

    Raises:
        CannotRun: the folder already holds a policy, which is never overwritten.
    """
    from billingkit.reading.propose import propose
    from billingkit.templates import write_policy

    if (folder / "policy.xlsx").exists():
        raise CannotRun(f"{folder.name}: there is a policy.xlsx here already, and it is never overwritten.")
    if region and not country:
        raise CannotRun("A region needs its country, such as --country GB --region ENG.")
    proposed = propose([source], shipped()) if source is not None else None
    write_policy(
        folder / "policy.xlsx",
        country=country.upper() if country else None,
        region=region.upper() if region else None,
        years=(as_of.year - 1, as_of.year, as_of.year + 1),
        column_headings=proposed.column_headings if proposed else (),
        status_words=proposed.status_words if proposed else (),
        insurers=tuple(Insurer(name) for name in proposed.insurers) if proposed else (),
    )
    for room in ("inbox", "outbox", "ledger"):
        (folder / room).mkdir(exist_ok=True)
    lines = [f"{folder}: made, with policy.xlsx to fill in."]
    lines += _proposed_lines(proposed) if proposed else []
    return Outcome("\n".join(lines), {"folder": str(folder)})


def _proposed_lines(proposed: Proposal) -> list[str]:
    lines = ["", "Proposed from the workbook, for the practice to confirm, correct or strike out in policy.xlsx:"]
    lines += [f'  heading "{one.heading}" -> {one.column or "(please choose)"}' for one in proposed.column_headings]
    for one in proposed.status_words:
        place = f' under "{one.where}"' if one.word == "(any date)" else ""
        lines.append(f'  status word "{one.word}"{place} -> {one.status or "(please choose)"}')
    lines += [f'  insurer "{name}": its timeframes are not known yet' for name in proposed.insurers]
    return lines + (["", "Left out:", *(f"  {one}" for one in proposed.left_out)] if proposed.left_out else [])


def read(
    sources: Sequence[Path], *, out: Path, policy: Path | None, as_of: date, fmt: Literal["csv", "parquet"] = "csv"
) -> Outcome:
    """Write `claims`, `balances`, `problems` and `reading.json` of some workbooks.

    Raises:
        Refused, BrokenPolicy: as their sentences say; nothing is written.
    """
    from billingkit.reading import write_reading

    prepared = prepare_files(sources, as_of=as_of, policy=policy)
    write_reading(prepared.week, out, fmt)
    lines = [_table_line(table) for table in tables_read(prepared.week)]
    return Outcome(
        "\n".join([*lines, f"Written to {out}: claims, balances, problems ({fmt}) and reading.json."]),
        {"out": str(out), "claims": prepared.week.claims.height, "problems": len(prepared.week.problems)},
    )


def check(what: Path, *, policy: Path | None, as_of: date) -> Outcome:
    """Report what is wrong with a workbook, a policy or a practice's folder; write nothing."""
    if what.is_dir():
        folder = open_practice(what)
        findings = (
            _policy_findings(folder.policy_path, as_of) if folder.policy_path.exists() else ["policy.xlsx is missing."]
        )
        findings += _unused(folder, as_of)
        if folder.inbox(as_of):
            from billingkit.preparing import week_sources

            findings += _week_findings(week_sources(folder, as_of), folder.policy_path, as_of)
    elif _is_policy(what):
        findings = _policy_findings(what, as_of)
    else:
        findings = _source_findings([what], policy, as_of)
    if not findings:
        return Outcome(f"{what.name}: nothing to mend.", {"findings": []})
    noun = "finding" if len(findings) == 1 else "findings"
    listed = "\n".join(f"  {number}. {finding}" for number, finding in enumerate(findings, 1))
    return Outcome(f"{what.name}: {len(findings)} {noun}.\n{listed}", {"findings": findings}, 1)


def review_sources(
    sources: Sequence[Path],
    *,
    policy: Path | None = None,
    as_of: date,
    out: Path | None = None,
    payments_to: date | None = None,
    no_names: bool = False,
    replay: bool = False,
    ledger: str | None = None,
) -> Outcome:
    """The main job: read the week, decide every row, write the practice pack and the team worklist."""
    if len(sources) == 1 and sources[0].is_dir():
        folder = open_practice(sources[0], ledger=ledger)
        with _in(folder):
            healed = [] if replay else heal(folder)
            received = [] if replay else _receive_unseen(folder, as_of)
            prepared = prepare(
                folder,
                as_of=as_of,
                policy=load_policy(policy) if policy else None,
                replay=replay,
                payments_to=payments_to,
            )
            run = review(prepared)
            written = run.write(out or (_replay_out(folder, as_of) if replay else None), no_names=no_names)
        return _reviewed(run, written, [*healed, *received])
    if any(source.is_dir() for source in sources):
        raise CannotRun("Name either one practice's folder or the files of one practice's week, not both.")
    if replay or ledger:
        raise CannotRun("--replay and --ledger need a practice's folder: files alone have no ledger.")
    run = review(prepare_files(sources, as_of=as_of, policy=policy, payments_to=payments_to))
    return _reviewed(run, run.write(out, no_names=no_names), [])


def receive(what: Path, workbook: Path, *, as_of: date, dry_run: bool = False) -> Outcome:
    """Read a returned pack or worklist: what was taken, held, in conflict."""
    from billingkit.receiving import receive as take

    folder = open_practice(what)
    if dry_run:  # looks, and leaves no trace
        received = take(folder, workbook, as_of=as_of, dry_run=True)
    else:
        with _in(folder):
            heal(folder)
            received = take(folder, workbook, as_of=as_of)
    return Outcome(received.text(), received.data(), 1 if received.held or received.conflicts else 0)


def explain(what: Path, claim_or_account: str, *, policy: Path | None, as_of: date) -> Outcome:
    """Every rule tried for one claim or account; for an account how its balance came about."""
    run = review(_prepared(what, policy, as_of))
    text = run.explain(claim_or_account)
    return Outcome(text, {"explanation": text.splitlines()})


def history(what: Path, claim_or_account: str | None = None, *, verify: bool = False, rebuild: bool = False) -> Outcome:
    """What was asked, answered and done, by whom, from which file."""
    from billingkit.telling import tell

    return Outcome(*tell(open_practice(what), claim_or_account, verify=verify, rebuild=rebuild))


def start(what: Path, *, policy: Path | None, as_of: date) -> Outcome:
    """What a practice should settle before the first week."""
    from billingkit.starting import getting_started

    return Outcome(*getting_started(_prepared(what, policy, as_of)))


def rules(what: Path, *, as_of: date) -> Outcome:
    """The tables as they will run, with the practice's numbers and names."""
    from billingkit.policy import render

    policy = open_practice(what).policy() if what.is_dir() else load_policy(what)
    parts = render(policy)
    text = "\n\n".join(
        f"{heading}\n{'-' * len(heading)}\n" + "\n".join(_row(row) for row in rows) for heading, rows in parts
    )
    return Outcome(text, {"hash": policy.hash, "as_of": as_of.isoformat(), "sheets": [heading for heading, _ in parts]})


def rehearse(what: Path, *, new_policy: Path) -> Outcome:
    """What a new policy would change: the tables' exact difference, and the rows of saved weeks."""
    from billingkit.rehearsing import rehearse as compare

    return Outcome(*compare(open_practice(what), load_policy(new_policy)))


def _table_line(table: dict[str, Any]) -> str:
    where = table["file"] + (f', sheet "{table["sheet"]}"' if table["sheet"] else "")
    ignored = sum(table["ignored"].values())
    unread = "cannot be checked, for some amounts could not be read"
    differs = unread if table["totals unread"] else "does not match its rows"
    sums = "" if table["totals match"] else f" The printed total {differs}."
    return (
        f"{where}: {table['rows']} rows of {table['holds']} = {table['accepted']} taken"
        f" + {table['quarantined']} set aside as questions + {ignored} passed over.{sums}"
    )


def _prepared(what: Path, policy: Path | None, as_of: date) -> Prepared:
    if what.is_dir():
        return prepare(open_practice(what), as_of=as_of, policy=load_policy(policy) if policy else None)
    return prepare_files([what], as_of=as_of, policy=policy)


def _reviewed(run: Run, written: dict[str, Path], before: list[str]) -> Outcome:
    summary = run.summary
    lines = [*before, *(_table_line(table) for table in summary["tables"])]
    lines.append(
        f"{summary['questions']} questions for the practice ({summary['urgent']} urgent), "
        f"{summary['holds']} on hold, {summary['claims']} claims and {summary['balances']} balances decided.",
    )
    lines += [f"Note: {notice}" for notice in summary["notices"]]
    lines += [f"Written: {path}" for path in written.values()]
    return Outcome("\n".join(lines), {**summary, "written": {name: str(path) for name, path in written.items()}})


def _receive_unseen(folder: PracticeFolder, as_of: date) -> list[str]:
    from billingkit.receiving import receive_unseen

    return [received.text() for received in receive_unseen(folder, as_of)]


def _replay_out(folder: PracticeFolder, as_of: date) -> Path:
    return folder.path / "outbox" / f"{as_of.isoformat()} replay"


def _is_policy(path: Path) -> bool:
    if path.suffix.casefold() not in {".xlsx", ".xlsm"} or not path.is_file():
        return False
    from billingkit.workbook import read_template

    try:
        sheets = read_template(path)
    except BillingkitError:
        return False
    return "Practice" in sheets and any(name in sheets for name in ("Claim rules", "Balance rules", "Agreements"))


def _policy_findings(path: Path, as_of: date) -> list[str]:
    from billingkit.policy import faults
    from billingkit.practice import policy_sheets

    errors, warnings = faults(policy_sheets(path))
    if not errors:
        errors = _missing_years(load_policy(path), as_of)
    return [*errors, *(f"(worth a look) {warning}" for warning in warnings)]


def _missing_years(policy: Policy, as_of: date) -> tuple[str, ...]:
    """A year in use whose bank holidays are not listed, which stops a review; an empty calendar is told apart."""
    years = policy.calendar.missing_years(as_of, as_of + AHEAD) if policy.calendar.years else ()
    return tuple(
        f"Calendar: There are no bank holidays for {year}, so its working days cannot be counted. "
        "Add them, one date per row with the kind Bank holiday."
        for year in years
    )


def _unused(folder: PracticeFolder, as_of: date) -> list[str]:
    """Rules that have long decided nothing, by the ledger; nothing of a policy that cannot be read."""
    from billingkit.rules import unused

    try:
        policy = load_policy(folder.policy_path)
    except BillingkitError:
        return []
    since, hits = folder.last_hits(as_of)
    tables = (policy.claim_rules, policy.balance_rules)
    return [f"(worth a look) {one}" for table in tables for one in unused(table, hits, since, as_of)]


def _week_findings(sources: Sequence[Path], policy: Path, as_of: date) -> list[str]:
    # Under another policy than the practice's own the week would read otherwise, so it is not read at all.
    try:
        return _source_findings(sources, policy, as_of)
    except (BrokenPolicy, NothingToRead) as stopped:
        if policy.exists() and isinstance(stopped, NothingToRead):
            return [str(stopped)]
        return ["The week's files were not checked: mend policy.xlsx first, for it says how they are read."]


def _source_findings(sources: Sequence[Path], policy: Path | None, as_of: date) -> list[str]:
    prepared = prepare_files(sources, as_of=as_of, policy=policy)
    problems = [p for p in prepared.week.problems if p.severity in {"quarantined", "asked"}]
    return [f"{problem.address()}: {problem.found} {problem.ask}".strip() for problem in problems]


def _row(row: Sequence[object]) -> str:
    return "  " + " | ".join("" if cell is None else str(cell) for cell in row)


@contextmanager
def _in(folder: PracticeFolder) -> Iterator[None]:
    from billingkit.ledger import in_use_by_me

    with in_use_by_me(folder.path):
        yield
