"""Who belongs together: a patient's claims, a family's accounts, and what cannot be told.

Claims and accounts meet by patient number, and by name where one of them carries no number; a family is
the accounts of one guarantor. Where a blank leaves open whom a claim belongs to, the answer is "cannot
tell", never "nobody".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl


def name_key(column: str) -> pl.Expr:
    """A name as it is compared: its words in alphabetical order, so that `Smith, Ann` is `Ann Smith`."""
    words = pl.col(column).str.to_lowercase().str.extract_all(r"[\p{L}\p{M}']+").list.sort().list.join(" ")
    return pl.when(words != "").then(words)


@dataclass(frozen=True, slots=True)
class Linked:
    """For each account, what is so for anybody in its family; and where that cannot be told."""

    flags: pl.DataFrame  # account_key, then one Boolean per flag
    unsure: pl.Series  # per account of `flags`, the column that leaves it open; null where nothing does
    unlinked: frozenset[str] = frozenset()  # keys of the claims whose own blanks leave open whose they are


def with_person(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with `id` and `name` to compare people by, and `holder` or `guarantor` where it has them."""
    if "name" in frame.columns:
        return frame
    others = {"subscriber_name": "holder", "guarantor_name": "guarantor"}
    more = [name_key(column).alias(name) for column, name in others.items() if column in frame.columns]
    return frame.with_columns(pl.col("patient_id").alias("id"), name_key("patient_name").alias("name"), *more)


NOBODYS: Final = frozenset[str]()


def same_patient(
    claims: pl.DataFrame, accounts: pl.DataFrame, flag: str, nobodys: frozenset[str] = NOBODYS
) -> pl.Series:
    """Per claim, whether its patient has an account with the flag; null where a blank leaves it open.

    `nobodys` are the claims of which the practice said that they belong to no account.
    """
    claims, flagged = with_person(claims), with_person(accounts).filter(pl.col(flag))
    if flagged.is_empty():
        return pl.repeat(value=False, n=claims.height, dtype=pl.Boolean, eager=True)
    ids = flagged["id"].drop_nulls().unique()
    names_alone = flagged.filter(pl.col("id").is_null())["name"].drop_nulls().unique()
    names = flagged["name"].drop_nulls().unique()
    by_id = pl.col("id").is_in(ids.implode())
    by_name = pl.col("name").is_in(names_alone.implode()) | (
        pl.col("id").is_null() & pl.col("name").is_in(names.implode())
    )
    met = by_id.fill_null(value=False) | by_name.fill_null(value=False)
    comparable = (pl.col("id").is_not_null() & (len(ids) > 0)) | (pl.col("name").is_not_null() & (len(names) > 0))
    hole = pl.col("id").is_null() & claims["id"].is_not_null().any() & (len(ids) > 0)
    open_ = (hole | ~comparable) & (~pl.col("claim_key").is_in(sorted(nobodys)) if nobodys else True)
    told = claims.select(pl.when(met).then(True).when(open_).then(None).otherwise(False).alias("met"))
    return told["met"].cast(pl.Boolean)


def linked(
    claims: pl.DataFrame,
    accounts: pl.DataFrame,
    flags: tuple[str, ...],
    *,
    blank_is_self: bool,
    nobodys: frozenset[str] = NOBODYS,
) -> Linked:
    """Spreads flags of claims and accounts over families.

    `claims` and `accounts` each carry a Boolean per flag (false where it says nothing). `blank_is_self`:
    the practice said that a blank guarantor means the patient. `nobodys` are the claims of which it said that
    they belong to no account.
    """
    everybody = with_person(claims).with_row_index("at")
    people = everybody.filter(pl.any_horizontal(flags))
    homes = with_person(accounts).with_columns(pl.coalesce("guarantor", "name", "account_key").alias("family"))
    placed = _placed(people, homes)
    own = homes.select("family", *flags)
    theirs = placed.join(homes.select("account_key", "family"), on="account_key").select("family", *flags)
    spread = pl.concat([own, theirs]).group_by("family").agg(pl.col(flag).any() for flag in flags)
    result = homes.select("account_key", "family").join(spread, on="family", how="left", maintain_order="left")
    lost = people.join(placed.select("at").unique(), on="at", how="anti")
    if nobodys:
        lost = lost.filter(~pl.col("claim_key").is_in(sorted(nobodys)))
    homes = homes.with_columns(
        flagged=pl.any_horizontal(flags) | pl.col("account_key").is_in(placed["account_key"].implode())
    )
    holes = _holes(everybody, lost, homes)
    unsure = _unsure(lost, holes, homes, blank_is_self=blank_is_self)
    unlinked = frozenset(holes["claim_key"]) if "claim_key" in holes.columns else NOBODYS
    return Linked(result.select("account_key", *flags), unsure, unlinked)


