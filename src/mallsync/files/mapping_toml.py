"""Mapping files (TOML), read strictly: every mistake is named by its key.

A source says where a value comes from::

    "氏名"                                      a column
    { column = "注文日", date = "%y.%m.%d" }      a column with dates of another form
    { join = ["郵便1", "郵便2"], with = "-" }     several columns; blank ones are left out
    { column = "状態", codes = { "新規" = "TO_SHIP" }, other = "UNKNOWN" }
    { constant = "JP" }                         the same for every row
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mallsync.errors import ConfigError
from mallsync.files.mapping import (
    ITEM_FIELDS,
    ORDER_FIELDS,
    RESULT_FIELDS,
    TRACKING_FIELDS,
    CsvMapping,
    ResultsLayout,
    Source,
)
from mallsync.files.opening import encoding_named
from mallsync.files.safety import unwritable
from mallsync.files.toml import read_toml
from mallsync.model.period import JST
from mallsync.model.words import Mall, Phase
from mallsync.wire.csvs import Meaning, day, moment

__all__ = ["load_mapping"]

_SOME_DAY = datetime(2031, 4, 2, tzinfo=JST)
_NEEDED = {"order": ("number", "phase"), "tracking": ("order_number", "tracking_number")}


def load_mapping(path: Path | str) -> CsvMapping:
    """Return the mapping of a file.

    Raises:
        FileError: The file cannot be read, or is no TOML; with line and column.
        ConfigError: What it says cannot be; every mistake is named, by its key.
    """
    place = Path(path)
    reader = _Reader(read_toml(place, "the mapping"))
    found = reader.mapping()
    if reader.mistakes:
        raise ConfigError(f"{place}: {'; '.join(reader.mistakes)}")
    return found


class _Reader:
    """Reads a document and keeps every mistake: all are told at once."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.mistakes: list[str] = []

    def mapping(self) -> CsvMapping:
        """Return the mapping; with mistakes it is not whole."""
        document = self.document
        self._known(document, ("mall", "encoding", "order", "item", "tracking", "results"), "")
        if not {"order", "tracking", "results"} & set(document):
            self.mistakes.append("write one of [order], [tracking] and [results]")
        order = self._sources("order", ORDER_FIELDS)
        mall = self._text(document, "mall") or ""
        if order and (not mall.strip() or mall in set(Mall)):
            self.mistakes.append('mall: write a name of the shop\'s own, such as "my-page"')
        number = order.get("number")
        if number is not None and (len(number.columns) != 1 or number.codes is not None):
            self.mistakes.append("order.number: write the one column of the order's number")
        return CsvMapping(
            mall=mall,
            encoding=self._encoding(document, ""),
            order=order,
            item=self._sources("item", ITEM_FIELDS),
            tracking=self._sources("tracking", TRACKING_FIELDS),
            results=self._results(),
        )

    def _sources(self, name: str, fields: Mapping[str, Meaning]) -> dict[str, Source]:
        table = self._table(self.document, name)
        flat = dict(_flat(table, fields))
        self._known(flat, tuple(fields), f"{name}.")
        missing = [one for one in _NEEDED.get(name, ()) if table and one not in flat]
        self.mistakes += [f"{name}.{one} is missing" for one in missing]
        found = {}
        for key, told in flat.items():
            if key in fields:
                with self._place(f"{name}.{key}"):
                    found[key] = _source(told, key)
        return found

    def _results(self) -> ResultsLayout | None:
        if "results" not in self.document:
            return None
        table = self._table(self.document, "results")
        self._known(table, ("columns", "encoding", "date"), "results.")
        columns = {}
        encoding = self._encoding(table, "results.") or "cp932"
        for header, told in self._table(table, "columns", "results.").items():
            with self._place(f"results.columns.{header}"):
                _refuse_odd(header, encoding)
                columns[header] = _result(told)
        if not any(one.columns == ("order_number",) for one in columns.values()):
            self.mistakes.append('results.columns: one of them has to hold "order_number"')
        return ResultsLayout(
            columns=columns,
            encoding=encoding,
            date=self._form(table, "results."),
        )

    @contextmanager
    def _place(self, place: str) -> Iterator[None]:
        try:
            yield
        except ConfigError as error:
            self.mistakes.append(f"{place}: {error}")

    def _known(self, given: Collection[str], known: Sequence[str], inside: str) -> None:
        for key in given:
            if key not in known:
                near = get_close_matches(key, known, 1)
                instead = f": did you mean {near[0]}?" if near else f": write {', '.join(known)}"
                self.mistakes.append(f"{inside}{key} is not known{instead}")

    def _table(self, document: Mapping[str, Any], name: str, inside: str = "") -> dict[str, Any]:
        table = document.get(name, {})
        if not isinstance(table, dict):
            self.mistakes.append(f"{inside}{name} is no table: write [{inside}{name}]")
            return {}
        return table

    def _encoding(self, document: Mapping[str, Any], inside: str) -> str | None:
        name = self._text(document, "encoding", inside)
        try:
            encoding_named(name or "utf-8")
        except LookupError:
            text = f'{inside}encoding: no encoding: write "utf-8" or "cp932"'
            self.mistakes.append(text)
            return None
        return name

    def _form(self, document: Mapping[str, Any], inside: str) -> str:
        form = document.get("date", "%Y-%m-%d")
        if isinstance(form, str) and _tells_days(form):
            return form
        self.mistakes.append(f'{inside}date: write a form such as "%Y/%m/%d"')
        return ""

    def _text(self, document: Mapping[str, Any], name: str, inside: str = "") -> str | None:
        value = document.get(name)
        if value is None or isinstance(value, str):
            return value
        self.mistakes.append(f"{inside}{name}: write text between quotation marks")
        return None


