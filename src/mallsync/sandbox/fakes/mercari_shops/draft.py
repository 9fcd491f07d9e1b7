"""What orders are made of: visibly invented products and people."""

from __future__ import annotations

from mallsync.sandbox.fakes.mercari_shops.codes import ANONYMOUS, ARRANGED, Role, Status
from mallsync.sandbox.fakes.mercari_shops.life import Line, Message, Order
from mallsync.sandbox.world import FAMILIES, GIVEN, Dice, JsonObject

__all__ = ["address", "fill", "line"]

# title, sku, jan, price, variants
_WARES: tuple[tuple[str, str | None, str | None, int, tuple[str, ...]], ...] = (
    ("サンプル皿", "DISH-BLUE", "4900000000012", 1440, ("青", "白 & <生成>")),
    ("サンプル本", "BOOK-1", None, 1500, ("",)),
    ("見本マグ ①〜③", "00120", "", 800, ("柄:🎁", "柄:なし")),
    ("サンプル鉢", None, None, 980, ("",)),
    ("架空の米 5kg", "RICE-5", "4900000000029", 2490, ("白米", "髙級玄米")),
)
_FEES = (0, 0, 0, 600, 750)
_SIZES = (1, 1, 1, 2, 3)
_QUANTITIES = (1, 1, 1, 2, 3)
_WRITES = 0.1
_PART_CANCELLED = 0.04
_PLACES = (
    ("100-0000", "東京都", "架空区", "例町1-2-3", "サンプル荘101"),
    ("999-0002", "架空県", "例村", "9-9", ""),
    ("9991234", "例示府", "仮名市試作区", "０−０　見本町", "サンプルビル２階"),
    ("999-4321", "仮名県", "架空郡例示町", "字大字見本　0番地", "★701"),
)


def fill(order: Order, seed: int) -> None:
    """Make up what is in an order, as the seed has it."""
    dice = Dice(seed * 1_000_003 + order.index)
    method = ANONYMOUS if order.anonymous else ARRANGED
    order.lines = [line(dice, order, at, method) for at in range(dice.choice(_SIZES))]
    if dice.chance(_WRITES):
        order.messages = [
            Message(id="m-1", role=Role.BUYER, text="よろしくお願いします", at=order.ordered + 60)
        ]
    first = order.lines[0]
    if order.status is Status.TO_SHIP and first.quantity > 1 and dice.chance(_PART_CANCELLED * 5):
        first.cancelled = 1
    if order.status is Status.CANCELED:
        order.close()
    if order.completed:
        for one in order.lines:
            one.shipped = one.left


def line(dice: Dice, order: Order, at: int, method: str) -> Line:
    """Return a product with one of its variants."""
    name, sku, jan, price, variants = dice.choice(_WARES)
    return Line(
        product_id=f"PRODmihon{order.index % 10_000_000:07d}{at:04d}",
        variant_id=f"VARmihon{order.index % 10_000_000:07d}{at:05d}",
        name=name,
        variant=dice.choice(variants),
        sku=sku,
        jan=jan,
        price=price,
        fee=dice.choice(_FEES),
        quantity=dice.choice(_QUANTITIES),
        method=method,
    )


def address(order: Order, seed: int) -> JsonObject:
    """Return where an order goes; nobody lives there."""
    dice = Dice(seed * 7_000_003 + order.index)
    postal, state, city, first, second = dice.choice(_PLACES)
    return {
        "postalCode": postal,
        "state": {"name": state},
        "city": city,
        "address1": first,
        "address2": second,
        "lastName": dice.choice(FAMILIES)[0],
        "firstName": dice.choice(GIVEN)[0],
        "phoneNumber": f"0{dice.choice((3, 6, 90))}0000{order.index % 10_000:04d}",
        "country": "JP",
    }
