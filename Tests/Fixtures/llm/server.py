#!/usr/bin/env python3
"""A provider for tests: speaks the OpenAI chat protocol on loopback, and bills every request it has received.

    server.py BILL [key=value ...]
    server.py --answer REQUESTS RESULTS [key=value ...]    answers a file of requests, the last first

The path /own/ask?v=2 takes and gives a shape of its own. Prints its port. Each received prompt is appended to the file BILL as "DIGEST TOKENS", and its text to
BILL.prompts, before anything is answered.
It reports the planted weakness and every line that holds `os.system(` or `launch(`, quoting it.
    delay=0.02   seconds before an answer     jitter=0.02   more, at random by the prompt
    status=429   answer so, always            drop=7        close every 7th connection without an answer
    blind=1      never report anything        tokens=500    input tokens it claims to have counted
    keen=1       report what looks weak
    says=TEXT    what it answers to questions
    garble=1     no JSON at the first try     ruling=refuted  what it says of claims it is to check
    batch_delay=2  seconds until a batch ends   batch_reset=1  take the next batch, but close without an answer, once
    expire=3     every third request of a batch expires and is not billed     no_batches=1  know nothing of batches
    slow_results=0.1  seconds between lines of results    upload_delay=0.3  seconds before a file is taken
KEY@MODEL=... holds for one model only.
"""
import hashlib
import http.server
import json
import re
import sys
import threading
import time

IS_ANSWERING = sys.argv[1] == "--answer"
BILL = sys.argv[1]
OPTIONS = dict(word.split("=", 1) for word in sys.argv[4 if IS_ANSWERING else 2:])
LOCK = threading.Lock()
PLAIN = r"os\.system\(|\blaunch\("
KEEN = PLAIN + (
    r"|md5|MD5|\beval\(|pickle\.loads?|strcpy\(|innerHTML|shell=True|verify=False|yaml\.load\(|Math\.random|rand\("
    r"|0\.0\.0\.0/0|:latest|http://|\bECB\b|\bDES\b")
COUNT = 0
FILES = []
BATCHES = []
BATCH_LOCK = threading.Lock()


def option(model, key):
    """The value of an option for a model; None where it is not set."""
    return OPTIONS.get(f"{key}@{model}", OPTIONS.get(key))


def verdicts(prompt, ruling):
    """The verdicts on the claims of a prompt, each quoting the first line of its code."""
    quote = re.search(r"(?m)^\d*\|(.*launch\(.*)$", prompt).group(1).strip()
    return [{"claim": name, "ruling": ruling, "quote": quote, "why": "By the script."}
            for name in re.findall(r"(?m)^(C\d+): ", prompt)]


def findings(prompt, suspect):
    """What a model would say that reports every line in which a pattern occurs, up to fifty."""
    found, names, name, number = [], [], None, 0
    for line in prompt.splitlines():
        opened = re.match(r"=== (\w+) (F\d+) ", line)
        if opened:
            name = opened.group(2)
            names.append(name)
            continue
        numbered = re.match(r"(\d*)\|(.*)", line)
        if numbered:
            number = int(numbered.group(1)) if numbered.group(1) else number + 1
        if numbered and re.search(suspect, numbered.group(2)):
            found.append({
                "file": name, "line_start": number, "line_end": number, "quote": numbered.group(2).strip(), "cwe": 78,
                "title": "Shell command from input.", "why": "Input reaches a shell.", "fix": "Pass a list of arguments.",
            })
    return names, [item for item in found if item["file"] == "F0"] + [item for item in found if item["file"] != "F0"][:150]


