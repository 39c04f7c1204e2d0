"""One claim over several procedure lines: the lines are joined to their claim, their amounts added up."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from billingkit.reading.claims import MONEY, Batch
from billingkit.reading.fold import fold_id, fold_ids

_LINE: Final = frozenset({"procedure_codes", "tooth", "notes", "attachments", "reason_codes", "provider", *MONEY})
_SAME: Final = (
    "patient_id",
    "patient_name",
    "date_of_birth",
    "insurer",
    "member_id",
    "coverage",
    "service_date",
    "submitted_date",
    "first_submitted_date",
    "status",
    "status_date",
    "last_contact_date",
    "subscriber_name",
)


def join_lines(batch: Batch, *, declared: bool) -> None:
    """Join rows of one claim. Undeclared, only where nothing but the procedure and its amount differs.

    Equal amounts on every line may be the claim's total printed again: those stay as they are and are asked.
    """
    _join_below(batch)
    numbers = [number for number in batch.columns["claim_id"] if number is not None]
    if "procedure_codes" not in batch.mapping.positions or (numbers and len(set(fold_ids(numbers))) == len(numbers)):
        return
    for places in _by_claim(batch, declared=declared).values():
        if len(places) < 2 or not _one_claim(batch, places):
            continue
        if declared or _told_apart(batch, places):
            _join(batch, places)


def _by_claim(batch: Batch, *, declared: bool) -> dict[tuple[object, ...], list[int]]:
    grouped: dict[tuple[object, ...], list[int]] = {}
    columns = batch.columns
    for place, claim in enumerate(columns["claim_id"]):
        if claim is not None:
            key: tuple[object, ...] = (fold_id(claim),)
        elif declared and "claim_id" not in batch.mapping.positions:
            key = tuple(
                columns[name][place] for name in ("patient_id", "patient_name", "insurer", "coverage", "service_date")
            )
            if key[4] is None:
                continue
        else:
            continue
        grouped.setdefault(key, []).append(place)
    return grouped


def _one_claim(batch: Batch, places: list[int]) -> bool:
    return all(len({batch.columns[name][place] for place in places} - {None}) <= 1 for name in _SAME)


def _told_apart(batch: Batch, places: list[int]) -> bool:
    lines = {(batch.columns["procedure_codes"][place], batch.columns["tooth"][place]) for place in places}
    amounts = {batch.columns["billed"][place] for place in places}
    return len(lines) == len(places) and None not in amounts and len(amounts) > 1


def _join(batch: Batch, places: list[int]) -> None:
    first, rest = places[0], places[1:]
    for name in MONEY:
        values: list[Decimal | None] = [batch.columns[name][place] for place in places]
        wrong = any(one.role == name for place in places for one in batch.doubts.get(place, []))
        present = [value for value in values if value is not None]
        batch.columns[name][first] = sum(present[1:], present[0]) if present and not wrong else None
    for name in ("procedure_codes", "tooth", "reason_codes", "attachments", "notes"):
        joiner = "\n" if name == "notes" else "|"
        texts = list(dict.fromkeys(str(batch.columns[name][place]) for place in places if batch.columns[name][place]))
        batch.columns[name][first] = joiner.join(texts) or None
    for name in _SAME:
        values_of = [batch.columns[name][place] for place in places if batch.columns[name][place] is not None]
        batch.columns[name][first] = values_of[0] if values_of else None
    for place in rest:
        for doubt in batch.doubts.pop(place, []):
            batch.doubt(first, doubt.code, doubt.role, doubt.found, stops=doubt.stops)
        batch.joined[place] = first


def _join_below(batch: Batch) -> None:
    """Lines without a claim of their own: their codes go to the claim above, their amounts are its parts.

    The claim's own amount is taken as the total when the parts add up to it, and asked otherwise.
    """
    if not batch.lines.parts or batch.cellar is None:
        return
    at = {row: place for place, row in enumerate(batch.rows)}
    codes, billed = batch.mapping.at("procedure_codes"), batch.mapping.at("billed")
    for row, parts in batch.lines.parts.items():
        place = at[row]
        cells = [batch.sheet.rows[part - 1] for part in parts]
        listed = [str(line[codes]).strip() for line in cells if codes is not None and codes < len(line) and line[codes]]
        own = batch.columns["procedure_codes"][place]
        batch.columns["procedure_codes"][place] = "|".join([*([own] if own else []), *listed]) or None
        if billed is None:
            continue
        reader = batch.cellar.readers.money([line[billed] for line in cells if billed < len(line)])
        amounts = [reader.read(line[billed])[0] for line in cells if billed < len(line)]
        known = [amount for amount in amounts if amount is not None]
        total = batch.columns["billed"][place]
        if known and total is not None and sum(known, Decimal(0)) != total:
            batch.doubt(
                place,
                "unreadable_amount",
                "billed",
                f"{total}; its lines: {'; '.join(map(str, known))}"[:60],
                stops=True,
            )
