"""How fast findings get into SQLite: ours beside the sqlite3 shell's .import of the same rows; and SARIF of other tools."""
import json
import os
import shutil
import statistics
import subprocess
import time


def shell(database, *commands):
    subprocess.run(["sqlite3", database, *commands], check=True, stdout=subprocess.DEVNULL)


def timed(command, **options):
    """Wall seconds and peak RSS in MB."""
    start = time.monotonic()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, **options)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"bench: {command[0]} failed")
    return time.monotonic() - start, usage.ru_maxrss / 1024, output


def findings(work, measure, runs, count=100_000):
    """Rows of the table of findings: recorded by us, and the same rows by the shell, both flushed to the disk."""
    folder = work / "ingest"
    ours, theirs = [], []
    for _ in range(runs):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        ours.append(json.loads(timed([measure, "ingest", folder / "state", count])[2])["seconds"])
        source = next((folder / "state" / "repositories").glob("*/runs.sqlite"))
        rows, copy = folder / "findings.csv", folder / "copy.sqlite"
        with rows.open("wb") as output:
            subprocess.run(["sqlite3", "-csv", source, "SELECT * FROM finding"], check=True, stdout=output)
        schema = subprocess.check_output(
            ["sqlite3", source, "SELECT sql FROM sqlite_master WHERE name = 'finding'"], text=True)
        # Empty fields of a CSV are texts to the shell; two columns of ours are numbers or nothing.
        schema = schema.replace("suppression_line INTEGER", "suppression_line ANY")
        shell(copy, "PRAGMA journal_mode = WAL", schema)
        start = time.monotonic()
        shell(copy, "PRAGMA synchronous = FULL", f".import --csv {rows} finding")
        theirs.append(time.monotonic() - start)
    mine, yours = statistics.median(ours), statistics.median(theirs)
    print(f"\n### {count:,} findings into SQLite\n\n| ours s | sqlite3 .import s | ours / theirs |\n| ---: | ---: | ---: |")
    print(f"| {mine:.2f} | {yours:.2f} | {mine / yours:.2f} |", flush=True)


def results(work, secorch, counts=(10_000, 100_000)):
    """SARIF of another tool: 20 results a file, each with its line quoted."""
    print("\n### SARIF of another tool\n\n| results | MB | import s | peak MB | scan after it s | peak MB |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    for count in counts:
        folder = work / "import"
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "tree").mkdir(parents=True)
        line = "    run_{0}(\"tar -xf \" + archive_{0})"
        text = "\n".join(line.format(number) for number in range(20)) + "\n"
        rules = json.dumps([{"id": "exec", "properties": {"tags": ["CWE-78"]}}])
        path = folder / "x.sarif"
        # A piece at a time: what this process holds would count as the peak of those it starts.
        with path.open("w") as output:
            output.write('{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x", "rules": %s}}, "results": [' % rules)
            for number in range(count // 20):
                (folder / "tree" / f"file{number}.py").write_text(f"# {number}\n" + text)
                output.write(",\n" if number else "")
                output.write(",\n".join(json.dumps({
                    "ruleId": "exec", "message": {"text": "A command is run."}, "locations": [{"physicalLocation": {
                        "artifactLocation": {"uri": f"file{number}.py"},
                        "region": {"startLine": row + 2, "snippet": {"text": line.format(row)}}}}],
                }) for row in range(20)))
            output.write("]}]}\n")
        options = ["--state", folder / "state"]
        taken = timed([secorch, "import", path, "--target", folder / "tree", *options])
        assert f"{count} of {count} results" in taken[2].decode(), taken[2]
        scan = timed([secorch, "scan", folder / "tree", "--out", folder / "out", "--quiet", *options])
        print(f"| {count:,} | {path.stat().st_size / 1e6:.0f} | {taken[0]:.1f} | {taken[1]:.0f} | {scan[0]:.1f} | {scan[1]:.0f} |",
              flush=True)
