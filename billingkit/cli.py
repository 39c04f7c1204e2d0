"""The command line: it asks the clock, prints what a command says, and turns refusals into exit code 2."""

from __future__ import annotations

import io
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import IO, Any

import click

from billingkit import __version__
from billingkit.problems import BillingkitError

SOURCE = click.Path(path_type=Path)
OUR_FAULT = 70  # what a program of ours ends with when the fault is its own


class Day(click.ParamType[date]):
    """A day as 2026-11-23."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:  # noqa: ANN401 -- click's own signature
        """The day that the text names."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f'"{value}" is not a date: write it as 2026-11-23.', param, ctx)


def _today() -> date:
    # The only place where the kit asks the clock.
    return datetime.now().astimezone().date()


as_of_option = click.option(
    "--as-of", type=Day(), default=_today, help="The day the review is made for (default: today)."
)
policy_option = click.option("--policy", type=SOURCE, help="A policy.xlsx to use.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print data instead of sentences.")


def _our_fault(fault: Exception) -> str:
    """A fault of the kit's own, by its kind and place: its message may hold a cell of the practice's data."""
    frame = traceback.extract_tb(fault.__traceback__)[-1]
    place = f"{Path(frame.filename).name}, line {frame.lineno}"
    return (
        f"This is a fault in billingkit itself ({type(fault).__name__} at {place}), not in your files. Please report it. "
        "With BILLINGKIT_TRACEBACK=1 it shows more, which may include patients' data: do not share that."
    )


def _not_there(stopped: OSError) -> str:
    """What the system would not let us read or write, and what to do; its own words say why."""
    path = Path(os.fsdecode(stopped.filename))
    place = (path if path.exists() else path.parent).resolve().name  # a name of ours that never came to be says nothing
    return (
        f"{place}: it could not be read or written ({stopped.strerror}). "
        "Check the path and its permissions, and close the file if another program has it open."
    )


def _show_anything() -> None:
    """A sign that the console's encoding lacks, such as a Windows code page, is shown as `?` and stops nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _says(command: Callable[..., Any]) -> Callable[..., None]:
    """Run a command's function, print its outcome, and exit with its code."""

    @wraps(command)
    def run(*args: Any, as_json: bool = False, **options: Any) -> None:  # noqa: ANN401 -- passed through as they are
        os.umask(0o077)
        _show_anything()
        try:
            outcome = command(*args, **options)
        except BillingkitError as refusal:
            click.echo(json.dumps({"refused": str(refusal)}) if as_json else str(refusal), err=True)
            sys.exit(refusal.exit_code)
        except OSError as stopped:
            if os.environ.get("BILLINGKIT_TRACEBACK"):
                raise
            place_known = stopped.filename is not None
            click.echo(_not_there(stopped) if place_known else _our_fault(stopped), err=True)
            sys.exit(BillingkitError.exit_code if place_known else OUR_FAULT)
        except Exception as fault:
            if os.environ.get("BILLINGKIT_TRACEBACK"):
                raise
            click.echo(_our_fault(fault), err=True)
            sys.exit(OUR_FAULT)
        text = json.dumps(outcome.data, indent=1, default=str) if as_json else outcome.text
        click.echo(text)
        sys.exit(outcome.code)

    return run


class OneSentence(click.ClickException):
    """What was typed cannot be done: said in one sentence, as every other refusal."""

    exit_code = BillingkitError.exit_code

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence with no usage lines around it."""
        click.echo(self.message, file=file, err=file is None)


@contextmanager
def _in_one_sentence() -> Iterator[None]:
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as wrong:
        see = f" See {wrong.ctx.command_path} --help." if wrong.ctx else ""
        raise OneSentence(" ".join(wrong.format_message().split()) + see) from None


class Plain(click.Group):
    """A group whose refusals of what was typed are one sentence too."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:  # noqa: ANN401 -- passed through as they are
        """The context of what was typed."""
        with _in_one_sentence():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 -- click's own signature
        """Run the command that was typed."""
        with _in_one_sentence():
            return super().invoke(ctx)


@click.group(cls=Plain, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="billingkit")
def main() -> None:
    """Follow-up, escalation and action lists inside a dental practice's own workbook."""


@main.command()
@click.argument("folder", type=SOURCE)
@click.option("--from", "source", type=SOURCE, help="A workbook of the practice to propose mappings from.")
@click.option("--country", help="Country as an ISO code, such as GB or US: its holidays go into the calendar.")
@click.option("--region", help="Region of the country, such as ENG or CA.")
@as_of_option
@json_option
@_says
def new(**options: Any) -> Any:  # noqa: ANN401 -- click passes the options by name
    """Make a practice folder from the templates."""
    from billingkit import commands

    return commands.new(**options)


