"""One run: a practice's week prepared, reviewed, written out, and remembered."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import polars as pl

import billingkit
from billingkit.decided import Review
from billingkit.history import History
from billingkit.policy import Policy, shipped
from billingkit.practice import PracticeFolder, load_policy, sha256
from billingkit.private import private
from billingkit.problems import CannotRun, NothingToRead
from billingkit.terms import PRACTICE_SIDE
from billingkit.week import ControlTotal, Week

UNFINISHED: Final = ".unfinished-"


@dataclass(frozen=True, repr=False)
class Prepared:
    """Everything a review needs: the week as read, the policy, what is remembered, the as-of date."""

    week: Week
    policy: Policy
    history: History
    as_of: date
    folder: PracticeFolder | None = None
    payments_to: date | None = None
    replay: bool = False

    def __repr__(self) -> str:
        """Counts only: a notebook keeps what it prints, and a week holds patients' names."""
        counts = f"{self.week.claims.height} claims, {self.week.balances.height} balances"
        return f"<week of {self.as_of.isoformat()}: {counts}>"


@dataclass(frozen=True, repr=False)
class Run:
    """A reviewed week, with what an analyst asks of it."""

    prepared: Prepared
    review: Review
    written: dict[str, Path] = field(default_factory=dict)

    @property
    def actions(self) -> pl.DataFrame:
        """One row per claim and account: action, owner, dates, reason, rule.

        `owner` is "practice", "billing team" or "team lead"; `owner_role` and `owner_name` say who exactly.
        """
        role = pl.col("owner_role")
        practice = pl.when(role.is_in(PRACTICE_SIDE)).then(pl.lit("practice")).otherwise(role)
        rows = pl.concat([self.review.claims, self.review.balances])
        return rows.with_columns(practice.alias("owner"), pl.col("owner").alias("owner_name"))

    def explain(self, claim_or_account: str) -> str:
        """Every rule tried for one claim or account: yes, no or cannot tell, and why not today."""
        from billingkit.decisions import explain

        return explain(self.review, claim_or_account)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Counts only: what was read, decided and asked."""
        return summarise(self.review)

    def write(self, out: str | Path | None = None, *, no_names: bool = False) -> dict[str, Path]:
        """Write the practice pack and the team worklist, record the run, and say where they are."""
        return write(self, Path(out) if out else None, no_names=no_names)

    def __repr__(self) -> str:
        """Counts only, as the table that a notebook shows."""
        summary = self.summary
        counts = ", ".join(f"{summary[name]} {name}" for name in ("claims", "balances", "questions", "holds"))
        return f"<review of {summary['as_of']}: {counts}>"

    def _repr_html_(self) -> str:
        from billingkit.show.week import summary_table

        return summary_table(self.summary)


def prepare(
    folder: PracticeFolder,
    *,
    as_of: date,
    policy: Policy | None = None,
    replay: bool = False,
    payments_to: date | None = None,
) -> Prepared:
    """Read a practice folder's newest week not after the as-of date.

    Raises:
        NothingToRead: the inbox holds no week yet.
        Refused, BrokenPolicy, CannotRun: as their sentences say.
    """
    from billingkit.decisions.agreed import agreed
    from billingkit.ledger import history

    before = _place_of_last_run(folder, as_of) if replay else None
    _refuse_going_back(folder, as_of, replay=replay)
    policy = policy or (_policy_of_that_run(folder, as_of) if replay else folder.policy())
    sources = week_sources(folder, as_of)
    policy = _with_unused(policy, folder, as_of)
    known = history(folder.ledger, policy.practice.code or folder.path.name, as_of, before=before)
    policy = agreed(policy, known, as_of)
    week = _read(sources, policy, as_of)
    return Prepared(week, policy, known, as_of, folder, payments_to or known.payments_to, replay)


def _with_unused(policy: Policy, folder: PracticeFolder, as_of: date) -> Policy:
    """The policy with one sentence more where some of its rules have long decided nothing."""
    from billingkit.rules import unused

    since, hits = folder.last_hits(as_of)
    found = [one for table in (policy.claim_rules, policy.balance_rules) for one in unused(table, hits, since, as_of)]
    if not found:
        return policy
    named = ", ".join(rule for one in found for rule in one.rules)
    notice = f"These rules have decided no row for half a year: {named}. Are they still needed?"
    return replace(policy, notices=(*policy.notices, notice))


def prepare_saved(folder: PracticeFolder, *, as_of: date, policy: Policy) -> Prepared:
    """Read a saved week again under another policy, with what was remembered when it was first run."""
    from billingkit.decisions.agreed import agreed
    from billingkit.ledger import history

    known = history(folder.ledger, policy.practice.code or folder.path.name, as_of)
    policy = agreed(policy, known, as_of)
    week = _read(week_sources(folder, as_of), policy, as_of)
    return Prepared(week, policy, known, as_of, folder, known.payments_to, replay=True)


def prepare_files(
    sources: Sequence[Path],
    *,
    as_of: date,
    policy: Policy | Path | None = None,
    payments_to: date | None = None,
) -> Prepared:
    """Read workbooks that lie in no practice folder: no ledger, and the shipped policy unless one is given."""
    if isinstance(policy, Path):
        policy = load_policy(policy)
    policy = policy or shipped()
    return Prepared(_read(sources, policy, as_of), policy, History(), as_of, None, payments_to)


def review(prepared: Prepared) -> Run:
    """Decide every row of a prepared week."""
    from billingkit.decisions import review as decide

    decided = decide(
        prepared.week,
        prepared.policy,
        prepared.history,
        prepared.as_of,
        payments_to=prepared.payments_to,
    )
    return Run(prepared, decided)


def week_sources(folder: PracticeFolder, as_of: date) -> list[Path]:
    """The files of the newest inbox week: the practice's exports, or the annotated workbook she works on in.

    A returned pack beside an export holds only answers. A returned pack alone is this week's data too.
    """
    from billingkit.inbox import is_ours, is_practice_pack
    from billingkit.practice import files_in

    for week in reversed(folder.inbox(as_of)):
        files = files_in(week)
        exports = [file for file in files if not is_ours(file)]
        if exports:
            return exports
        packs = [file for file in files if is_practice_pack(file)]
        if packs:
            return packs[-1:]
    raise NothingToRead(
        f"{folder.path.name}/inbox",
        f"There is no workbook of a week up to {as_of.isoformat()}.",
        "Put what the practice sent into inbox/ in a folder named for the day, such as inbox/2026-11-23.",
    )


def write(run: Run, out: Path | None = None, *, no_names: bool = False) -> dict[str, Path]:
    """Write everything that goes out: first to a hidden folder, then the ledger, then into place.

    A crash at any step is finished or rolled back by the next run (`heal`).
    """
    folder = run.prepared.folder
    with private():
        if folder is None:
            return _write(run, out, no_names=no_names)
        from billingkit.ledger import in_use_by_me

        with in_use_by_me(folder.path):
            return _write(run, out, no_names=no_names)


def _write(run: Run, out: Path | None, *, no_names: bool) -> dict[str, Path]:
    prepared = run.prepared
    target = out or _default_out(prepared)
    secret = prepared.folder.secret() if no_names and prepared.folder is not None else ""
    number = run_id(run, no_names=no_names, secret=secret)
    hidden = target.parent / f"{UNFINISHED}{number}"
    _clean(hidden)
    hidden.mkdir(parents=True)
    try:
        _make_files(run, hidden, number, no_names=no_names, secret=secret)
        _commit(run, hidden, number)
    except BaseException:
        _clean(hidden)
        raise
    written = finish(hidden, target)
    _file_ledger(prepared)
    return written


def finish(hidden: Path, target: Path) -> dict[str, Path]:
    """Move what a run wrote into place and return each file by its name there."""
    from billingkit.exchange.filing import free
    from billingkit.workbook.package import is_open

    target.mkdir(parents=True, exist_ok=True)
    written = {}
    for file in sorted(hidden.iterdir()):
        place = target / file.name
        if is_open(place):
            place = free(place)  # a workbook that is open in Excel is never overwritten
        os.replace(file, place)  # noqa: PTH105 -- the atomic rename on every system
        written[file.name] = place
    hidden.rmdir()
    return written


def heal(folder: PracticeFolder) -> list[str]:
    """Finish or roll back what an interrupted run left, and say so in a sentence each."""
    from billingkit.ledger import write_missing

    said = []
    committed = {event.body["run"]: event.as_of for _, event in folder.ledger.of_kind("run")}
    for hidden in sorted((folder.path / "outbox").glob(f"{UNFINISHED}*")):
        name = hidden.name.removeprefix(UNFINISHED)
        if name in committed:
            finish(hidden, folder.outbox(committed[name]))
            said.append(f"The run {name} had been cut off after it was recorded: its files are now in place.")
        else:
            _clean(hidden)
            said.append(f"The run {name} had been cut off before it was recorded: what it left was cleared away.")
    if write_missing(folder.ledger, folder.ledger_files):
        said.append("A ledger file that an interrupted run had not written was written.")
    return said


def run_id(run: Run, *, no_names: bool = False, secret: str = "") -> str:
    """A name for the run made from all that went in: the same inputs give the same name."""
    from billingkit.ledger import batch_id

    prepared = run.prepared
    remembered = hashlib.sha256(repr(prepared.history).encode()).hexdigest()
    inputs = sorted(source.sha256 for source in prepared.week.sources)
    names = f"no names {hashlib.sha256(secret.encode()).hexdigest()}" if no_names else "names"
    also = [prepared.policy.hash, remembered, str(prepared.payments_to), names]
    return batch_id("review", prepared.as_of, [*inputs, *also])


def tables_read(week: Week) -> list[dict[str, Any]]:
    """The law of rows for each table of the week: rows = accepted + quarantined + ignored."""
    return [
        {
            "file": table.file,
            "sheet": table.sheet,
            "holds": table.holds,
            "rows": table.rows,
            "accepted": table.accepted,
            "quarantined": table.quarantined,
            "ignored": dict(sorted(table.ignored.items())),
            "totals match": all(total.matches for total in table.control_totals),
            "totals unread": _unread(table.control_totals),
        }
        for table in week.tables
    ]


def _unread(totals: Sequence[ControlTotal]) -> bool:
    """Whether totals differ, and every one that does lacks amounts that could not be read."""
    differing = [total for total in totals if not total.matches]
    return bool(differing) and all(total.unread for total in differing)


def summarise(review: Review) -> dict[str, Any]:
    """Counts of a review, with no patient's name: rows, decisions, questions, holds, money."""
    actions = pl.concat([review.claims, review.balances]).group_by("action").len().sort("action")
    return {
        "practice": review.policy.practice.name or review.policy.practice.code or "",
        "as_of": review.as_of.isoformat(),
        "tables": tables_read(review.week),
        "claims": review.claims.height,
        "balances": review.balances.height,
        "actions": dict(actions.iter_rows()),
        "questions": len(review.listed),
        "urgent": sum(question.priority == "Urgent" for question in review.questions),
        "holds": len(review.holds),
        "problems": len(review.week.problems),
        "notices": list(review.notices),
    }


