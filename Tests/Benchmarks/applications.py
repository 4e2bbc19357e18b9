"""Score scanners against lists of weaknesses known in vulnerable applications.

usage: applications.py KNOWN.csv NAME=PATTERN ... [--missed FILE] [--other FILE] [--vendored REGEX]

KNOWN.csv has the columns app,path,first_line,last_line,cwe,what,source,mark. NAME is a scanner;
in its PATTERN {app} stands for the application: a report.json of secorch or a JSON of semgrep,
whose paths may begin with anything that ends with APP/.
A weakness is found if a finding of a fitting CWE overlaps its lines, or, if the finding overlaps no such
weakness, comes within two lines of it."""
import argparse
import csv
import json
import re
from collections import Counter, defaultdict

SLACK = 2
FAMILIES = [set(line.split()) for line in """
74 77 78 88
79 80 83 87 692
89 564 943
90 91 611 643 652 776 827
94 95 96 98 470 913 1336
22 23 35 36 73 98 538 552 829
113 93 644
117 93 778 223
532 117 215 209 200 497 201
209 200 497 215 537 756 489 1295 550 11 12
312 313 315 256 257 522 523 260 261 311 319
319 311 523 300 295 757
256 916 522 257 261 260 312 313 555 798
327 328 326 916 759 760 261 310 323 329 325 353 1240
330 335 336 337 338 340 331 341 342 343 344 640 334
320 321 326 324
329 1204 323 330 798 321 326 327
345 347 346 353 327 287 290 302
798 259 321 260 522 547 1391 1392 256 312 540
614 1004 1275 732
352 345 1275
384 613 287
434 73 22 351
502 915 470
601 918 698
644 74 20 601
639 284 285 287 862 863 306 269 566 425 264
250 269 284 732 266 272 862 1220
668 284 732 1327 269 250 1032 923 862
602 603 565 784 642 807 565
640 287 328 327 620 330
693 1021 16 1032 1173 358 933 358 829 358 1188 358
400 770 1333 730 834 606 185 1050
494 353 829 830
311 312 313 326 732 320 522
778 223 284 1032
521 287 1391 263
204 203 209 208
942 346 16 183 697
598 200
119 120 121 122 125 787 676 242 823
""".strip().splitlines()]


def fits(a, b):
    return a == b or any(a in family and b in family for family in FAMILIES)


def findings(path, app):
    """(path, first line, last line, CWE numbers, rule) of each finding that concerns security."""
    report = json.load(open(path))
    for item in report.get("findings", []):
        yield item["path"], item["start_line"], item["end_line"], {str(item["cwe"])}, item["rule"]
    for item in report.get("results", []):
        data = item["extra"]["metadata"]
        texts = data.get("cwe", [])
        cwes = set(re.findall(r"CWE-(\d+)", " ".join([texts] if isinstance(texts, str) else texts)))
        if not cwes and data.get("category") != "security":
            continue
        before, found, place = item["path"].partition(f"/{app}/")
        if not found:
            continue
        rule = item["check_id"].rsplit(".", 1)[-1]
        yield place, item["start"]["line"], item["end"]["line"], cwes, rule


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("known")
    parser.add_argument("scanner", nargs="+")
    parser.add_argument("--missed")
    parser.add_argument("--other")
    parser.add_argument("--vendored", default=r"(^|/)(vendor|vendors|lib|libs|external|node_modules|client-scripts|"
                        r"jquery-libs|jquery-ui)/|jquery|bootstrap|materialize|\.min\.|Parsedown|static/loader\.js|ace/|ace\.js")
    options = parser.parse_args()
    known = list(csv.DictReader(open(options.known)))
    names = [pair.split("=", 1)[0] for pair in options.scanner]
    apps = sorted({row["app"] for row in known})
    found, total, others, missed, other_rows = Counter(), Counter(), Counter(), [], []
    for row in known:
        row["by"] = set()
        for key in (row["app"], "all"):
            total[key, "all"] += 1
            total[key, "sure"] += row["mark"] != "arguable"
    for pair in options.scanner:
        name, pattern = pair.split("=", 1)
        for app in apps:
            places = defaultdict(list)
            for row in known:
                if row["app"] == app:
                    places[row["path"]].append(row)
            seen = set()
            for path, first, last, cwes, rule in findings(pattern.replace("{app}", app), app):
                close = [row for row in places[path] if any(fits(cwe, row["cwe"]) for cwe in cwes)
                         and first <= int(row["last_line"]) + SLACK and last >= int(row["first_line"]) - SLACK]
                exact = [row for row in close if first <= int(row["last_line"]) and last >= int(row["first_line"])]
                fitting = exact or close
                for row in fitting:
                    row["by"].add(name)
                if not fitting and (path, first) not in seen:
                    seen.add((path, first))
                    vendored = "vendored" if re.search(options.vendored, path) else ""
                    others[name, app, vendored] += 1
                    others[name, "all", vendored] += 1
                    other_rows.append([name, app, path, first, last, "+".join(sorted(cwes)), rule, vendored])
    for row in known:
        for name in row["by"]:
            for key in (row["app"], "all"):
                found[name, key, "all"] += 1
                found[name, key, "sure"] += row["mark"] != "arguable"
    print("application".ljust(12), "known", "sure", *(f"| {n:>8}  share  sure share other vend." for n in names))
    for app in [*apps, "all"]:
        cells = []
        for name in names:
            a, s = found[name, app, "all"], found[name, app, "sure"]
            cells.append(f"| {a:8} {a / total[app, 'all']:6.0%} {s:5} {s / total[app, 'sure']:5.0%} "
                         f"{others[name, app, '']:5} {others[name, app, 'vendored']:5}")
        print(app.ljust(12), f"{total[app, 'all']:5} {total[app, 'sure']:4}", *cells)
    fields = [key for key in known[0] if key != "by"]
    if options.missed:
        with open(options.missed, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*fields, "found_by"])
            writer.writerows([*(row[f] for f in fields), "+".join(sorted(row["by"]))] for row in known)
    if options.other:
        with open(options.other, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow("tool app path first_line last_line cwe rule vendored".split())
            writer.writerows(other_rows)


main()
