#!/usr/bin/env python3
"""A provider for tests: speaks the OpenAI chat protocol on loopback, and bills every request it has received.

    server.py BILL [key=value ...]

The path /own/ask?v=2 takes and gives a shape of its own. Prints its port. Each received prompt is appended to the file BILL as "DIGEST TOKENS", and its text to
BILL.prompts, before anything is answered.
It reports the planted weakness and every line that holds `os.system(` or `launch(`, quoting it.
    delay=0.02   seconds before an answer     jitter=0.02   more, at random by the prompt
    status=429   answer so, always            drop=7        close every 7th connection without an answer
    blind=1      never report anything        tokens=500    input tokens it claims to have counted
    keen=1       report what looks weak
    says=TEXT    what it answers to questions
    garble=1     no JSON at the first try     ruling=refuted  what it says of claims it is to check
KEY@MODEL=... holds for one model only.
"""
import hashlib
import http.server
import json
import re
import sys
import threading
import time

BILL = sys.argv[1]
OPTIONS = dict(word.split("=", 1) for word in sys.argv[2:])
LOCK = threading.Lock()
PLAIN = r"os\.system\(|\blaunch\("
KEEN = PLAIN + r"|md5|MD5|\bDES\b|\beval\b|pickle|strcpy|sprintf|innerHTML|shell=True|verify=False|\" ?\+ ?\w|SELECT .*[{$]|Random\("
COUNT = 0


def option(model, key):
    """The value of an option for a model; None where it is not set."""
    return OPTIONS.get(f"{key}@{model}", OPTIONS.get(key))


def verdicts(prompt, ruling):
    """The verdicts on the claims of a prompt, each quoting the first line of its code."""
    quote = re.search(r"(?m)^\d+\|(.*launch\(.*)$", prompt).group(1).strip()
    return [{"claim": name, "ruling": ruling, "quote": quote, "why": "By the script."}
            for name in re.findall(r"(?m)^(C\d+): ", prompt)]


def findings(prompt, suspect):
    """What a model would say that reports every line in which a pattern occurs, up to fifty."""
    found, names, name = [], [], None
    for line in prompt.splitlines():
        opened = re.match(r"=== (\w+) (F\d+) ", line)
        if opened:
            name = opened.group(2)
            names.append(name)
            continue
        numbered = re.match(r"(\d+)\|(.*)", line)
        if numbered and re.search(suspect, numbered.group(2)):
            number = int(numbered.group(1))
            found.append({
                "file": name, "line_start": number, "line_end": number, "quote": numbered.group(2).strip(), "cwe": 78,
                "title": "Shell command from input.", "why": "Input reaches a shell.", "fix": "Pass a list of arguments.",
            })
    return names, [item for item in found if item["file"] == "F0"] + [item for item in found if item["file"] != "F0"][:150]


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
        self.answer(200, {"object": "list", "data": [{"id": "scripted", "object": "model"}]})

    def do_POST(self):
        global COUNT
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        # A server of no known protocol, for configurations that describe one.
        is_custom = self.path == "/own/ask?v=2"
        if is_custom and (self.headers["X-Token"] != "Key of-the-house" or request["limit"] < 1 or request["raw"] is not True):
            return self.answer(400, {"fault": "not as described"})
        model = request.get("model", "custom")
        messages = request.get("messages") or [{"role": "user", "content": request.get("question")}]
        prompt = next(message["content"] for message in messages if message["role"] == "user")
        is_repair = messages[-1]["content"] != prompt
        digest = hashlib.sha256(json.dumps([model, messages]).encode()).hexdigest()
        if option(model, "status"):
            return self.answer(
                int(option(model, "status")), {"error": {"message": "refused by the script", "code": "x"}})
        tokens = int(option(model, "tokens") or len(prompt) // 4)
        with LOCK:
            COUNT += 1
            count = COUNT
            with open(BILL + ".prompts", "a") as prompts:
                prompts.write(prompt + "\n")
            with open(BILL, "a") as bill:
                bill.write(f"{digest} {tokens} {model}\n")
        if option(model, "drop") and count % int(option(model, "drop")) == 0:
            self.close_connection = True
            return
        time.sleep(float(OPTIONS.get("delay", 0)) + float(OPTIONS.get("jitter", 0)) * int(digest[:2], 16) / 255)
        nonce = re.search(r"Nonce: (\w+)|=== (\w+) FINDINGS", prompt).group(1)
        if nonce is None:
            content = option(model, "says") or "Nothing is known."
        elif re.search(r"(?m)^=== \w+ CLAIMS$", prompt):
            content = json.dumps({"nonce": nonce, "verdicts": verdicts(prompt, option(model, "ruling") or "confirmed")})
        else:
            names, found = findings(prompt, KEEN if option(model, "keen") else PLAIN)
            found = [] if option(model, "blind") else found
            content = json.dumps({"nonce": nonce, "files": names, "findings": found})
        if option(model, "garble") and not is_repair:
            content = "Certainly! I looked at every part of it."
        if is_custom:
            return self.answer(200, {"out": [{"text": content}], "why": "done", "count": {"in": tokens, "out": 50}})
        usage = {"prompt_tokens": tokens, "completion_tokens": 50, "total_tokens": tokens + 50}
        if not request.get("stream"):
            return self.answer(200, {
                "id": "a-" + digest[:8], "model": model, "usage": usage,
                "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}],
            })
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for delta, reason in (({"role": "assistant", "content": content}, None), ({}, "stop")):
            chunk = {"id": "a-" + digest[:8], "model": model, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        last = {"id": "a-" + digest[:8], "model": model, "choices": [], "usage": usage}
        self.wfile.write(f"data: {json.dumps(last)}\n\ndata: [DONE]\n\n".encode())
        self.close_connection = True


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        pass


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()
