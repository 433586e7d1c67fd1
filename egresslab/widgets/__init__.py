"""Widgets: hands on what the views answer, in a notebook; whatever a click shows can be pasted as code."""

from egresslab.widgets.config_explorer import ConfigExplorer
from egresslab.widgets.log_filter import LogFilter

__all__ = ["ConfigExplorer", "LogFilter"]
