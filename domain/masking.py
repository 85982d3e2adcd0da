"""What is shown of personal data: enough to recognise, too little to use."""

HIDDEN = "*"


def mask_name(name: str) -> str:
    """Only the last character of a name: *明, **娜; the last part of a foreign name."""
    head, dot, tail = name.rpartition("·")
    if dot and tail:
        return f"{HIDDEN * len(head)}·{tail}"
    return HIDDEN * (len(name) - 1) + name[-1:] if len(name) > 1 else HIDDEN


def mask_number(number: str, *, shown_first: int = 3, shown_last: int = 2) -> str:
    """An identity or file number: its first and last characters, the same length as the whole."""
    hidden = len(number) - shown_first - shown_last
    if hidden < 1:
        return HIDDEN * len(number)
    return number[:shown_first] + HIDDEN * hidden + number[len(number) - shown_last :]
