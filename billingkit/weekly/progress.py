"""The progress bar of a weekly run: which practice is at which stage, how many are done, how long it still takes."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import Self, TextIO


class Progress:
    """A bar on a terminal; where output goes to a file or to cron, one line for each practice that ends.

    Stages are told from the threads that run the practices.
    """

    def __init__(self, total: int, *, file: TextIO | None = None, bar: bool | None = None) -> None:
        self._file = file or sys.stderr
        self._total, self._done = total, 0
        self._stages: dict[str, str] = {}
        self._lock = threading.Lock()
        self._bar = None
        if (self._file.isatty() if bar is None else bar) and total:
            from tqdm import tqdm

            self._bar = tqdm(
                total=total,
                file=self._file,
                unit="practice",
                dynamic_ncols=True,
                bar_format="{n_fmt}/{total_fmt} practices |{bar:20}| {elapsed} gone, {remaining} to go  {postfix}",
            )

    def stage(self, code: str, said: str) -> None:
        """A practice has come to a stage."""
        with self._lock:
            self._stages[code] = said
            self._show()

    def ended(self, code: str, status: str) -> None:
        """A practice has ended."""
        with self._lock:
            self._stages.pop(code, None)
            self._done += 1
            if self._bar is None:
                print(f"{self._done}/{self._total} {code} {status}", file=self._file, flush=True)
            else:
                self._bar.update()
                self._show()

    def tick(self) -> None:
        """Let the bar count the seconds although nothing happened."""
        if self._bar is not None:
            with self._lock:
                self._bar.refresh()

    def _show(self) -> None:
        if self._bar is not None:
            self._bar.set_postfix_str("; ".join(f"{code}: {said}" for code, said in sorted(self._stages.items())))

    def __enter__(self) -> Self:
        """The progress itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the finished bar on the screen."""
        if self._bar is not None:
            self._bar.set_postfix_str("")
            self._bar.close()
