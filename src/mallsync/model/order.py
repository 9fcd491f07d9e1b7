"""What the mall says of an order. An adapter makes it; the next sighting replaces it.

Money is whole yen; ``None`` is "not decided by the mall". Datetimes are aware, in Japan time.
Text is ``""`` when the mall gives none. What may be personal shows in no repr. Nothing here is
owned by the shop: see `mallsync.model.handling`.
"""

from __future__ import annotations

from datetime import date, datetime

from attrs import field, frozen

from mallsync.errors import ConfigError
from mallsync.model.period import JST
from mallsync.model.views import order_html, order_line
from mallsync.model.words import Funder, Hold, Phase

__all__ = [
    "Address",
    "Charges",
    "Contact",
    "Discount",
    "Gift",
    "Item",
    "Message",
    "Order",
    "OrderKey",
    "Parcel",
    "Payment",
    "PickUp",
    "Revealed",
    "Shipment",
    "Wrapping",
]


@frozen
class OrderKey:
    """What makes an order one order: the mall, the shop and the mall's order number."""

    mall: str
    shop_id: str
    number: str


@frozen(kw_only=True)
class Address:
    """A postal address as the mall gives it; ``country`` is ISO 3166 alpha-2 or ``""``.

    Personal: no repr shows it.
    """

    postal_code: str = field(default="", repr=False)
    prefecture: str = field(default="", repr=False)
    city: str = field(default="", repr=False)
    street: str = field(default="", repr=False)
    building: str = field(default="", repr=False)
    country: str = field(default="", repr=False)


@frozen(kw_only=True)
class Contact:
    """A buyer or a recipient. ``origin`` is ``"mall"``, or names the policy that filled it in.

    Personal: no repr shows more than the origin.
    """

    family_name: str = field(default="", repr=False)
    given_name: str = field(default="", repr=False)
    family_name_kana: str = field(default="", repr=False)
    given_name_kana: str = field(default="", repr=False)
    company: str = field(default="", repr=False)
    address: Address = field(default=Address(), repr=False)
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    origin: str = "mall"


@frozen(kw_only=True)
class Discount:
    """What was taken off the price, in yen, and who pays for it."""

    funder: Funder
    amount: int
    name: str = ""
    code: str = ""


@frozen(kw_only=True)
class Charges:
    """The money of an order or of one shipment, in whole yen with consumption tax as stated.

    ``goods`` is as priced; ``total`` is what the goods, shipping and wrapping cost with tax;
    ``requested`` is what the buyer pays after ``discounts`` and ``points`` (both positive).
    ``tax`` is the tax contained in ``requested``. ``buyer_fee`` is a further charge that a mall
    puts on the buyer. ``None``: the mall has not decided, or does not say.
    """

    goods: int | None = None
    shipping: int | None = None
    cod_fee: int | None = None
    payment_fee: int | None = None
    wrapping: int | None = None
    buyer_fee: int | None = None
    discounts: tuple[Discount, ...] = ()
    points: int | None = None
    tax: int | None = None
    total: int | None = None
    requested: int | None = None


@frozen(kw_only=True)
class Payment:
    """How the buyer pays: the mall's name and code of the method, and when it was paid."""

    method: str = ""
    code: str = ""
    paid_at: datetime | None = None


@frozen(kw_only=True)
class Parcel:
    """A shipping record that the mall already holds. ``carrier`` is the mall's name of it."""

    id: str = ""
    carrier: str = ""
    carrier_code: str = ""
    tracking_number: str = ""
    ship_date: date | None = None


@frozen(kw_only=True)
class Item:
    """One order line. ``unit_price`` is yen as priced, ``tax_rate`` a fraction such as 0.08.

    ``phase`` is that of the line: CANCELLED for one that was taken out of the order.
    ``price_with_tax`` is the mall's unit price including tax, when it says; ``option_price`` is
    what the chosen options cost on top, for all pieces together; ``shipping_fee`` is the buyer's
    share of the shipping for the line, where the mall charges it by line.
    """

    id: str
    product_id: str = ""
    sku: str = ""
    name: str = ""
    options: str = field(default="", repr=False)
    quantity: int = 1
    unit_price: int | None = None
    price_with_tax: int | None = None
    option_price: int | None = None
    shipping_fee: int | None = None
    tax_rate: float | None = None
    phase: Phase = Phase.UNKNOWN


@frozen(kw_only=True)
class Wrapping:
    """Gift wrapping that was ordered; ``price`` in yen as priced."""

    kind: str = ""
    name: str = ""
    price: int | None = None


