"""Where readers read from: files, globs, streams and archives, whatever they are packed in."""

from egresslab.sources.opened import GZIP, MARKS, ZSTD, TruncatedError, chunks_of, read_bytes
from egresslab.sources.paths import Source, name_of, proxies_of, sources_of

__all__ = ["GZIP", "MARKS", "ZSTD", "Source", "TruncatedError", "chunks_of", "name_of", "proxies_of", "read_bytes", "sources_of"]