def _read(sources: Sequence[Path], policy: Policy, as_of: date) -> Week:
    from billingkit.inbox import let_go, opened
    from billingkit.reading import read_books

    for source in sources:
        if source.is_dir():
            raise NothingToRead(source.name, "This is a folder.", "Name the workbooks of one practice's week.")
        if not source.is_file():
            raise NothingToRead(source.name, "There is no such file.", "Check the name and the folder.")
    try:
        return read_books([(source, opened(source)) for source in sources], policy, as_of)
    finally:
        let_go()


def _refuse_going_back(folder: PracticeFolder, as_of: date, *, replay: bool) -> None:
    last = max((event.as_of for _, event in folder.ledger.of_kind("run")), default=None)
    if last and as_of < last and not replay:
        raise CannotRun(
            f"{folder.path.name}: the last run was as of {last.isoformat()}, and a run cannot go back to "
            f"{as_of.isoformat()}. Check the date, or use --replay to make that week's workbook again.",
        )


def _place_of_last_run(folder: PracticeFolder, as_of: date) -> int:
    runs = [seq for seq, event in folder.ledger.of_kind("run", as_of=as_of)]
    if not runs:
        raise CannotRun(f"{folder.path.name}: there was no run as of {as_of.isoformat()} to replay.")
    return runs[-1]


