# noqa: INP001 -- a script beside the pages it serves
"""Make the pictures of the documents, and the practice manager's guide as a PDF, from the sample practice.

Run it from a checkout, after anything that people see has changed: `python docs/make_pictures.py`. It needs
LibreOffice, pdftoppm, chromium and Pillow; nothing at run time needs what it makes.
"""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import tempfile
from datetime import date
from pathlib import Path
from typing import Final

import openpyxl
from PIL import Image, ImageChops

from billingkit import commands

DOCS: Final = Path(__file__).resolve().parent
ROOT: Final = DOCS.parent
AS_OF: Final = date(2026, 11, 16)
# The picture, its tab, the last row shown, and how many dots an inch.
PICTURES: Final = (
    ("start_here.png", "Start here", 29, 85),
    ("action_list.png", "Action list", 12, 80),
    ("holds.png", "Holds", 14, 75),
)
HIDDEN: Final = ("Why that date", "Why", "Who provides it", "Waiting since", "Times asked")
COLOURS: Final = 64
STYLE: Final = """
@page { size: A4; margin: 14mm 16mm } body { font: 10.5pt/1.35 Carlito, Calibri, sans-serif; color: #1c2833 }
h1 { font-size: 17pt; color: #15324f; margin: 0 0 2mm } h2 { font-size: 12.5pt; color: #15324f; margin: 4mm 0 1mm }
p, ul, ol { margin: 1mm 0 2mm } img { max-width: 100%; max-height: 74mm; border: 1px solid #999; display: block; margin: 1mm 0 }
table { border-collapse: collapse } td, th { border: 1px solid #999; padding: 1px 6px; text-align: left; vertical-align: top }
"""


def main() -> None:
    """Make every picture, then the guide."""
    with tempfile.TemporaryDirectory() as hidden:
        folder = Path(hidden) / "riverside"
        shutil.copytree(ROOT / "sample_data" / "riverside", folder, ignore=shutil.ignore_patterns("outbox", "ledger*"))
        commands.review_sources([folder], as_of=AS_OF)
        pack = next((folder / "outbox" / AS_OF.isoformat()).glob("*practice pack.xlsx"))
        for name, tab, rows, dots in PICTURES:
            picture(pack, tab, rows, dots, DOCS / name, Path(hidden))
        guide(Path(hidden))


def picture(pack: Path, tab: str, rows: int, dots: int, target: Path, hidden: Path) -> None:
    """One tab as a cropped picture: the same cells, on one page, without what does not fit a picture."""
    book = openpyxl.load_workbook(pack)
    shown = book[tab]
    for sheet in book.sheetnames:
        if sheet != tab:
            del book[sheet]
    for column in shown.iter_cols():
        if any(cell.value in HIDDEN for cell in column[:8]):
            shown.column_dimensions[column[0].column_letter].hidden = True
    shown.print_title_rows = None
    shown.oddHeader.left.text = shown.oddHeader.right.text = shown.oddFooter.left.text = shown.oddFooter.right.text = ""
    shown.print_area = f"A1:{shown.cell(1, shown.max_column).column_letter}{min(rows, shown.max_row)}"
    shown.col_breaks.brk = ()
    shown.sheet_properties.pageSetUpPr.fitToPage = True
    shown.page_setup.fitToWidth = shown.page_setup.fitToHeight = 1
    shown.page_setup.paperSize = 8  # A3, so that the letters stay large
    copy = hidden / f"{target.stem}.xlsx"
    book.save(copy)
    run("soffice", "--headless", "--convert-to", "pdf", "--outdir", str(hidden), str(copy))
    run(
        "pdftoppm",
        "-r",
        str(dots),
        "-f",
        "1",
        "-l",
        "1",
        "-png",
        "-singlefile",
        str(copy.with_suffix(".pdf")),
        str(copy.with_suffix("")),
    )
    cropped(copy.with_suffix(".png"), target)


def cropped(source: Path, target: Path) -> None:
    """The picture without its white edges, in few colours."""
    page = Image.open(source).convert("RGB")
    left, top, right, bottom = ImageChops.difference(page, Image.new("RGB", page.size, "white")).getbbox() or (
        0,
        0,
        *page.size,
    )
    part = page.crop((max(0, left - 8), max(0, top - 8), right + 8, bottom + 8))
    part.quantize(COLOURS).save(target, optimize=True)


def guide(hidden: Path) -> None:
    """The practice manager's page as a PDF beside the templates."""
    page = hidden / "guide.html"
    text = (DOCS / "practice_manager.md").read_text(encoding="utf-8")
    page.write_text(f"<meta charset=utf-8><style>{STYLE}</style>{as_html(text)}", encoding="utf-8")
    target = ROOT / "workbook_templates" / "practice_manager_guide.pdf"
    run(
        "chromium",
        "--headless",
        "--no-sandbox",
        "--no-pdf-header-footer",
        "--print-to-pdf-no-header",
        f"--print-to-pdf={target}",
        str(page),
    )


def as_html(text: str) -> str:
    """The few marks that the page uses: headings, lists, tables, pictures, bold."""
    return "\n".join(_block(block) for block in text.strip().split("\n\n"))


def _block(block: str) -> str:
    lines = block.splitlines()
    if found := re.match(r"(#+) (.*)", block):
        return f"<h{len(found[1])}>{_inline(found[2])}</h{len(found[1])}>"
    if found := re.match(r"!\[(.*)\]\((.*)\)", block):
        return f'<img alt="{html.escape(found[1])}" src="{(DOCS / found[2]).as_uri()}">'
    if lines[0].startswith("|"):
        cells = [[_inline(cell.strip()) for cell in line.strip("|").split("|")] for line in lines if "---" not in line]
        return (
            f"<table>{''.join('<tr>' + ''.join(f'<td>{cell}</td>' for cell in row) + '</tr>' for row in cells)}</table>"
        )
    if re.match(r"(-|\d+\.) ", lines[0]):
        kind = "ul" if lines[0].startswith("-") else "ol"
        return f"<{kind}>{''.join('<li>' + _inline(line.split(' ', 1)[1]) + '</li>' for line in lines)}</{kind}>"
    return f"<p>{_inline(block)}</p>"


def _inline(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html.escape(text, quote=False))


def run(*command: str) -> None:
    """Run a program, or say which one failed."""
    subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603 -- the programs are named above


if __name__ == "__main__":
    main()
