"""What goes wrong at the command line, told in one sentence with the next step."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from runtime.postgres import PostgresProblem
from runtime.settings import SettingsProblem


class Problem(Exception):
    """
    A command cannot do what was asked. The message says what to do next.

    :ivar details: lines to show beneath it, such as the end of a log
    """

    def __init__(self, message: str, details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.details = tuple(details)


@contextmanager
def explained() -> Iterator[None]:
    """
    Turn the troubles that an operator can mend into a Problem.

    :raises Problem: instead of them
    """
    try:
        yield
    except PostgresProblem as problem:
        raise Problem(str(problem), problem.log_tail.splitlines()) from problem
    except SettingsProblem as problem:
        raise Problem(str(problem)) from problem
    except PermissionError as error:
        raise Problem(
            f"{error.filename} may not be used ({error.strerror}): choose another folder with "
            "--data-dir, or run this as the user it belongs to."
        ) from error
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        raise Problem(
            f"The operating system says: {error.strerror or error}{place}. Mend this and try again."
        ) from error
