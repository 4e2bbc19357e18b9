#!/usr/bin/env python3
"""Scores ours, semgrep and bandit on a labelled suite, side by side.

    suite.py DIR [--expected CSV] [--semgrep-rules DIR] [--half dev|test|all] [--secorch PATH]

DIR is a checkout of a suite in the form of the OWASP Benchmark, with `expectedresults-*.csv` in it. Each tool runs once
over the whole of it; prints per category what each found and missed, the score, and wall time, CPU time and peak memory.
Semgrep runs with every rule of the given folder (without one it does not), bandit where there is Python.
"""
import argparse
import collections
import csv
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import accuracy
import peers


def run(command, allowed=(0, 1)):
    """Wall seconds, CPU seconds and peak MB of a command with its children."""
    start = time.monotonic()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        sys.exit(f"suite: {command[0]} ended with {process.returncode}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def stem(path):
    return os.path.basename(path).split(".")[0]


def ours(folder, work, secorch):
    cost = run([secorch, "scan", folder, "--out", work / "out", "--state", work / "state", "--quiet", "--format", "json"],
               allowed=(0, 1, 3))
    found = collections.defaultdict(set)
    for finding in json.loads((work / "out/report.json").read_text())["findings"]:
        found[stem(finding["path"])].add(finding["cwe"])
    return found, cost


def semgrep(folder, work, program, rules):
    cost = run([program, "scan", "--metrics=off", "--disable-version-check", "--no-git-ignore", "-q", "--json", "-o",
                work / "semgrep.json", "--config", rules, folder])
    found = collections.defaultdict(set)
    for result in json.loads((work / "semgrep.json").read_text())["results"]:
        named = result["extra"]["metadata"].get("cwe", [])
        for text in [named] if isinstance(named, str) else named:
            if number := re.match(r"CWE-(\d+)", text):
                found[stem(result["path"])].add(int(number[1]))
    return found, cost


def bandit(folder, work, program):
    cost = run([program, "-q", "-r", "-f", "json", "-o", work / "bandit.json", folder])
    found = collections.defaultdict(set)
    for result in json.loads((work / "bandit.json").read_text())["results"]:
        if number := result.get("issue_cwe", {}).get("id"):
            found[stem(result["filename"])].add(number)
    return found, cost


def score(expected, found, half):
    """Category -> [TP, FN, TN, FP]."""
    counts = collections.defaultdict(lambda: [0, 0, 0, 0])
    with open(expected) as rows:
        for row in csv.reader(rows):
            if not row or row[0].startswith("#") or half not in ("all", accuracy.half(row[0])):
                continue
            hit = not found[row[0]].isdisjoint(accuracy.related(int(row[3])))
            counts[row[1]][(0 if hit else 1) if row[2] == "true" else (3 if hit else 2)] += 1
    return counts


def points(cell):
    tp, fn, tn, fp = cell
    return 100 * tp / max(1, tp + fn) - 100 * fp / max(1, fp + tn)


def table(results, half):
    tools = list(results)
    print(f"| category ({half} half) |" + "".join(f" {tool}: TP, FN, TN, FP | score |" for tool in tools))
    print("| --- |" + " --- | ---: |" * len(tools))
    categories = sorted(results[tools[0]][0])
    for category in categories:
        cells = [results[tool][0][category] for tool in tools]
        print(f"| {category} |" + "".join(f" {', '.join(map(str, cell))} | {points(cell):.1f} |" for cell in cells))
    averages = [sum(points(results[tool][0][c]) for c in categories) / len(categories) for tool in tools]
    print("| **average** |" + "".join(f" | **{average:.1f}** |" for average in averages))
    print("| wall s, CPU s, peak MB |" + "".join(
        f" {wall:.1f}, {cpu:.1f}, {rss:.0f} | |" for wall, cpu, rss in (results[tool][1] for tool in tools)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--expected", type=pathlib.Path)
    parser.add_argument("--semgrep-rules", type=pathlib.Path)
    parser.add_argument("--half", choices=["dev", "test", "all"], default="test")
    parser.add_argument("--secorch", default=".build/release/secorch", type=pathlib.Path)
    options = parser.parse_args()
    expected = options.expected or next(iter(sorted(options.folder.glob("expectedresults-*.csv"))), None)
    if not expected:
        sys.exit(f"suite: no expectedresults-*.csv in {options.folder}; name it with --expected")
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        found = {"secorch": ours(options.folder, work, options.secorch)}
        tools = peers.installed(pathlib.Path(".build/bench"))
        if options.semgrep_rules:
            found["semgrep"] = semgrep(options.folder, work, tools / "semgrep", options.semgrep_rules)
        if next(options.folder.rglob("*.py"), None):
            found["bandit"] = bandit(options.folder, work, tools / "bandit")
        for tool, (hits, cost) in found.items():
            results[tool] = (score(expected, hits, options.half), cost)
    table(results, options.half)


if __name__ == "__main__":
    main()
