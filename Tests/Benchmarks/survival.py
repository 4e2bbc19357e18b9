"""Measures how findings keep their ids over the commits of a repository.

    survival.py GIT_DIR [--commits 200] [--secorch .build/release/secorch]

Scans the tree of each commit in turn, with one state, and compares neighbours. A finding counts where the commit touched
its file, the text of its line is still there (in that file, or in the one it was renamed to) and its rule still reports
that text. Prints how many kept their id, and how many were recognised (same id, or tracked under a new one). At the end
the same for the first and the last commit.
"""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import tempfile

SOURCES = ["*.java", "*.py", "*.js", "*.ts", "*.go", "*.rb", "*.php", "*.cs", "*.c", "*.sh", "*.tf", "*.yml", "*.yaml",
           "*.html", "*.properties", "*Dockerfile"]


class History:
    def __init__(self, git_dir, work):
        self.git_dir = git_dir
        self.tree = work / "tree"
        self.tree.mkdir()
        self.environment = os.environ | {"GIT_INDEX_FILE": str(work / "index"), "GIT_CONFIG_COUNT": "1",
                                         "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}

    def git(self, *arguments):
        command = ["git", f"--git-dir={self.git_dir}", f"--work-tree={self.tree}", *arguments]
        return subprocess.check_output(command, env=self.environment, cwd=self.tree).decode(errors="replace")

    def commits(self, count):
        """Oldest first, with their times."""
        lines = self.git("log", "--first-parent", f"-n{count + 1}", "--format=%H %ct", "HEAD", "--", *SOURCES).split("\n")
        return [line.split() for line in reversed(lines) if line]

    def renames(self, before, after):
        """Touched path before -> path after."""
        paths = {}
        fields = iter(self.git("diff", "-z", "-M", "--name-status", before, after).split("\0"))
        for status in fields:
            if status[:1] in "RC" and status:
                old, new = next(fields), next(fields)
                if status[0] == "R":
                    paths[old] = new
            elif status:
                path = next(fields)
                paths[path] = path
        return paths


class Scan:
    """The findings of one commit, with the text of their lines as it stands in the file."""

    def __init__(self, history, commit, time, work, secorch, *options):
        history.git("read-tree", "--reset", "-u", commit)
        environment = os.environ | {"SOURCE_DATE_EPOCH": time}
        command = [secorch, "scan", history.tree, "--out", work / "out", "--state", work / "state", "--quiet",
                   *options]
        status = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL).returncode
        if status not in (0, 1, 3):
            raise SystemExit(f"survival: the scan of {commit} failed with {status}")
        self.commit = commit
        self.tree = history.tree
        self.files = {}
        document = json.loads((work / "out/report.json").read_text())
        self.run = document["run"]["id"]
        self.findings = document["findings"]
        for finding in self.findings:
            lines = self.lines(finding["path"])
            number = finding["start_line"] - 1
            finding["text"] = lines[number] if number < len(lines) else ""
        self.texts = collections.Counter((f["rule"], f["path"], f["text"]) for f in self.findings)
        self.ids = {finding["id"] for finding in self.findings}

    def lines(self, path):
        """Without white space: where a line stands and how it is indented does not matter here."""
        if path not in self.files:
            try:
                text = (self.tree / path).read_text(errors="replace")
            except OSError:
                text = ""
            self.files[path] = ["".join(line.split()) for line in text.split("\n")]
        return self.files[path]


def compare(before, after, paths, counts):
    """Adds to the counts what became of the findings in touched files."""
    tracked = collections.Counter()
    for finding in after.findings:
        track = finding["track"] or {}
        if finding["id"] not in before.ids and track.get("state") in ("unchanged", "changed"):
            tracked[finding["rule"], track["previous_path"] or finding["path"]] += 1
    for finding in before.findings:
        new_path = paths.get(finding["path"])
        if new_path is None:
            continue
        counts["in touched files"] += 1
        if finding["text"] not in after.lines(new_path):
            continue
        counts["line still there"] += 1
        if not after.texts[finding["rule"], new_path, finding["text"]]:
            counts["no longer reported"] += 1
            continue
        counts["compared"] += 1
        place = (finding["rule"], finding["path"])
        if finding["id"] in after.ids:
            counts["id kept"] += 1
        elif tracked[place] > 0:
            tracked[place] -= 1
            counts["recognised under a new id"] += 1
        else:
            counts["lost"] += 1


def report(name, counts):
    print(f"\n### {name}\n")
    for key in ["commits", "in touched files", "line still there", "no longer reported", "compared", "id kept",
                "recognised under a new id", "lost"]:
        if key in counts:
            print(f"- {key}: {counts[key]}")
    if counts["compared"]:
        kept = counts["id kept"] / counts["compared"]
        known = (counts["id kept"] + counts["recognised under a new id"]) / counts["compared"]
        print(f"- ids kept {kept:.1%}, recognised {known:.1%}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("git_dir", type=pathlib.Path)
    parser.add_argument("--commits", type=int, default=200)
    parser.add_argument("--secorch", default=".build/release/secorch", type=pathlib.Path)
    options = parser.parse_args()
    secorch = options.secorch.resolve()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        history = History(options.git_dir.resolve(), work)
        commits = history.commits(options.commits)
        counts = collections.Counter()
        first = last = Scan(history, *commits[0], work, secorch)
        for commit, time in commits[1:]:
            scan = Scan(history, commit, time, work, secorch)
            compare(last, scan, history.renames(last.commit, commit), counts)
            counts["commits"] += 1
            last = scan
        report("From commit to commit", counts)
        last = Scan(history, *commits[-1], work, secorch, "--compare-to", first.run)
        ends = collections.Counter()
        compare(first, last, history.renames(first.commit, last.commit), ends)
        report("From the first commit to the last", ends)


if __name__ == "__main__":
    main()
