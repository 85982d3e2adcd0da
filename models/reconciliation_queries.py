# ruff: noqa: S608 - put together of nothing but what is written here
"""
Named statements of the reconciliation: what a bill and our tables do not agree on, set by set.

Parameters of all that compare: channel, day, begin and end (the instants between which the day
lies), merchant (ours, None if it is not known), fee (per ten thousand, None if none was agreed on).
Each finding: kind, day, subject, place, ours_fen, theirs_fen, fen, state.
"""

from sqlalchemy import TextClause, text

# How far two clocks may be apart at midnight.
NEAR = "INTERVAL '10 minutes'"
# What was settled later than its day was reconciled: as long as a channel is asked about it.
PAYMENTS_BACK = "INTERVAL '3 days'"
REFUNDS_BACK = "INTERVAL '30 days'"
ONE_HOUR = "INTERVAL '1 hour'"
ONE_DAY = "INTERVAL '1 day'"
CHINA = "INTERVAL '8 hours'"


def _foreign(line: str) -> str:
    """A line of another merchant, or in another currency."""
    return (
        f"({line}.currency <> 'CNY' OR coalesce({line}.merchant <> CAST(:merchant AS text), false))"
    )


def _same(line: str) -> str:
    """Another line about the same payment or refund as `l`."""
    return (
        f"{line}.number = l.number AND {line}.channel = l.channel AND {line}.kind = l.kind"
        f" AND {line}.refund_number IS NOT DISTINCT FROM l.refund_number"
    )


# Another day's line comes first if that day is done, unless it was a second one itself.
AGAIN = f"""EXISTS (
  SELECT FROM bill_lines o WHERE {_same("o")} AND NOT {_foreign("o")} AND (
    (o.day = l.day AND o.place < l.place)
    OR (o.day <> l.day
      AND EXISTS (SELECT FROM reconciliation_days d
        WHERE d.channel = o.channel AND d.day = o.day AND d.state = 'done')
      AND NOT EXISTS (SELECT FROM discrepancies x
        WHERE x.channel = o.channel AND x.day = o.day AND x.kind = 'duplicate_line'
          AND x.place = o.place))))"""
# A line of ours in another currency stands for the payment, unless a better one does.
STANDS = f"""NOT EXISTS (
  SELECT FROM bill_lines o WHERE {_same("o")}
    AND (NOT {_foreign("o")} OR (o.day, o.place) < (l.day, l.place)))"""
IS_TOLD = """EXISTS (
  SELECT FROM discrepancies x WHERE x.channel = :channel AND x.kind = 'day_boundary'
    AND x.subject = line.subject AND x.place = 0)"""
DIFFERING_FEE = """line.fee_fen <> (line.amount_fen * CAST(:fee AS bigint) + 5000) / 10000"""
OUT_OF_DAY = f"""(line.listed_at < :begin OR line.listed_at >= :end
  OR line.at < :begin OR line.at >= :end) AND NOT {IS_TOLD}"""


def _of_lines(line: str, sign: str, unknown: str) -> TextClause:
    """
    What the lines of a bill say that we do not.

    `line`: subject, place, amount_fen, fee_fen, at, is_foreign, is_again, stands, ours_fen,
    is_known, is_booked, listed_at (when a bill should list it; None if it need not).
    """
    return text(f"""
WITH line AS MATERIALIZED ({line})
SELECT 'merchant_differs' AS kind, CAST(:day AS date) AS day, subject, place, ours_fen,
  amount_fen AS theirs_fen,
  CASE WHEN is_booked AND stands THEN -({sign}) * ours_fen ELSE 0 END AS fen, 'open' AS state
FROM line WHERE is_foreign
UNION ALL
SELECT {unknown}, :day, subject, place, ours_fen, amount_fen, ({sign}) * amount_fen, 'open'
FROM line WHERE NOT is_foreign AND NOT (is_known AND (is_again OR listed_at IS NOT NULL))
UNION ALL
SELECT 'duplicate_line', :day, subject, place, ours_fen, amount_fen, ({sign}) * amount_fen, 'open'
FROM line WHERE NOT is_foreign AND is_known AND is_again
UNION ALL
SELECT 'amount_differs', :day, subject, place, ours_fen, amount_fen,
  ({sign}) * (amount_fen - ours_fen), 'open'
FROM line WHERE NOT is_foreign AND NOT is_again AND listed_at IS NOT NULL
  AND amount_fen <> ours_fen
UNION ALL
SELECT 'fee_differs', :day, subject, place, (amount_fen * CAST(:fee AS bigint) + 5000) / 10000,
  fee_fen, 0, 'open'
FROM line WHERE NOT is_foreign AND NOT is_again AND listed_at IS NOT NULL
  AND amount_fen = ours_fen AND {DIFFERING_FEE}
UNION ALL
SELECT 'day_boundary', :day, subject, place, ours_fen, amount_fen, 0, 'healed'
FROM line WHERE NOT is_foreign AND NOT is_again AND listed_at IS NOT NULL AND {OUT_OF_DAY}""")