def _policy_of_that_run(folder: PracticeFolder, as_of: date) -> Policy:
    _, event = folder.ledger.of_kind("run", as_of=as_of)[-1]
    return folder.accepted_policy(event.body["policy"])


def _default_out(prepared: Prepared) -> Path:
    if prepared.folder is not None:
        return prepared.folder.outbox(prepared.as_of)
    return prepared.week.sources[0].path.resolve().parent / f"review {prepared.as_of.isoformat()}"


def _make_files(run: Run, hidden: Path, number: str, *, no_names: bool, secret: str) -> None:
    from billingkit.exchange import write_pack, write_worklist
    from billingkit.exchange.letters import write_letters

    write_pack(run.review, hidden, pack_id=number, no_names=no_names, secret=secret)
    write_worklist(run.review, hidden, pack_id=number, no_names=no_names, secret=secret)
    write_letters(run.review, hidden)
    about = _about(run, number, {file.name: sha256(file) for file in sorted(hidden.iterdir())})
    (hidden / "run.json").write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _about(run: Run, number: str, outputs: dict[str, str]) -> dict[str, Any]:
    prepared = run.prepared
    summary = {name: value for name, value in run.summary.items() if name not in {"tables", "notices"}}
    return {
        "run": number,
        "billingkit": billingkit.__version__,
        "practice": prepared.policy.practice.code or "",
        "as_of": prepared.as_of.isoformat(),
        "status": "done",
        "inputs": sorted(source.sha256 for source in prepared.week.sources),
        "policy": prepared.policy.hash,
        "outputs": outputs,
        "summary": summary,
    }


def _commit(run: Run, hidden: Path, number: str) -> None:
    folder = run.prepared.folder
    if folder is None or run.prepared.replay:
        return
    from billingkit.recording import review_events

    about = json.loads((hidden / "run.json").read_text(encoding="utf-8"))
    kept = {name: about[name] for name in ("run", "inputs", "policy", "outputs")}
    folder.accept(run.prepared.policy)
    folder.ledger.add(number, "review", run.prepared.as_of, review_events(run.review, run=kept))


def _file_ledger(prepared: Prepared) -> None:
    from billingkit.ledger import write_missing

    if prepared.folder is not None and not prepared.replay:
        write_missing(prepared.folder.ledger, prepared.folder.ledger_files)


def _clean(hidden: Path) -> None:
    if hidden.exists():
        shutil.rmtree(hidden)
