"""Who is who: one key per claim, equal rows kept once, conflicts and twins asked, never matched by chance."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from billingkit.reading.claims import Batch
from billingkit.reading.fold import as_text, fold_id, fold_ids

Place = tuple[int, int]  # batch, row in it
_PARTS: Final = ("patient_id", "patient_name", "insurer", "coverage", "service_date", "billed")


@dataclass(slots=True)
class Identities:
    """What became of each row: its key by batch and place, or the reason why it is left out."""

    keys: list[list[str]]
    left_out: dict[Place, str]


def settle_claims(batches: list[Batch], salt: str, newest: dict[int, int | None]) -> Identities:
    """Keys for all claims of a week. `newest` ranks the tabs of a file where the newest one wins."""
    folded = [fold_ids(batch.columns["claim_id"]) for batch in batches]
    for batch, numbers in zip(batches, folded, strict=True):
        for place in batch.joined:
            numbers[place] = ""
    counted = Counter(chain.from_iterable(folded))
    found = Identities([list(numbers) for numbers in folded], {})
    unnumbered: list[Place] = []
    repeated: dict[str, list[Place]] = {}
    for index, (batch, numbers) in enumerate(zip(batches, folded, strict=True)):
        for place, number in enumerate(numbers):
            if not number and place not in batch.joined:
                unnumbered.append((index, place))
            elif number and counted[number] > 1:
                repeated.setdefault(number, []).append((index, place))
    for number, places in repeated.items():
        _numbered(batches, number, places, newest, found)
    _leading_zeros(batches, folded, found)
    _unnumbered(batches, unnumbered, salt, found)
    return found


def _numbered(
    batches: list[Batch], number: str, places: list[Place], newest: dict[int, int | None], found: Identities
) -> None:
    kept = _without_copies(batches, _newest_only(places, newest, found), found)
    if len(kept) == 1:
        return
    for said, (index, place) in kept.items():
        found.keys[index][place] = f"{number}~{_digest('', said)}"
        batches[index].doubt(
            place, "duplicate_claim_conflict", "claim_id", batches[index].columns["claim_id"][place], stops=True
        )


def _newest_only(places: list[Place], newest: dict[int, int | None], found: Identities) -> list[Place]:
    ranks = [newest.get(index) for index, _ in places]
    if any(rank is None for rank in ranks) or len(set(ranks)) == 1:
        return places
    best = max(rank for rank in ranks if rank is not None)
    for at, rank in zip(places, ranks, strict=True):
        if rank != best:
            found.left_out[at] = "older tab"
    return [at for at, rank in zip(places, ranks, strict=True) if rank == best]


def _without_copies(batches: list[Batch], places: list[Place], found: Identities) -> dict[tuple[Any, ...], Place]:
    """The rows that differ, by everything they say."""
    kept: dict[tuple[Any, ...], Place] = {}
    for at in places:
        same = content(batches, at)
        if same in kept:
            found.left_out[at] = "duplicate"
        else:
            kept[same] = at
    return kept


def content(batches: list[Batch], at: Place) -> tuple[Any, ...]:
    """Everything a row says: our columns as read, and the text of what we have no column for."""
    batch, place = batches[at[0]], at[1]
    own = [str(batch.columns[name][place]) for name in sorted(batch.columns)]
    cells = batch.cellar.cells if batch.cellar else []
    rest = tuple((h.name, as_text(cells[h.position][place])) for h in batch.mapping.unknown if h.position < len(cells))
    doubts = tuple(sorted((one.code, one.role, one.found) for one in batch.doubts.get(place, [])))
    return (*own, rest, doubts)


def _leading_zeros(batches: list[Batch], folded: list[list[str]], found: Identities) -> None:
    """Numbers that differ only by leading zeros, one of them stored as a number: nobody can tell them apart."""
    zeroed = {number for numbers in folded for number in numbers if number[:1] == "0" and number.isdecimal()}
    if not zeroed:
        return
    bare = {number.lstrip("0") for number in zeroed}
    lost = _lost_digits(batches)
    alike: dict[str, list[Place]] = {}
    for index, numbers in enumerate(folded):
        for place, number in enumerate(numbers):
            if number and number.lstrip("0") in bare and number.isdecimal() and (index, place) not in found.left_out:
                alike.setdefault(number.lstrip("0"), []).append((index, place))
    for plain, places in alike.items():
        several = len({folded[index][place] for index, place in places}) > 1
        if plain in lost or (several and any(_stored_as_number(batches, at) for at in places)):
            for index, place in places:
                batches[index].doubt(
                    place, "claim_id_suspect", "claim_id", batches[index].columns["claim_id"][place], stops=True
                )


def _lost_digits(batches: list[Batch]) -> dict[str, Place]:
    """Claim numbers stored as numbers that were not trusted, by their digits."""
    found: dict[str, Place] = {}
    for index, batch in enumerate(batches):
        for place, listed in batch.doubts.items():
            if any(one.code == "claim_id_suspect" for one in listed) and _stored_as_number(batches, (index, place)):
                cell = batch.cellar.cell("claim_id", place) if batch.cellar else None
                found[as_text(cell)] = (index, place)
    return found


def _stored_as_number(batches: list[Batch], at: Place) -> bool:
    batch = batches[at[0]]
    cell = batch.cellar.cell("claim_id", at[1]) if batch.cellar else None
    return isinstance(cell, int | float)


def _unnumbered(batches: list[Batch], places: list[Place], salt: str, found: Identities) -> None:
    grouped: dict[str, list[Place]] = {}
    for at in places:
        columns = batches[at[0]].columns
        parts = [str(columns[name][at[1]] or "") for name in _PARTS]
        grouped.setdefault(_digest(salt, tuple(fold_id(part) for part in parts)), []).append(at)
    for key, same in grouped.items():
        if len(same) == 1:
            found.keys[same[0][0]][same[0][1]] = key
            continue
        apart: dict[tuple[Any, ...], list[Place]] = {}
        for at in same:
            apart.setdefault(content(batches, at), []).append(at)
        for said, twins in apart.items():
            for number, at in enumerate(twins, 1):
                found.keys[at[0]][at[1]] = f"{key}~{_digest(salt, said)}" + (f"~{number}" if len(twins) > 1 else "")
                if "claim_id" in batches[at[0]].mapping.positions:
                    continue
                if len(twins) > 1:
                    batches[at[0]].doubt(at[1], "twin_claims", "service_date", stops=True)


def account_keys(batches: list[Batch], salt: str) -> tuple[list[list[str]], dict[Place, str]]:
    """One key per account, the same on each of its rows; and the rows left out as exact copies."""
    keys: list[list[str]] = []
    left_out: dict[Place, str] = {}
    for index, batch in enumerate(batches):
        own = [""] * len(batch.rows)
        keys.append(own)
        seen: dict[tuple[Any, ...], int] = {}
        per_account: dict[str, list[int]] = {}
        columns = batch.columns
        listed = "invoice_ref" in batch.mapping.positions
        for place, (number, name, guarantor) in enumerate(
            zip(columns["patient_id"], columns["patient_name"], columns["guarantor_name"], strict=True)
        ):
            key = (
                fold_id(number)
                if number
                else _digest(salt, (fold_id(guarantor or name or ""),))
                if (guarantor or name)
                else _digest(salt, (batch.file, str(batch.rows[place])))
            )
            said = (*content(batches, (index, place)), _invoice(batch, place))
            if number and said in seen:
                left_out[index, place] = "duplicate"
                continue
            seen[said] = place
            own[place] = key
            per_account.setdefault(key, []).append(place)
        if not listed:
            _ask_twins(batch, per_account)
    return keys, left_out


def _invoice(batch: Batch, place: int) -> tuple[str, ...]:
    roles = (
        "invoice_ref",
        "invoice_date",
        "invoice_total",
        "account_balance",
        "account_state",
        "invoice_state",
        "writeoff",
        "unapplied_credit",
    )
    return tuple(as_text(batch.cellar.cell(role, place)) for role in roles) if batch.cellar else ()


def _ask_twins(batch: Batch, per_account: dict[str, list[int]]) -> None:
    """A list with one row per account that names one twice: the same person, or two of one name?"""
    for places in per_account.values():
        if len(places) > 1:
            for place in places:
                batch.doubt(place, "twin_accounts", "patient_id", stops=True)


def _digest(salt: str, parts: Iterable[Any]) -> str:
    text = "\x1f".join([salt, *map(str, parts)])
    return hashlib.sha256(text.encode()).hexdigest()[:12]
