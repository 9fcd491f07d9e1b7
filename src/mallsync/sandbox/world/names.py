"""Visibly invented names with their readings, odd characters included."""

from __future__ import annotations

__all__ = ["FAMILIES", "GIVEN"]

FAMILIES = (
    ("見本", "ミホン"),
    ("例示", "レイジ"),
    ("架空", "カクウ"),
    ("仮名", "カメイ"),
    ("髙見本", "タカミホン"),
    ("見﨑", "ミサキ"),
    ("𠮷例", "ヨシレイ"),
    ("ダミー", "ダミー"),
    ("ﾐﾎﾝ", "ミホン"),
)
GIVEN = (
    ("花子", "ハナコ"),
    ("太郎", "タロウ"),
    ("一二三", "ヒフミ"),
    ("次郎", "ジロウ"),
    ("さくら🌸", "サクラ"),
    ("ﾃｽﾄ", "テスト"),
)
