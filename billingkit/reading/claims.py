"""Claims of one table: our columns filled, and what must be asked about each row."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from billingkit.policy.agreement import Insurer, Policy
from billingkit.reading.fold import NOTHING, as_text, fold
from billingkit.reading.linekinds import BANNER, group_insurer, names_insurer
from billingkit.reading.lines import Lines
from billingkit.reading.mapping import Mapping, source_note
from billingkit.reading.people import is_self, numbered_names, part_number, same_person, whole_name
from billingkit.reading.statuses import SENT, SIGN_ORDER, decide, status_key, status_words
from billingkit.reading.values import Cellar, Column, Readers
from billingkit.terms import FINISHED
from billingkit.workbook.book import Sheet, Value

DATES: Final = (
    "date_of_birth",
    "service_date",
    "first_submitted_date",
    "submitted_date",
    "resent_date",
    "on_hold_date",
    "status_date",
    "last_contact_date",
    "insurer_deadline",
)
MONEY: Final = ("billed", "expected", "paid", "outstanding")
IDS: Final = ("claim_id", "patient_id", "member_id", "group_number", "insurer_claim_number")
TEXTS: Final = (
    "patient_name",
    "surname",
    "forename",
    "insurer",
    "coverage",
    "subscriber_name",
    "relationship",
    "provider",
    "status",
    "procedure_codes",
    "tooth",
    "insurer_request",
    "reason_codes",
    "attachments",
)
REQUIRED: Final = frozenset(
    {"claim_id", "service_date", "submitted_date", "insurer", "billed", "outstanding", "status"}
)
_PEOPLE: Final = frozenset({"patient_name", "surname", "patient_id", "subscriber_name"})
_TEN_YEARS: Final = 10
_MANY_ROWS: Final = 20
_COVERAGE: Final = {
    "primary": "p pri prim primary 1 1st first primaryclaim",
    "secondary": "s sec second secondary 2 2nd sec.",
    "preauth": "preauth preauthorisation preauthorization preauthorised predetermination pretreatment preestimate pd pretreatmentestimate preauthestimate predet prior priorauth estimate",
    "medical": "m med medical",
    "capitation": "cap capitation",
    "other": "o other tertiary t 3 3rd tert third",
}
COVERAGE_WORDS: Final = {word.rstrip("."): coverage for coverage, words in _COVERAGE.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing to ask about one row. `role` names the column; `stops` says that no rule may act on the row."""

    code: str
    role: str
    found: str = ""
    stops: bool = False


@dataclass(slots=True)
class Batch:
    """One table's rows as our columns (lists of one length), with the doubts about each."""

    holds: str
    mapping: Mapping
    lines: Lines
    sheet: Sheet
    file: str
    rows: list[int]
    columns: dict[str, list[Any]]
    doubts: dict[int, list[Doubt]] = field(default_factory=dict)
    gaps: dict[str, str] = field(default_factory=dict)  # code -> our column
    joined: dict[int, int] = field(default_factory=dict)  # place of a procedure line -> place of its claim
    money: dict[str, list[int]] = field(default_factory=dict)  # our column -> the places it is read from
    turned: frozenset[str] = frozenset()  # our columns whose sign is the other way round on the sheet
    cellar: Cellar | None = None

    def doubt(self, place: int, code: str, role: str, found: str = "", *, stops: bool = False) -> None:
        """Add one doubt about a row, once."""
        listed = self.doubts.setdefault(place, [])
        if not any(one.code == code and one.role == role for one in listed):
            listed.append(Doubt(code, role, found, stops))


