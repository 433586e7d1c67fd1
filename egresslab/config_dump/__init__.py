"""Config dumps of Envoy, and what istioctl prints of them: any shape in, one frame for each section out."""

from egresslab.config_dump.read import DumpFile, config_of_files, read_config_dump, read_dumps

__all__ = ["DumpFile", "config_of_files", "read_config_dump", "read_dumps"]
