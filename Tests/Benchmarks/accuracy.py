"""Scores findings against a labelled suite.

    accuracy.py EXPECTED.csv FINDINGS.jsonl [--half dev|test|all] [--wrong CATEGORY]

EXPECTED has lines `name,category,true|false,cwe`; FINDINGS one JSON object a line with `path`, `line`, `cwe` and
`rule`. A case counts as reported if its file has a finding of its weakness or of a near relative. Prints true and
false positives per category; score = true-positive rate minus false-positive rate, in percent, and their average.

The halves are split by the SHA-256 of the case's name: tune on `dev`, report on `test`.
"""
import argparse
import collections
import csv
import hashlib
import json
import os

# Weaknesses that stand for one another in such lists.
FAMILIES = [
    {22, 23, 36, 73}, {78, 77, 88}, {79, 80, 116}, {89, 564}, {90}, {94, 95}, {326, 327, 780}, {328, 916, 327},
    {330, 331, 338}, {501}, {502}, {601}, {611, 776, 827}, {614}, {643, 91},
]


def half(name):
    return "dev" if hashlib.sha256(name.encode()).hexdigest()[0] in "01234567" else "test"


def related(cwe):
    return set().union({cwe}, *(family for family in FAMILIES if cwe in family))


def read_findings(path):
    found = collections.defaultdict(set)
    with open(path) as lines:
        for line in lines:
            finding = json.loads(line)
            found[os.path.basename(finding["path"]).split(".")[0]].add((finding["cwe"], finding["rule"], finding["line"]))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("expected")
    parser.add_argument("findings")
    parser.add_argument("--half", choices=["dev", "test", "all"], default="dev")
    parser.add_argument("--wrong", help="list the cases of a category that were judged wrongly")
    options = parser.parse_args()
    found = read_findings(options.findings)
    counts = collections.defaultdict(lambda: [0, 0, 0, 0])
    with open(options.expected) as rows:
        for row in csv.reader(rows):
            if not row or row[0].startswith("#"):
                continue
            name, category, is_real, cwe = row[0], row[1], row[2] == "true", int(row[3])
            if options.half not in ("all", half(name)):
                continue
            hits = sorted(hit for hit in found[name] if hit[0] in related(cwe))
            counts[category][(0 if hits else 1) if is_real else (3 if hits else 2)] += 1
            if options.wrong == category and is_real != bool(hits):
                print(name, "missed" if is_real else "false alarm", *hits)
    if not options.wrong:
        report(counts)


def report(counts):
    print(f"{'category':18}{'TP':>5}{'FN':>5}{'TN':>5}{'FP':>5}{'TPR':>8}{'FPR':>8}{'score':>8}")
    total = 0.0
    for category, (tp, fn, tn, fp) in sorted(counts.items()):
        tpr, fpr = 100 * tp / max(1, tp + fn), 100 * fp / max(1, fp + tn)
        total += tpr - fpr
        print(f"{category:18}{tp:5}{fn:5}{tn:5}{fp:5}{tpr:8.1f}{fpr:8.1f}{tpr - fpr:8.1f}")
    print(f"{'average':18}{total / max(1, len(counts)):44.1f}")


if __name__ == "__main__":
    main()