def read_claims(mapping: Mapping, lines: Lines, sheet: Sheet, policy: Policy, file: str, as_of: date) -> Batch:
    """One table of claims as our columns, every doubtful cell left empty and asked."""
    note = source_note(policy, file, sheet.name)
    _settle_amount(mapping, note.amount_is if note else None)
    readers = Readers.of(policy, note, as_of)
    rows = lines.data
    cellar = Cellar(sheet, mapping, rows, policy, readers)
    batch = Batch("claims", mapping, lines, sheet, file, rows, {}, cellar=cellar)
    taken = _parsed(batch, cellar)
    _people(batch, taken)
    _insurers(batch, taken, policy)
    _coverage(batch, taken)
    marks = _amounts(batch, cellar, taken)
    _sendings(batch, taken)
    _status(batch, cellar, taken, marks, policy)
    _texts(batch, cellar, taken)
    _ask_missing(batch)
    _ask_impossible(batch, as_of)
    return batch


def _settle_amount(mapping: Mapping, amount_is: str | None) -> None:
    """`Amount` becomes billed or outstanding once the practice has said which."""
    said = (amount_is or "").casefold()
    if "amount" in mapping.positions and said in {"billed", "outstanding"} and said not in mapping.positions:
        position = mapping.positions.pop("amount")[0]
        mapping.positions[said] = [position]
        mapping.role_of[position] = said
        mapping.why[position] = f"the practice's Sources say the amount is {said}"
    if "amount" in mapping.positions:
        position = mapping.positions["amount"][0]
        mapping.doubtful += [(h, "billed or outstanding") for h in mapping.table.headings if h.position == position]
    if "aging" in mapping.positions and "outstanding" not in mapping.positions and said != "billed":
        for position in mapping.positions["aging"]:
            mapping.why[position] = (
                "aged columns of claims hold what is still owed" if not said else "the practice's Sources say so"
            )


def _parsed(batch: Batch, cellar: Cellar) -> dict[str, Column]:
    taken: dict[str, Column] = {}
    for role in (*DATES, *IDS, *TEXTS, "times_chased"):
        column = cellar.column(role)
        if column is None:
            continue
        taken[role] = column
        for place, wrong in column.wrong.items():
            code = {"suspect": f"{role}_suspect", "missing": f"missing_{role}"}.get(wrong, wrong)
            stops = role in REQUIRED or role == "resent_date" or wrong == "not_calculated"
            if wrong == "ambiguous_date" and role == "date_of_birth":
                continue
            batch.doubt(place, code, role, _shown(cellar.cell(role, place)), stops=stops)
    count = len(batch.rows)
    for role in (
        "claim_id",
        "patient_id",
        "member_id",
        "group_number",
        "insurer_claim_number",
        "date_of_birth",
        "service_date",
        "status_date",
        "last_contact_date",
        "insurer_deadline",
        "provider",
        "tooth",
        "insurer_request",
        "subscriber_name",
        "times_chased",
    ):
        batch.columns[role] = list(taken[role].values) if role in taken else [None] * count
    return taken


def _shown(cell: Value) -> str:
    return as_text(cell)[:40]


def _people(batch: Batch, taken: dict[str, Column]) -> None:
    count = len(batch.rows)
    names = taken["patient_name"].values if "patient_name" in taken else [None] * count
    if "patient_name" not in taken or "surname" in taken:
        parts = [taken[role].values if role in taken else [None] * count for role in ("surname", "forename")]
        joined = [whole_name(surname, forename) for surname, forename in zip(*parts, strict=True)]
        names = [name or one for name, one in zip(names, joined, strict=True)]
    if not {"patient_name", "surname", "forename"} & taken.keys() and any(batch.lines.people):
        names = [person or None for person in batch.lines.people]
    if "patient_id" not in taken and numbered_names(names):
        split = [part_number(name) for name in names]
        batch.columns["patient_id"] = [number for number, _ in split]
        names = [name for _, name in split]
    batch.columns["patient_name"] = names
    if "relationship" not in taken or "subscriber_name" not in taken:
        return
    own = {relation for relation in set(taken["relationship"].values) if is_self(relation)}
    for place, (name, holder, relation) in enumerate(
        zip(names, batch.columns["subscriber_name"], taken["relationship"].values, strict=True)
    ):
        if relation in own and name != holder and name and holder and not same_person(name, holder):
            batch.doubt(place, "policy_holder_mismatch", "subscriber_name")


