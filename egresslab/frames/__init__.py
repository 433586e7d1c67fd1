"""Our words: what the frames of the house hold, and frames that keep to it."""

from egresslab.frames.config import Config, config_of, one_of
from egresslab.frames.groups import number_groups, positions_by
from egresslab.frames.log import as_log, concat, failed, flag_set, in_order, join, log_of, ztunnel_error
from egresslab.frames.places import place, split_places
from egresslab.frames.request_shapes import merge_shapes, request_shapes
from egresslab.frames.resources import Resources, resources_of
from egresslab.frames.schema import PLACES, Field, coerce, empty, fields, labels, require, schema, typed
from egresslab.frames.untrusted import spreadsheet_frame, visible, visible_frame, write_csv

__all__ = [
    "PLACES",
    "Config",
    "Field",
    "Resources",
    "as_log",
    "coerce",
    "concat",
    "config_of",
    "empty",
    "failed",
    "fields",
    "flag_set",
    "in_order",
    "join",
    "labels",
    "log_of",
    "merge_shapes",
    "number_groups",
    "one_of",
    "place",
    "positions_by",
    "request_shapes",
    "require",
    "resources_of",
    "schema",
    "split_places",
    "spreadsheet_frame",
    "typed",
    "visible",
    "visible_frame",
    "write_csv",
    "ztunnel_error",
]
