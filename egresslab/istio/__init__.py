"""What kubectl and istioctl print: Istio's resources, proxy-status and analyze."""

from egresslab.istio.analysis import looks_like_analysis, read_analysis
from egresslab.istio.proxy_status import looks_like_proxy_status, read_proxy_status
from egresslab.istio.recognise import looks_like_resources
from egresslab.istio.resources import read_resources, resources_from

__all__ = [
    "looks_like_analysis",
    "looks_like_proxy_status",
    "looks_like_resources",
    "read_analysis",
    "read_proxy_status",
    "read_resources",
    "resources_from",
]