def insurer_names(insurers: tuple[Insurer, ...]) -> dict[str, str]:
    """Every way an insurer is written, folded, to its own name."""
    return {fold(written): insurer.name for insurer in insurers for written in (*insurer.aliases, insurer.name)}


def _insurers(batch: Batch, taken: dict[str, Column], policy: Policy) -> None:
    known = insurer_names(policy.insurers)
    named: list[str | None] = taken["insurer"].values if "insurer" in taken else _insurers_above(batch, taken, policy)
    seen = {
        name: (
            None if name is None or name.casefold() in NOTHING or name.strip("?") == "" else known.get(fold(name), name)
        )
        for name in set(named)
    }
    batch.columns["insurer"] = [seen[name] for name in named]


def _insurers_above(batch: Batch, taken: dict[str, Column], policy: Policy) -> list[str | None]:
    """Insurers from group headings; where there are none, the one that the banner or the tab itself names."""
    words = {status_key(row.word) for row in policy.status_words}
    known = insurer_names(policy.insurers)
    parted = {text: group_insurer(text) for text in set(batch.lines.groups)}
    # where no column names people and no heading an insurer outright, a bare one may as well be a patient's
    nameless = not _PEOPLE & batch.mapping.positions.keys() and not any(map(names_insurer, parted))
    for text, (name, _) in parted.items():
        if status_key(text) in words or (nameless and fold(name) not in known):
            parted[text] = ("", "")
    if "group_number" not in taken:
        numbers = {name: number for name, number in parted.values() if number}
        # a heading that continues on the next page does not print the number again
        batch.columns["group_number"] = [
            parted[text][1] or (numbers.get(parted[text][0]) if "cont" in text.casefold() else None) or None
            for text in batch.lines.groups
        ]
    whole = None if any(name for name, _ in parted.values()) else _insurer_of_all(batch, policy)
    return [parted[text][0] or whole for text in batch.lines.groups]


def _insurer_of_all(batch: Batch, policy: Policy) -> str | None:
    """The insurer that a banner names outright, or that the practice knows and the tab or file is named for; never two."""
    known = insurer_names(policy.insurers)
    banners = [BANNER.sub("", title).strip() for title in batch.mapping.table.titles if BANNER.match(title)]
    stem = batch.file.rsplit(".", 1)[0]
    named = [*banners, *(name for name in (batch.sheet.name or "", stem) if fold(name) in known)]
    meant = {known.get(fold(name), fold(name)) for name in named}
    return named[0] if len(meant) == 1 else None


def _coverage(batch: Batch, taken: dict[str, Column]) -> None:
    written = taken["coverage"].values if "coverage" in taken else [None] * len(batch.rows)
    batch.columns["coverage"] = [
        COVERAGE_WORDS.get(re.sub(r"[^a-z0-9]", "", word.casefold())) if word else None for word in written
    ]
    if "coverage" in taken:
        for place, (word, coverage) in enumerate(zip(written, batch.columns["coverage"], strict=True)):
            if coverage is None:
                batch.doubt(place, "missing_coverage_order", "coverage", (word or "")[:40])


def _amounts(batch: Batch, cellar: Cellar, taken: dict[str, Column]) -> dict[int, str]:
    """The money columns; gives the marks that stood on amounts."""
    marks: dict[int, str] = {}
    for role in MONEY:
        column = cellar.column(role)
        if column is None and role == "outstanding" and "aging" in batch.mapping.positions and _aged_is_owed(batch):
            column = _aged(batch, cellar)
            batch.money[role] = list(batch.mapping.positions["aging"])
        elif column is not None:
            _ask_amounts(batch, column, role, batch.mapping.at(role))
            batch.money[role] = list(batch.mapping.positions[role])
        if column is not None:
            taken[role] = column
            marks.update(column.marks)
        batch.columns[role] = list(column.values) if column is not None else [None] * len(batch.rows)
    return marks


