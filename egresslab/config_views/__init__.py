"""The views of a config: istioctl's own tables, and what they leave out."""

from egresslab.config_views.about import about
from egresslab.config_views.cluster_table import cluster_table
from egresslab.config_views.diff import diff_config
from egresslab.config_views.endpoint_tables import eds_table, endpoint_table
from egresslab.config_views.listener_table import listener_table
from egresslab.config_views.paths import config_paths
from egresslab.config_views.route_table import route_table
from egresslab.config_views.secret_table import secret_table
from egresslab.config_views.table_text import table_text

__all__ = [
    "about",
    "cluster_table",
    "config_paths",
    "diff_config",
    "eds_table",
    "endpoint_table",
    "listener_table",
    "route_table",
    "secret_table",
    "table_text",
]
