"""Bytes of the police register as text: UTF-8 or GB18030, whatever the document declares."""

# In GB18030 read as UTF-8 nearly every character is damaged; in UTF-8 that was cut, one or two are.
TOLERATED_DAMAGE = 1 / 4


def text_of(data: bytes) -> str:
    """
    Decode a document; never fails.

    Values from fixed-width columns may end in half a character. Such damage stays where it is: to
    try GB18030 on it would often succeed and turn every other value into gibberish.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("utf-8-sig", errors="replace")
    foreign = len(text) - len(text.encode("ascii", errors="ignore"))
    if text.count("\ufffd") <= foreign * TOLERATED_DAMAGE:
        return text
    return data.decode("gb18030", errors="replace")
