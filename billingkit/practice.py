"""A practice's folder: its policy, what it sent, what was sent back, and its ledger."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from billingkit.private import private
from billingkit.problems import BrokenPolicy, CannotRun, HostileFile, NotAWorkbook, NothingToRead

if TYPE_CHECKING:
    from billingkit.ledger import Store
    from billingkit.policy import Policy
    from billingkit.preparing import Prepared
    from billingkit.receiving import Receipt
    from billingkit.workbook.book import Value

KEY_FILE: Final = "pseudonyms.key"
SECRET_BYTES: Final = 32
DATED: Final = re.compile(r"^\d{4}-\d{2}-\d{2}$")
# What a practice may leave in its inbox that is not a week's data: Excel's lock files and system litter.
LITTER: Final = ("~$", ".")


@dataclass(frozen=True)
class PracticeFolder:
    """One practice on disk. `url` is the ledger's database; by default a SQLite file in the folder."""

    path: Path
    url: str | None = None

    @property
    def policy_path(self) -> Path:
        """The written agreement."""
        return self.path / "policy.xlsx"

    @property
    def ledger_files(self) -> Path:
        """The ledger's immutable files, from which its database can be rebuilt."""
        return self.path / "ledger"

    @cached_property
    def ledger(self) -> Store:
        """The ledger's database, opened, and rebuilt from its files where the database itself is gone."""
        from billingkit.ledger import Store, rebuild, refuse_shared

        database = self.path / "ledger.sqlite"
        if self.url is None:
            refuse_shared(self.path)
        url = self.url or f"sqlite:///{database}"
        if self.url is None and not database.exists() and any(self.ledger_files.glob("*.jsonl")):
            return rebuild(self.ledger_files, url)
        return Store(url)

    def close(self) -> None:
        """Let go of the ledger's database, if it was opened."""
        if "ledger" in self.__dict__:
            self.ledger.close()
            del self.__dict__["ledger"]

    def inbox(self, as_of: date) -> list[Path]:
        """Every dated inbox folder not after the as-of date, oldest first."""
        root = self.path / "inbox"
        folders = root.iterdir() if root.is_dir() else ()
        dated = sorted(folder for folder in folders if folder.is_dir() and DATED.match(folder.name))
        return [folder for folder in dated if _date(folder.name) <= as_of]

    def outbox(self, as_of: date) -> Path:
        """Where a run of that date leaves what goes out."""
        return self.path / "outbox" / as_of.isoformat()

    def received(self, as_of: date) -> list[Path]:
        """Every file in the inbox up to the as-of date, in the order of their folders and names."""
        return [file for folder in self.inbox(as_of) for file in files_in(folder)]

    def policy(self) -> Policy:
        """The practice's policy; where it has faults, the last accepted one, which then says so.

        Raises:
            BrokenPolicy: it has faults and none was accepted before.
            NothingToRead: the folder has no policy.xlsx.
        """
        if not self.policy_path.exists():
            raise NothingToRead(
                f"{self.path.name}/policy.xlsx",
                "There is no policy here.",
                "Make one with `billingkit new`, or name a practice's folder.",
            )
        try:
            return load_policy(self.policy_path)
        except BrokenPolicy as broken:
            accepted = self._last_accepted()
            if accepted is None:
                raise
            notice = (
                f"policy.xlsx has {len(broken.faults)} faults and was not used; "
                f"the policy last accepted ran instead. First fault: {broken.faults[0]}"
            )
            old = load_policy(accepted)
            return replace(old, notices=(notice, *old.notices))

    def secret(self) -> str:
        """What the practice's pseudonyms hang on: made once, readable for its owner alone, the same ever after.

        Raises:
            CannotRun: it cannot be kept here, or what is kept was cut.
        """
        kept = self.path / KEY_FILE
        if not kept.exists():
            temporary = kept.with_suffix(".part")
            temporary.unlink(missing_ok=True)
            try:
                with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                    file.write(secrets.token_hex(SECRET_BYTES))
                os.replace(temporary, kept)  # noqa: PTH105 -- the atomic rename on every system
            except OSError:
                raise CannotRun(
                    f"{self.path.name}: the folder cannot be written to, so no pseudonyms can be kept."
                ) from None
        secret = kept.read_text(encoding="ascii", errors="replace").strip()
        if len(secret) < 2 * SECRET_BYTES:
            raise CannotRun(
                f"{self.path.name}/{KEY_FILE} was cut: put it back from a backup, or remove it to make new pseudonyms."
            )
        return secret

    def accept(self, policy: Policy) -> None:
        """Keep the policy that runs, under its hash, as the one to fall back on."""
        kept = self.ledger_files / "policies" / f"{policy.hash}.xlsx"
        if not self.policy_path.exists() or policy.hash in {p.stem for p in kept.parent.glob("*.xlsx")}:
            return
        kept.parent.mkdir(parents=True, exist_ok=True)
        temporary = kept.with_suffix(".part")
        temporary.write_bytes(self.policy_path.read_bytes())
        os.replace(temporary, kept)  # noqa: PTH105 -- the atomic rename on every system

    def accepted_policy(self, policy_hash: str) -> Policy:
        """The policy that ran under that hash.

        Raises:
            NothingToRead: it was never accepted here.
        """
        kept = self.ledger_files / "policies" / f"{policy_hash}.xlsx"
        if not kept.exists():
            raise NothingToRead(
                f"{self.path.name}/ledger", "The policy of that run is not kept here.", "Check the hash."
            )
        return load_policy(kept)

    def _last_accepted(self) -> Path | None:
        for _, run in reversed(self.ledger.of_kind("run")):
            kept = self.ledger_files / "policies" / f"{run.body['policy']}.xlsx"
            if kept.exists():
                return kept
        return None

    def last_hits(self, as_of: date) -> tuple[date | None, dict[str, date]]:
        """The first day of the record, and the last day before `as_of` on which each rule decided a row."""
        if self.url is None and not (self.path / "ledger.sqlite").exists():
            return None, {}  # to look makes nothing
        runs = sorted(
            (event.as_of, event.body["rules"]) for _, event in self.ledger.of_kind("run") if event.as_of < as_of
        )
        hits = {rule: day for day, decided in runs for rule in decided}
        return (runs[0][0] if runs else None), hits

    def read_week(self, as_of: date | str, *, policy: Policy | None = None) -> Prepared:
        """Read the newest week not after the as-of date, with the policy and what the ledger remembers.

        Returned packs are not taken in here: `receive` and `billingkit review` do that.
        """
        from billingkit.preparing import prepare

        return prepare(self, as_of=_as_date(as_of), policy=policy)

    def must_be(self, code: str) -> None:
        """Stop where the folder is not the practice that was meant.

        Raises:
            CannotRun: the policy in the folder has another practice code.
        """
        here = self.policy().practice.code or self.path.name
        if here != code:
            raise CannotRun(f"{self.path.name}: this is the folder of practice {here}, not of {code}. Nothing was run.")

    def receive_new(self, as_of: date | str) -> list[Receipt]:
        """Read every returned pack in the inbox that has not been read yet, oldest first."""
        from billingkit.ledger import in_use_by_me
        from billingkit.receiving import receive_unseen
        from billingkit.writing import heal

        with private(), in_use_by_me(self.path):
            heal(self)
            return receive_unseen(self, _as_date(as_of))

    def receive(self, workbook: str | Path, *, as_of: date | str | None = None, dry_run: bool = False) -> Receipt:
        """Read a returned pack into the ledger and say what was taken, held or in conflict.

        Without `as_of` it is taken on the day of the last run: only the command line asks the clock.
        """
        from billingkit.ledger import in_use_by_me
        from billingkit.receiving import receive
        from billingkit.writing import heal

        with private(), in_use_by_me(self.path):
            heal(self)
            day = self._day_of_last_run() if as_of is None else _as_date(as_of)
            return receive(self, Path(workbook), as_of=day, dry_run=dry_run)

    def _day_of_last_run(self) -> date:
        last = max((event.as_of for _, event in self.ledger.of_kind("run")), default=None)
        if last is None:
            raise CannotRun(f"{self.path.name}: there was no run yet, so there is no answer to receive.")
        return last


