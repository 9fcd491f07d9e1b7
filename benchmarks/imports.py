"""``import mallsync`` against ``import requests``, in fresh interpreters, their start left out."""

from __future__ import annotations

from functools import partial

from benchmarks.measuring import Figure, figure, python, seconds

__all__ = ["measure"]

_CASES = {
    "nothing": "pass",
    "requests": "import requests",
    "mallsync": "import mallsync",
    "everything": "from mallsync import *",
    "rakuten": "from mallsync.adapters import rakuten",
}
_NOT_WANTED = ("requests", "sqlalchemy", "cattrs", "mallsync.adapters", "mallsync.transport")


def measure(rounds: int = 17) -> list[Figure]:
    """Return the figures; the first round only warms the files."""
    nets: dict[str, list[float]] = {name: [] for name in _CASES}
    for at in range(rounds + 1):
        times = {name: seconds(partial(python, "-c", code)) for name, code in _CASES.items()}
        for name, time in times.items() if at else ():
            nets[name].append(time - times["nothing"])

    def over_requests(name: str) -> list[float]:
        return [net / base for net, base in zip(nets[name], nets["requests"], strict=True)]

    loaded = python("-c", "from mallsync import *; import sys; print(*sys.modules)").split()
    stray = [name for name in _NOT_WANTED if name in loaded]
    return [
        figure(
            "import mallsync / import requests", over_requests("mallsync"), unit="x", target=0.5
        ),
        figure("  from mallsync import * / import requests", over_requests("everything"), unit="x"),
        figure("  heavy modules that this imports", [len(stray)], unit="", target=0),
        figure("  with the Rakuten adapter / import requests", over_requests("rakuten"), unit="x"),
    ]
