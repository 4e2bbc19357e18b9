#!/usr/bin/env python3
"""Scores ours and flawfinder on NIST's Juliet suite for C and C++, function by function.

    juliet.py DIR [--cwe 121,122] [--half dev|test|all] [--share N] [--stripped] [--flawfinder PATH] [--secorch PATH]
              [--list CWE]

DIR is a checkout of the suite with `testcases` and `testcasesupport` in it. A case is all files of one number; it counts
as found where a finding of its weakness, or of one above or below it in `rulesets/weaknesses.yaml`, lies in one of its
bad functions. Good functions are counted one by one. Cases for Windows only, and those that need classes of their own
per file (81 to 84), are part of the count like all others. `--share 10` takes one case in ten, by the hash of its name.
`--stripped` takes a copy in which comments are gone and telling names are replaced by neutral ones.
"""
import argparse
import bisect
import collections
import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import accuracy
import suite

CORE = [121, 122, 124, 126, 127, 134, 190, 191, 194, 195, 197, 242, 252, 253, 259, 327, 328, 367, 369, 377, 401, 415, 416,
        457, 476, 590, 680, 690, 761, 762, 78, 789, 23, 36]
CASE = re.compile(r"^(CWE(\d+)_.*?__.*_\d\d)([a-z]?|_\w+)$")
FUNCTION = re.compile(r"^[ \t]*(?:[A-Za-z_][\w:<>\*& ]*[ \*&])?(~?[A-Za-z_][\w:~]*)\s*\([^;{}]*\)\s*(?:const)?\s*\n?\s*\{", re.M)
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|\w+|.', re.S)


def parents():
    table = {}
    for line in pathlib.Path("rulesets/weaknesses.yaml").read_text().splitlines():
        if match := re.search(r"\{id: (\d+),.*?parent: (\d+)", line):
            table[int(match[1])] = int(match[2])
    return table


def related(cwe, table):
    """The weakness, what stands above it but for the most general, and what stands below it."""
    def chain(number):
        while number in table:
            yield number
            number = table[number]
    above = set(chain(cwe)) - {664, 682, 691, 693, 697, 703, 707, 710, 435, 284}
    return above | {number for number in table if cwe in chain(number)}


def cases(folder, wanted, half, share):
    found = collections.defaultdict(list)
    for path in sorted(folder.glob("testcases/*/**/*.c*")):
        match = CASE.match(path.stem)
        if not match or int(match[2]) not in wanted or (half != "all" and accuracy.half(match[1]) != half):
            continue
        if int(hashlib.sha256(match[1].encode()).hexdigest()[8:16], 16) % share == 0:
            found[match[1], int(match[2])].append(path)
    return found


def functions(text, stem):
    """[(first line, last line, is bad)] of the functions that are bad or good by their names."""
    result = []
    starts = [0] + [match.end() for match in re.finditer("\n", text)]
    klass = "bad" if stem.endswith("_bad") else "good" if "_good" in stem else ""
    for match in FUNCTION.finditer(text):
        name = match[1]
        if name in ("if", "while", "for", "switch", "main", "catch"):
            continue
        lower = name.lower()
        is_bad = "bad" in lower and "good" not in lower.split("bad")[0] or klass == "bad"
        is_good = "good" in lower or klass == "good"
        if not is_bad and not is_good:
            continue
        depth, end = 0, len(text)
        for brace in re.finditer(r"[{}]", text[match.end() - 1:]):
            depth += 1 if brace[0] == "{" else -1
            if depth == 0:
                end = match.end() - 1 + brace.start()
                break
        calls_only = re.fullmatch(r"\s*(\w+\(\);\s*)*", text[match.end():end]) is not None
        if not calls_only:
            result.append((bisect.bisect(starts, match.start(1)), bisect.bisect(starts, end), is_bad and not is_good))
    return result


TELLING = re.compile(r"bad|good|cwe|sink|source|flaw|fix|g2b|b2g|helper", re.I)


def strip(text, names):
    """Without comments, and with neutral names for telling ones; lines keep their numbers."""
    def replace(match):
        token = match[0]
        if token.startswith(("//", "/*")):
            return "\n" * token.count("\n") or " "
        if token[0] in "\"'" and not TELLING.search(token):
            return token
        if token[0] == '"':
            return re.sub(r"\w+", lambda word: names(word[0]) if TELLING.search(word[0]) else word[0], token)
        return names(token) if token[0].isalpha() and TELLING.search(token) else token
    return TOKEN.sub(replace, text)


def renamer():
    table = {}
    return lambda word: table.setdefault(word, f"item{len(table)}")


def prepare(folder, found, work, stripped):
    """Copies the cases to `work`; returns file name -> (case, functions)."""
    places = {}
    names = renamer()
    for (case, cwe), paths in found.items():
        for path in paths:
            text = path.read_text(errors="replace")
            places_of = functions(strip(text, lambda word: word), path.stem)
            target = path.name
            if stripped:
                stem = names(path.stem)
                target, text = stem + path.suffix, strip(text, names)
            places[target] = (case, cwe, places_of)
            (work / target).write_text(text)
        for header in sorted({h for path in paths for h in path.parent.glob(case + "*.h")}):
            text = header.read_text(errors="replace")
            (work / (names(header.stem) + ".h" if stripped else header.name)).write_text(strip(text, names) if stripped else text)
    for path in sorted((folder / "testcasesupport").iterdir()):
        if path.suffix in (".c", ".h", ".cpp") and not path.name.startswith("main"):
            text = path.read_text(errors="replace")
            (work / path.name).write_text(strip(text, names) if stripped else text)
    return places


