# ruff: noqa: S608 - put together of nothing but what is written here
"""
Named statements of the reconciliation's third side: which decisions the register is asked about.

Parameters: those of `models.reconciliation_queries`; now, and most (rows) where rows come back.
"""

from sqlalchemy import text

from models.reconciliation_queries import ONE_HOUR, PAYMENTS_BACK

IS_CONFIRMED = "(w.state = 'done' AND coalesce(v.decision_paid = 'paid', false))"
SETTLED = """
FROM payments p JOIN payment_items i ON i.payment_id = p.id AND i.state = 'paid'
LEFT JOIN write_backs w ON w.payment_id = i.payment_id AND w.position = i.position
LEFT JOIN violations v ON v.id = i.violation_id
WHERE p.channel = :channel"""
SETTLED_DECISIONS = f"{SETTLED} AND p.paid_at >= :begin AND p.paid_at < :end"
DECISIONS = text(f"""
SELECT count(*) AS decisions, count(*) FILTER (WHERE {IS_CONFIRMED}) AS confirmed
{SETTLED_DECISIONS}""")
COLUMNS = """p.number || '-' || i.position AS subject, p.id AS payment_id, i.position,
  i.decision_number, w.state"""
# What was settled just now is being told: it is looked at with the day on which it was settled.
UNCONFIRMED = text(f"""
SELECT {COLUMNS} {SETTLED_DECISIONS} AND NOT {IS_CONFIRMED}
  AND NOT (w.state = 'pending' AND p.ended_at >= CAST(:now AS timestamptz) - {ONE_HOUR})
ORDER BY coalesce(w.state = 'done', false), p.paid_at, p.number, i.position LIMIT :most""")
SETTLED_LATE = text(f"""
SELECT {COLUMNS} {SETTLED} AND NOT {IS_CONFIRMED}
  AND p.paid_at >= CAST(:begin AS timestamptz) - {PAYMENTS_BACK} AND p.paid_at < :begin
  AND p.ended_at >= :begin AND p.ended_at < :end
ORDER BY p.paid_at, p.number, i.position LIMIT :most""")
LIVE = text(f"""
SELECT {COLUMNS}
FROM payments p JOIN payment_items i ON i.payment_id = p.id AND i.state = 'live'
LEFT JOIN write_backs w ON w.payment_id = i.payment_id AND w.position = i.position
WHERE p.channel = :channel AND p.status IN ('created', 'awaiting', 'unknown')
  AND NOT EXISTS (SELECT FROM discrepancies x WHERE x.channel = :channel
    AND x.kind = 'register_paid_elsewhere' AND x.state = 'open'
    AND x.subject = p.number || '-' || i.position)
ORDER BY p.created_at, p.number, i.position LIMIT :most""")
# Of earlier days: the register has not shown these as paid yet.
STANDING_UNPAID = text(f"""
SELECT {COLUMNS}, x.number, x.state AS found_state, x.found_at
FROM discrepancies x
JOIN payments p ON p.number = left(x.subject, strpos(x.subject, '-') - 1)
JOIN payment_items i ON i.payment_id = p.id AND x.subject = p.number || '-' || i.position
LEFT JOIN write_backs w ON w.payment_id = i.payment_id AND w.position = i.position
WHERE x.channel = :channel AND x.kind = 'register_unpaid' AND x.state IN ('open', 'waiting')
ORDER BY x.found_at, x.number LIMIT :most""")
TELL_AGAIN = text("""
UPDATE write_backs SET state = 'pending', next_check_at = :now
WHERE payment_id = :payment_id AND position = :position AND state IN ('pending', 'done')""")
WRITE_BACK = text("""
SELECT state FROM write_backs WHERE payment_id = :payment_id AND position = :position""")
