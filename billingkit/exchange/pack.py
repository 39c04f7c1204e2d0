"""The practice pack: the practice's own workbook, annotated on its true rows, with our tabs in front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from billingkit.exchange.beside import HEADINGS, WIDTHS, Addition, additions
from billingkit.exchange.copies import Copied, copy_books, copy_without_names
from billingkit.exchange.filing import file_name, put
from billingkit.exchange.pseudonyms import without_names
from billingkit.exchange.tabs import write_tabs
from billingkit.problems import UnsafeToPatch
from billingkit.workbook import read_book
from billingkit.workbook.collecting import no_collecting
from billingkit.workbook.column import Column, Note
from billingkit.workbook.graft import graft, look_at
from billingkit.workbook.marks import set_marks
from billingkit.workbook.package import Changes, Package, open_package, save
from billingkit.workbook.patch import patch_sheet
from billingkit.workbook.undo import remove_everything

if TYPE_CHECKING:
    from billingkit.decided import Review
    from billingkit.week import Source

IN_PLACE: Final = ("xlsx", "xlsm")
DATES: Final = ("Not before", "By when")
DATE_FORMAT: Final = "dd mmm yyyy"


@dataclass(frozen=True, slots=True)
class PackFiles:
    """What was written: the workbook with the tabs first, then the others; and what was done differently, and why."""

    main: Path
    files: tuple[Path, ...]
    said: tuple[str, ...] = ()


@dataclass(slots=True)
class _Carrier:
    """A workbook that takes our columns: the practice's own, or the new one made of its rows."""

    path: Path
    files: tuple[str, ...]  # the practice's files it carries
    added: tuple[Addition, ...]  # with the sheet names of this workbook
    said: list[str] = field(default_factory=list)
    draft: Changes | None = None  # with our columns, where they were tried already
    heard: list[str] = field(default_factory=list)  # what was said while they were added

    def annotated(self) -> Changes:
        """The workbook with our columns as a draft of its own; a draft that was tried is handed out once."""
        draft, self.draft = self.draft, None
        if draft is None:
            draft = Changes(open_package(self.path))
            self.heard = _add_columns(draft, self.added)
        return draft


@no_collecting()
def write_pack(review: Review, out_dir: Path, *, pack_id: str, no_names: bool = False, secret: str = "") -> PackFiles:
    """Write the practice pack into a folder; every workbook is whole or not there at all.

    The tabs go into the workbook with most claims. Files that cannot carry our columns become sheets of one
    new workbook with the same rows, and `Start here` says so. `secret` is what the pseudonyms hang on, where there are to be no names.

    Raises:
        OSError: the folder cannot be written to.
        Refused: a file of the week is no longer there or was changed since it was read.
    """
    told = without_names(review, secret) if no_names else review
    with TemporaryDirectory(prefix=".pack-", dir=out_dir) as hidden:
        carriers = _nameless(told, Path(hidden)) if no_names else _carriers(told, Path(hidden))
        first = _most_claims(carriers, told)
        carriers.sort(key=lambda one: one is not first)  # the others keep their order
        made_of = tuple(sentence for one in carriers for sentence in one.said)
        return _write(told, carriers, out_dir, pack_id, made_of)


def _write(
    review: Review, carriers: Sequence[_Carrier], out_dir: Path, pack_id: str, made_of: tuple[str, ...]
) -> PackFiles:
    files: list[Path] = []
    said = list(made_of)
    for place, one in enumerate(carriers, 1):
        what = "practice pack" if place == 1 else f"practice pack {place}"
        target = out_dir / file_name(review, what, one.path.suffix)
        if place > 1:
            files.append(_annotated(one, target, review, pack_id))
            continue
        try:
            files.append(_with_tabs(one, target, review, pack_id, made_of))
        except UnsafeToPatch as refusal:
            # Our columns fit beside the rows, but no tab can be added: the tabs come as a workbook of their own.
            reason = (
                f"Our tabs could not be put into your workbook, so they are a workbook of their own: {refusal.found}"
            )
            said.append(reason)
            files.append(_tabs_alone(out_dir, review, pack_id, (*made_of, reason)))
            files.append(
                _annotated(one, out_dir / file_name(review, "practice pack 1", one.path.suffix), review, pack_id)
            )
    return PackFiles(files[0], tuple(files), tuple(said))


def _with_tabs(one: _Carrier, target: Path, review: Review, pack_id: str, made_of: tuple[str, ...]) -> Path:
    changes = one.annotated()
    package = changes.package
    host = look_at(package, changes)
    if host.macros:
        made_of = (*made_of, "Your workbook has macros, so our tabs stand behind yours and not in front.")
    tabs = BytesIO()
    write_tabs(
        tabs,
        review,
        pack_id=pack_id,
        made_of=made_of,
        normal_font=host.normal_font,
        date_1904=host.date_1904,
        named=host.free_tab,
        marked=False,
    )
    graft(package, changes, tabs.getvalue(), first=not host.macros)
    return _save(package, changes, target, review, pack_id)


def _annotated(one: _Carrier, target: Path, review: Review, pack_id: str) -> Path:
    changes = one.annotated()
    return _save(changes.package, changes, target, review, pack_id)


def _save(package: Package, changes: Changes, target: Path, review: Review, pack_id: str) -> Path:
    set_marks(package, changes, {"pack": pack_id})
    return save(package, changes, target, dated=review.as_of).path