def _ask_amounts(batch: Batch, column: Column, role: str, position: int | None) -> None:
    cells = batch.cellar.cells[position] if batch.cellar and position is not None else ()
    for place, wrong in column.wrong.items():
        if wrong != "missing":
            batch.doubt(place, wrong, role, _shown(cells[place]), stops=role in REQUIRED or wrong == "not_calculated")


def _aged_is_owed(batch: Batch) -> bool:
    return not any(
        "billed" in why for position, why in batch.mapping.why.items() if position in batch.mapping.positions["aging"]
    )


def _aged(batch: Batch, cellar: Cellar) -> Column:
    """What is owed on each claim: its aged columns together."""
    total = Column([None] * len(batch.rows))
    for position in batch.mapping.positions["aging"]:
        column = cellar.at(position, "aging")
        _ask_amounts(batch, column, "outstanding", position)
        total.wrong.update(column.wrong)
        total.marks.update(column.marks)
        for place, value in enumerate(column.values):
            if value is not None:
                total.values[place] = value if total.values[place] is None else total.values[place] + value
    for place in total.wrong:
        total.values[place] = None
    return total


def _sendings(batch: Batch, taken: dict[str, Column]) -> None:
    """The latest sending, and the first one where the layout tells them apart."""
    count = len(batch.rows)
    sent = taken["submitted_date"].values if "submitted_date" in taken else [None] * count
    first = taken["first_submitted_date"].values if "first_submitted_date" in taken else None
    latest = list(sent)
    if "resent_date" in taken:
        again = taken["resent_date"]
        latest = [max((day for day in days if day), default=None) for days in zip(sent, again.values, strict=True)]
        for place in again.wrong:
            latest[place] = None  # the last sending is not known, so neither is the day it went out
    batch.columns["submitted_date"] = latest
    if first is None:
        first = sent if "resent_date" in taken else [None] * count
    batch.columns["first_submitted_date"] = list(first)


def _status(batch: Batch, cellar: Cellar, taken: dict[str, Column], marks: dict[int, str], policy: Policy) -> None:
    words = status_words(policy, batch.mapping, batch.file, batch.sheet.name)
    written = taken["status"].values if "status" in taken else _words_above(batch, words.words)
    dated = {
        position: cellar.at(position, role).values
        for position in words.dates
        for role in [batch.mapping.role_of.get(position, "")]
        if role in DATES
    }
    if not dated and not marks:  # most layouts: the word alone decides
        known_words = {word: decide(words, word, [], "") for word in set(written)}
        decided = [known_words[word] for word in written]
        signs_of: list[tuple[tuple[str, int], ...]] = []
    else:
        signs_of = [
            tuple((batch.mapping.role_of[at], at) for at, values in dated.items() if values[place])
            for place in range(len(written))
        ]
        known = {
            key: decide(words, key[0], list(key[1]), key[2])
            for key in {(word, signs_of[place], marks.get(place, "")) for place, word in enumerate(written)}
        }
        decided = [known[word, signs_of[place], marks.get(place, "")] for place, word in enumerate(written)]
    statuses = [status for status, _, _ in decided]
    shown = [said for _, said, _ in decided]
    wrongs = [wrong for _, _, wrong in decided]
    for place, signs in enumerate(signs_of):
        if shown[place] is None and signs:
            shown[place] = _sign_shown(batch, signs, statuses[place], words.dates)
    for place, (_, said, wrong) in enumerate(decided) if any(wrongs) else ():
        if wrong:
            unsent = bool(dated) or _never_sent(batch, taken, place)
            _ask_status(batch, place, wrong, said or "", has_column="status" in taken, has_signs=unsent)
    batch.columns["status"], batch.columns["status_as_written"] = statuses, shown


def _words_above(batch: Batch, words: dict[str, str]) -> list[str | None]:
    """The practice's own status words where they head a section; other headings say nothing about status."""
    said = {text: text if status_key(text) in words else None for text in set(batch.lines.groups)}
    return [said[text] for text in batch.lines.groups]