def ours(work, secorch, scratch):
    cost = suite.run([secorch, "scan", work, "--out", scratch / "out", "--state", scratch / "state", "--quiet",
                      "--format", "json"], allowed=(0, 1, 3))
    report = json.loads((scratch / "out/report.json").read_text())
    return [(pathlib.PurePath(f["path"]).name, f["start_line"], f["cwe"]) for f in report["findings"]], cost


def flawfinder(work, program, scratch):
    with open(scratch / "flawfinder.csv", "w") as output:
        import os, time
        start = time.monotonic()
        process = subprocess.Popen([program, "--csv", "--dataonly", "--quiet", work], stdout=output)
        _, _, usage = os.wait4(process.pid, 0)
    cost = (time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
    import csv
    found = []
    with open(scratch / "flawfinder.csv", newline="") as rows:
        for row in csv.DictReader(rows):
            for number in re.findall(r"CWE-(\d+)", row["CWEs"]):
                found.append((pathlib.PurePath(row["File"]).name, int(row["Line"]), int(number)))
    return found, cost


def score(places, findings, table, listed):
    """CWE -> [bad cases found, bad cases, good functions flagged, good functions]."""
    per_file = collections.defaultdict(list)
    for name, line, cwe in findings:
        per_file[name].append((line, cwe))
    fitting = {}
    bad, good = collections.defaultdict(bool), []
    for name, (case, cwe, spans) in places.items():
        fit = fitting.setdefault(cwe, related(cwe, table))
        for first, last, is_bad in spans:
            hits = [hit for hit in per_file[name] if first <= hit[0] <= last and hit[1] in fit]
            if is_bad:
                bad[case, cwe] |= bool(hits)
            else:
                good.append((cwe, bool(hits), f"{name}:{hits[0] if hits else ''}"))
    counts = collections.defaultdict(lambda: [0, 0, 0, 0])
    for (case, cwe), hit in sorted(bad.items()):
        counts[cwe][0] += hit
        counts[cwe][1] += 1
        if listed == cwe and not hit:
            print("missed", case)
    for cwe, hit, place in good:
        counts[cwe][2] += hit
        counts[cwe][3] += 1
        if listed == cwe and hit:
            print("false", place)
    return counts


def table_of(results):
    tools = list(results)
    print("| CWE |" + "".join(f" {tool}: bad found | good flagged |" for tool in tools))
    print("| ---: |" + " ---: | ---: |" * len(tools))
    for cwe in sorted(set().union(*(results[tool][0] for tool in tools))) + ["all"]:
        cells = []
        for tool in tools:
            counts = results[tool][0]
            cell = [sum(column) for column in zip(*counts.values())] if cwe == "all" else counts[cwe]
            cells.append(f" {cell[0]}/{cell[1]} ({100 * cell[0] / max(1, cell[1]):.0f} %) |"
                         f" {cell[2]}/{cell[3]} ({100 * cell[2] / max(1, cell[3]):.1f} %) |")
        print(f"| {cwe} |" + "".join(cells))
    print("| CPU s, peak MB |" + "".join(f" {results[tool][1][1]:.1f}, {results[tool][1][2]:.0f} | |" for tool in tools))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--cwe", help="numbers with commas between; the core if left out")
    parser.add_argument("--half", choices=["dev", "test", "all"], default="test")
    parser.add_argument("--share", type=int, default=1)
    parser.add_argument("--stripped", action="store_true")
    parser.add_argument("--list", type=int, help="names what was judged wrongly of a weakness, for ours")
    parser.add_argument("--flawfinder", type=pathlib.Path)
    parser.add_argument("--secorch", default=".build/release/secorch", type=pathlib.Path)
    options = parser.parse_args()
    wanted = [int(word) for word in options.cwe.split(",")] if options.cwe else CORE
    found = cases(options.folder, wanted, options.half, options.share)
    if not found:
        sys.exit(f"juliet: no cases of these weaknesses under {options.folder}/testcases")
    table, results = parents(), {}
    with tempfile.TemporaryDirectory() as folder:
        work, scratch = pathlib.Path(folder) / "cases", pathlib.Path(folder) / "scratch"
        work.mkdir()
        scratch.mkdir()
        places = prepare(options.folder, found, work, options.stripped)
        findings, cost = ours(work, options.secorch, scratch)
        results["secorch"] = (score(places, findings, table, options.list), cost)
        if options.flawfinder:
            findings, cost = flawfinder(work, options.flawfinder, scratch)
            results["flawfinder"] = (score(places, findings, table, None), cost)
    table_of(results)


if __name__ == "__main__":
    main()