# A payment counts as soon as it is settled, whatever has become of it since.
PAYMENT_LINES = _of_lines(
    f"""
SELECT l.number AS subject, l.place, l.amount_fen, l.fee_fen, l.at,
  {_foreign("l")} AS is_foreign, {AGAIN} AS is_again,
  CASE WHEN {_foreign("l")} THEN {STANDS} END AS stands,
  p.amount_fen AS ours_fen, p.id IS NOT NULL AS is_known, p.paid_at IS NOT NULL AS is_booked,
  p.paid_at AS listed_at
FROM bill_lines l LEFT JOIN payments p ON p.number = l.number AND p.channel = l.channel
WHERE l.channel = :channel AND l.day = :day AND l.kind = 'payment'""",
    "1",
    "CASE WHEN is_known THEN 'not_settled' ELSE 'unknown_payment' END",
)
# WeChat Pay lists what it has accepted and never again, even if it closes it later; Alipay what it
# has given back. What has failed here for another reason should be in no bill: people have to see
# whether the money went.
HAS_FAILED = "(r.status = 'failed' AND r.problem IS DISTINCT FROM 'closed')"
LISTED_AT = f"""CASE WHEN {HAS_FAILED} THEN NULL
  WHEN p.channel = 'wechat' THEN coalesce(r.accepted_at, r.refunded_at)
  WHEN r.status = 'succeeded' THEN r.refunded_at END"""
REFUND_LINES = _of_lines(
    f"""
SELECT coalesce(l.refund_number, l.number) AS subject, l.place, l.amount_fen, l.fee_fen, l.at,
  {_foreign("l")} AS is_foreign, l.refund_number IS NOT NULL AND {AGAIN} AS is_again,
  CASE WHEN {_foreign("l")} THEN {STANDS} END AS stands,
  r.amount_fen AS ours_fen, r.id IS NOT NULL AS is_known,
  r.status = 'succeeded' AS is_booked, r.listed_at
FROM bill_lines l LEFT JOIN (
  SELECT r.id, r.number, p.number AS payment, p.channel, r.amount_fen, r.status,
    {LISTED_AT} AS listed_at
  FROM refunds r JOIN payments p ON p.id = r.payment_id
) r ON r.number = l.refund_number AND r.payment = l.number AND r.channel = l.channel
WHERE l.channel = :channel AND l.day = :day AND l.kind = 'refund'""",
    "-1",
    "'unknown_refund'",
)


def _absent(kind: str, ours: str, sign: str) -> TextClause:
    """
    What is ours and in no bill. `ours`: subject, amount_fen, listed_at, own_day.

    Near midnight the bill of the neighbouring day decides, unless there never will be one.
    """
    decided = "(SELECT count(*) FROM reconciliation_days d WHERE d.channel = :channel AND d.day ="
    is_done = "AND (d.state = 'done' OR d.day = :day)) > 0"
    is_there = ") > 0"
    return text(f"""
WITH ours AS MATERIALIZED ({ours}), judged AS (
  SELECT ours.*,
    (listed_at < start + {NEAR} AND {decided} own_day - 1 {is_there}
      AND NOT {decided} own_day - 1 {is_done})
    OR (listed_at >= start + {ONE_DAY} - {NEAR} AND NOT {decided} own_day + 1 {is_done}) AS waits
  FROM (SELECT *, (CAST(own_day AS timestamp) AT TIME ZONE 'UTC') - {CHINA} AS start FROM ours) ours
  WHERE own_day = :day OR {decided} own_day {is_done}
)
SELECT CASE WHEN waits THEN 'day_boundary' ELSE '{kind}' END AS kind, own_day AS day, subject,
  0 AS place, amount_fen AS ours_fen, CAST(NULL AS bigint) AS theirs_fen,
  CASE WHEN waits THEN 0 ELSE ({sign}) * amount_fen END AS fen,
  CASE WHEN waits THEN 'waiting' ELSE 'open' END AS state
FROM judged""")


