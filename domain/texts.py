"""What people read: every refusal and failure in Chinese and English, one place."""

from dataclasses import dataclass
from enum import StrEnum

from domain.refusals import Refusal


class Language(StrEnum):
    """The languages of messages, chosen by Accept-Language; Chinese unless English is preferred."""

    ZH = "zh-CN"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages."""

    zh: str
    en: str

    def in_language(self, language: Language, values: dict[str, str]) -> str:
        """The text with its values filled in."""
        return (self.zh if language is Language.ZH else self.en).format(**values)


PLATE_TEXTS = {
    "empty": Text("没有填写号牌号码。", "The plate number is empty."),
    "province": Text(
        "号牌应以省份简称开头（如“渝”），您输入的是“{part}”。",
        "A plate begins with a province character such as 渝; yours begins with “{part}”.",
    ),
    "issuer_letter": Text(
        "省份简称后应为一个字母（不用 I），您输入的是“{part}”。",
        "The province is followed by a letter (never I); yours is “{part}”.",
    ),
    "letter_i_or_o": Text(
        "号牌中没有字母“{part}”。请确认是不是数字 1 或 0。",
        "A plate never contains the letter “{part}”. Please check whether it is a 1 or a 0.",
    ),
    "character": Text("号牌中不能有“{part}”。", "“{part}” cannot stand there in a plate."),
    "too_short": Text(
        "号牌少了字符：只有 {part} 位。普通号牌 7 位，新能源号牌 8 位。",
        "The plate is too short: {part} characters. Ordinary plates have 7, new-energy plates 8.",
    ),
    "too_long": Text(
        "号牌多了字符：共 {part} 位。普通号牌 7 位，新能源号牌 8 位。",
        "The plate is too long: {part} characters. Ordinary plates have 7, new-energy plates 8.",
    ),
    "new_energy_form": Text(
        "小型新能源号牌第 3 位、大型新能源号牌第 8 位应为能源字母（如 D、F），其余为数字。",
        "A small new-energy plate has its energy letter (such as D or F) in place 3,"
        " a large one in place 8.",
    ),
    "wrong_type": Text(
        "8 位号牌是新能源号牌，请把号牌种类改为新能源汽车。",
        "A plate of 8 characters is a new-energy plate: choose a new-energy plate type.",
    ),
    "suffix": Text("该号牌种类的号牌以“{part}”结尾。", "Plates of this type end with “{part}”."),
}

REFUSAL_TEXTS = {
    "PLATE_INVALID": Text("号牌号码有误。", "The plate cannot be right."),
    "PROOF_INVALID": Text(
        "请填写车辆识别代号或发动机号的后 6 位。",
        "Give the last 6 characters of the VIN or of the engine number.",
    ),
    "VEHICLE_NOT_CONFIRMED": Text(
        "未能确认您是这辆车的所有人。", "We could not confirm that this vehicle is yours."
    ),
    "TOO_MANY_ATTEMPTS": Text(
        "尝试次数过多，今天不能再绑定。", "Too many attempts: binding is closed for today."
    ),
    "TOO_MANY_VEHICLES": Text(
        "最多可绑定 {limit} 辆车。", "At most {limit} vehicles can be bound."
    ),
    "NOT_FOUND": Text("没有找到。", "There is no such thing."),
}

NEXT_STEPS = {
    "PLATE_INVALID": Text("请对照行驶证重新输入。", "Compare it with the vehicle licence."),
    "PROOF_INVALID": Text(
        "可在行驶证上找到，只填字母和数字。",
        "Both stand on the vehicle licence; letters and digits only.",
    ),
    "VEHICLE_NOT_CONFIRMED": Text(
        "请核对号牌、号牌种类和后 6 位；仍不行请带身份证和行驶证到车管窗口。",
        "Check the plate, its type and the 6 characters; if it still fails, take your identity card"
        " and vehicle licence to a window.",
    ),
    "TOO_MANY_ATTEMPTS": Text(
        "请 24 小时后再试，或到车管窗口办理。", "Try again in 24 hours, or go to a window."
    ),
    "TOO_MANY_VEHICLES": Text("请先解绑一辆。", "Unbind one first."),
    "NOT_FOUND": Text("请刷新列表后再试。", "Refresh the list and try again."),
}

FAILURE_TEXTS = {
    "sign_in": Text("请先登录。", "Please sign in first."),
    "citizens_only": Text("该操作只面向市民账户。", "This is for citizens' accounts only."),
    "verify_identity": Text("请先完成实名认证。", "Please verify your identity first."),
    "upstream_unavailable": Text(
        "公安交管系统暂时没有应答，请稍后再试。您的记录没有变化。",
        "The police register does not answer right now. Please try again later;"
        " your records are unchanged.",
    ),
    "bad_id": Text("编号无效。", "This id is not valid here."),
    "bad_cursor": Text(
        "分页游标无效，请从第一页重新开始。", "This cursor is not valid: start from the first page."
    ),
    "bad_code": Text(
        "违法代码由 4 位数字和可能的第 5 位字符组成。",
        "A violation code has 4 digits and sometimes a fifth character.",
    ),
    "page_size": Text("first 应在 0 到 {limit} 之间。", "`first` must be between 0 and {limit}."),
    "too_many_ids": Text("一次最多查询 {limit} 个编号。", "Ask for at most {limit} ids at once."),
    "search_text": Text("搜索词最长 {limit} 个字符。", "Search for at most {limit} characters."),
    "retry_later": Text("系统繁忙，请稍后再试。", "We are busy. Please try again shortly."),
    **{f"plate_{problem}": text for problem, text in PLATE_TEXTS.items()},
    "internal": Text(
        "系统出错了，请稍后再试；如需帮助，请告知编号 {reference}。",
        "Something went wrong on our side. Please try again; if you need help, quote {reference}.",
    ),
}


def refusal_message(refusal: Refusal, language: Language) -> str:
    """What a refusal says, with its precise reason where there is one."""
    text = REFUSAL_TEXTS[refusal.code].in_language(language, refusal.values)
    if refusal.detail is None:
        return text
    blank = "" if language is Language.ZH else " "
    return text + blank + PLATE_TEXTS[refusal.detail].in_language(language, refusal.values)


def refusal_next_step(refusal: Refusal, language: Language) -> str:
    """What the person can do next."""
    return NEXT_STEPS[refusal.code].in_language(language, refusal.values)


def failure_message(text_key: str, language: Language, values: dict[str, str]) -> str:
    """What a failure says."""
    return FAILURE_TEXTS[text_key].in_language(language, values)
