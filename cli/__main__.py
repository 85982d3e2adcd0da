"""`python -m cli` is `clearway`; the supervisor starts its children this way."""

from cli.main import run

if __name__ == "__main__":
    run()
