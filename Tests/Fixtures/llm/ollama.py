#!/usr/bin/env python3
"""An Ollama server for tests: speaks its protocol on loopback, about models that exist in name only.

    ollama.py LOG

Prints its port. Writes a line to LOG for each request ("POST /api/pull NAME") and for each download that ended because
the other side went away ("closed NAME"). What a download does depends on the name:
    full        an error inside HTTP 200: the disk is full      nowhere   the same: the registry does not have it
    cut         the connection breaks in the middle; asked again, it goes on from there
    half        the stream ends in order, but without success   slow      one line every tenth of a second, without end
    html        an answer of some proxy                         anything else succeeds
"""
import http.server
import json
import sys
import threading
import time

LOG = sys.argv[1]
LOCK = threading.Lock()
LAYER = "sha256:1c7a90b3e2d4"
SIZE = 4_700_000_000
MODELS = {
    "qwen3-coder:30b": {"size": 18_000_000_000, "details": {
        "family": "qwen3moe", "parameter_size": "30.5B", "quantization_level": "Q4_K_M"},
        "capabilities": ["completion", "tools"]},
    "llama3.1:latest": {"size": 4_700_000_000, "details": {"family": "llama", "parameter_size": "8.0B"}},
    "qwen3.5:397b-cloud": {"size": 382, "remote_model": "qwen3.5:397b", "remote_host": "https://ollama.com", "details": {}},
    "alias:latest": {"size": 382, "remote_model": "glm-5.2", "remote_host": "https://ollama.com", "details": {}},
}
STARTED = set()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def note(self, text):
        with LOCK, open(LOG, "a") as log:
            log.write(text + "\n")

    def answer(self, status, value, kind="application/json"):
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        name = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["model"]
        self.note(f"{self.command} {self.path} {name}")
        return name

    def find(self, name):
        return MODELS.get(name) or MODELS.get(name + ":latest")

    def do_GET(self):
        if self.path == "/api/tags":
            return self.answer(200, {"models": [dict(model, name=name, model=name) for name, model in MODELS.items()]})
        if self.path == "/api/ps":
            return self.answer(200, {"models": [{
                "name": "qwen3-coder:30b", "model": "qwen3-coder:30b", "size": 19_000_000_000,
                "size_vram": 12_500_000_000, "context_length": 16384, "expires_at": "2026-11-27T20:00:00.123Z"}]})
        self.answer(200, {"version": "0.33.0"}) if self.path == "/api/version" else self.answer(404, b"404 page not found")

    def do_DELETE(self):
        name = self.body()
        found = name if name in MODELS else name + ":latest"
        if MODELS.pop(found, None) is None:
            return self.answer(404, {"error": f"model '{name}' not found"})
        self.answer(200, b"")

    def do_POST(self):
        name = self.body()
        if self.path == "/api/show":
            model = self.find(name)
            if model is None:
                return self.answer(404, {"error": f"model '{name}' not found"})
            return self.answer(200, dict(model, model_info={
                "general.architecture": "qwen3moe", "qwen3moe.context_length": 262144}))
        if self.path == "/api/generate":
            if self.find(name) is None:
                return self.answer(404, {"error": f"model '{name}' not found"})
            return self.answer(200, {"model": name, "response": "", "done": True, "done_reason": "load"})
        self.pull(name) if self.path == "/api/pull" else self.answer(404, {"error": "not found"})

    def line(self, value):
        data = json.dumps(value).encode() + b"\n"
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
        self.wfile.flush()

    def pull(self, name):
        if name == "html":
            return self.answer(200, b"<html>Please sign in</html>", "text/html")
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            self.lines(name)
        except (BrokenPipeError, ConnectionResetError):
            self.note(f"closed {name}")
            self.close_connection = True

    def lines(self, name):
        layer = {"status": "pulling " + LAYER[7:], "digest": LAYER, "total": SIZE}
        self.line({"status": "pulling manifest"})
        if name == "nowhere":
            self.line({"error": "pull model manifest: file does not exist"})
            return self.wfile.write(b"0\r\n\r\n")
        with LOCK:
            begin = 60 if name in STARTED else 0
            STARTED.add(name)
        for percent in range(begin, 101, 4):
            self.line(dict(layer, completed=SIZE * percent // 100) if percent else layer)
            if name == "cut" and begin == 0 and percent == 60:
                self.close_connection = True
                return
            if name == "slow":
                while True:
                    time.sleep(0.1)
                    self.line(dict(layer, completed=SIZE // 10))
        if name == "full":
            self.line({"error": "write /root/.ollama/models/blobs: no space left on device"})
        elif name != "half":
            for status in ("verifying sha256 digest", "writing manifest", "success"):
                self.line({"status": status})
            MODELS[name if ":" in name else name + ":latest"] = {"size": SIZE, "details": {}}
        self.wfile.write(b"0\r\n\r\n")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()
