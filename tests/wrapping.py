"""What tools and stores make of log lines: one writer for each row of wrappings.csv, as its source says that it is written."""

from __future__ import annotations

import csv
import io
import json
from itertools import pairwise

TIME = "2026-11-23T23:24:50.123456789Z"
NANOS = "1795476290123456789"
POD, CONTAINER, SPACE = "shop-7c9d8b6f5-x2x7k", "istio-proxy", "shop"
LABELS = {"pod": POD, "container": CONTAINER, "namespace": SPACE}
KUBERNETES = {"pod_name": POD, "container_name": CONTAINER, "namespace_name": SPACE}
RESOURCE = {"type": "k8s_container", "labels": {"cluster_name": "c1", **KUBERNETES}}


def prefixed(prefix):
    return lambda lines: "".join(prefix.replace("{n}", str(n)) + line + "\n" for n, line in enumerate(lines, 1))


def objects(make, **how):
    """One object on each line; pretty ones with an indent."""
    return lambda lines: "".join(json.dumps(make(line), **how) + "\n" for line in lines)


def document(make, **how):
    return lambda lines: json.dumps(make(lines), **how) + "\n"


def table(make, delimiter=","):
    def write(lines):
        rows = [make(line) for line in lines]
        out = io.StringIO()
        writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue()

    return write


def cri(lines):
    """Long lines in parts, as containerd cuts them at 16 KiB; shorter here."""
    cuts = {line: [*range(0, len(line), 300), len(line)] for line in lines}
    parts = [(line[a:b], "F" if b == len(line) else "P") for line in lines for a, b in pairwise(cuts[line])]
    return "".join(f"{TIME} stdout {tag} {part}\n" for part, tag in parts)


def grafana_text(lines):
    return "\n\n" + "".join(f"1795476290123\t2026-11-23T23:24:50.123Z\t{line}\n" for line in lines)


def parsed(line):
    """The fields of a JSON entry, or a text under a key."""
    return json.loads(line) if line.startswith("{") else {"message": line}


def insights(line):
    return [{"field": "@timestamp", "value": "2026-11-23 23:24:50.123"}, {"field": "@message", "value": line}, {"field": "@ptr", "value": "Cl8K"}]


def azure(line):
    return {
        "TimeGenerated [UTC]": "11/23/2026, 11:24:50.123 PM",
        "PodName": POD,
        "PodNamespace": SPACE,
        "ContainerName": CONTAINER,
        "LogMessage": line,
    }


