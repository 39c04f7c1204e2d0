"""What the styles of an OpenDocument spreadsheet say: number formats with meaning, hidden sheets."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from billingkit.workbook.preflight import damaged
from billingkit.workbook.serials import meaning_of
from billingkit.workbook.strings import local

_DATA_STYLES = ("number-style", "currency-style", "text-style", "percentage-style")


@dataclass(slots=True)
class Looks:
    """By style name."""

    codes: dict[str, str] = field(default_factory=dict)  # cell styles whose numbers say more than the number
    hidden_tables: set[str] = field(default_factory=set)


def read_looks(parts: list[bytes], place: str) -> Looks:
    """The styles in these parts; formats are spelt as Excel would spell them."""
    codes: dict[str, str] = {}
    looks = Looks()
    for data in parts:
        for one in _styles(data, place):
            named = {key.rpartition("}")[2]: value for key, value in one.attrib.items()}
            if local(one) in _DATA_STYLES:
                codes[named.get("name", "")] = _code(one)
            elif local(one) == "style" and named.get("family") == "table-cell":
                own = codes.get(named.get("data-style-name", "")) or looks.codes.get(
                    named.get("parent-style-name", ""), ""
                )
                if meaning := meaning_of(own or "General"):
                    looks.codes[named.get("name", "")] = meaning
            elif any(
                value == "false" for child in one for key, value in child.attrib.items() if key.endswith("}display")
            ):
                looks.hidden_tables.add(named.get("name", ""))
    return looks


def _styles(data: bytes, place: str) -> list[Element]:
    """The style elements, data formats first; the sheets themselves are cut away before parsing."""
    start, end = data.find(b"<office:body"), data.rfind(b"</office:body>")
    if 0 <= start < end:
        data = data[:start] + data[end + len(b"</office:body>") :]
    try:
        root = fromstring(data, forbid_dtd=True)
    except (ParseError, LookupError, ValueError):
        damaged(place)
    found = [one for part in root if local(part) in ("styles", "automatic-styles") for one in part]
    return sorted(found, key=lambda one: local(one) == "style")


def _code(style: Element) -> str:
    """The data style in Excel's words: `00000`, `"CLM"000`, `[$€]#,##0.00`, `@`."""
    parts = [_part(one, {key.rpartition("}")[2]: value for key, value in one.attrib.items()}) for one in style]
    return "".join(parts)


def _part(one: Element, named: dict[str, str]) -> str:
    kind = local(one)
    if kind == "number":
        whole = int(least) if (least := named.get("min-integer-digits", "1")).isdecimal() and len(least) < 3 else 1
        places = int(most) if (most := named.get("decimal-places", "0")).isdecimal() and len(most) < 3 else 0
        digits = "#,##0" if named.get("grouping") == "true" else "0" * max(whole, 1)
        return digits + ("." + "0" * places if places else "")
    if kind == "currency-symbol":
        return f"[${one.text or ''}]"
    if kind == "text-content":
        return "@"
    return f'"{one.text}"' if kind == "text" and (one.text or "").strip(" ()-") else ""
