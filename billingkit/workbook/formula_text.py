"""A formula's text taken apart as far as the lint needs: is it well formed, what does it call and name?"""

from __future__ import annotations

import re
from typing import Final

# Functions newer than the file format: written without their prefix, Excel shows #NAME? until the cell is edited.
_FUTURE: Final = frozenset(
    """ACOT ACOTH AGGREGATE ARABIC BASE BETA.DIST BETA.INV BINOM.DIST BINOM.DIST.RANGE BINOM.INV BITAND BITLSHIFT BITOR
    BITRSHIFT BITXOR BYCOL BYROW CEILING.MATH CHISQ.DIST CHISQ.DIST.RT CHISQ.INV CHISQ.INV.RT CHISQ.TEST CHOOSECOLS
    CHOOSEROWS COMBINA CONCAT CONFIDENCE.NORM CONFIDENCE.T COT COTH COVARIANCE.P COVARIANCE.S CSC CSCH DAYS DECIMAL DROP
    ERF.PRECISE ERFC.PRECISE EXPAND EXPON.DIST F.DIST F.DIST.RT F.INV F.INV.RT F.TEST FILTERXML FLOOR.MATH
    FORECAST.LINEAR FORMULATEXT GAMMA GAMMA.DIST GAMMA.INV GAMMALN.PRECISE GAUSS HSTACK HYPGEOM.DIST IFNA IFS IMCOSH IMCOT
    IMCSC IMCSCH IMSEC IMSECH IMSINH IMTAN ISFORMULA ISOMITTED ISOWEEKNUM LAMBDA LET LOGNORM.DIST LOGNORM.INV
    MAKEARRAY MAP MAXIFS MINIFS MODE.MULT MODE.SNGL MUNIT NEGBINOM.DIST NORM.DIST NORM.INV NORM.S.DIST NORM.S.INV NUMBERVALUE
    PDURATION PERCENTILE.EXC PERCENTILE.INC PERCENTRANK.EXC PERCENTRANK.INC PERMUTATIONA PHI POISSON.DIST QUARTILE.EXC
    QUARTILE.INC RANDARRAY RANK.AVG RANK.EQ REDUCE RRI SCAN SEC SECH SEQUENCE SHEET SHEETS SKEW.P SORTBY STDEV.P STDEV.S
    SWITCH T.DIST T.DIST.2T T.DIST.RT T.INV T.INV.2T T.TEST TAKE TEXTAFTER TEXTBEFORE TEXTJOIN TEXTSPLIT TOCOL TOROW UNICHAR
    UNICODE UNIQUE VAR.P VAR.S VSTACK WEBSERVICE WEIBULL.DIST WRAPCOLS WRAPROWS XLOOKUP XMATCH XOR Z.TEST""".split()  # noqa: SIM905  # a hundred words read better as prose
)
_CALL: Final = re.compile(r"(?<![\w.!])([A-Za-z][A-Za-z0-9.]*)\(")
_TABLE: Final = re.compile(r"(?<![\w.\]'!])([A-Za-z_\\][\w.\\]*)\[")
_TAB: Final = re.compile(r"'((?:[^']|'')+)'!|(?<![\w.#\]'])([A-Za-z_\u0080-\uffff][\w.]*)!")
_CLOSES: Final = {")": "(", "}": "{"}


def outline(formula: str) -> tuple[str, str | None]:
    """A formula with its texts, quoted names and brackets emptied; and what is malformed, if anything.

    What stays is `""` for a text, `''` for a quoted sheet, `[]` for a bracket.
    """
    kept: list[str] = []
    opened: list[str] = []
    place = 0
    while place < len(formula):
        sign = formula[place]
        if sign in "\"'":
            place = _after_quote(formula, place)
            if place < 0:
                return "".join(kept), "a quotation mark is not closed"
            kept.append(sign * 2)
        elif sign == "[":
            place = _after_bracket(formula, place)
            if place < 0:
                return "".join(kept), "a square bracket is not closed"
            kept.append("[]")
        else:
            if sign in "({":
                opened.append(sign)
            elif sign in _CLOSES and (not opened or opened.pop() != _CLOSES[sign]):
                return "".join(kept), "a bracket is closed that was not opened"
            kept.append(sign)
            place += 1
    return "".join(kept), "a bracket is not closed" if opened else None


def _after_quote(formula: str, place: int) -> int:
    sign, place = formula[place], place + 1
    while (place := formula.find(sign, place)) >= 0:
        if formula[place + 1 : place + 2] != sign:
            return place + 1
        place += 2
    return -1


def _after_bracket(formula: str, place: int) -> int:
    depth = 0
    while place < len(formula):
        sign = formula[place]
        if sign == "'" and depth:  # inside a table reference an apostrophe makes the next sign plain
            place += 1
        elif sign == "[":
            depth += 1
        elif sign == "]":
            depth -= 1
            if not depth:
                return place + 1
        place += 1
    return -1


def faults(formula: str) -> list[str]:
    """What is wrong with a formula as it stands in a file (there, without a leading `=`)."""
    if not formula.strip():
        return ["it is empty"]
    if formula.startswith("="):
        return ["it starts with '=', which a file leaves out"]
    kept, malformed = outline(formula)
    if malformed:
        return [malformed]
    body = kept.strip()
    said = ["it ends in an operator"] if body[-1] in "+-*/^&=<>," else []
    if re.search(r"[*/^&][*/^&=<>]|[(,][*/^&]", body.replace(" ", "")):
        said.append("two operators stand together")
    return said


def unprefixed(formula: str) -> list[str]:
    """The functions that need `_xlfn.` before them and lack it."""
    return sorted({name.upper() for name in _CALL.findall(outline(formula)[0]) if name.upper() in _FUTURE})


def tables_named(formula: str) -> set[str]:
    """The tables that a formula's structured references name; other workbooks' are left out."""
    return set(_TABLE.findall(outline(formula)[0]))


def tabs_named(formula: str) -> set[str]:
    """The tabs of its own workbook that a formula names; of a span of unquoted tabs the last."""
    plain = re.sub(r'"[^"]*"', '""', formula)
    found = {quoted.replace("''", "'") or bare for quoted, bare in _TAB.findall(plain)}
    return {name for told in found if "[" not in told for name in told.split(":")}
