"""Access logs of Envoy and Istio: any lines in, one typed frame out."""

from egresslab.access_log.log_file import LogFile
from egresslab.access_log.read import LogParts, is_wrapped_log, looks_like_log, raw_line, read_access_log, read_logs, scan_access_log
from egresslab.access_log.scan import LogScan

__all__ = ["LogFile", "LogParts", "LogScan", "is_wrapped_log", "looks_like_log", "raw_line", "read_access_log", "read_logs", "scan_access_log"]