# What writes the file of each row, by its ending.
WRAPPINGS = {
    "kubectl --prefix": (".log", prefixed(f"[pod/{POD}/{CONTAINER}] ")),
    "cri": (".log", cri),
    "kubetail": (".log", prefixed(f"[{POD} {CONTAINER}] ")),
    "kubetail, one container": (".log", prefixed(f"[{POD}] ")),
    "stern": (".log", prefixed(f"\x1b[36m{POD}\x1b[0m \x1b[96m{CONTAINER}\x1b[0m ")),
    "stern, a pod without dashes": (".log", prefixed(f"sleep {CONTAINER} ")),
    "kail": (".log", prefixed(f"{SPACE}/{POD}[{CONTAINER}]: ")),
    "container alone": (".log", prefixed("istio-proxy ")),
    "docker compose": (".log", prefixed("gateway-1  | ")),
    "cf logs": (".log", prefixed("   2026-11-23T23:24:50.12+0000 [APP/PROC/WEB/SIDECAR/ENVOY/0] OUT ")),
    "logcli -o default": (".log", prefixed('2026-11-23T23:24:50Z {container="istio-proxy", namespace="shop", pod="' + POD + '"} ')),
    "grafana text": (".txt", grafana_text),
    "journalctl": (".log", prefixed("Nov 23 23:24:50 node-1 envoy[814]: ")),
    "kubectl --timestamps": (".log", prefixed(f"{TIME} ")),
    "aws logs tail": (".log", prefixed("2026-11-23T23:24:50.123000+00:00 kube/istio-proxy/0a1b2c ")),
    "grep": (".log", prefixed("logs/sidecar.out:{n}:")),
    "loki": (
        ".json",
        document(
            lambda ls: {
                "status": "success",
                "data": {"resultType": "streams", "result": [{"stream": LABELS, "values": [[NANOS, line] for line in ls]}], "stats": {}},
            }
        ),
    ),
    "logcli -o jsonl": (".jsonl", objects(lambda line: {"labels": LABELS, "line": line, "timestamp": TIME})),
    "grafana json": (".json", document(lambda ls: [{"line": line, "timestamp": NANOS, "fields": LABELS} for line in ls], indent=2)),
    "grafana csv": (".csv", table(lambda line: {"labels": json.dumps(LABELS), "Time": TIME, "Line": line, "tsNs": NANOS, "id": "1_a"})),
    "elasticsearch hits": (
        ".json",
        document(
            lambda ls: {
                "took": 3,
                "timed_out": False,
                "hits": {
                    "total": {"value": len(ls), "relation": "eq"},
                    "hits": [{"_index": "logs", "_id": "a", "_source": {**parsed(line), "kubernetes": KUBERNETES}} for line in ls],
                },
            },
            indent=2,
        ),
    ),
    "google cloud text": (".json", document(lambda ls: [{"insertId": "a", "textPayload": line, "resource": RESOURCE} for line in ls])),
    "google cloud json": (".json", document(lambda ls: [{"jsonPayload": parsed(line), "resource": RESOURCE} for line in ls], indent=2)),
    "cloudwatch insights": (".json", document(lambda ls: {"results": [insights(line) for line in ls], "status": "Complete"}, indent=4)),
    "cloudwatch events": (
        ".json",
        document(lambda ls: {"events": [{"logStreamName": "s", "timestamp": 1, "message": line, "ingestionTime": 2, "eventId": ""} for line in ls]}),
    ),
    "splunk": (".csv", table(lambda line: {"_serial": "0", "_time": TIME, "source": "stdout", "_raw": line, "host": "node-1"})),
    "splunk export": (".jsonl", objects(lambda line: {"preview": False, "offset": 0, "result": {"_raw": line, "host": "node-1", "pod": POD}})),
    "azure ContainerLogV2": (".csv", table(azure)),
    "azure ContainerLog": (".csv", table(lambda line: {"TimeGenerated": TIME, "LogEntry": line, "LogEntrySource": "stdout"}, ";")),
    "datadog": (
        ".json",
        document(
            lambda ls: {
                "data": [
                    {"id": "a", "type": "log", "attributes": {"message": line, "tags": [f"pod_name:{POD}", f"kube_namespace:{SPACE}"]}} for line in ls
                ]
            }
        ),
    ),
    "datadog csv": (".csv", table(lambda line: {"Date": TIME, "Host": "node-1", "Service": "shop", "Message": line})),
    "stern -o json": (
        ".json",
        objects(lambda line: {"message": line, "nodeName": "node-1", "namespace": SPACE, "podName": POD, "containerName": CONTAINER}, indent=2),
    ),
    "journalctl -o json": (".jsonl", objects(lambda line: {"__REALTIME_TIMESTAMP": "1795476290123456", "_PID": "814", "MESSAGE": line})),
    "docker json-file": (".log", objects(lambda line: {"log": line + "\n", "stream": "stdout", "time": TIME})),
    "with kubernetes metadata": (".jsonl", objects(lambda line: {"@timestamp": TIME, "kubernetes": KUBERNETES, **parsed(line)})),
    "fluent bit": (".jsonl", objects(lambda line: {"date": 1795476290.123456, "log": line})),
    "beats and vector": (".jsonl", objects(lambda line: {"@timestamp": TIME, "message": line, "host": {"name": "node-1"}})),
}
PARSED = ("google cloud json", "elasticsearch hits")  # as agents take JSON lines apart
