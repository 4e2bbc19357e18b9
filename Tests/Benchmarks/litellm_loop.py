"""Asks the stub by LiteLLM: `litellm_loop.py PORT REQUESTS CONCURRENCY < QUESTION`, where the question is a request body.

Prints one JSON object, as `measure plain` does: requests, seconds, CPU seconds, peak RSS in kilobytes.
"""
import asyncio
import json
import os
import resource
import sys
import time

# Else it fetches a list of prices from elsewhere.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm


async def load(numbers, concurrency, port, question):
    numbers = iter(numbers)

    async def worker():
        for _ in numbers:
            answer = await litellm.acompletion(
                model="openai/" + question["model"], api_base=f"http://127.0.0.1:{port}/v1", api_key="none",
                messages=question["messages"], max_tokens=question["max_tokens"], temperature=question["temperature"],
                num_retries=0)
            found = json.loads(answer.choices[0].message.content)
            assert len(found["findings"]) == 2 and answer.usage.prompt_tokens

    await asyncio.gather(*(worker() for _ in range(concurrency)))


async def main():
    port, requests, concurrency = map(int, sys.argv[1:])
    question = json.load(sys.stdin)
    await load(range(min(requests, 200)), concurrency, port, question)
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    await load(range(requests), concurrency, port, question)
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"requests": requests, "seconds": seconds, "cpu": cpu, "rss": after.ru_maxrss}))


asyncio.run(main())