@main.command()
@click.argument("sources", nargs=-1, required=True, type=SOURCE)
@click.option("--out", required=True, type=SOURCE, help="Folder for claims, balances, problems and reading.json.")
@click.option("--format", "fmt", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True)
@policy_option
@as_of_option
@json_option
@_says
def read(**options: Any) -> Any:  # noqa: ANN401
    """Read workbooks to canonical tables, with every problem and its address."""
    from billingkit import commands

    return commands.read(**options)


@main.command()
@click.argument("what", type=SOURCE)
@policy_option
@as_of_option
@json_option
@_says
def check(**options: Any) -> Any:  # noqa: ANN401
    """Report problems in a workbook, a policy or a practice folder; write nothing."""
    from billingkit import commands

    return commands.check(**options)


@main.command()
@click.argument("sources", nargs=-1, required=True, type=SOURCE)
@policy_option
@as_of_option
@click.option("--out", type=SOURCE, help="Where the pack and the worklist go.")
@click.option("--payments-to", type=Day(), help="Payments are posted in the practice's system up to this day.")
@click.option("--no-names", is_flag=True, help="Stable pseudonyms in place of patients' names.")
@click.option("--replay", is_flag=True, help="Make an earlier week's workbook again; the ledger is left alone.")
@click.option("--ledger", help="The ledger's database as a URL (default: ledger.sqlite in the folder).")
@json_option
@_says
def review(**options: Any) -> Any:  # noqa: ANN401
    """The main job: annotate the practice's workbook and write the team worklist."""
    from billingkit import commands

    return commands.review_sources(**options)


@main.command()
@click.argument("what", metavar="FOLDER", type=SOURCE)
@click.argument("workbook", type=SOURCE)
@click.option("--dry-run", is_flag=True, help="Say what would be taken; record nothing.")
@as_of_option
@json_option
@_says
def receive(**options: Any) -> Any:  # noqa: ANN401
    """Read a returned pack: what was taken, held, in conflict."""
    from billingkit import commands

    return commands.receive(**options)


@main.command()
@click.argument("what", metavar="FOLDER_OR_SOURCE", type=SOURCE)
@click.argument("claim_or_account")
@policy_option
@as_of_option
@json_option
@_says
def explain(**options: Any) -> Any:  # noqa: ANN401
    """Every rule tried for a claim or account, and why not today."""
    from billingkit import commands

    return commands.explain(**options)


@main.command()
@click.argument("what", metavar="FOLDER", type=SOURCE)
@click.argument("claim_or_account", required=False)
@click.option("--verify", is_flag=True, help="Check that nothing in the ledger was altered.")
@click.option("--rebuild", is_flag=True, help="Make the database anew from the ledger's files.")
@json_option
@_says
def history(**options: Any) -> Any:  # noqa: ANN401
    """What was asked, answered and done, by whom, from which file."""
    from billingkit import commands

    return commands.history(**options)


@main.command()
@click.argument("what", metavar="FOLDER_OR_SOURCE", type=SOURCE)
@policy_option
@as_of_option
@json_option
@_says
def start(**options: Any) -> Any:  # noqa: ANN401
    """What a practice should settle before the first week."""
    from billingkit import commands

    return commands.start(**options)


@main.command()
@click.argument("what", metavar="FOLDER_OR_POLICY", type=SOURCE)
@as_of_option
@json_option
@_says
def rules(**options: Any) -> Any:  # noqa: ANN401
    """The tables as they will run, with the practice's numbers."""
    from billingkit import commands

    return commands.rules(**options)


@main.command()
@click.argument("what", metavar="FOLDER", type=SOURCE)
@click.option("--policy", "new_policy", required=True, type=SOURCE, help="The policy to try.")
@json_option
@_says
def rehearse(**options: Any) -> Any:  # noqa: ANN401
    """What a new policy would change, exactly, and in the saved weeks."""
    from billingkit import commands

    return commands.rehearse(**options)


@main.command()
@click.argument("root", type=SOURCE)
@as_of_option
@click.option("--jobs", type=click.IntRange(1), help="How many practices at once (default: the machine's cores).")
@click.option("--cluster", help="A Dask scheduler, such as tcp://10.0.0.5:8786 (needs billingkit[cluster]).")
@click.option("--only", multiple=True, help="A practice's code; may be given more than once.")
@click.option("--resume", is_flag=True, help="Leave out practices whose run of this week is done.")
@click.option("--shard", help="i/n: the i-th of n equal shares of the practices.")
@click.option("--cell-timeout", type=click.IntRange(1), default=600, show_default=True, help="Seconds for one cell.")
@click.option(
    "--run-timeout", type=click.IntRange(1), default=1800, show_default=True, help="Seconds for one practice."
)
@json_option
@_says
def weekly(**options: Any) -> Any:  # noqa: ANN401
    """A notebook run for every practice in a folder; one failing practice stops no other."""
    from billingkit.weekly.monday import weekly as monday

    return monday(**options)