class Question:
    """A request in the shape of chat completions, and what a careful model would answer."""

    def __init__(self, request):
        self.model = request.get("model", "custom")
        self.messages = request.get("messages") or [{"role": "user", "content": request.get("question")}]
        self.prompt = next(message["content"] for message in self.messages if message["role"] == "user")
        self.digest = hashlib.sha256(json.dumps([self.model, self.messages]).encode()).hexdigest()
        self.tokens = int(option(self.model, "tokens") or len(self.prompt) // 4)
        self.usage = {"prompt_tokens": self.tokens, "completion_tokens": 50, "total_tokens": self.tokens + 50}

    def bill(self, kind="single"):
        global COUNT
        with LOCK:
            COUNT += 1
            with open(BILL + ".prompts", "a") as prompts:
                prompts.write(self.prompt + "\n")
            with open(BILL, "a") as bill:
                bill.write(f"{self.digest} {self.tokens} {self.model} {kind}\n")
            return COUNT

    def content(self):
        is_repair = self.messages[-1]["content"] != self.prompt
        if option(self.model, "garble") and not is_repair:
            return "Certainly! I looked at every part of it."
        nonce = re.search(r"Nonce: (\w+)|=== (\w+) FINDINGS", self.prompt).group(1)
        if nonce is None:
            return option(self.model, "says") or "Nothing is known."
        if re.search(r"(?m)^=== \w+ CLAIMS$", self.prompt):
            ruling = option(self.model, "ruling") or "confirmed"
            return json.dumps({"nonce": nonce, "verdicts": verdicts(self.prompt, ruling)})
        names, found = findings(self.prompt, KEEN if option(self.model, "keen") else PLAIN)
        found = [] if option(self.model, "blind") else found
        return json.dumps({"nonce": nonce, "files": names, "findings": found})

    def answer(self):
        """The answer in one piece."""
        return {
            "id": "a-" + self.digest[:8], "model": self.model, "usage": self.usage,
            "choices": [{"index": 0, "finish_reason": "stop",
                         "message": {"role": "assistant", "content": self.content()}}],
        }


def row(line):
    """What became of a line of a batch."""
    return {"id": "r-" + line["custom_id"][:8], "custom_id": line["custom_id"], "error": None,
            "response": {"status_code": 200, "request_id": "q", "body": Question(line["body"]).answer()}}


class Batch:
    """A batch: billed as soon as it is taken, whoever hears of it."""

    def __init__(self, number, lines, metadata):
        self.id, self.lines, self.metadata = f"batch-{number}", lines, metadata
        self.end = time.monotonic() + float(OPTIONS.get("batch_delay", 0))
        every = int(OPTIONS.get("expire", 0))
        self.expired = [line for index, line in enumerate(lines) if every and index % every == 0]
        for line in lines:
            if line not in self.expired:
                Question(line["body"]).bill("batch")

    def object(self):
        done = time.monotonic() >= self.end
        return {
            "id": self.id, "status": "completed" if done else "in_progress", "metadata": self.metadata,
            "output_file_id": "out-" + self.id if done else None,
            "error_file_id": "err-" + self.id if done and self.expired else None,
            "request_counts": {"total": len(self.lines), "completed": len(self.lines) if done else 0, "failed": 0},
        }

    def results(self):
        return [row(line) for line in reversed(self.lines) if line not in self.expired]

    def errors(self):
        return [{"custom_id": line["custom_id"], "response": None, "error": {"code": "batch_expired"}}
                for line in self.expired]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        path = self.path.split("?")[0].removeprefix("/v1")
        with BATCH_LOCK:
            batches = list(BATCHES)
        if path == "/batches" and not OPTIONS.get("no_batches"):
            return self.answer(200, {"data": [batch.object() for batch in reversed(batches)], "has_more": False})
        for batch in batches:
            if path == "/batches/" + batch.id:
                return self.answer(200, batch.object())
            if path == f"/files/out-{batch.id}/content":
                return self.lines(batch.results())
            if path == f"/files/err-{batch.id}/content":
                return self.lines(batch.errors())
        if path.startswith(("/batches", "/files")):
            return self.answer(404, {"error": {"message": "none"}})
        self.answer(200, {"object": "list", "data": [{"id": "scripted", "object": "model"}]})

    def lines(self, rows):
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for each in rows:
            self.wfile.write((json.dumps(each) + "\n").encode())
            time.sleep(float(OPTIONS.get("slow_results", 0)))
        self.close_connection = True

    def take_file(self, body):
        """A form: its file is what looks like lines of requests."""
        time.sleep(float(OPTIONS.get("upload_delay", 0)))
        FILES.append([json.loads(line) for line in body.splitlines() if line.startswith(b'{"custom_id"')])
        self.answer(200, {"id": f"file-{len(FILES)}", "purpose": "batch"})

    def take_batch(self, request):
        with BATCH_LOCK:
            lines = FILES[int(request["input_file_id"].removeprefix("file-")) - 1]
            batch = Batch(len(BATCHES) + 1, lines, request["metadata"])
            BATCHES.append(batch)
        if OPTIONS.pop("batch_reset", None):
            self.close_connection = True
            return
        self.answer(200, batch.object())

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path in ("/v1/files", "/v1/batches") and OPTIONS.get("no_batches"):
            return self.answer(404, {"error": {"message": "none"}})
        if self.path == "/v1/files":
            return self.take_file(body)
        request = json.loads(body)
        if self.path == "/v1/batches":
            return self.take_batch(request)
        # A server of no known protocol, for configurations that describe one.
        is_custom = self.path == "/own/ask?v=2"
        if is_custom and (self.headers["X-Token"] != "Key of-the-house" or request["limit"] < 1 or request["raw"] is not True):
            return self.answer(400, {"fault": "not as described"})
        question = Question(request)
        model, digest = question.model, question.digest
        if option(model, "status"):
            return self.answer(
                int(option(model, "status")), {"error": {"message": "refused by the script", "code": "x"}})
        count = question.bill()
        if option(model, "drop") and count % int(option(model, "drop")) == 0:
            self.close_connection = True
            return
        time.sleep(float(OPTIONS.get("delay", 0)) + float(OPTIONS.get("jitter", 0)) * int(digest[:2], 16) / 255)
        if is_custom:
            return self.answer(200, {
                "out": [{"text": question.content()}], "why": "done", "count": {"in": question.tokens, "out": 50}})
        if not request.get("stream"):
            return self.answer(200, question.answer())
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for delta, reason in (({"role": "assistant", "content": question.content()}, None), ({}, "stop")):
            chunk = {"id": "a-" + digest[:8], "model": model, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        last = {"id": "a-" + digest[:8], "model": model, "choices": [], "usage": question.usage}
        self.wfile.write(f"data: {json.dumps(last)}\n\ndata: [DONE]\n\n".encode())
        self.close_connection = True


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        pass


if __name__ == "__main__":
    if IS_ANSWERING:
        with open(sys.argv[2]) as requests, open(sys.argv[3], "w") as results:
            for text in reversed(requests.readlines()):
                results.write(json.dumps(row(json.loads(text))) + "\n")
        sys.exit()
    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()
