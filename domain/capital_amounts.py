"""Amounts in capital characters (大写), which nobody can alter with a stroke."""

from domain.money import Money

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("仟", "佰", "拾", "")
MYRIADS = ("亿", "万", "")
# Three groups of four places are spelled.
TOO_MUCH = Money(10**12 * 100)


def in_capitals(amount: Money) -> str:
    """
    Spell an amount as on a cheque: 人民币贰佰元整.

    Source: 支付结算办法, appendix 1 (正确填写票据和结算凭证的基本规定). Where it leaves a choice:
    整 follows 角 as well; 零 stands after a 万 or 亿 that is not followed by its 仟, or whose own
    last place is 0; it never stands between 元 and 角.

    :raises ValueError: if it is below nothing, or a million million yuan and more
    """
    if not 0 <= amount.fen < TOO_MUCH.fen:
        raise ValueError("no amount that can be spelled")
    yuan, below = divmod(amount.fen, 100)
    jiao, fen = divmod(below, 10)
    whole = f"{_whole(yuan)}元" if yuan or not below else ""
    return f"人民币{whole}{_parts(jiao, fen, after_yuan=yuan > 0)}"


def _whole(number: int) -> str:
    """Group by group of four places; skipped places, however many, are one 零."""
    groups = [number // 10**8, number // 10**4 % 10**4, number % 10**4]
    text = ""
    skipped = False
    for group, unit in zip(groups, MYRIADS, strict=True):
        if group == 0:
            skipped = True
            continue
        if text and (skipped or group < 1000):
            text += "零"
        text += _group(group) + unit
        # What ends in zeros skips places before whatever follows.
        skipped = group % 10 == 0
    return text or "零"


def _group(number: int) -> str:
    text = ""
    skipped = False
    for digit, place in zip(f"{number:04d}", PLACES, strict=True):
        if digit == "0":
            skipped = text != ""
            continue
        text += ("零" if skipped else "") + DIGITS[int(digit)] + place
        skipped = False
    return text


def _parts(jiao: int, fen: int, *, after_yuan: bool) -> str:
    if not jiao and not fen:
        return "整"
    tenths = f"{DIGITS[jiao]}角" if jiao else "零" if after_yuan else ""
    return tenths + (f"{DIGITS[fen]}分" if fen else "整")