def _tabs_alone(out_dir: Path, review: Review, pack_id: str, made_of: tuple[str, ...]) -> Path:
    tabs = BytesIO()
    write_tabs(tabs, review, pack_id=pack_id, made_of=made_of)
    return put(tabs.getvalue(), out_dir / file_name(review, "practice pack"))


def _without_ours(path: Path, again: set[str], hidden: Path) -> Path:
    """A returned pack as she had it before: ours come again, and nothing of another week stays. Hers as it is otherwise."""
    package = open_package(path)
    changes = Changes(package)
    try:
        remove_everything(changes, again=again)
    except UnsafeToPatch:  # columns of hers behind ours, say: then ours are replaced where they stand
        return path
    if not changes.parts and not changes.removed:
        return path
    return save(package, changes, hidden / f"{len(list(hidden.iterdir()))}{path.suffix}").path


def _add_columns(changes: Changes, added: Sequence[Addition]) -> list[str]:
    """Our columns and notes into the draft; gives what the manager should hear about them."""
    said: list[str] = []
    for one in added:
        columns = [
            Column(
                heading,
                one.values[heading],
                width=width,
                styles=one.fills,
                number_format=DATE_FORMAT if heading in DATES else None,
            )
            for heading, width in zip(HEADINGS, WIDTHS, strict=True)
        ]
        notes = [Note(note.row, note.column, note.text) for note in one.remarks]
        done = patch_sheet(
            changes, sheet=one.sheet or "", header_row=one.header_row, columns=columns, notes=notes, beside=one.columns
        )
        said += done.said
    return said


def _carriers(review: Review, hidden: Path) -> list[_Carrier]:
    """Each workbook that can be annotated as it is, and one new workbook for all the rest."""
    added = additions(review)
    kept: list[_Carrier] = []
    copied: list[Source] = []
    said: list[str] = []
    for source in review.week.sources:
        mine = tuple(one for one in added if one.file == source.file)
        if source.kind not in IN_PLACE:
            copied.append(source)
            said.append(f"{source.file} cannot carry our columns, so its rows stand in this new workbook, all of them.")
            continue
        own = _Carrier(source.path, (source.file,), _one_per_sheet(mine))
        if reason := _unsafe(own, hidden):
            copied.append(source)
            said.append(f"{source.file} was left as it is, and its rows were copied into this new workbook: {reason}")
        else:
            own.said += [f"{source.file} came back as you sent it, with our columns beside your rows.", *own.heard]
            kept.append(own)
    return [*kept, _copy(review, hidden, copied, added, said)] if copied else kept


def _unsafe(one: _Carrier, hidden: Path) -> str:
    """Why our columns cannot be added to a workbook, or nothing; found out without writing where anybody looks."""
    try:
        one.path = _without_ours(one.path, {each.sheet or "" for each in one.added}, hidden)
        one.draft = one.annotated()
    except UnsafeToPatch as refusal:
        return refusal.found
    return ""


def _copy(
    review: Review, hidden: Path, sources: Sequence[Source], added: Sequence[Addition], said: list[str]
) -> _Carrier:
    target = BytesIO()
    copied = copy_books(target, [read_book(source.path) for source in sources], review)
    return _new(target, hidden, copied, added, said)


def _nameless(review: Review, hidden: Path) -> list[_Carrier]:
    target = BytesIO()
    copied = copy_without_names(target, review)
    said = ["Without names: patients have stable pseudonyms, and notes, birthdays and unknown columns stay behind."]
    return [_new(target, hidden, copied, additions(review), said)]


def _new(
    target: BytesIO, hidden: Path, copied: Sequence[Copied], added: Sequence[Addition], said: list[str]
) -> _Carrier:
    path = hidden / "rows.xlsx"
    path.write_bytes(target.getvalue())
    tabs = {(one.file, one.sheet): one.tab for one in copied}
    moved = [replace(one, sheet=tabs[one.file, one.sheet]) for one in added if (one.file, one.sheet) in tabs]
    return _Carrier(path, tuple(dict.fromkeys(one.file for one in copied)), _one_per_sheet(moved), said)


def _one_per_sheet(added: Sequence[Addition]) -> tuple[Addition, ...]:
    """Several tables on one sheet share our columns, headed above the first."""
    by_sheet: dict[str | None, list[Addition]] = {}
    for one in sorted(added, key=lambda one: one.header_row or 0):
        by_sheet.setdefault(one.sheet, []).append(one)
    return tuple(_joined(parts) for parts in by_sheet.values())


def _joined(parts: Sequence[Addition]) -> Addition:
    values = {heading: {row: v for one in parts for row, v in one.values[heading].items()} for heading in HEADINGS}
    fills = {row: fill for one in parts for row, fill in one.fills.items()}
    remarks = tuple(note for one in parts for note in one.remarks)
    return replace(
        parts[0],
        last_row=max(one.last_row for one in parts),
        values=values,
        fills=fills,
        remarks=remarks,
        columns=frozenset[str]().union(*(one.columns for one in parts)),
    )


def _most_claims(carriers: Sequence[_Carrier], review: Review) -> _Carrier:
    per_file = dict(review.week.claims.group_by("source_file").len().iter_rows())
    return max(carriers, key=lambda one: sum(per_file.get(file, 0) for file in one.files))
