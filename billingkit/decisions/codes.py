"""Whether a claim's procedures lie in codes and ranges such as `D2000-D2999; D7140`."""

from __future__ import annotations

import polars as pl

from billingkit.policy.codes import CODE, read_codes


def meeting(frame: pl.DataFrame, wanted: str) -> pl.Series:
    """For each row, whether any of its `procedure_codes` is wanted; null where no code is known."""
    spans = read_codes(wanted)
    if not spans:
        return pl.repeat(value=True, n=frame.height, dtype=pl.Boolean, eager=True)
    codes = frame["procedure_codes"]
    distinct = codes.unique().drop_nulls()
    if distinct.is_empty():
        return pl.repeat(None, frame.height, dtype=pl.Boolean, eager=True)
    read = [[CODE.fullmatch(code.strip().upper()) for code in row.split("|")] for row in distinct]
    met = [
        any(span.holds(code[1], int(code[2]), code[3]) for code in row if code is not None for span in spans)
        for row in read
    ]
    return codes.replace_strict(distinct, pl.Series(met, dtype=pl.Boolean), default=None, return_dtype=pl.Boolean)
