#!/usr/bin/env python3
"""A provider for tests that speaks Anthropic's messages and message batches, with the answers and options of server.py.

    anthropic.py BILL [key=value ...]

Besides: stuck=1   batches never end     lost=1   know no batch any more once it was taken
"""
import json
import time

import server


def message(question):
    """The answer in one piece."""
    return {
        "id": "m-" + question.digest[:8], "type": "message", "role": "assistant", "model": question.model,
        "content": [{"type": "text", "text": question.content()}], "stop_reason": "end_turn",
        "usage": {"input_tokens": question.tokens, "output_tokens": 50},
    }


def events(answer):
    """The same answer as a stream."""
    text = answer["content"][0]["text"]
    return [
        {"type": "message_start", "message": {**answer, "content": [], "stop_reason": None}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 50}},
        {"type": "message_stop"},
    ]


def state(batch):
    done = time.monotonic() >= batch.end and not server.OPTIONS.get("stuck")
    counts = {"processing": 0 if done else len(batch.lines), "errored": 0, "canceled": 0,
              "succeeded": len(batch.lines) - len(batch.expired) if done else 0,
              "expired": len(batch.expired) if done else 0}
    return {"id": batch.id, "type": "message_batch", "processing_status": "ended" if done else "in_progress",
            "request_counts": counts}


def results(batch):
    for line in reversed(batch.lines):
        if line in batch.expired:
            result = {"type": "expired"}
        else:
            result = {"type": "succeeded", "message": message(server.Question(line["body"]))}
        yield {"custom_id": line["custom_id"], "result": result}


class Handler(server.Handler):
    PATH = "/v1/messages/batches"

    def do_GET(self):
        path = self.path.split("?")[0]
        with server.BATCH_LOCK:
            batches = [] if server.OPTIONS.get("lost") else list(server.BATCHES)
        if path == self.PATH:
            return self.answer(200, {"data": [state(batch) for batch in reversed(batches)], "has_more": False})
        for batch in batches:
            if path == f"{self.PATH}/{batch.id}":
                return self.answer(200, state(batch))
            if path == f"{self.PATH}/{batch.id}/results":
                return self.lines(results(batch))
        self.answer(404, {"type": "error", "error": {"type": "not_found_error", "message": "none"}})

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == self.PATH:
            lines = [{"custom_id": each["custom_id"], "body": each["params"]} for each in request["requests"]]
            with server.BATCH_LOCK:
                batch = server.Batch(len(server.BATCHES) + 1, lines, {})
                server.BATCHES.append(batch)
            return self.answer(200, state(batch))
        question = server.Question(request)
        question.bill()
        if not request.get("stream"):
            return self.answer(200, message(question))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for event in events(message(question)):
            self.wfile.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())
        self.close_connection = True


if __name__ == "__main__":
    place = server.Server(("127.0.0.1", 0), Handler)
    print(place.server_address[1], flush=True)
    place.serve_forever()
