"""Sharing: one offline page out of a notebook, a report out of logs, and tables that may be seen by anybody."""

from egresslab.sharing.report import report
from egresslab.sharing.tables import Table, table

__all__ = ["Table", "report", "table"]
