"""Stored orders are read again when what an adapter makes of a record has changed."""

from __future__ import annotations

from hashlib import sha256

import pytest

from mallsync import Period
from mallsync.model.sighting import Seen
from mallsync.store.encoding import CODEC, encode, pack_raw, unpack_raw
from tests.sync.conftest import NOW, World

GOLDEN = {
    "rakuten": ("5303423799053255", "979b8d4a2911e6d4"),
    "qoo10": ("7e90c4e29fee0ca7", "ce24a5a27d4149b7"),
    "mercari_shops": ("745615527c7c581e", "05da6534c8beaeea"),
    "rakuma": ("c64943f91e42fae2", "87f70d52aa2265bc"),
}
"""For each mall, what the sandbox's records digest to, and the orders that are made of them."""


def digest(texts: list[str]) -> str:
    """Return a short digest of texts, whatever their order."""
    return sha256("\n".join(sorted(texts)).encode()).hexdigest()[:16]


@pytest.mark.parametrize("mall", GOLDEN)
def test_who_changes_what_is_made_of_a_record_raises_the_codec(world: World, mall: str) -> None:
    """The same records and other orders: raise CODEC, and write down the new digests.

    Other records: the sandbox has changed, and only the digests are to be written down.
    """
    client = getattr(world, mall)
    events = list(client.sightings(Period.last_days(60, now=NOW)))
    raws = [unpack_raw(pack_raw(one.order.raw)) for one in events if isinstance(one, Seen)]
    orders = [encode(client.read(raw)) for raw in raws]
    records = digest([one.raw.decode() for one in orders if one.raw is not None])
    made = digest([one.cache for one in orders])

    assert (1, *GOLDEN[mall]) == (CODEC, records, made)
    assert len(raws) > 20
