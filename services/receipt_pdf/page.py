"""One page of A4, however many decisions it is about."""

from fpdf import Align

from domain.capital_amounts import in_capitals
from domain.platforms import Channel
from domain.receipts import Receipt
from domain.times import CHINA
from services.receipt_pdf.drawn_qr import draw_qr
from services.receipt_pdf.letterhead import Letterhead
from services.receipt_pdf.sheet import ACCENT, GREY, SHADE, Sheet
from services.receipt_pdf.table import draw_table

TITLE = "交通违法罚款缴款凭证"
CHANNELS = {Channel.ALIPAY: "支付宝", Channel.WECHAT: "微信支付"}
NOTE = (
    "本凭证仅证明上述罚款已通过本平台缴纳，不是财政票据，不能代替财政电子票据"
    "（非税收入统一票据），也不用作报销凭证。凭证不载明当事人姓名；缴款之后如有退款或处罚决定被撤销，"
    "以在线核验结果为准。"
)
LEFT, WIDTH = 20.0, 170.0
TABLE_TOP, TABLE_HEIGHT = 97.0, 128.0
FOOT, QR_SIZE = 230.0, 50.0


def draw(receipt: Receipt, token: str, letterhead: Letterhead) -> bytes:
    """Draw the receipt as PDF. Pure computing of some 100 ms: not for the event loop."""
    sheet = Sheet(f"{TITLE} {receipt.number}", receipt.paid_at)
    _draw_head(sheet, letterhead)
    _draw_facts(sheet, receipt)
    _draw_amount(sheet, receipt)
    draw_table(sheet, receipt, LEFT, TABLE_TOP, WIDTH, TABLE_HEIGHT)
    _draw_foot(sheet, token, letterhead)
    return sheet.finish()


def _draw_head(sheet: Sheet, letterhead: Letterhead) -> None:
    sheet.box(0, 0, 210, 4, ACCENT)
    sheet.text(LEFT, 17, TITLE, size=22, width=WIDTH, align=Align.C, colour=ACCENT, bold=True)
    agency = f"执收单位：{letterhead.agency}"
    sheet.text(LEFT, 31, agency, size=10.5, width=WIDTH, align=Align.C, colour=GREY)
    sheet.line(LEFT, 40, WIDTH, colour=ACCENT)


def _draw_facts(sheet: Sheet, receipt: Receipt) -> None:
    paid_at = receipt.paid_at.astimezone(CHINA)
    facts = {
        "凭证编号": receipt.number,
        "缴款时间": f"{paid_at:%Y年%m月%d日 %H:%M:%S}（北京时间）",
        "缴款渠道": CHANNELS[receipt.channel],
    }
    for row, (name, value) in enumerate(facts.items()):
        y = 44.5 + row * 8
        sheet.text(LEFT, y, name, size=10.5, colour=GREY)
        sheet.text(LEFT + 26, y, value, size=10.5, width=WIDTH - 26)


def _draw_amount(sheet: Sheet, receipt: Receipt) -> None:
    top = 70
    sheet.box(LEFT, top, WIDTH, 21, SHADE)
    sheet.text(LEFT + 5, top + 3, "缴款金额（小写）", size=9, colour=GREY)
    figures = f"¥ {receipt.amount.yuan}"
    sheet.text(LEFT + 5, top + 9.5, figures, size=17, width=56, colour=ACCENT, bold=True)
    sheet.text(LEFT + 66, top + 3, "（大写）", size=9, colour=GREY)
    sheet.text(LEFT + 66, top + 10.5, in_capitals(receipt.amount), size=13, width=99)


def _draw_foot(sheet: Sheet, token: str, letterhead: Letterhead) -> None:
    sheet.line(LEFT, FOOT, WIDTH)
    draw_qr(sheet, token, LEFT - 3, FOOT + 3, QR_SIZE)
    x, width = LEFT + 54, WIDTH - 54
    sheet.text(x, FOOT + 6, "核验方法", size=10.5, bold=True)
    online = f"在线：将二维码内容提交 {letterhead.url}/graphql 的 verifyReceipt 查询，无需登录。"
    offline = (
        f"离线：自 {letterhead.url}/.well-known/receipt-keys.json 取得公钥后，"
        "运行 clearway verify --keys 公钥文件，无需联网。"
    )
    for y, text in ((13, online), (23.5, offline), (38.5, NOTE)):
        sheet.paragraph(x, FOOT + y, text, size=8.5, width=width)