def _never_sent(batch: Batch, taken: dict[str, Column], place: int) -> bool:
    """Whether the layout dates what becomes of a claim, and this row bears no such date at all."""
    columns = [taken[role] for role in SIGN_ORDER if role in taken]
    told = any(one.role in SIGN_ORDER for one in batch.doubts.get(place, []))
    sent = "submitted_date" in taken or "resent_date" in taken
    return sent and not told and all(column.values[place] is None for column in columns)


def _sign_shown(
    batch: Batch, signs: tuple[tuple[str, int], ...], status: str | None, dates: dict[int, str]
) -> str | None:
    used = next((position for _, position in signs if dates.get(position) == status), None)
    return f"{batch.mapping.heading(used)} date" if used is not None and status else None


def _ask_status(batch: Batch, place: int, wrong: str, said: str, *, has_column: bool, has_signs: bool) -> None:
    if wrong == "missing_status" and not has_column:
        if has_signs:  # with no date there is no sign of where it stands: the day of sending answers both
            batch.doubt(place, "missing_submitted_date", "submitted_date", stops=True)
        return
    if wrong == "missing_status" and any(one.role == "status" for one in batch.doubts.get(place, [])):
        return
    batch.doubt(place, wrong, "status", said[:40], stops=True)


def _texts(batch: Batch, cellar: Cellar, taken: dict[str, Column]) -> None:
    count = len(batch.rows)
    for role in ("procedure_codes", "reason_codes", "attachments"):
        values = taken[role].values if role in taken else [None] * count
        for position in batch.mapping.positions.get(role, [])[1:]:  # a denial's reason and its code, say
            more = cellar.at(position, role).values
            values = ["|".join(part for part in pair if part) or None for pair in zip(values, more, strict=True)]
        listed = {
            value: "|".join(part.strip() for part in re.split(r"[,;|\n]", value) if part.strip()) or None
            if value
            else None
            for value in set(values)
        }
        batch.columns[role] = [listed[value] for value in values]
    batch.columns["notes"] = notes_of(batch, cellar)


def notes_of(batch: Batch, cellar: Cellar) -> list[str | None]:
    """Notes of each row: its notes columns, the note lines below it and the comments on its cells."""
    columns = [cellar.at(position, "notes").values for position in batch.mapping.positions.get("notes", [])]
    notes: list[str | None] = list(columns[0]) if columns else [None] * len(batch.rows)
    for column in columns[1:]:
        notes = [
            f"{note}\n{more}" if note and more else note or more or None
            for note, more in zip(notes, column, strict=True)
        ]
    below: dict[int, list[str]] = {row: [text for _, text in lines] for row, lines in batch.lines.notes.items()}
    owner = {line: row for row, lines in batch.lines.notes.items() for line, _ in lines}
    owner |= {line: row for row, lines in batch.lines.parts.items() for line in lines}
    for (row, _), comment in sorted(batch.sheet.comments.items()):
        below.setdefault(owner.get(row, row), []).append(comment)
    if below:
        place = {row: at for at, row in enumerate(batch.rows)}
        for row, texts in below.items():
            if row in place:
                at = place[row]
                own = notes[at]
                notes[at] = "\n".join([own, *texts] if own else texts)
    return notes


def _ask_missing(batch: Batch) -> None:
    """Required values that are not there, in the columns that the layout has."""
    columns, roles = batch.columns, batch.mapping.positions
    required = {role for role in ("claim_id", "insurer", "service_date", "billed", "outstanding") if role in roles}
    if any(columns["insurer"]):
        required.add("insurer")  # from the group headings
    if "outstanding" in batch.money:
        required.add("outstanding")
    _ask_no_amount(batch, [role for role in ("billed", "outstanding", "paid") if role in batch.money])
    for role in sorted(required):
        for place in blanks(columns[role]):
            if not _excused(batch, place, role):
                batch.doubt(place, f"missing_{role}", role, stops=True)
    _ask_sending(batch)
    _ask_members(batch)
    if "claim_id" not in roles and {"patient_name", "surname", "patient_id"} & set(roles):
        for place in blanks(columns["patient_name"]):
            if columns["patient_id"][place] is None:
                batch.doubt(place, "missing_patient_name", "patient_name", stops=True)


