"""Where everything lies: what is ours in the repository, what is installed and made in .bench."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / "benchmarks" / "peers"
RESULTS = ROOT / "benchmarks" / "results"
SQL = Path(__file__).resolve().parent / "sql"

BENCH = ROOT / ".bench"
PYTHON = BENCH / "python" / "bin" / "python"
NODE_FOLDER = BENCH / "node"
WRK_FOLDER = BENCH / "wrk"
DATA = BENCH / "data"
LOGS = BENCH / "logs"
TOKENS = BENCH / "tokens"
