"""Which of her tabs is the selected one: one attribute in the head of a sheet, changed there and nowhere else.

Two selected tabs are a group in Excel, and whatever is typed goes into both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from lxml import etree

from billingkit.workbook.package import Changes, Content

_VIEW: Final = re.compile(rb"<(?:[\w.-]+:)?sheetView(?=[\s/>])[^>]*>")
_WINDOW: Final = re.compile(rb"""\sworkbookViewId\s*=\s*["'](\d+)""")
_SELECTED: Final = re.compile(rb"""(\stabSelected\s*=\s*["'])(\w+)(?=["'])""")
_TRUE: Final = frozenset({b"1", b"true", b"on"})


def select(changes: Changes, part: str, to: str) -> str | None:
    """Set a sheet's `tabSelected` for the first window, where it is written and differs; gives what it was.

    A sheet that does not say it is left alone: it is not selected.
    """
    content = changes.parts.get(part) or _unchanged(changes, part)
    head = _head(_chunks(content))
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:  # UTF-16: rare, and small enough to be written anew
        whole = etree.tostring(
            changes.root(part).getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True
        )
        content, head = whole, whole
    was: list[str] = []

    def set_view(view: re.Match[bytes]) -> bytes:
        window, told = _WINDOW.search(view[0]), _SELECTED.search(view[0])
        if told is None or (window and int(window[1])) or (told[2] in _TRUE) == (to.encode() in _TRUE):
            return view[0]
        was.append(told[2].decode())
        return view[0][: told.start(2)] + to.encode() + view[0][told.end(2) :]

    new = _VIEW.sub(set_view, head)
    if was:
        changes.put(
            part, content.replace(head, new, 1) if isinstance(content, bytes) else _new_head(content, len(head), new)
        )
    return was[0] if was else None


def _unchanged(changes: Changes, part: str) -> Content:
    package = changes.package
    return lambda: package.stream(part)


def _chunks(content: Content) -> Iterable[bytes]:
    return (content,) if isinstance(content, bytes) else content()


def _head(chunks: Iterable[bytes]) -> bytes:
    """The sheet as far as its views: the rows come later."""
    head = b""
    for chunk in chunks:
        head += chunk
        if b"sheetData" in head or b"</sheetViews" in head or head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            break
    ends = [place for place in (head.find(b"sheetData"), head.find(b"customSheetViews")) if place >= 0]
    return head[: min(ends)] if ends else head


def _new_head(content: Callable[[], Iterable[bytes]], length: int, new: bytes) -> Callable[[], Iterator[bytes]]:
    def chunks() -> Iterator[bytes]:
        left = length
        yield new
        for chunk in content():
            skipped = min(left, len(chunk))
            left -= skipped
            if skipped < len(chunk):
                yield chunk[skipped:]

    return chunks


def is_selected(changes: Changes, part: str) -> bool:
    """Does the sheet say that it is the selected one of the first window?"""
    return any(
        told[2] in _TRUE
        for view in _VIEW.findall(_head(changes.stream(part)))
        for told in [_SELECTED.search(view)]
        if told
    )
