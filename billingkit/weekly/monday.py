"""A notebook run for every practice in a folder; one failing practice stops no other."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, nullcontext
from datetime import date
from functools import partial
from pathlib import Path

from billingkit.outcome import Outcome
from billingkit.problems import CannotRun
from billingkit.weekly.ending import MACHINE, NOTEBOOK, Result
from billingkit.weekly.execution import Task, execute
from billingkit.weekly.forks import Forks
from billingkit.weekly.notebook import check_parameters, read_notebook
from billingkit.weekly.plan import Stop, practices_in
from billingkit.weekly.progress import Progress
from billingkit.weekly.telling import outcome


def weekly(  # noqa: PLR0913 -- the contract's options, one argument each
    root: Path,
    *,
    as_of: date,
    jobs: int | None = None,
    cluster: str | None = None,
    only: Sequence[str] = (),
    resume: bool = False,
    shard: str | None = None,
    cell_timeout: int = 600,
    run_timeout: int = 1800,
    notebook: Path | None = None,
) -> Outcome:
    """Run the weekly notebook for every practice below `root` and say how each ended.

    Every practice and the notebook's parameters are checked before any kernel starts. The exit code is 1 if
    any practice failed.
    """
    from billingkit.shipped import shipped

    book = read_notebook(notebook or shipped("notebooks") / "weekly_review.ipynb")
    stops = practices_in(root.resolve(), as_of=as_of, only=only, shard=shard, resume=resume)
    tasks = [_task(stop, book.path, book.sha256, as_of, cell_timeout, run_timeout) for stop in stops if _runs(stop)]
    for task in tasks:
        check_parameters(book, task.parameters)
    results = [_not_run(stop) for stop in stops if not _runs(stop)]
    with _executor(jobs, cluster) as pool:
        here = cluster is None
        results += list(_here(pool, tasks, jobs) if here else _with_progress(pool, tasks))
    return outcome(root, as_of, sorted(results, key=lambda result: (result.code.casefold(), result.folder)))


def _runs(stop: Stop) -> bool:
    return not stop.fault and not stop.done


def _not_run(stop: Stop) -> Result:
    if stop.done:
        return Result(stop.code, str(stop.path), "skipped", "This week's run is done.", summary=stop.summary)
    return Result(stop.code, str(stop.path), "refused", stop.fault, stop.cause)


def _task(stop: Stop, notebook: Path, sha: str, as_of: date, cell_timeout: int, run_timeout: int) -> Task:
    parameters = {"practice_folder": str(stop.path), "practice_code": stop.code, "as_of": as_of.isoformat()}
    return Task(
        notebook=str(notebook.resolve()),
        notebook_sha256=sha,
        folder=str(stop.path),
        code=stop.code,
        as_of=as_of.isoformat(),
        parameters=parameters,
        out=str(stop.path / "outbox" / as_of.isoformat()),
        cell_timeout=cell_timeout,
        run_timeout=run_timeout,
    )


def _here(pool: Executor, tasks: list[Task], jobs: int | None) -> Iterator[Result]:
    """Run on this machine: from one preloaded Python where that is possible and pays, telling every stage."""
    cores = os.cpu_count() or 1
    threads = max(1, cores // min(jobs or cores, max(1, len(tasks))))
    with Forks(threads) if Forks.possible() and len(tasks) > 1 else nullcontext() as forks:
        yield from _with_progress(pool, tasks, forks, stages=True)


def _with_progress(
    pool: Executor, tasks: list[Task], forks: Forks | None = None, *, stages: bool = False
) -> Iterator[Result]:
    with Progress(len(tasks)) as progress:
        waiting: dict[Future[Result], Task] = {}
        for task in tasks:
            # Stages can be told within this process; from another machine only the end is heard.
            told = (partial(progress.stage, task.code), forks) if stages else ()
            waiting[pool.submit(execute, task, *told)] = task
        left = set(waiting)
        try:
            while left:
                ended, left = wait(left, timeout=1, return_when=FIRST_COMPLETED)
                for future in ended:
                    result = _of(future, waiting[future])
                    progress.ended(result.code, result.status)
                    yield result
                progress.tick()
        finally:
            for future in left:  # Ctrl+C: the practices whose turn has not come are left as they are
                future.cancel()


def _of(future: Future[Result], task: Task) -> Result:
    try:
        return future.result()
    except OSError as error:
        said = f"The run could not be started, or its notebook not kept: {error.strerror or type(error).__name__}."
        return Result(task.code, task.folder, "failed", said, MACHINE)
    except Exception as error:  # noqa: BLE001 -- one practice's failure, of whatever kind, stops no other
        return Result(task.code, task.folder, "failed", f"The run ended with {type(error).__name__}.", NOTEBOOK)


@contextmanager
def _executor(jobs: int | None, cluster: str | None) -> Iterator[Executor]:
    if cluster is None:
        # A kernel is a process already, so a thread that waits for it is enough.
        with ThreadPoolExecutor(jobs or os.cpu_count() or 1) as pool:
            yield pool
        return
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise CannotRun("--cluster needs Dask: pip install 'billingkit[cluster]'.") from None
    try:
        client = Client(cluster)
    except (OSError, ValueError):
        raise CannotRun(f"{cluster}: no Dask scheduler answers there; write it as tcp://10.0.0.5:8786.") from None
    with client:
        yield client.get_executor(pure=False)
