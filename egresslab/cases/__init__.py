"""Cases: everything about one problem, out of the files that a person can send."""

from egresslab.cases.case import Case
from egresslab.cases.collect import collect_lines
from egresslab.cases.read import read_case
from egresslab.cases.sample import sample, sample_path, shipped

__all__ = ["Case", "collect_lines", "read_case", "sample", "sample_path", "shipped"]
