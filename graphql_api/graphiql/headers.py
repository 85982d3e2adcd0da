"""What a browser is told to refuse on this page, and what it may keep."""

# GraphiQL's dialogs add a style element that keeps the page behind them from scrolling. This is its
# hash on a page that has no scroll bar, which our style sheet sees to.
SCROLL_LOCK = "'sha256-Y/huXlwoYkVyQlxwSVcCi1RCDGDCSVBzDt0hYP9qlTc='"

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        f"style-src 'self' {SCROLL_LOCK}",
        # The fonts and the icons of editors are inside GraphiQL's style sheet.
        "font-src data:",
        "img-src data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
GUARDED = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
UNKEPT = {"cache-control": "no-store"}
KEPT_FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}