def _day_of(instant: str) -> str:
    return f"CAST(({instant} AT TIME ZONE 'UTC') + {CHINA} AS date)"


PAYMENTS_ABSENT = _absent(
    "payment_missing",
    f"""
SELECT p.number AS subject, p.amount_fen, p.paid_at AS listed_at, {_day_of("p.paid_at")} AS own_day
FROM payments p
WHERE p.channel = :channel
  AND p.paid_at >= CAST(:begin AS timestamptz) - {PAYMENTS_BACK}
  AND p.paid_at < CAST(:end AS timestamptz) + {ONE_DAY}
  AND NOT EXISTS (SELECT FROM bill_lines l WHERE l.number = p.number AND l.channel = p.channel
    AND l.kind = 'payment')""",
    "-1",
)
REFUNDS_ABSENT = _absent(
    "refund_missing",
    f"""
SELECT * FROM (
  SELECT r.number AS subject, r.amount_fen, r.listed_at, {_day_of("r.listed_at")} AS own_day
  FROM (SELECT r.number, r.amount_fen, {LISTED_AT} AS listed_at
    FROM refunds r JOIN payments p ON p.id = r.payment_id
    WHERE p.channel = :channel AND r.status = 'succeeded') r
  WHERE r.listed_at >= CAST(:begin AS timestamptz) - {REFUNDS_BACK}
    AND r.listed_at < CAST(:end AS timestamptz) + {ONE_DAY}
) r
WHERE NOT EXISTS (SELECT FROM bill_lines l WHERE l.refund_number = r.subject
  AND l.channel = :channel AND l.kind = 'refund' AND l.number IN (
    SELECT p.number FROM refunds s JOIN payments p ON p.id = s.payment_id
    WHERE s.number = r.subject))""",
    "1",
)
# They were under way when their bill was compared.
REFUNDS_FAILED_SINCE = text(f"""
SELECT 'unknown_refund' AS kind, l.day, r.number AS subject, l.place, r.amount_fen AS ours_fen,
  l.amount_fen AS theirs_fen, -l.amount_fen AS fen, 'open' AS state
FROM refunds r JOIN payments p ON p.id = r.payment_id
JOIN bill_lines l ON l.number = p.number AND l.channel = p.channel AND l.kind = 'refund'
  AND l.refund_number = r.number AND l.day < :day
JOIN reconciliation_days d ON d.channel = l.channel AND d.day = l.day AND d.state = 'done'
WHERE p.channel = :channel AND {HAS_FAILED} AND NOT {_foreign("l")} AND NOT {AGAIN}
  AND r.ended_at >= CAST(:begin AS timestamptz) - {REFUNDS_BACK}""")
IS_GOING_BACK = """EXISTS (
  SELECT FROM refunds r JOIN refund_lines k ON k.refund_id = r.id
  WHERE r.payment_id = i.payment_id AND k.position = i.position AND r.status <> 'failed')"""
PAID_TWICE = text(f"""
SELECT 'paid_twice' AS kind, CAST(:day AS date) AS day, t.source_ref AS subject, 0 AS place,
  i.principal_fen + i.surcharge_fen AS ours_fen, CAST(NULL AS bigint) AS theirs_fen, 0 AS fen,
  CASE WHEN {IS_GOING_BACK} THEN 'healed' ELSE 'open' END AS state
FROM ledger_transactions t
JOIN payments p ON p.number = left(t.source_ref, strpos(t.source_ref, '-') - 1)
JOIN payment_items i ON i.payment_id = p.id AND i.state IN ('surplus', 'refunded')
  AND i.position = CAST(substr(t.source_ref, strpos(t.source_ref, '-') + 1) AS bigint)
WHERE t.kind = 'paid_twice' AND p.channel = :channel AND EXISTS (
  SELECT FROM bill_lines l WHERE l.number = p.number AND l.channel = :channel AND l.day = :day
    AND l.kind = 'payment' AND NOT {_foreign("l")})""")

OF_A_DAY = (
    *(PAYMENT_LINES, REFUND_LINES, PAYMENTS_ABSENT, REFUNDS_ABSENT),
    *(REFUNDS_FAILED_SINCE, PAID_TWICE),
)

