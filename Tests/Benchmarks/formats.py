"""The benchmark of reports: a run with many findings, written in every format. Used by `run`."""
import os
import pathlib
import shutil
import subprocess
import sys
import time

# Each line is found by one rule; the number makes its text, and so the finding, its own.
LINES = [
    'os.system("ls " + name_{n})', "digest_{n} = hashlib.md5(data_{n})", "value_{n} = eval(text_{n})",
    "object_{n} = pickle.loads(data_{n})", 'cursor.execute("SELECT * FROM t{n} WHERE a = " + key)',
    "answer_{n} = requests.get(url_{n}, verify=False)", "path_{n} = tempfile.mktemp()",
    "table_{n} = yaml.load(text_{n}, Loader=yaml.Loader)", "os.chmod(path_{n}, 0o777)", "page_{n} = Markup(text_{n})",
]
PER_FILE = 100
FORMATS = ["md", "html", "json", "sarif", "csv", "junit", "gitlab", "oscal"]


def tree(folder, count):
    """A folder whose scan gives so many findings."""
    if folder.exists():
        return
    folder.mkdir(parents=True)
    # A work tree of its own: the one around it ignores where benchmarks work.
    subprocess.run(["git", "init", "-q", folder], check=True)
    head = "import hashlib, os, pickle, requests, tempfile, yaml\nfrom markupsafe import Markup\n\n"
    for number in range(count // PER_FILE):
        lines = [LINES[n % len(LINES)].format(n=n) for n in range(number * PER_FILE, (number + 1) * PER_FILE)]
        (folder / f"m{number // 100:03}").mkdir(exist_ok=True)
        (folder / f"m{number // 100:03}" / f"f{number:05}.py").write_text(head + "\n".join(lines) + "\n")


def once(command, output=subprocess.DEVNULL):
    """Wall seconds, CPU seconds and peak RSS in MB of one run with its children."""
    start = time.monotonic()
    process = subprocess.Popen([str(word) for word in command], stdout=output, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit {process.returncode}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def formats(work, secorch, counts=(10_000, 100_000)):
    """Time, size and peak memory of each format, at each number of findings; cmark's share of the time for HTML."""
    work = work / "formats"
    rows = {name: [] for name in FORMATS + ["html, all documents"]}
    shares = []
    for count in counts:
        target, state, out = work / f"tree-{count}", work / f"state-{count}", work / "out"
        tree(target, count)
        shutil.rmtree(state, ignore_errors=True)
        scan = once([secorch, "scan", target, "--out", out, "--state", state, "--quiet", "--format", "gitlab"])
        print(f"scan of {count} findings, one format: {scan[0]:.1f} s wall, {scan[1]:.1f} s CPU, {scan[2]:.0f} MB")
        for name in rows:
            shutil.rmtree(out, ignore_errors=True)
            more = ["--documents", "all"] if "," in name else []
            command = [secorch, "report", "latest", "--state", state, "--out", out, "--format", name.split(",")[0]]
            wall, cpu, rss = once(command + more)
            size = sum(path.stat().st_size for path in out.iterdir()) / 1e6
            rows[name].append((wall, cpu, rss, size))
            if name == "md":
                text = out / "report.md"
                shutil.copy(text, work / "report.md")
            if name == "html":
                peer = once(["cmark", work / "report.md"])
                shares.append((count, cpu, peer[1]))
    print(f"\n### Every format of a run with {' and '.join(f'{count:,}' for count in counts)} findings\n")
    print("| format |" + " s wall | s CPU | peak MB | MB written |" * len(counts) + " memory, last / first |")
    print("| --- |" + " ---: |" * (4 * len(counts) + 1))
    for name, cells in rows.items():
        text = " | ".join(f"{wall:.2f} | {cpu:.2f} | {rss:.0f} | {size:.1f}" for wall, cpu, rss, size in cells)
        print(f"| {name} | {text} | {cells[-1][2] / cells[0][2]:.2f} |")
    for count, ours, theirs in shares:
        print(
            f"\n{count:,} findings: report.html took {ours:.2f} CPU s from the database to the disk; the cmark command takes "
            f"{theirs:.2f} s for the text of report.md, {100 * theirs / ours:.0f} % of that.")
    sys.stdout.flush()
