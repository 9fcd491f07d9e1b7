"""Orders by CSV, shipping results by CSV, and shops that have nothing but files (R10)."""

from __future__ import annotations

from mallsync.files.custom import CsvShop
from mallsync.files.importing import ImportReport, StatusMove, import_orders
from mallsync.files.mapping import CsvMapping, ResultsLayout, Source
from mallsync.files.mapping_toml import load_mapping
from mallsync.files.orders import FORMATS, OrdersFile, Refused, read_orders
from mallsync.files.results import fill_brief_file, write_results, write_upload
from mallsync.files.safety import Unwritable, for_spreadsheet, unwritable
from mallsync.files.template import mapping_template
from mallsync.files.tracking import TrackingReport, read_tracking, take_tracking
from mallsync.files.writing import write_csv

__all__ = [
    "FORMATS",
    "CsvMapping",
    "CsvShop",
    "ImportReport",
    "OrdersFile",
    "Refused",
    "ResultsLayout",
    "Source",
    "StatusMove",
    "TrackingReport",
    "Unwritable",
    "fill_brief_file",
    "for_spreadsheet",
    "import_orders",
    "load_mapping",
    "mapping_template",
    "read_orders",
    "read_tracking",
    "take_tracking",
    "unwritable",
    "write_csv",
    "write_results",
    "write_upload",
]