# Payments that a bill calls paid and we do not, of the day or of discrepancies that stand.
UNSETTLED = text(f"""
SELECT p.number FROM bill_lines l JOIN payments p ON p.number = l.number AND p.channel = l.channel
WHERE l.channel = :channel AND l.day = :day AND l.kind = 'payment' AND p.paid_at IS NULL
  AND NOT {_foreign("l")}
UNION
SELECT p.number FROM discrepancies x JOIN payments p ON p.number = x.subject
  AND p.channel = x.channel
WHERE x.channel = :channel AND x.kind = 'not_settled' AND x.state = 'open' AND p.paid_at IS NULL""")
# The same of refunds whose end is not known; they have to be seen to.
UNSETTLED_REFUNDS = text("""
SELECT r.id, r.number FROM bill_lines l JOIN payments p ON p.number = l.number
  AND p.channel = l.channel
JOIN refunds r ON r.payment_id = p.id AND r.number = l.refund_number
WHERE l.channel = :channel AND l.day = :day AND l.kind = 'refund'
  AND r.status IN ('created', 'processing', 'unknown', 'abnormal')
  AND (p.channel = 'alipay' OR r.accepted_at IS NULL)""")
REFUND_DUE = text("UPDATE refunds SET next_check_at = :now WHERE id = :id AND ended_at IS NULL")
# Which of these numbers a bill may list by now.
SETTLED_AMONG = text("""
SELECT number FROM payments WHERE number = ANY(:numbers) AND paid_at IS NOT NULL""")
REFUNDS_SETTLED_AMONG = text(f"""
SELECT r.number FROM refunds r JOIN payments p ON p.id = r.payment_id
WHERE r.number = ANY(:numbers) AND {LISTED_AT} IS NOT NULL""")
AMOUNTS = text("""
SELECT l.number AS subject, l.place, l.amount_fen, p.amount_fen AS ours_fen
FROM bill_lines l JOIN payments p ON p.number = l.number AND p.channel = l.channel
WHERE l.channel = :channel AND l.day = :day AND l.kind = 'payment' AND l.number = ANY(:numbers)
UNION ALL
SELECT l.refund_number, l.place, l.amount_fen, r.amount_fen
FROM bill_lines l JOIN refunds r ON r.number = l.refund_number
WHERE l.channel = :channel AND l.day = :day AND l.kind = 'refund'
  AND l.refund_number = ANY(:numbers)""")

# What stands and holds no longer: number, day, and whether its day has to be compared again.
OVER = text(f"""
SELECT x.number, x.day, x.kind IN ('not_settled', 'unknown_refund', 'unknown_payment') AS again
FROM discrepancies x
WHERE x.channel = :channel AND x.state IN ('open', 'waiting') AND CASE x.kind
  WHEN 'not_settled' THEN EXISTS (SELECT FROM payments p
    WHERE p.number = x.subject AND p.channel = x.channel AND p.paid_at IS NOT NULL)
  WHEN 'unknown_payment' THEN EXISTS (SELECT FROM payments p
    WHERE p.number = x.subject AND p.channel = x.channel)
  WHEN 'unknown_refund' THEN EXISTS (
    SELECT FROM refunds r JOIN payments p ON p.id = r.payment_id
    JOIN bill_lines l ON l.channel = x.channel AND l.day = x.day AND l.place = x.place
      AND l.number = p.number
    WHERE r.number = x.subject AND p.channel = x.channel AND {LISTED_AT} IS NOT NULL)
  WHEN 'payment_missing' THEN EXISTS (SELECT FROM bill_lines l
    WHERE l.number = x.subject AND l.channel = x.channel AND l.kind = 'payment')
  WHEN 'refund_missing' THEN EXISTS (
    SELECT FROM refunds r JOIN payments p ON p.id = r.payment_id
    JOIN bill_lines l ON l.number = p.number AND l.refund_number = r.number
    WHERE r.number = x.subject AND l.channel = x.channel)
  WHEN 'merchant_differs' THEN x.suspense_fen <> 0 AND EXISTS (
    SELECT FROM bill_lines l JOIN bill_lines o ON {_same("o")} AND NOT {_foreign("o")}
    WHERE l.channel = x.channel AND l.day = x.day AND l.place = x.place)
  WHEN 'day_boundary' THEN x.state = 'waiting' AND (
    EXISTS (SELECT FROM discrepancies y WHERE y.channel = x.channel AND y.day = x.day
      AND y.subject = x.subject AND y.kind IN ('payment_missing', 'refund_missing'))
    OR EXISTS (SELECT FROM bill_lines l WHERE l.channel = x.channel AND l.kind = 'payment'
      AND l.number = x.subject)
    OR EXISTS (SELECT FROM refunds r JOIN payments p ON p.id = r.payment_id
      JOIN bill_lines l ON l.number = p.number AND l.refund_number = r.number
      WHERE r.number = x.subject AND l.channel = x.channel))
  WHEN 'paid_twice' THEN EXISTS (SELECT FROM payments p JOIN payment_items i
    ON i.payment_id = p.id
    WHERE x.subject = p.number || '-' || i.position AND {IS_GOING_BACK}
      AND p.number = left(x.subject, strpos(x.subject, '-') - 1))
  WHEN 'register_paid_elsewhere' THEN EXISTS (SELECT FROM payments p JOIN payment_items i
    ON i.payment_id = p.id
    LEFT JOIN write_backs w ON w.payment_id = i.payment_id AND w.position = i.position
    WHERE p.number = left(x.subject, strpos(x.subject, '-') - 1)
      AND x.subject = p.number || '-' || i.position
      AND (i.state IN ('released', 'refunded') OR w.state = 'done'))
  WHEN 'register_unpaid' THEN EXISTS (SELECT FROM payments p JOIN payment_items i
    ON i.payment_id = p.id
    WHERE p.number = left(x.subject, strpos(x.subject, '-') - 1)
      AND x.subject = p.number || '-' || i.position AND i.state = 'refunded')
  ELSE false END
ORDER BY x.day, x.number""")

