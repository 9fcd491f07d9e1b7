"""For notebooks: orders, items and decisions as frames, rules on columns, and charts.

What values show by themselves (``_repr_html_``) needs none of this.
"""

from __future__ import annotations

from mallsync.notebook import charts, columnar, frames
from mallsync.notebook.progress import bars

__all__ = ["bars", "charts", "columnar", "frames"]
