"""`clearway city`."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated

import typer
from rich.progress import track

from cli.cities import make_city
from cli.console import ERR
from cli.options import DEFAULT_SEED, Seed
from sandbox.city import City

EXAMPLE = "clearway city --vehicles 100000 --seed 7 --out city.jsonl"


def command(
    vehicles: Annotated[
        int, typer.Option(min=1, help="How many vehicles; whole households, so a few more.")
    ],
    seed: Seed = DEFAULT_SEED,
    out: Annotated[Path | None, typer.Option(help="File to write, else stdout.")] = None,
) -> None:
    """Generate sandbox data: one JSON object per citizen and line, the same for the same seed."""
    city = make_city(seed, 1, vehicles=vehicles)
    with _target(out) as file:
        for line in _with_progress(city):
            file.write(line)
    ERR.print(f"{len(city)} citizens and the keeper of the magic plates, seed {seed}.")


def _with_progress(city: City) -> Iterator[bytes]:
    yield from track(
        city.to_jsonl(),
        description="Generating citizens",
        total=len(city) + 1,
        console=ERR,
        transient=True,
        disable=not ERR.is_terminal,
    )


@contextmanager
def _target(out: Path | None) -> Iterator[IO[bytes]]:
    """Stdout, or a file that appears only when it is whole."""
    if out is None:
        yield typer.get_binary_stream("stdout")
        return
    with tempfile.NamedTemporaryFile(
        dir=out.absolute().parent, prefix=f".{out.name}-", delete=False
    ) as draft:
        part = Path(draft.name)
        try:
            yield draft.file
            draft.file.flush()
            part.chmod(0o644)
            part.replace(out)
        except BaseException:
            part.unlink()
            raise