# Sums of what a bill lists for us: no line of another merchant, or in another currency.
SUMS = text(f"""
SELECT count(*) AS lines,
  count(*) FILTER (WHERE {_foreign("l")}) AS foreign_lines,
  count(*) FILTER (WHERE l.kind = 'payment') AS all_payments,
  count(*) FILTER (WHERE l.kind = 'payment' AND (l.at < CAST(:begin AS timestamptz) - {ONE_HOUR}
    OR l.at >= CAST(:end AS timestamptz) + {ONE_HOUR})) AS payments_elsewhen,
  count(*) FILTER (WHERE l.kind = 'payment' AND NOT {_foreign("l")}) AS payments,
  count(*) FILTER (WHERE l.kind = 'refund' AND NOT {_foreign("l")}) AS refunds,
  coalesce(sum(l.amount_fen) FILTER (WHERE l.kind = 'payment' AND NOT {_foreign("l")}), 0)
    AS paid_fen,
  coalesce(sum(l.amount_fen) FILTER (WHERE l.kind = 'refund' AND NOT {_foreign("l")}), 0)
    AS refunded_fen,
  coalesce(sum(CASE l.kind WHEN 'payment' THEN l.fee_fen ELSE -l.fee_fen END)
    FILTER (WHERE NOT {_foreign("l")}), 0) AS fees_fen
FROM bill_lines l WHERE l.channel = :channel AND l.day = :day""")
# Whether anything of ours should be in the bill of a day.
HAS_OURS = text(f"""
SELECT EXISTS (SELECT FROM payments p WHERE p.channel = :channel
    AND p.paid_at >= :begin AND p.paid_at < :end)
  OR EXISTS (SELECT FROM refunds r JOIN payments p ON p.id = r.payment_id
    WHERE p.channel = :channel AND {LISTED_AT} >= :begin AND {LISTED_AT} < :end)""")
# Lines that agree with what is ours.
MATCHED = text(f"""
SELECT count(*) FILTER (WHERE l.kind = 'payment') AS payments,
  count(*) FILTER (WHERE l.kind = 'refund') AS refunds
FROM bill_lines l LEFT JOIN payments p ON p.number = l.number AND p.channel = l.channel
LEFT JOIN refunds r ON r.payment_id = p.id AND r.number = l.refund_number
WHERE l.channel = :channel AND l.day = :day AND NOT {_foreign("l")} AND NOT {AGAIN}
  AND CASE l.kind WHEN 'payment' THEN p.paid_at IS NOT NULL AND p.amount_fen = l.amount_fen
    ELSE {LISTED_AT} IS NOT NULL AND r.amount_fen = l.amount_fen END""")
# Every kind of a day, and how many are in which state.
COUNTED = text("""
SELECT kind, state, count(*) AS found
FROM discrepancies WHERE channel = :channel AND day = :day GROUP BY kind, state""")
# The first money of a channel; without any, the first day that somebody wished for.
FIRST = text("""
SELECT (SELECT min(paid_at) FROM payments WHERE channel = :channel AND paid_at IS NOT NULL)
    AS paid_at,
  (SELECT min(day) FROM reconciliation_days WHERE channel = :channel) AS day""")
KNOWN_SINCE = text("""
SELECT count(*) FROM reconciliation_days
WHERE channel = :channel AND day >= :first AND day < :today""")
