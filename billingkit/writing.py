"""What a run writes: the files of its folder, its record in the ledger, and what a crash left half done."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import billingkit
from billingkit.practice import PracticeFolder, sha256
from billingkit.preparing import Prepared
from billingkit.private import private

if TYPE_CHECKING:
    from billingkit.run import Run

UNFINISHED: Final = ".unfinished-"


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
