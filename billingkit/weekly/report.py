"""The HTML report for the manager: the notebook's results without its code, light, with no outside links."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any, Final

STYLE: Final = """
body{font:15px/1.5 "Segoe UI",system-ui,sans-serif;color:#1f2933;max-width:52rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:1.75rem 0 .5rem}
figure{margin:.5rem 0}svg{max-width:100%;height:auto}table{border-collapse:collapse;margin:.5rem 0}
th,td{padding:.3rem .7rem;border-bottom:1px solid #d9e2ec;text-align:left;vertical-align:top}
th{background:#f0f4f8}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
@media print{body{margin:0;max-width:none;font-size:12px}h2{break-after:avoid}tr,figure{break-inside:avoid}}
"""


def write_report(notebook: Path, target: Path) -> Path:
    """Write the cells tagged `report` of an executed notebook as one HTML file and return its place."""
    import nbformat

    cells = [cell for cell in nbformat.read(notebook, as_version=4).cells if "report" in cell.metadata.get("tags", [])]
    parts = "\n".join(part for cell in cells for part in _cell(cell))
    title = html.escape(_title(cells))
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head><body>{parts}</body></html>\n"
    )
    temporary = target.with_suffix(".part")
    temporary.write_text(page, encoding="utf-8")
    temporary.replace(target)
    return target


def _cell(cell: Any) -> list[str]:  # noqa: ANN401 -- nbformat has no types
    if cell.cell_type == "markdown":
        import mistune

        return [str(mistune.html(cell.source))]
    return [shown for output in cell.outputs if (shown := _output(output))]


def _output(output: Any) -> str:  # noqa: ANN401
    data = output.get("data", {})
    if "image/svg+xml" in data:
        # The drawing itself: sharp on paper, and a fifth of the picture's size.
        return f"<figure>{_drawing(str(data['image/svg+xml']))}</figure>"
    if "text/html" in data:
        return str(data["text/html"])
    return ""


def _drawing(svg: str) -> str:
    # Within a page the drawing needs no names of its own, and the page then names no address at all.
    return re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", svg)


def _title(cells: Any) -> str:  # noqa: ANN401
    for cell in cells:
        for output in cell.get("outputs", []):
            found = re.search(r"<h1>(.*?)</h1>", str(output.get("data", {}).get("text/html", "")))
            if found:
                return html.unescape(found[1])
    return "Report"
