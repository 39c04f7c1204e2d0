"""What a Monday has to say at its end: a table of every practice, a sentence for each that needs one, what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from billingkit.outcome import Outcome
from billingkit.weekly.ending import IN_USE, MACHINE, NOTEBOOK, TIME, Result

STATUSES: Final = ("done", "failed", "refused", "skipped")
COUNTS: Final = ("questions", "urgent", "holds")
# One policy may have a hundred faults, and the practices after it are to be read too.
SHOWN: Final = 4


def outcome(root: Path, as_of: date, results: Sequence[Result]) -> Outcome:
    """The end of a Monday in words and as data; exit code 1 where a practice was not run to its end."""
    bad = [result for result in results if result.status in {"failed", "refused"}]
    ended = {status: sum(result.status == status for result in results) for status in STATUSES}
    said = dict.fromkeys(_said(result, root) for result in results if result.said and result.status != "skipped")
    lines = [*_table(results), *said]  # what two share is said once
    lines.append("{done} done, {failed} failed, {refused} refused, {skipped} left as they were.".format(**ended))
    lines += _what_now(bad)
    data: dict[str, Any] = {
        "root": str(root),
        "as_of": as_of.isoformat(),
        "ended": ended,
        "results": [result.data() for result in results],
    }
    return Outcome("\n".join(lines), data, 1 if bad else 0)


def _table(results: Sequence[Result]) -> list[str]:
    width = max(16, *(len(result.code) for result in results)) if results else 16
    rows = [
        (result.code, result.status, *(str(result.summary.get(name, "")) for name in COUNTS), _seconds(result))
        for result in results
    ]
    headed = [("practice", "status", *COUNTS, "seconds"), *rows]
    return [f"{code:<{width}} {status:<9}" + "".join(f"{cell:>10}" for cell in rest) for code, status, *rest in headed]


def _seconds(result: Result) -> str:
    return f"{result.seconds:.1f}" if result.seconds else ""


def _said(result: Result, root: Path) -> str:
    """What there is to say of one practice: its sentence, and where its failed copy lies if that tells more."""
    first, *more = result.said.splitlines()
    lines = [f"{result.code}: {first}", *more[:SHOWN]]
    if len(more) > SHOWN:
        place = Path(result.folder).relative_to(root.resolve())
        lines.append(f"  and {len(more) - SHOWN} more: `billingkit check {root / place / 'policy.xlsx'}` lists them.")
    if result.cause in {NOTEBOOK, TIME, MACHINE}:
        lines += [f"  {Path(file).relative_to(root.resolve())}" for file in result.files]
    return "\n".join(lines)


def _what_now(bad: Sequence[Result]) -> list[str]:
    """What to do about the practices that were not run to their end."""
    causes = Counter(result.cause for result in bad)
    mend = len(bad) - causes[IN_USE] - causes[MACHINE] - causes[TIME]
    if not bad:
        return []
    first = "Mend what is named above and run again" if mend else "Run again"
    return [f"{first} with --resume: what is done stays as it is."]
