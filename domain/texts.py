"""What people read about failures, in Chinese and English. For refusals: `domain.refusal_texts`."""

from dataclasses import dataclass
from enum import StrEnum


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

FAILURE_TEXTS = {
    "sign_in": Text("请先登录。", "Please sign in first."),
    "own_session": Text(
        "请先通过小程序登录。", "This needs a sign-in through the mini-program, with signIn."
    ),
    "too_often": Text("操作过于频繁，请稍后再试。", "Too many requests: please wait a little."),
    "citizens_only": Text("该操作只面向市民账户。", "This is for citizens' accounts only."),
    "officers_only": Text(
        "该操作只面向有 {part} 岗位的工作人员账户。",
        "This is for officers with the role {part} only.",
    ),
    "verify_identity": Text("请先完成实名认证。", "Please verify your identity first."),
    "recent_face": Text(
        "请先刷脸确认是您本人，并在 {limit} 分钟内确认。",
        "Please verify yourself by face first, and confirm within {limit} minutes.",
    ),
    "police_unavailable": Text(
        "公安交管系统暂时没有应答，请稍后再试。您的记录没有变化。",
        "The police register does not answer right now. Please try again later;"
        " your records are unchanged.",
    ),
    "alipay_unavailable": Text(
        "支付宝暂时没有应答，请稍后再试。",
        "Alipay does not answer right now. Please try again later.",
    ),
    "wechat_unavailable": Text(
        "微信暂时没有应答，请稍后再试。",
        "WeChat does not answer right now. Please try again later.",
    ),
    "idempotency_key": Text(
        "idempotencyKey 应为 8 到 255 个可见的 ASCII 字符，例如一个 UUID。",
        "`idempotencyKey` is 8 to 255 visible ASCII characters, for example a UUID.",
    ),
    "idempotency_key_reused": Text(
        "这个 idempotencyKey 已用于另一个请求；新的请求请换一个新的。",
        "This `idempotencyKey` was used for another request: a new request needs a new key.",
    ),
    "fen": Text(
        "金额应为 0 到 2^53 之间的整数，单位为分。",
        "An amount is a whole number of fen from 0 to 2^53.",
    ),
    "refund_reason": Text(
        "退款原因只能由系统填写，请选择其他原因。",
        "That reason is the service's own: choose another.",
    ),
    "case_number": Text(
        "caseNumber 应为 1 到 64 个可见字符的文号。",
        "`caseNumber` is the number of the document that allows it: 1 to 64 printable characters.",
    ),
    "refund_lines": Text(
        "lines 应为 1 到 20 行，每行只能出现一次，金额不能都为 0。",
        "`lines` are 1 to 20, each once, and each with an amount.",
    ),
    "decisions_per_payment": Text(
        "一次可以缴纳 1 到 {limit} 份决定书的罚款。", "A payment is for 1 to {limit} decisions."
    ),
    "same_decision_twice": Text(
        "同一份决定书在请求中出现了两次。", "The same decision is named twice."
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
    "no_ids": Text("请至少给出一个编号。", "Give at least one id."),
    "repeated_id": Text("同一个编号只能给一次。", "Give every id only once."),
    "too_many_ids": Text("一次最多查询 {limit} 个编号。", "Ask for at most {limit} ids at once."),
    "search_text": Text("搜索词最长 {limit} 个字符。", "Search for at most {limit} characters."),
    "day_range": Text(
        "请给出先后有序的两个日期，最多 {limit} 天。",
        "Give the first day before the last, and at most {limit} days.",
    ),
    "retry_later": Text("系统繁忙，请稍后再试。", "We are busy. Please try again shortly."),
    "no_such_address": Text(
        "没有这个地址：GraphQL 请求请发到 /graphql。",
        "There is nothing at this address: send GraphQL requests to /graphql.",
    ),
    "method": Text(
        "这个地址不支持该请求方法，请改用 {part}。",
        "Use {part}: this address knows no other method.",
    ),
    "mutation_by_get": Text("变更操作请用 POST 发送。", "Send mutations with POST."),
    "not_acceptable": Text(
        "请在 Accept 中接受 application/graphql-response+json 或 application/json。",
        "Accept application/graphql-response+json or application/json: we have nothing else.",
    ),
    "content_type": Text(
        "请求体请用 UTF-8 编码的 application/json。", "Send the body as application/json in UTF-8."
    ),
    "content_encoding": Text("请不要压缩请求体。", "Send the body without compression."),
    "body_size": Text(
        "请求体最多 {limit} 字节，请缩短后再发。",
        "The body may have {limit} bytes at most: send less at once.",
    ),
    "body_late": Text(
        "请求体没有及时到达，请检查网络后重试。",
        "The body did not arrive in time: check the connection and send it again.",
    ),
    "query_string_size": Text(
        "地址中的参数最多 {limit} 字节，请改用 POST。",
        "The query string may have {limit} bytes at most: use POST.",
    ),
    "query_string": Text(
        "地址中的参数须为 UTF-8 的百分号编码，请重新编码。",
        "Encode the query string as percent-encoded UTF-8.",
    ),
    "repeated_parameter": Text(
        "地址中的参数 {part} 只能出现一次。", "Give the parameter {part} only once."
    ),
    "not_json": Text("{part} 不是有效的 JSON，请检查。", "The {part} is not JSON: mend it."),
    "repeated_name": Text(
        "{part} 的同一 JSON 对象中有重复的名称，请删去其一。",
        "A JSON object in the {part} has a name twice: remove one.",
    ),
    "too_many_values": Text(
        "JSON 最多可有 {limit} 个值，请减少后再发。",
        "The JSON may have {limit} values at most: send less at once.",
    ),
    "batch": Text(
        "不支持批量请求（JSON 数组），请逐个发送。",
        "A JSON array is no request: send operations one by one.",
    ),
    "not_an_object": Text(
        "请求体应为带有 query 的 JSON 对象。", "The body must be a JSON object with a `query`."
    ),
    "must_be_text": Text("{part} 应为字符串，请修改。", "Give `{part}` as a string."),
    "must_be_object": Text("{part} 应为 JSON 对象，请修改。", "Give `{part}` as a JSON object."),
    "bad_document": Text(
        "请按括号中的说明修改查询文档或变量后重新发送（{part}）。",
        "{part} Correct the document or its variables and send it again.",
    ),
    "document_limit": Text(
        "文档超出限制：{part} 最多 {limit}，请精简或分几次查询。",
        "The document exceeds a limit: {part} may be {limit} at most. Ask for less at once.",
    ),
    "empty_selection": Text(
        "选择集为空，请至少选择一个字段。", "Select at least one field: a selection set is empty."
    ),
    "one_mutation": Text(
        "一次只能执行一个变更，请逐个发送。", "One mutation at a time: send them one by one."
    ),
    "no_operation": Text(
        "文档中没有这个操作，请检查 operationName。",
        "The document has no such operation: check operationName.",
    ),
    "which_operation": Text(
        "文档中有多个操作，请用 operationName 指明一个。",
        "The document has several operations: name one as operationName.",
    ),
    "closed_schema": Text(
        "这里不能查询 __schema 和 __type，请使用随版本发布的 schema.graphql。",
        "The schema does not tell about itself here: use the published schema.graphql.",
    ),
    "old_link": Text(
        "此链接已失效，请重新查询以获取新链接。",
        "Ask for it again: this link is no longer good.",
    ),
    "no_picture": Text(
        "公安交管系统没有这张图片，请查看该违法记录的其他图片。",
        "The register holds no such picture: look at the other ones of the violation.",
    ),
    **{f"plate_{problem}": text for problem, text in PLATE_TEXTS.items()},
    "internal": Text(
        "系统出错了，请稍后再试；如需帮助，请告知编号 {reference}。",
        "Something went wrong on our side. Please try again; if you need help, quote {reference}.",
    ),
}


def failure_message(text_key: str, language: Language, values: dict[str, str]) -> str:
    """What a failure says."""
    return FAILURE_TEXTS[text_key].in_language(language, values)