def open_practice(folder: str | Path, *, ledger: str | None = None) -> PracticeFolder:
    """A practice's folder, ready to read.

    Raises:
        NothingToRead: the folder is not there or is not a practice's.
    """
    path = Path(folder).resolve()
    if not path.is_dir():
        raise NothingToRead(
            str(folder), "There is no such folder.", "Check the name, or make it with `billingkit new`."
        )
    if not (path / "policy.xlsx").exists() and not (path / "inbox").is_dir():
        raise NothingToRead(
            path.name,
            "This folder has neither policy.xlsx nor inbox.",
            "Name a practice's folder, or make one with `billingkit new`.",
        )
    return PracticeFolder(path, ledger)


def load_policy(path: Path) -> Policy:
    """A policy workbook, checked.

    Raises:
        Refused: it cannot be read as a workbook.
        BrokenPolicy: it has faults; every one is listed with its cell.
    """
    if not path.is_file():
        raise NothingToRead(path.name, "There is no such file.", "Check the name and the folder.")
    return _checked(path, sha256(path))


@lru_cache(maxsize=8)
def _checked(path: Path, _content: str) -> Policy:
    # One run asks for its policy several times, and checking it costs a third of a second; the key holds the
    # content's hash, so a file that was changed in between is read anew.
    from billingkit.policy import from_rows

    return from_rows(policy_sheets(path), source=path.name)


def policy_sheets(path: Path) -> dict[str, list[list[Value]]]:
    """A policy workbook's sheets; one that is damaged is for us to put right, not for the practice to send again.

    Raises:
        Refused: it cannot be read as a workbook.
    """
    from billingkit.workbook import read_template

    try:
        return read_template(path)
    except (NotAWorkbook, HostileFile) as fault:
        remedy = (
            "This is the practice's policy, not a workbook it sent: put a sound copy in its place. "
            "Every policy that has run is kept in the practice's ledger/policies."
        )
        raise type(fault)(fault.place, fault.found, remedy) from None


def files_in(folder: Path) -> list[Path]:
    """The files a practice left in a folder, without litter, in the order of their names."""
    return sorted(file for file in folder.iterdir() if file.is_file() and not file.name.startswith(LITTER))


def sha256(path: Path) -> str:
    """A file's SHA-256, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CannotRun(f'The inbox folder "{text}" is not a date: rename it to the day it was received.') from None


def _as_date(day: date | str) -> date:
    return day if isinstance(day, date) else date.fromisoformat(day)
