"""What ours is compared with."""
import subprocess
import sys

PACKAGES = ["tiktoken==0.9.0", "semgrep==1.99.0", "bandit==1.8.6"]


def installed(work):
    """The folder of programs of a virtual environment that has them."""
    folder = work / "peers"
    mark = folder / "installed.txt"
    if not mark.exists() or mark.read_text().split() != PACKAGES:
        print("bench: installing " + ", ".join(PACKAGES), file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin" / "pip", "-q", "install", *PACKAGES], check=True)
        mark.write_text("\n".join(PACKAGES))
    return folder / "bin"
