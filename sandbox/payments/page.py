"""Pages for a phone: plain HTML, without script."""

from sandbox.platforms.scenario import Reply

_DOCUMENT = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="{charset}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ margin: 0 auto; max-width: 30rem; padding: 1.5rem; font: 1.125rem/1.5 sans-serif; }}
button, a {{ display: block; box-sizing: border-box; width: 100%; min-height: 3.75rem;
  margin: 1rem 0; padding: 1rem; border: 2px solid #0a4fa3; border-radius: .5rem;
  background: #fff; color: #0a4fa3; font: inherit; text-align: center; }}
button.main {{ background: #0a4fa3; color: #fff; }}
</style>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
}


def page(title: str, body: str, charset: str = "utf-8", status: int = 200) -> Reply:
    """`title` and `body` are HTML."""
    html = _DOCUMENT.format(charset=charset, title=title, body=body)
    encoded = html.encode(charset, errors="xmlcharrefreplace")
    return Reply(encoded, f"text/html;charset={charset}", status, _HEADERS)
