"""Where the notebooks, the workbook templates and the sample data are: in a checkout or inside the wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """The folder `notebooks`, `workbook_templates` or `sample_data`.

    Raises:
        FileNotFoundError: the kit was installed without it, which is a fault of the build.
    """
    inside = PACKAGE / "_shipped" / name
    beside = PACKAGE.parent / name
    for folder in (inside, beside):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"billingkit was installed without its {name} folder.")
