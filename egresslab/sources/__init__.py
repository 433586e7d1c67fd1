"""Where readers read from: files, globs, streams and archives, whatever they are packed in."""

from egresslab.sources.opened import TruncatedError, chunks_of, is_plain, read_bytes
from egresslab.sources.paths import Group, Source, groups_of, name_of, proxies_of, sources_of
from egresslab.sources.tables import Row, Table, tables_of

__all__ = [
    "Group",
    "Row",
    "Source",
    "Table",
    "TruncatedError",
    "chunks_of",
    "groups_of",
    "is_plain",
    "name_of",
    "proxies_of",
    "read_bytes",
    "sources_of",
    "tables_of",
]