def _flat(
    table: Mapping[str, Any], fields: Collection[str], inside: str = ""
) -> Iterator[tuple[str, Any]]:
    """Yield a table with ``buyer = { phone = … }`` as ``buyer.phone``; sources stay whole."""
    for name, value in table.items():
        path = f"{inside}{name}"
        inner = any(one.startswith(f"{path}.") for one in fields)
        if inner and path not in fields and isinstance(value, dict):
            yield from _flat(value, fields, f"{path}.")
        else:
            yield path, value


_SHAPES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "column": ("column", "codes", "other", "date"),
        "join": ("join", "with"),
        "constant": ("constant",),
    }
)
"""The tables that a source may be, each with its keys; the first of them it must have."""


def _source(told: object, field: str) -> Source:
    """Return a source of a mapping.

    Raises:
        ConfigError: It is none.
    """
    if isinstance(told, str) and told.strip():
        told = {"column": told}
    if not isinstance(told, dict):
        raise ConfigError("write a column's header, or a table as the documentation shows")
    shape = next((one for one in _SHAPES if one in told), None)
    if shape is None:
        raise ConfigError(f"write one of {', '.join(_SHAPES)} into the table")
    strangers = [key for key in told if key not in _SHAPES[shape]]
    if strangers:
        raise ConfigError(f"{strangers[0]} does not go with {shape}")
    return _checked(_SOURCES[shape](told), field)


def _of_column(told: Mapping[str, Any]) -> Source:
    codes, other, form = told.get("codes"), told.get("other"), told.get("date", "")
    if codes is not None and not _is_texts(codes):
        raise ConfigError('codes: write { "code" = "what it stands for" }')
    if other is not None and (codes is None or not isinstance(other, str)):
        raise ConfigError("other: write text, beside codes")
    if form != "" and not _is_form(form):
        raise ConfigError('date: write a form with year, month and day, such as "%Y/%m/%d"')
    if form and codes is not None:
        raise ConfigError("date does not go with codes")
    return Source(columns=(_header(told["column"]),), codes=codes, other=other, date=form)


def _of_join(told: Mapping[str, Any]) -> Source:
    columns, between = told["join"], told.get("with", "")
    if not isinstance(columns, list) or not columns or not isinstance(between, str):
        raise ConfigError('write { join = ["one", "other"], with = "-" }')
    return Source(columns=tuple(map(_header, columns)), between=between)


def _of_constant(told: Mapping[str, Any]) -> Source:
    if not isinstance(told["constant"], str):
        raise ConfigError("constant: write text between quotation marks")
    return Source(constant=told["constant"])


_SOURCES: Mapping[str, Callable[[Mapping[str, Any]], Source]] = MappingProxyType(
    {"column": _of_column, "join": _of_join, "constant": _of_constant}
)


def _is_form(form: object) -> bool:
    """Tell whether a form of dates says which day it is."""
    if not isinstance(form, str):
        return False
    try:
        return datetime.strptime(_SOME_DAY.strftime(form), form).replace(tzinfo=JST) == _SOME_DAY
    except ValueError:
        return False


def _tells_days(form: str) -> bool:
    """Tell whether what a form writes is another text on another day, without a sign unknown."""
    told = _SOME_DAY.strftime(form)
    return "%" not in told and told != (_SOME_DAY + timedelta(days=1)).strftime(form)


def _header(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ConfigError("write the header of a column between quotation marks")
    return value.strip()


def _is_texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


def _checked(source: Source, field: str) -> Source:
    """Return a source whose constant and codes mean something for its field."""
    meaning = {**ORDER_FIELDS, **ITEM_FIELDS, **TRACKING_FIELDS}[field]
    if source.date and meaning not in (day, moment):
        raise ConfigError("date goes with dates alone")
    known = [source.constant, source.other, *(source.codes or {}).values()]
    for text in filter(None, known):
        try:
            meaning(text)
        except (ValueError, OverflowError):
            some = f": write one of {', '.join(Phase)}" if field == "phase" else ""
            raise ConfigError(f"{text!r} is no {field}{some}") from None
    return source


def _refuse_odd(header: str, encoding: str) -> None:
    """Refuse a header that a file would not give back as it is."""
    if header != header.strip() or not header.isprintable():
        raise ConfigError("write the header without blanks around it, and in one line")
    for what in unwritable(header, encoding):
        raise ConfigError(f"{encoding} cannot hold it: {what}")
    read = header.encode(encoding).decode(encoding)
    if read != header:
        raise ConfigError(f"a file in {encoding} gives it back as {read}: write that")


def _result(told: object) -> Source:
    """Return the source of a results column, whose column is a field of ours."""
    if isinstance(told, dict) and "field" in told:
        told = {"column" if key == "field" else key: one for key, one in told.items()}
    source = _source(told, "order_number")
    for one in source.columns:
        if one not in RESULT_FIELDS:
            raise ConfigError(f"{one} is not known: write one of {', '.join(RESULT_FIELDS)}")
    return source