@frozen(kw_only=True)
class Gift:
    """That an order is a gift, and how.

    ``social`` is a gift whose recipient enters the address later; ``address_due`` is the last
    day for that.
    """

    requested: bool = False
    wrappings: tuple[Wrapping, ...] = ()
    social: bool = False
    address_due: date | None = None


@frozen(kw_only=True)
class PickUp:
    """The shop where the recipient collects the parcel: convenience store or post office."""

    chain_code: str = ""
    store_code: str = ""
    store_name: str = ""
    postal_code: str = ""
    prefecture: str = ""
    address: str = ""
    hours: str = ""
    remarks: str = ""


@frozen(kw_only=True)
class Shipment:
    """What goes to one recipient, under the mall's own ``id`` for it.

    ``wish_date`` and ``wish_slot`` are the requested day and time ("14-16", "AM" or the shop's
    own words); ``delivery_method`` is how it goes, in the mall's own words, where the mall says
    so (what the shop chose is in its `mallsync.Dispatch`); ``drop_off`` the place for unattended
    delivery (置き配); ``cancelled`` is True for a package that was taken out of the order: it is
    kept, and counts in no sum.
    """

    id: str
    recipient: Contact | None = None
    anonymous: bool = False
    items: tuple[Item, ...] = ()
    parcels: tuple[Parcel, ...] = ()
    wish_date: date | None = None
    wish_slot: str = field(default="", repr=False)
    charges: Charges = Charges()
    delivery_method: str = ""
    drop_off: str = field(default="", repr=False)
    noshi: str = field(default="", repr=False)
    pick_up: PickUp | None = field(default=None, repr=False)
    cancelled: bool = False


@frozen(kw_only=True)
class Message:
    """What buyer and shop have said to each other on the page of an order.

    ``sender`` is ``"buyer"`` or ``"shop"``, or the mall's own word for someone else.
    """

    id: str
    sender: str = ""
    text: str = field(default="", repr=False)
    sent_at: datetime | None = None


@frozen(kw_only=True)
class Order:
    """One order, normalised from what the mall says.

    ``mall_status`` is the mall's own code as text. ``messages`` is None where the mall does not
    tell them, which is not the same as that there are none. ``raw`` is the parsed value as the
    mall sent it: it takes no part in comparison and shows in no repr.

    Raises:
        ConfigError: A datetime is naive.
    """

    key: OrderKey
    phase: Phase
    mall_status: str
    ordered_at: datetime
    paid_at: datetime | None = None
    cancelled_at: datetime | None = None
    shipped_at: datetime | None = None
    completed_at: datetime | None = None
    updated_at: datetime | None = None
    buyer: Contact | None = None
    shipments: tuple[Shipment, ...] = ()
    charges: Charges = Charges()
    payment: Payment = Payment()
    remarks: str = field(default="", repr=False)
    gift: Gift | None = None
    messages: tuple[Message, ...] | None = None
    holds: frozenset[Hold] = frozenset()
    raw: object = field(default=None, eq=False, repr=False)

    def __repr__(self) -> str:
        """Return the order in one line, without anything personal."""
        return order_line(self)

    def _repr_html_(self) -> str:
        """Return the order for a notebook; what is personal is masked: see `revealed`."""
        return order_html(self)

    def revealed(self) -> Revealed:
        """Return the order as a notebook shows it with its persons; asked for on purpose."""
        return Revealed(self)

    def __attrs_post_init__(self) -> None:
        for moment in (
            self.ordered_at,
            self.paid_at,
            self.cancelled_at,
            self.shipped_at,
            self.completed_at,
            self.updated_at,
            self.payment.paid_at,
        ):
            # Japan's zone is known to be one: asking it costs more than all else here.
            if moment is None or moment.tzinfo is JST:
                continue
            if moment.utcoffset() is None:
                raise ConfigError("an Order takes aware datetimes: give it .replace(tzinfo=JST)")

    @property
    def mall(self) -> str:
        """The mall's key, such as ``"rakuten"``."""
        return self.key.mall

    @property
    def shop_id(self) -> str:
        """The shop's id, as the client was given it."""
        return self.key.shop_id

    @property
    def number(self) -> str:
        """The mall's order number."""
        return self.key.number


@frozen
class Revealed:
    """An order whose persons a notebook shows. What it shows is kept in the notebook's file."""

    order: Order

    def _repr_html_(self) -> str:
        """Return the order with everything that is personal."""
        return order_html(self.order, shown=True)
