"""A mapping to begin with, made of the headers of a file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from mallsync.files.opening import opened
from mallsync.model.words import fold
from mallsync.wire.csvs import Layout, table

__all__ = ["mapping_template"]

_GUESSES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "order.number": ("注文番号", "受注番号", "店舗伝票番号", "order_id", "order number"),
        "order.mall_status": ("ステータス", "状態", "受注ステータス", "注文ステータス", "status"),
        "order.ordered_at": ("注文日時", "注文日", "受注日", "受注日時", "purchase_date"),
        "order.paid_at": ("入金日", "支払日", "payment_date"),
        "order.buyer.family_name": ("注文者氏名", "注文者名", "購入者名", "受注名", "注文者姓"),
        "order.buyer.given_name": ("注文者名前",),
        "order.buyer.email": ("注文者メールアドレス", "メールアドレス", "受注メールアドレス"),
        "order.buyer.phone": ("注文者電話番号", "受注電話番号"),
        "order.recipient.family_name": (
            "送付先氏名",
            "送付先名",
            "受取人名",
            "発送先名",
            "届け先名",
        ),
        "order.recipient.phone": ("送付先電話番号", "発送電話番号", "届け先電話番号"),
        "order.recipient.address.postal_code": ("送付先郵便番号", "発送郵便番号", "届け先郵便番号"),
        "order.recipient.address.prefecture": ("送付先都道府県", "都道府県"),
        "order.recipient.address.street": ("送付先住所", "送付先住所(全て)", "発送先住所1", "住所"),
        "order.recipient.address.building": ("発送先住所2",),
        "order.charges.total": ("合計金額", "合計", "総合計", "total"),
        "order.charges.shipping": ("送料", "発送代"),
        "order.payment.method": ("支払方法", "決済方法"),
        "order.remarks": ("備考", "コメント"),
        "item.id": ("商品明細id", "明細番号"),
        "item.sku": ("sku", "商品sku", "sku管理番号", "商品コード"),
        "item.name": ("商品名", "product_name"),
        "item.options": ("項目・選択肢", "オプション"),
        "item.quantity": ("個数", "数量", "受注数量", "quantity"),
        "item.unit_price": ("単価", "価格", "product_price"),
    }
)
"""By field the headers that usually hold it."""


def mapping_template(path: Path | str, *, encoding: str | None = None) -> str:
    """Return the text of a mapping for files with the headers of this one, to be completed.

    Headers that are known by their names have a field; the others are listed in a comment.

    Args:
        path: A CSV file; only its headers are used.
        encoding: Python's name of an encoding, where BOM, UTF-8 and cp932 are not to be tried.

    Raises:
        FileError: The file cannot be read.
    """
    text = opened(path, encoding=encoding)
    with text.lines() as lines:
        headers = table(lines, [Layout(name="CSV file", required=())]).headers
    found = _guessed(headers)
    rest = [header for header in headers if header and header not in found.values()]
    return "\n".join(
        [
            f"# Made of the headers of {text.path.name}. Fields and forms: see the documentation.",
            'mall = "my-page"  # a name of your own',
            f'encoding = "{text.encoding}"',
            "",
            "[order]",
            *_lines("order.", found),
            *([] if "order.number" in found else ['# number = "…"  # must be told']),
            'phase = { constant = "TO_SHIP" }  # or { column = "…", codes = { "…" = "SHIPPED" } }',
            "",
            "[item]",
            *_lines("item.", found),
            "",
            *(f"# not used: {_quoted(header)[1:-1]}" for header in rest),
            "",
            "[results]",
            'encoding = "cp932"',
            'date = "%Y-%m-%d"',
            "",
            "[results.columns]",
            f'{_quoted(found.get("order.number", "注文番号"))} = "order_number"',
            '"お荷物伝票番号" = "tracking_number"',
            '"配送会社" = "carrier"',
            '"発送日" = "ship_date"',
            "",
        ]
    )


def _guessed(headers: Sequence[str]) -> dict[str, str]:
    """Return by field the header that holds it, each header once."""
    by_name = {fold(header): header for header in headers}
    found: dict[str, str] = {}
    for field, names in _GUESSES.items():
        fitting = (by_name[fold(name)] for name in names if fold(name) in by_name)
        header = next((one for one in fitting if one not in found.values()), None)
        if header is not None:
            found[field] = header
    return found


def _lines(prefix: str, found: Mapping[str, str]) -> list[str]:
    return [
        f"{field.removeprefix(prefix)} = {_quoted(header)}"
        for field, header in found.items()
        if field.startswith(prefix)
    ]


def _quoted(text: str) -> str:
    """Return a basic string of TOML; it knows the escapes of JSON, and of U+007F in addition."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