def blanks(column: list[Any]) -> list[int]:
    """The places of a column where nothing stands."""
    return [] if all(column) else [place for place, value in enumerate(column) if value is None]


def _ask_no_amount(batch: Batch, amounts: list[str]) -> None:
    """One question where no amount at all is known."""
    if not set(amounts) & {"billed", "outstanding"}:
        return
    for place in blanks(batch.columns[amounts[0]]):
        told = any(one.role in amounts for one in batch.doubts.get(place, []))
        if not told and all(batch.columns[role][place] is None for role in amounts):
            batch.doubt(place, "missing_amount", amounts[0], stops=True)


def _ask_sending(batch: Batch) -> None:
    """The day of sending, once the claim has been sent."""
    dates = {"submitted_date", "resent_date"}
    if not dates & set(batch.mapping.positions):
        return
    for place in blanks(batch.columns["submitted_date"]):
        told = any(one.role in dates for one in batch.doubts.get(place, []))
        if batch.columns["status"][place] in SENT and not told:
            batch.doubt(place, "missing_submitted_date", "submitted_date", stops=True)


def _ask_members(batch: Batch) -> None:
    """A member number is asked while the claim is open; a column that is always empty is the layout's gap."""
    numbers = batch.columns["member_id"]
    if "member_id" not in batch.mapping.positions or (len(batch.rows) >= _MANY_ROWS and not any(numbers)):
        return
    for place in blanks(numbers):
        told = any(one.role == "member_id" for one in batch.doubts.get(place, []))
        if batch.columns["status"][place] not in FINISHED and not told:
            batch.doubt(place, "missing_member_id", "member_id")


def _excused(batch: Batch, place: int, role: str) -> bool:
    listed = batch.doubts.get(place)
    if listed and any(
        one.role == role or (one.code == "missing_amount" and role in {"billed", "outstanding"}) for one in listed
    ):
        return True
    return role == "service_date" and batch.columns["coverage"][place] == "preauth"


def _ask_impossible(batch: Batch, as_of: date) -> None:
    """Values that can be read but cannot be right: they stay as they are, and no rule acts on the row."""
    columns = batch.columns
    oldest = as_of.replace(year=as_of.year - _TEN_YEARS, day=min(as_of.day, 28))
    for place, (served, sent) in enumerate(zip(columns["service_date"], columns["submitted_date"], strict=True)):
        if served is None or (oldest <= served <= as_of and (sent is None or served <= sent)):
            continue
        if columns["coverage"][place] != "preauth":
            _ask_service(batch, place, served, sent, oldest, as_of)
    for role in ("submitted_date", "status_date", "last_contact_date"):
        for place, day in enumerate(columns[role]):
            if day is not None and day > as_of:
                batch.doubt(place, "future_date", role, day.isoformat(), stops=True)
    for place, (billed, paid) in enumerate(zip(columns["billed"], columns["paid"], strict=True)):
        if billed is not None and paid is not None and paid > billed:
            batch.doubt(place, "paid_exceeds_billed", "paid", str(paid), stops=True)


def _ask_service(batch: Batch, place: int, served: date, sent: date | None, oldest: date, as_of: date) -> None:
    if served > as_of:
        batch.doubt(place, "future_date", "service_date", served.isoformat(), stops=True)
    if sent is not None and served > sent:
        batch.doubt(place, "submitted_before_service", "submitted_date", sent.isoformat(), stops=True)
    if served < oldest:
        batch.doubt(place, "old_date", "service_date", served.isoformat(), stops=True)
