"""The HTML report for the manager: the notebook's results without its code, light, with no outside links."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any, Final

STYLE: Final = """
body{font:15px/1.5 "Segoe UI",system-ui,sans-serif;color:#1f2933;max-width:52rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:1.75rem 0 .5rem}
img{max-width:100%;height:auto}table{border-collapse:collapse;margin:.5rem 0}
th,td{padding:.3rem .7rem;border-bottom:1px solid #d9e2ec;text-align:left;vertical-align:top}
th{background:#f0f4f8}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
@media print{body{margin:0;max-width:none}h2{break-after:avoid}table,img{break-inside:avoid}}
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
    if "image/png" in data:
        text = html.escape(str(data.get("text/plain", "chart")))
        return f'<p><img alt="{text}" src="data:image/png;base64,{data["image/png"].strip()}"></p>'
    if "text/html" in data:
        return str(data["text/html"])
    if "text/markdown" in data:
        import mistune

        return str(mistune.html(data["text/markdown"]))
    return ""


def _title(cells: Any) -> str:  # noqa: ANN401
    for cell in cells:
        for output in cell.get("outputs", []):
            title = output.get("metadata", {}).get("title")
            if title:
                return str(title)
    return "Weekly review"