def homes_of(claims: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """The claims with `accounts`: the keys of every account they belong to, empty where there is none."""
    placed = _placed(
        with_person(claims).with_row_index("at"), with_person(accounts).with_columns(pl.lit(None).alias("_"))
    )
    listed = placed.group_by("at").agg(pl.col("account_key").unique().sort().alias("accounts"))
    return (
        claims.with_row_index("at")
        .join(listed, on="at", how="left", maintain_order="left")
        .drop("at")
        .with_columns(pl.col("accounts").fill_null(pl.lit([], dtype=pl.List(pl.String))))
    )


def _placed(people: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """Each flagged claim with every account it belongs to: by number, by name, or through its policy holder."""
    alone = accounts.filter(pl.col("id").is_null())
    nameless = people.filter(pl.col("id").is_null())
    met = [
        people.join(accounts.select("id", "account_key").drop_nulls(), on="id"),
        people.join(alone.select("name", "account_key").drop_nulls(), on="name"),
        nameless.join(accounts.select("name", "account_key").drop_nulls(), on="name"),
    ]
    for column in ("name", "guarantor"):
        holders = accounts.select(pl.col(column).alias("holder"), "account_key").drop_nulls()
        met.append(people.join(holders, on="holder"))
    return pl.concat([frame.select(*people.columns, "account_key") for frame in met]).unique(["at", "account_key"])


def _unsure(lost: pl.DataFrame, holes: pl.DataFrame, accounts: pl.DataFrame, *, blank_is_self: bool) -> pl.Series:
    """Per account, the column whose blank leaves open whether a flagged claim or relative is its own.

    `lost` are the flagged claims that met no account, `holes` those of them that did not because of their own blanks.
    """
    ids, names = accounts["id"].is_not_null().any(), accounts["name"].is_not_null().any()
    if holes.height:
        return pl.repeat("claims.patient_id", accounts.height, dtype=pl.String, eager=True)
    blank_id, blank_name = pl.col("id").is_null() & ids, pl.col("name").is_null() & names
    unplaced = (blank_id | blank_name) & (lost.height > 0)
    reason = pl.when(unplaced).then(pl.lit("balances.patient_id")).otherwise(pl.lit(None, dtype=pl.String))
    if not blank_is_self and accounts["guarantor"].is_not_null().any():
        strays = accounts.filter(pl.col("guarantor").is_null() & pl.col("flagged")).height
        unknown = pl.col("guarantor").is_null() | (strays > 0)
        reason = pl.coalesce(reason, pl.when(unknown).then(pl.lit("balances.guarantor_name")))
    # What cannot be told about one account cannot be told about its family.
    return accounts.select(reason.drop_nulls().first().over("family").alias("unsure"))["unsure"]


def _holes(everybody: pl.DataFrame, lost: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """The lost claims whose own blanks, not their values, kept them from meeting an account."""
    ids, names = accounts["id"].is_not_null(), accounts["name"].is_not_null()
    used = {column: everybody[column].is_not_null().any() for column in ("id", "name", "holder")}
    no_id, no_name = pl.col("id").is_null(), pl.col("name").is_null()
    comparable = (~no_id & ids.any()) | (~no_name & names.any())
    return lost.filter(
        (no_id & (used["id"] and ids.any()))
        | (no_name & (used["name"] and names.any() and not ids.all()))
        | (pl.col("holder").is_null() & used["holder"])
        | ~comparable
    )
