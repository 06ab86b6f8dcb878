"""Receives traces, metrics and logs over OTLP, by HTTP and by gRPC, with the messages of opentelemetry-proto.

Prints its two ports. GET /spans, /points and /records say what it was sent; PUT /status/503 has it refuse from then on.
"""

import gzip
import json
import threading
from concurrent import futures
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import grpc
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2 as logs
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2_grpc as logs_grpc
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as metrics
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2_grpc as metrics_grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as traces
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as traces_grpc

spans, points, records, lock = [], [], [], threading.Lock()
status = 200


def value(any_value):
    kind = any_value.WhichOneof("value") or "string_value"
    if kind == "kvlist_value":
        return attributes(any_value.kvlist_value.values)
    return getattr(any_value, kind)


def attributes(pairs):
    return {pair.key: value(pair.value) for pair in pairs}


def receive_spans(request, protocol, headers):
    for of_resource in request.resource_spans:
        for of_scope in of_resource.scope_spans:
            for span in of_scope.spans:
                spans.append({
                    "trace_id": span.trace_id.hex(),
                    "span_id": span.span_id.hex(),
                    "parent": span.parent_span_id.hex(),
                    "name": span.name,
                    "kind": span.kind,
                    "start": span.start_time_unix_nano,
                    "end": span.end_time_unix_nano,
                    "attributes": attributes(span.attributes),
                    "status": span.status.code,
                    "message": span.status.message,
                    "resource": attributes(of_resource.resource.attributes),
                    "scope": of_scope.scope.name,
                    "protocol": protocol,
                    "headers": headers,
                })


def receive_points(request, protocol, headers):
    for of_resource in request.resource_metrics:
        for of_scope in of_resource.scope_metrics:
            for metric in of_scope.metrics:
                kind = metric.WhichOneof("data")
                data = getattr(metric, kind)
                for point in data.data_points:
                    received = {
                        "name": metric.name,
                        "unit": metric.unit,
                        "description": metric.description,
                        "kind": kind,
                        "is_monotonic": getattr(data, "is_monotonic", None),
                        "temporality": getattr(data, "aggregation_temporality", None),
                        "attributes": attributes(point.attributes),
                        "start": point.start_time_unix_nano,
                        "time": point.time_unix_nano,
                        "resource": attributes(of_resource.resource.attributes),
                        "protocol": protocol,
                        "headers": headers,
                    }
                    if kind == "histogram":
                        received["count"] = point.count
                        received["value"] = point.sum
                        received["bounds"] = list(point.explicit_bounds)
                        received["buckets"] = list(point.bucket_counts)
                    else:
                        received["value"] = point.as_double
                    points.append(received)


def receive_records(request, protocol, headers):
    for of_resource in request.resource_logs:
        for of_scope in of_resource.scope_logs:
            for record in of_scope.log_records:
                records.append({
                    "time": record.time_unix_nano,
                    "observed": record.observed_time_unix_nano,
                    "severity": record.severity_number,
                    "severity_text": record.severity_text,
                    "body": value(record.body),
                    "attributes": attributes(record.attributes),
                    "trace_id": record.trace_id.hex(),
                    "span_id": record.span_id.hex(),
                    "resource": attributes(of_resource.resource.attributes),
                    "scope": of_scope.scope.name,
                    "protocol": protocol,
                    "headers": headers,
                })


SIGNALS = {
    "/v1/traces": (traces.ExportTraceServiceRequest, traces.ExportTraceServiceResponse, receive_spans),
    "/v1/metrics": (metrics.ExportMetricsServiceRequest, metrics.ExportMetricsServiceResponse, receive_points),
    "/v1/logs": (logs.ExportLogsServiceRequest, logs.ExportLogsServiceResponse, receive_records),
}


class Http(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): text for name, text in self.headers.items()}
        if headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        if self.path not in SIGNALS or headers["content-type"] != "application/x-protobuf":
            return self.answer(400, b"")
        if status != 200:
            return self.answer(status, b"")
        request, response, receive = SIGNALS[self.path]
        with lock:
            receive(request.FromString(body), "http", headers)
        self.answer(200, response().SerializeToString())

    def do_GET(self):
        with lock:
            received = {"/spans": spans, "/points": points, "/records": records}[self.path]
            self.answer(200, json.dumps(received).encode())

    def do_PUT(self):
        global status
        status = int(self.path.rsplit("/", 1)[1])
        self.answer(200, b"")

    def answer(self, code, body):
        self.send_response(code)
        self.send_header("content-length", str(len(body)))
        try:
            self.end_headers()
            self.wfile.write(body)
        except ConnectionError:
            # Whoever asked was killed.
            self.close_connection = True

    def log_message(self, *arguments):
        pass


class Grpc(traces_grpc.TraceServiceServicer, metrics_grpc.MetricsServiceServicer, logs_grpc.LogsServiceServicer):
    def __init__(self, path):
        _, self.response, self.receive = SIGNALS[path]

    def Export(self, request, context):
        if status != 200:
            context.abort(grpc.StatusCode.UNAVAILABLE, f"as {status} by HTTP")
        with lock:
            self.receive(request, "grpc", {name: text for name, text in context.invocation_metadata()})
        return self.response()


by_grpc = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
traces_grpc.add_TraceServiceServicer_to_server(Grpc("/v1/traces"), by_grpc)
metrics_grpc.add_MetricsServiceServicer_to_server(Grpc("/v1/metrics"), by_grpc)
logs_grpc.add_LogsServiceServicer_to_server(Grpc("/v1/logs"), by_grpc)
grpc_port = by_grpc.add_insecure_port("127.0.0.1:0")
by_grpc.start()
by_http = ThreadingHTTPServer(("127.0.0.1", 0), Http)
print(by_http.server_port, grpc_port, flush=True)
by_http.serve_forever()
