"""What an insurer's reason codes mean for the work: the route of a denial, in our own plain words.

Source: the public code lists (adjustment reasons and remark codes) as trade practice reads them; nothing
here is a decision about a patient's treatment or money. A code that is not in `reasons.csv` has no route,
and the claim asks.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import polars as pl

ROUTED: Final = ("denied", "paid_short")
# Several codes on one claim: what only a clinician may answer comes first, then what can be put right.
ORDER: Final = ("clinical", "documents", "data", "not covered", "not separately payable", "none given")
GROUP: Final = re.compile(r"^(?:CO|PR|OA|PI|CR)[\s\-:]*(?=[0-9AB])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason code: what it means, which route it takes, and what it makes us ask."""

    code: str
    meaning: str
    route: str | None
    ask: str
    provides: str
    late: bool
    cover: bool


@dataclass(frozen=True, slots=True)
class Denial:
    """All codes of one claim, taken together."""

    route: str | None  # None: the codes do not say what to do
    meaning: str
    ask: str
    late: bool
    cover: bool
    unread: tuple[str, ...]


@cache
def reasons() -> dict[str, Reason]:
    """The known codes."""
    text = files("billingkit.decisions").joinpath("reasons.csv").read_text(encoding="utf-8")
    return {
        row["code"]: Reason(
            row["code"], row["meaning"], row["route"] or None, row["ask"], row["provides"],
            row["late"] == "yes", row["cover"] == "yes",
        )
        for row in csv.DictReader(text.splitlines())
    }  # fmt: skip


@cache
def denial(codes: str) -> Denial:
    """What the codes of one claim (joined by `|`) come to."""
    written = [GROUP.sub("", part.strip()).upper().lstrip("0") for part in re.split(r"[|,;]", codes) if part.strip()]
    known = [reasons()[code] for code in written if code in reasons()]
    unread = tuple(code for code in written if code not in reasons())
    routes = [reason.route for reason in known if reason.route]
    route = min(routes, key=ORDER.index, default=None)
    if unread and route != "clinical":
        route = None  # a code nobody could read may change what the others mean
    return Denial(
        route,
        "; ".join(dict.fromkeys(reason.meaning for reason in known)),
        " ".join(dict.fromkeys(reason.ask for reason in known if reason.ask)),
        any(reason.late for reason in known),
        any(reason.cover for reason in known),
        unread,
    )


def with_denials(claims: pl.DataFrame) -> pl.DataFrame:
    """Each claim with `denial_route`, `denial_meaning`, `denial_late` and `denial_cover`.

    A claim that is neither denied nor paid short, or carries no code, has the route `none given`.
    """
    distinct = claims["reason_codes"].unique().drop_nulls().sort()
    read = [denial(codes) for codes in distinct]
    table = pl.DataFrame(
        {
            "reason_codes": distinct,
            "denial_route": pl.Series([one.route for one in read], dtype=pl.String),
            "denial_meaning": pl.Series([one.meaning or None for one in read], dtype=pl.String),
            "denial_late": pl.Series([one.late for one in read], dtype=pl.Boolean),
            "denial_cover": pl.Series([one.cover for one in read], dtype=pl.Boolean),
        }
    )
    joined = claims.join(table, on="reason_codes", how="left", maintain_order="left")
    routed = pl.col("status").is_in(ROUTED) & pl.col("reason_codes").is_not_null()
    return joined.with_columns(
        pl.when(routed.fill_null(value=False))
        .then("denial_route")
        .otherwise(pl.lit("none given"))
        .alias("denial_route"),
        pl.col("denial_late").fill_null(value=False),
        pl.col("denial_cover").fill_null(value=False),
    )
