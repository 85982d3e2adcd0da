"""The pages a person sees when checked."""

from html import escape

from sandbox.alipay.checks import Check, Outcome
from sandbox.alipay.failures import Failure
from sandbox.payments.page import page
from sandbox.platforms.scenario import Reply

# The address is that of the gateway, so this is relative to wherever the sandbox is mounted.
_FORM = """<p>{name}<br>{identity_number}</p>
<form method="post" action="certify" accept-charset="utf-8">
<input type="hidden" name="certify_id" value="{certify_id}">
<button class="main" name="outcome" value="pass">通过 · Pass</button>
<button name="outcome" value="fail">不通过 · Fail</button>
<button name="outcome" value="cancel">取消 · Cancel</button>
</form>"""
_TITLES = {
    Outcome.OPEN: "身份认证 · Identity check",
    Outcome.CANCELLED: "已取消 · Cancelled",
    Outcome.PASSED: "认证通过 · Passed",
    Outcome.FAILED: "认证未通过 · Failed",
    Outcome.SOMEBODY_ELSE: "非本人 · Somebody else",
}
_BACK = ("https://", "http://", "alipays://")


def check_page(certify_id: str, check: Check, charset: str) -> Reply:
    """Where the person does the check, or sees that it is over."""
    if check.outcome not in (Outcome.OPEN, Outcome.CANCELLED):
        return outcome_page(check, charset)
    form = _FORM.format(
        name=escape(check.claim.name),
        identity_number=escape(_masked(check.claim.identity_number)),
        certify_id=escape(certify_id),
    )
    return page(_TITLES[Outcome.OPEN], form, charset)


def outcome_page(check: Check, charset: str = "utf-8") -> Reply:
    """What became of the check, with a way back to the app."""
    back = check.claim.return_url
    link = f'<a href="{escape(back)}">返回 · Back</a>' if back.startswith(_BACK) else ""
    return page(_TITLES[check.outcome], link, charset)


def failure_page(failure: Failure, charset: str) -> Reply:
    """A person cannot read a node, so the failure of a page is a page."""
    body = f"<p>{escape(failure.sub_msg)}</p>\n<p><code>{escape(failure.sub_code)}</code></p>"
    return page("出错了 · Something is wrong", body, charset)


def refusal_page(text: str, status: int) -> Reply:
    """What a person tapped could not be done."""
    return page("出错了 · Something is wrong", f"<p>{escape(text)}</p>", "utf-8", status)


def _masked(identity_number: str) -> str:
    hidden = max(len(identity_number) - 2, 0)
    return f"{identity_number[:1]}{'*' * hidden}{identity_number[-1:]}"
