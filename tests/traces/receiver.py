"""Receives traces over OTLP, by HTTP and by gRPC, with the messages of opentelemetry-proto.

Prints its two ports. GET /spans says what it was sent; PUT /status/503 has it refuse from then on.
"""

import gzip
import json
import threading
from concurrent import futures
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as messages
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as services

spans, lock = [], threading.Lock()
status = 200


def value(any_value):
    return getattr(any_value, any_value.WhichOneof("value") or "string_value")


def attributes(pairs):
    return {pair.key: value(pair.value) for pair in pairs}


def receive(request, protocol, headers):
    with lock:
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


class Http(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): text for name, text in self.headers.items()}
        if headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        if self.path != "/v1/traces" or headers["content-type"] != "application/x-protobuf":
            return self.answer(400, b"")
        if status != 200:
            return self.answer(status, b"")
        receive(messages.ExportTraceServiceRequest.FromString(body), "http", headers)
        self.answer(200, messages.ExportTraceServiceResponse().SerializeToString())

    def do_GET(self):
        with lock:
            self.answer(200, json.dumps(spans).encode())

    def do_PUT(self):
        global status
        status = int(self.path.rsplit("/", 1)[1])
        self.answer(200, b"")

    def answer(self, code, body):
        self.send_response(code)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Grpc(services.TraceServiceServicer):
    def Export(self, request, context):
        receive(request, "grpc", {name: text for name, text in context.invocation_metadata()})
        return messages.ExportTraceServiceResponse()


by_grpc = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
services.add_TraceServiceServicer_to_server(Grpc(), by_grpc)
grpc_port = by_grpc.add_insecure_port("127.0.0.1:0")
by_grpc.start()
by_http = ThreadingHTTPServer(("127.0.0.1", 0), Http)
print(by_http.server_port, grpc_port, flush=True)
by_http.serve_forever()
