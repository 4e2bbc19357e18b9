#!/usr/bin/env python3
"""Counts files that do not parse in full, per language: parse_errors.py SECORCH FOLDER ...

A scan parses only files in which a rule's literals occur. So this one runs with one rule that asks for the tree of every
file, in a home of its own. A stretch that is not understood is one the parser marks as an error."""
import collections, json, os, pathlib, re, shutil, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
LANGUAGES = "python java javascript typescript tsx php ruby go c cpp csharp shell kotlin rust".split()
RULE = """rules:
  - id: parse-everything
    title: T
    languages: [{languages}]
    cwe: 1
    severity: info
    confidence: 1
    message: M
    remediation: R
    literals: [{literals}]
    query: |
      ((_) @match (#eq? @match "no text reads like this"))
    examples:
      - {{vulnerable: "v"}}
      - {{safe: "s"}}
"""


def home(folder):
    shutil.copytree(ROOT / "rulesets", folder / "rulesets")
    shutil.copytree(ROOT / "templates", folder / "templates")
    os.symlink(ROOT / ".packs", folder / ".packs")
    for part in ("detection", "taint", "memory"):
        for file in (folder / "rulesets" / part).glob("*.yaml"):
            file.unlink()
    literals = ", ".join(f'"{letter}"' for letter in "etaoin;(")
    rule = RULE.format(languages=", ".join(LANGUAGES), literals=literals)
    (folder / "rulesets/detection/all.yaml").write_text(rule)


def main(program, targets):
    tallies = collections.defaultdict(lambda: [0, 0, 0, 0])
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        (work / "home").mkdir()
        home(work / "home")
        for number, target in enumerate(targets):
            out = work / f"out{number}"
            command = [program, "scan", target, "--out", out, "--state", work / "state", "--format", "json", "--quiet"]
            subprocess.run(command, env={**os.environ, "SECORCH_HOME": str(work / "home")}, stdout=subprocess.DEVNULL)
            for file in json.loads((out / "report.json").read_text())["files"]:
                if file["language"] not in LANGUAGES or file["state"] not in ("analysed", "not assessed"):
                    continue
                tally = tallies[file["language"]]
                tally[0] += 1
                tally[2] += file["bytes"]
                found = re.search(r"syntax not understood at .*?\((\d+) of \d+ bytes\)", file["detail"])
                if found:
                    tally[1] += 1
                    tally[3] += int(found[1])
                    if os.environ.get("NAMES"):
                        print(file["language"], target, file["path"], file["detail"], file=sys.stderr)
    print("| language | files | with errors | share | bytes not understood |\n| --- | --- | --- | --- | --- |")
    for language in LANGUAGES:
        files, wrong, size, lost = tallies[language]
        if files:
            print(f"| {language} | {files:,} | {wrong:,} | {wrong / files:.2%} | {lost / max(1, size):.3%} |")


if __name__ == "__main__":
    main(os.path.abspath(sys.argv[1]), sys.argv[2:])
