"""Papermill's own engine, which hands out the notebook that it works on: so far as it came it is there, however it ended."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

NAME: Final = "billingkit"


@cache
def register() -> None:
    """Make the engine known to papermill, once for each process."""
    from papermill.engines import NBClientEngine, papermill_engines

    class Engine(NBClientEngine):  # type: ignore[misc]  # papermill has no types
        @classmethod
        def execute_managed_notebook(
            cls,
            nb_man: Any,  # noqa: ANN401 -- papermill's own signature
            kernel_name: str,
            *,
            keep: Callable[[Any], None],
            **options: Any,  # noqa: ANN401
        ) -> None:
            keep(nb_man.nb)
            super().execute_managed_notebook(nb_man, kernel_name, **options)

    papermill_engines.register(NAME, Engine)
