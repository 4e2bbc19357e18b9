"""The benchmarks of the way to a model: requests against a stub, and tokens of plans. Used by `run`."""
import contextlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


@contextlib.contextmanager
def stub(measure):
    """The port of a stub that runs meanwhile, in a process of its own."""
    process = subprocess.Popen([measure, "stub"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield process.stdout.readline().decode().strip()
    finally:
        process.stdin.close()
        process.wait()


def litellm(work):
    """A Python with LiteLLM, every file checked against its hash."""
    folder = work / "litellm"
    if not (folder / "ready").exists():
        print("bench: installing litellm", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run(
            [folder / "bin" / "pip", "-q", "--disable-pip-version-check", "install", "--require-hashes", "--no-deps",
             "--only-binary", ":all:", "-r", HERE / "litellm.txt"], check=True)
        (folder / "ready").touch()
    return folder / "bin" / "python"


def gateway(work, measure, runs, concurrency):
    """Requests by the whole path, by the bare client and by LiteLLM, in turn; medians and ratios."""
    question = subprocess.check_output([measure, "question"])
    python = litellm(work)
    memory = pathlib.Path("/dev/shm")

    def ours(folder):
        def go(port, requests):
            shutil.rmtree(folder, ignore_errors=True)
            output = subprocess.check_output([measure, "gateway", port, str(requests), str(concurrency), folder])
            shutil.rmtree(folder, ignore_errors=True)
            return json.loads(output)
        return go

    def plain(port, requests):
        return json.loads(subprocess.check_output([measure, "plain", port, str(requests), str(concurrency)]))

    def peer(port, requests):
        command = [python, HERE / "litellm_loop.py", port, str(requests), str(concurrency)]
        return json.loads(subprocess.check_output(command, input=question))

    clients = {"our gateway, ledger on disk": ours(work / "state-gateway")}
    if os.access(memory, os.W_OK):
        clients["our gateway, ledger in memory"] = ours(memory / f"secorch-bench-{os.getpid()}")
    clients |= {"plain AsyncHTTPClient": plain, "LiteLLM 1.80.17": peer}
    print(f"\n### Completions of {len(question) / 1000:.0f} kB, answered after 5 ms, {concurrency} at a time\n")
    print("| requests | client | requests/s | CPU s per 1,000 | peak MB | rate, ours / theirs | requests per CPU s, ours / theirs |")
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: |")
    with stub(measure) as port:
        for requests, repeats in ((1000, runs), (10_000, min(runs, 3)), (100_000, 1)):
            results = {name: [] for name in clients if requests <= 10_000 or name != "LiteLLM 1.80.17"}
            for number in range(repeats):
                for name in results:
                    # The peer takes minutes for ten thousand.
                    if name == "LiteLLM 1.80.17" and requests > 1000 and number: continue
                    results[name].append(clients[name](port, requests))
            report(requests, results)


def report(requests, results):
    rows = {
        name: {"rate": statistics.median(r["requests"] / r["seconds"] for r in found),
               "cpu": statistics.median(r["cpu"] / r["requests"] * 1000 for r in found),
               "rss": max(r["rss"] for r in found) / 1024}
        for name, found in results.items()
    }
    first = next(iter(rows.values()))
    for name, row in rows.items():
        ratios = ("", "") if row is first else (f"{first['rate'] / row['rate']:.2f}", f"{row['cpu'] / first['cpu']:.2f}")
        print(f"| {requests:,} | {name} | {row['rate']:.0f} | {row['cpu']:.3f} | {row['rss']:.0f} | {ratios[0]} | {ratios[1]} |")
    sys.stdout.flush()


def configuration(folder, port):
    """A configuration for a model of usual size; what it answers costs nothing that anybody pays."""
    path = folder / "models.yaml"
    path.write_text(
        "providers:\n  - id: stub\n    protocol: openai\n"
        f"    base_url: http://127.0.0.1:{port}/v1\n    concurrency: 4\n    models:\n"
        "      - {id: stub, context_tokens: 32768, input_usd_per_mtok: 0.15, output_usd_per_mtok: 0.60}\n")
    return path


@contextlib.contextmanager
def reviewer(folder):
    """The port of the model that the tests use: it proves that it has read the text, and finds next to nothing."""
    server = HERE.parent / "Fixtures" / "llm" / "server.py"
    process = subprocess.Popen([sys.executable, server, folder / "bill"], stdout=subprocess.PIPE)
    try:
        yield process.stdout.readline().decode().strip()
    finally:
        process.terminate()
        process.wait()


def tree(source, target):
    """A copy of a folder's files as a repository of its own."""
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    subprocess.run(["git", "init", "-q", target], check=True)
    subprocess.run(["git", "-C", target, "add", "-A"], check=True)


# Languages of which nothing is asked.
DATA = set(
    "html css json yaml toml xml ini properties dotenv markdown restructuredtext template csv svg notebook graphql "
    "protobuf tex diff pem text unknown".split())


def change(folder, names):
    """Doubles a line in the middle of one file in a hundred, at least of one."""
    for name in names[::100]:
        path = folder / name
        lines = path.read_bytes().splitlines(keepends=True)
        lines.insert(len(lines) // 2, lines[len(lines) // 2])
        path.write_bytes(b"".join(lines))
    return len(names[::100])


def plan(work, secorch, repositories):
    """Input tokens of a scan as planned, with a file in each prompt, and of the next night's scan."""
    if not repositories:
        print("bench: no --repository is given, so no plans are made", file=sys.stderr)
        return
    print("\n### Input tokens of plans\n")
    print("| repository | files asked about | one file a prompt | packed | packed / one file | after 1 % changed | changed / packed |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for source in repositories:
        folder = work / "plans"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        target = folder / source.resolve().name
        tree(source, target)
        with reviewer(folder) as port:
            options = [target, "--config", configuration(folder, port), "--state", folder / "state", "--quiet"]

            def estimate():
                output = subprocess.check_output([secorch, "plan", *options, "--json"], cwd=folder)
                return json.loads(output.splitlines()[0])

            before = estimate()
            scan = subprocess.run([secorch, "scan", *options, "--out", folder / "out"], cwd=folder)
            listed = [json.loads(line) for line in subprocess.check_output(
                [secorch, "files", target, "--json"], cwd=folder).splitlines()]
            names = sorted(f["path"] for f in listed if f["state"] == "analysed" and f["language"] not in DATA)
            again = estimate()["input_tokens"]
            changed = change(target, names)
            after = estimate()["input_tokens"]
        note = "" if scan.returncode == 0 and again == 0 else f" (scan {scan.returncode}, then {again} left)"
        single, packed = before["single_input_tokens"], before["input_tokens"]
        print(f"| {target.name}{note} | {len(names)} | {single:,} | {packed:,} | {packed / single:.2f} "
              f"| {after:,} ({changed} files) | {after / packed:.3f} |")
        sys.stdout.flush()
