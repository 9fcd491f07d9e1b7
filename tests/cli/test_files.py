"""The commands of files: orders and tracking numbers in, results out, mappings made and checked."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from attrs import frozen
from click.testing import CliRunner, Result

from mallsync import OrderKey, sandbox
from mallsync.cli import cli
from mallsync.files import FORMATS
from mallsync.model.period import JST
from mallsync.store import SqlStore
from tests.files.test_mapping import EXAMPLES, HEADERS, ROW
from tests.sync.processes import shop_file

NUMBERS = "お客様側管理番号,お問い合わせ番号\r\nA-1,000011112222\r\nA-9,000011113333\r\n"


@frozen
class Shell:
    """Runs commands on a shop of files."""

    folder: Path

    def __call__(self, *args: str) -> Result:
        """Run a command with the shop's file and a store."""
        place = ["--store", f"sqlite:///{self.folder / 'orders.db'}"]
        shops = ["--shops", str(self.folder / "shops.toml")]
        return CliRunner().invoke(cli, [*args, *shops, *place])

    def write(self, name: str, text: str) -> str:
        """Write a file in cp932 and return its path."""
        path = self.folder / name
        path.write_bytes(text.encode("cp932"))
        return str(path)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Write the file of a shop of files."""
    mapping = EXAMPLES / "my_page.toml"
    text = f"[shops.page]\nmapping = {json.dumps(str(mapping))}\nresults = 'out'\n"
    (tmp_path / "shops.toml").write_text(text, encoding="utf-8")
    return Shell(tmp_path)


def test_orders_come_in_by_file_and_go_out_by_file(shell: Shell) -> None:
    """Import, numbers, plan, export: the row of the result is that of the mapping."""
    path = shell.write("orders.csv", f"{HEADERS},新列\r\n{ROW},x\r\n")
    brought = shell("import", path, "--shop", "page", "--mode", "update")
    again = shell("import", path, "--shop", "page", "--mode", "rewrite", "--json")
    numbers = shell.write("numbers.csv", NUMBERS)
    mapping = str(EXAMPLES / "yupuri_r.toml")
    taken = shell(
        "tracking", numbers, "--shop", "page", "--mapping", mapping, "--status", "発送待ち"
    )
    today = f"{datetime.now(JST):%Y-%m-%d}"
    shell("handle", "A-1", "--ship-date", today)
    exported = shell("export", "--yes")
    fetched = shell("fetch")
    (result,) = (shell.folder / "out").iterdir()

    assert (0, "my-page/page: 1 inserted, 0 updated, 0 unchanged") == (
        brought.exit_code,
        brought.stdout.splitlines()[0],
    )
    assert "new → 受注処理中: 1" in brought.stdout
    assert "kept in raw alone: 新列" in brought.stdout
    assert {"inserted": 0, "unchanged": 1, "ok": True, "moves": [], "refused": []}.items() <= (
        json.loads(again.stdout).items()
    )
    assert (1, "1 orders have their numbers\n") == (taken.exit_code, taken.stdout)
    assert "A-9: no such order has been taken in" in taken.stderr
    assert 0 == exported.exit_code
    assert f"A-1,000011112222,03,{today.replace('-', '/')},出荷" in result.read_text("cp932")
    assert (0, "") == (fetched.exit_code, fetched.stdout)


def test_refused_rows_are_told_with_file_and_line(shell: Shell) -> None:
    """The exit code says that somebody has to look."""
    rows = [ROW, ROW.replace("A-1", "A-2").replace("26.11.20", "soon")]
    path = shell.write("orders.csv", "\r\n".join([HEADERS, *rows, ""]))
    told = shell("import", path, "--shop", "page", "--mode", "update")
    as_json = shell("import", path, "--shop", "page", "--mode", "update", "--json")

    assert 1 == told.exit_code
    assert "orders.csv:3: A-2 was refused: 受注日 cannot be read" in told.stderr
    assert [{"order": "A-2", "lines": [3], "error": "受注日 cannot be read"}] == (
        json.loads(as_json.stdout)["refused"]
    )


def test_a_file_that_cannot_be_read_is_told_with_its_place(shell: Shell) -> None:
    """And nothing is imported."""
    path = shell.write("orders.csv", f"{HEADERS}\r\nA-1\r\n")
    told = shell("import", path, "--shop", "page", "--mode", "update")

    assert 1 == told.exit_code
    assert "orders.csv:2: 1 cells under 20 headers" in told.stderr
    assert "" == shell("orders").stdout


def test_a_mapping_is_made_of_a_file_and_checked(shell: Shell) -> None:
    """What is wrong with one is named, with its place."""
    path = shell.write("orders.csv", f"{HEADERS}\r\n")
    runner = CliRunner()
    made = runner.invoke(cli, ["mapping", path])
    good = shell.folder / "made.toml"
    good.write_text(made.stdout, encoding="utf-8")
    checked = runner.invoke(cli, ["mapping", "--check", str(good)])
    good.write_text("x = 1", encoding="utf-8")
    wrong = runner.invoke(cli, ["mapping", "--check", str(good)])
    good.write_text("x = \n", encoding="utf-8")
    broken = runner.invoke(cli, ["mapping", "--check", str(good)])

    assert 'name = "商品名"' in made.stdout
    assert (0, f"{good} can be used\n") == (checked.exit_code, checked.stdout)
    assert (1, True) == (wrong.exit_code, "x is not known" in wrong.stderr)
    assert (1, True) == (broken.exit_code, "made.toml:1: no TOML" in broken.stderr)


def test_results_of_a_shop_of_files_are_what_export_writes(shell: Shell) -> None:
    """So nobody uploads them twice."""
    told = shell("results", "out.csv", "--shop", "page")

    assert 1 == told.exit_code
    assert "mallsync export writes its results" in told.stderr


def test_results_of_a_mall_go_into_a_file_for_its_screen(tmp_path: Path) -> None:
    """Rakuten's six columns, or a layout of one's own; another mall needs one."""
    shell = Shell(tmp_path)
    with sandbox.running(seed=5, orders=0) as malls:
        shop_file(tmp_path, malls)
        (number,) = malls.rakuten.fake.place(1)
        malls.rakuten.fake.set_progress(number, 300)
        shell("fetch")
    today = f"{datetime.now(JST):%Y-%m-%d}"
    filled = ("--ship-date", today, "--carrier", "ヤマト運輸", "--tracking", "000011112222")
    with SqlStore(f"sqlite:///{tmp_path / 'orders.db'}") as store:
        stored = store.orders.get(OrderKey("rakuten", "one", number))
    assert stored is not None
    for shipment in stored.order.shipments:
        shell("handle", number, "--status", "発送待ち", "--shipment", shipment.id, *filled)
    out, own = tmp_path / "out.csv", tmp_path / "own.csv"
    mapping = str(EXAMPLES / "my_page.toml")
    told = shell("results", str(out), "--shop", "one")
    layout = shell("results", str(own), "--shop", "one", "--mapping", mapping)
    none = shell("results", str(own), "--shop", "one", "--mapping", str(EXAMPLES / "yupuri_r.toml"))
    basket = stored.order.shipments[0].id

    assert (0, 0, 1) == (told.exit_code, layout.exit_code, none.exit_code)
    assert (
        "注文番号,送付先ID,発送明細ID,お荷物伝票番号,配送会社,発送日\r\n"
        f"{number},{basket},,000011112222,1001,{today}\r\n"
    ) in out.read_bytes().decode("cp932")
    assert f"{number},000011112222,01,{today.replace('-', '/')},出荷" in own.read_text("cp932")
    assert "has no [results]" in none.stderr


def test_qoo10s_brief_file_is_filled_and_another_mall_needs_a_layout(tmp_path: Path) -> None:
    """What is missing is named."""
    shell = Shell(tmp_path)
    layout = FORMATS["qoo10"].layouts[1]
    brief = shell.write("brief.csv", ",".join(layout.required) + "\r\n")
    text = "".join(
        f'[shops.{mall}]\nmall = "{mall}"\n{keys}\n'
        for mall, keys in (
            ("qoo10", 'certification_key = "made-up"'),
            ("mercari_shops", 'access_token = "made-up"\nclient_name = "mihon"'),
        )
    )
    (tmp_path / "shops.toml").write_text(text, encoding="utf-8")
    out = str(tmp_path / "out.csv")
    filled = shell("results", out, "--shop", "qoo10", "--brief", brief)
    for shop in ("qoo10", "mercari_shops"):
        told = shell("results", out, "--shop", shop)
        assert (1, True) == (told.exit_code, "name --brief with Qoo10" in told.stderr)

    assert (0, f"0 reports in {out}\n") == (filled.exit_code, filled.stdout)
    assert Path(brief).read_bytes() == Path(out).read_bytes()
