"""Proving a shop's own wire of Rakuma offline, against recorded samples.

A sample is an answer of the mall as it came. `check_rakuma_wire` writes every call of the wire,
reads every sample with it, and names what does not fit, each with its place; no value of a record
is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from attrs import field, frozen

from mallsync.adapters.rakuma.auth import Credentials
from mallsync.adapters.rakuma.fields import Fields, FieldsError, Found
from mallsync.adapters.rakuma.records import AccountKind, Method, Page, RakumaRecord, State
from mallsync.adapters.rakuma.wiring import OPERATIONS, WRITES, RakumaWire, wire_of
from mallsync.errors import ConfigError, FileError, MallError, NotSupported
from mallsync.model.period import JST, Period
from mallsync.model.writebacks import BuyerMessage, BuyerReview, Rating, ShipmentNotice
from mallsync.testing.memory import MemoryVault
from mallsync.wire.messages import Effect, Operation, Request, Response

__all__ = ["Finding", "Sample", "WireReport", "check_rakuma_wire", "samples_in"]

_OK = range(200, 300)
_NUMBER = "made-up-number"
_NOW = datetime(2026, 11, 22, 9, tzinfo=JST)
_SECRET = "made-up-secret"  # noqa: S105 -- looked for where no secret may stand
_CREDENTIALS = Credentials(
    email=f"{_SECRET}@example.invalid",
    password=_SECRET,
    client_id=f"{_SECRET}-id",
    client_secret=f"{_SECRET}-key",
)
_NO_ANSWERS = (
    ("an empty body", Response(status=200)),
    ("a page of HTML", Response(status=200, body=b"<html>maintenance</html>")),
    ("status 500", Response(status=500, body=b"{}")),
)
_MAPS: Mapping[str, Collection[object]] = {
    "states": tuple(State),
    "kinds": (AccountKind.ONE_OFF,),
}


@frozen(kw_only=True)
class Sample:
    """One recorded answer to a call of the wire."""

    operation: str
    body: bytes = field(repr=False)
    status: int = 200
    name: str = ""


@frozen
class Finding:
    """Something that does not fit, and where."""

    place: str
    problem: str

    def __str__(self) -> str:
        """Return ``place: problem``."""
        return f"{self.place}: {self.problem}"


@frozen(kw_only=True)
class WireReport:
    """What checking a wire came to.

    ``fields`` tells for each path what came of asking for it in the samples; ``not_offered`` are
    the operations that the wire leaves out.
    """

    findings: tuple[Finding, ...]
    fields: Mapping[str, Mapping[str, int]]
    not_offered: tuple[str, ...]
    records: int

    @property
    def ok(self) -> bool:
        """Whether everything fits."""
        return not self.findings

    def lines(self) -> Iterator[str]:
        """Yield the report line by line."""
        yield f"{self.records} records read"
        for path, said in sorted(self.fields.items()):
            told = ", ".join(f"{count} {what}" for what, count in sorted(said.items()))
            yield f"  {path}: {told}"
        if self.not_offered:
            yield f"not offered: {', '.join(self.not_offered)}"
        yield from (f"PROBLEM {finding}" for finding in self.findings)
        yield "it fits" if self.ok else f"{len(self.findings)} problems"


def check_rakuma_wire(wire: RakumaWire, samples: Iterable[Sample] = ()) -> WireReport:
    """Check a wire: its calls, its maps, and every sample; nothing leaves the machine.

    Args:
        wire: What a shop has written.
        samples: Recorded answers, such as those of `samples_in`.

    Raises:
        ConfigError: It is no wire, or a sample is of no operation.
    """
    check = _Check(wire_of(wire))
    check.auth()
    check.maps()
    for name in OPERATIONS:
        check.operation(name)
    for sample in samples:
        check.sample(sample)
    return check.report()


def samples_in(folder: Path | str) -> tuple[Sample, ...]:
    """Return the samples of a folder: files such as ``get_order.json``, ``get_order.404.json``.

    The name begins with the operation; a last part of three digits is the HTTP status.

    Raises:
        FileError: There is no such folder, or a file is of no operation.
    """
    place = Path(folder)
    if not place.is_dir():
        raise FileError("no such folder: give one with recorded answers", path=place)
    return tuple(_sample(file) for file in sorted(place.iterdir()) if file.is_file())


def _sample(file: Path) -> Sample:
    operation, *parts = file.name.split(".")[:-1] or [""]
    if operation not in OPERATIONS:
        raise FileError(f"begin its name with one of {', '.join(OPERATIONS)}", path=file)
    last = parts[-1] if parts else ""
    status = int(last) if last.isdecimal() else 200
    return Sample(operation=operation, body=file.read_bytes(), status=status, name=file.name)


class _Check:
    """Collects what is found."""

    def __init__(self, wire: RakumaWire) -> None:
        self._wire = wire
        self._findings: list[Finding] = []
        self._asked: list[Found] = []
        self._not_offered: list[str] = []
        self._records = 0

    def report(self) -> WireReport:
        """Return what was found, each thing once."""
        fields: dict[str, Counter[str]] = {}
        for one in self._asked:
            fields.setdefault(one.path, Counter())[one.said] += 1
        return WireReport(
            findings=tuple(dict.fromkeys(self._findings)),
            fields=fields,
            not_offered=tuple(self._not_offered),
            records=self._records,
        )

    def auth(self) -> None:
        """Sign a request and look where the secrets are."""
        try:
            auth = self._wire.auth(_CREDENTIALS, MemoryVault(), lambda: _NOW)
            signed = auth.sign(Request(method="GET", path="/"), _NOW)
        except Exception as error:  # noqa: BLE001 -- the wire is under test
            self._find("auth", _kind(error))
            return
        self._look_for_secrets("auth", signed)

    def maps(self) -> None:
        """See that the maps which the wire shows lead to everything that there is."""
        for name, wanted in _MAPS.items():
            there = getattr(self._wire, name, None)
            if isinstance(there, Mapping):
                for one in wanted:
                    if one not in there.values():
                        self._find(name, f"no code leads to {one}")
        methods = getattr(self._wire, "methods", None)
        for code, method in methods.items() if isinstance(methods, Mapping) else ():
            if not isinstance(method, Method) or not method.name:
                self._find("methods", f"{code!r} leads to no Method with a name")

    def operation(self, name: str) -> None:
        """Write a call, and give it answers that are none."""
        try:
            made = self._made(name)
            request = made.encode()
        except NotSupported:
            self._not_offered.append(name)
            return
        except Exception as error:  # noqa: BLE001 -- the wire is under test
            self._find(name, _kind(error))
            return
        if not request.path.startswith("/"):
            self._find(name, "its path does not begin with /")
        if name in WRITES and made.effect is Effect.READ:
            self._find(name, "it writes, and says that it reads")
        self._look_for_secrets(name, request)
        for what, response in _NO_ANSWERS:
            self._decode(name, made, response, f"{name} takes {what} for an answer")

    def sample(self, sample: Sample) -> None:
        """Read a recorded answer."""
        if sample.operation not in OPERATIONS:
            raise ConfigError(f"{sample.operation}: write one of {', '.join(OPERATIONS)}")
        place = sample.name or sample.operation
        try:
            made = self._made(sample.operation)
        except Exception as error:  # noqa: BLE001 -- the wire is under test
            self._find(place, _kind(error))
            return
        response = Response(status=sample.status, body=sample.body)
        if sample.status not in _OK:
            self._decode(place, made, response, "takes a refusal for an answer")
            return
        try:
            told = made.decode(response)
        except MallError as error:
            self._find(place, f"cannot be read: {error.code}")
        except Exception as error:  # noqa: BLE001 -- the wire is under test
            self._find(place, _kind(error))
        else:
            self._read(place, sample.operation, told)

    def _read(self, place: str, operation: str, told: object) -> None:
        if operation == "get_order":
            self._record(place, told)
        elif operation == "list_orders":
            if not isinstance(told, Page):
                self._find(place, "no page: return by_cursor, by_page or by_offset")
                return
            for raw in told.records:
                self._record(place, raw)

    def _record(self, place: str, raw: object) -> None:
        self._records += 1
        fields = Fields(raw)
        try:
            record = self._wire.record(fields)
        except Exception as error:  # noqa: BLE001 -- the wire is under test
            record = None
            if not fields.problems and not isinstance(error, FieldsError):
                self._find(place, _kind(error))
        self._asked += fields.asked
        for problem in fields.problems:
            self._find(f"{place} {problem.place}", problem.code)
        for one in fields.asked:
            if one.said.endswith("is not mapped"):
                self._find(f"{place} {one.path}", one.said)
        if record is not None and not isinstance(record, RakumaRecord):
            self._find(place, "record returns no RakumaRecord")

    def _decode(
        self, place: str, made: Operation[object], response: Response, problem: str
    ) -> None:
        """Give an answer that is none: it must be an error of the mall, and nothing else."""
        try:
            made.decode(response)
        except MallError:
            return
        except Exception as error:  # noqa: BLE001 -- the wire is under test
            self._find(place, _kind(error))
            return
        self._find(place, problem)

    def _made(self, name: str) -> Operation[object]:
        return _CALLS[name](self._wire)

    def _look_for_secrets(self, place: str, request: Request) -> None:
        address = f"{request.path} {request.query}"
        if _SECRET in address:
            self._find(place, "a secret stands in the address: put it into a header or the body")

    def _find(self, place: str, problem: str) -> None:
        self._findings.append(Finding(place, problem))


_PERIOD = Period.last_days(7, now=_NOW)

_CALLS: Mapping[str, Callable[[RakumaWire], Operation[object]]] = {
    "list_orders": lambda wire: wire.list_orders(_PERIOD, ""),
    "get_order": lambda wire: wire.get_order(_NUMBER),
    "notify_shipped": lambda wire: wire.notify_shipped(
        ShipmentNotice(order_number=_NUMBER, carrier="架空運輸", tracking_numbers=("0001",))
    ),
    "register_review": lambda wire: wire.register_review(
        BuyerReview(order_number=_NUMBER, message="見本", rating=Rating.GOOD)
    ),
    "send_message": lambda wire: wire.send_message(BuyerMessage(order_number=_NUMBER, text="見本")),
    "list_messages": lambda wire: wire.list_messages(_NUMBER),
}


def _kind(error: Exception) -> str:
    """Return what an error of the wire's own is, without what it says of a record."""
    return f"raises {type(error).__name__}"
