#!/usr/bin/env python3
"""Writes expected.tsv: token counts of real files by tiktoken (0.14.0) with the Qwen ranks.

The files are those of the packages this project builds with, which lie in every build folder; path, SHA-256 and count
are kept, never the text.

    python3 make_expected.py VOCABULARY BUILD_FOLDER > expected.tsv
"""
import base64
import hashlib
import pathlib
import sys
import unicodedata

import tiktoken

PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
WANTED = {".swift", ".c", ".h", ".cc", ".S", ".md", ".yml", ".yaml", ".json", ".sh", ".py", ".txt", ".modulemap"}


def main() -> None:
    lines = pathlib.Path(sys.argv[1]).read_bytes().splitlines()
    ranks = {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in lines)}
    encoding = tiktoken.Encoding("qwen", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens={})
    root = pathlib.Path(sys.argv[2]) / "checkouts"
    files = sorted(p for p in root.rglob("*") if p.suffix in WANTED and p.is_file() and ".git" not in p.parts)
    for path in files[:: max(1, len(files) // 1800)]:
        data = path.read_bytes()
        if len(data) > 300_000:
            continue
        try:
            text = unicodedata.normalize("NFC", data.decode("utf-8"))
        except UnicodeDecodeError:
            continue
        count = len(encoding.encode_ordinary(text))
        print(path.relative_to(root), hashlib.sha256(data).hexdigest()[:16], count, sep="\t")


main()
