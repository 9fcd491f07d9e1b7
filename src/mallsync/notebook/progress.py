"""Bars for calls that take long: a line for each shop, in a notebook or a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from types import MappingProxyType
from typing import Any, Literal

from mallsync.errors import ConfigError
from mallsync.sync import Progress

__all__ = ["Style", "bars"]

Style = Literal["tqdm", "rich"]
Move = Callable[[int], None]


@contextmanager
def bars(style: Style = "tqdm") -> Iterator[Progress]:
    """Open bars for what takes ``progress=``: a fetch, an export, an import of files.

    How many orders there will be is not known before a mall has told the last of them: a bar
    counts, and shows no end. It may be told from any thread.

    Args:
        style: ``"tqdm"`` looks right in a notebook and in a terminal (`tqdm.auto`); ``"rich"``
            in both, too, in colour.

    Raises:
        ConfigError: There is no such style.
    """
    opened = _STYLES.get(style)
    if opened is None:
        raise ConfigError(f"style: write one of {', '.join(_STYLES)}")
    moves: dict[object, Move] = {}
    lock = Lock()
    with opened() as add:

        def move(shop: object, orders: int) -> None:
            with lock:
                if shop not in moves:
                    moves[shop] = add(str(shop))
                moves[shop](orders)

        yield move


@contextmanager
def _tqdm() -> Iterator[Callable[[str], Move]]:
    from tqdm.auto import tqdm  # noqa: PLC0415 -- an extra

    made: list[Any] = []

    def add(name: str) -> Move:
        bar = tqdm(desc=name, unit=" orders")
        made.append(bar)

        def move(orders: int) -> None:
            bar.update(orders - bar.n)

        return move

    try:
        yield add
    finally:
        for bar in made:
            bar.close()


@contextmanager
def _rich() -> Iterator[Callable[[str], Move]]:
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 -- an extra

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:,.0f} orders"),
        TimeElapsedColumn(),
    )
    with Progress(*columns) as shown:

        def add(name: str) -> Move:
            task = shown.add_task(name, total=None)
            return lambda orders: shown.update(task, completed=orders)

        yield add


_STYLES = MappingProxyType({"tqdm": _tqdm, "rich": _rich})
