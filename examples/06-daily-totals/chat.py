"""A chat for the example: says its port, and appends what is posted to a file."""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Chat(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        with open(sys.argv[1], "ab") as messages:
            messages.write(body + b"\n")
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments):
        pass


server = HTTPServer(("127.0.0.1", 0), Chat)
print(server.server_port, flush=True)
server.serve_forever()
