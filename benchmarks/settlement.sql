-- The same shape as one settlement, as pgbench sends it: the floor that PostgreSQL itself sets.
SELECT nextval('settled') AS place \gset
BEGIN;
SELECT id FROM payments
    WHERE number = '20261122' || lpad(:place::text, 14, '0') AND channel = 'alipay' FOR UPDATE \gset
SELECT * FROM payment_items WHERE payment_id = :id::uuid ORDER BY position;
UPDATE payments SET status = 'paid', reference = 'r' || :place, paid_at = now(), ended_at = now(),
        next_check_at = NULL, lease_id = NULL, lease_until = NULL
    WHERE id = :id::uuid AND status IN ('created', 'awaiting', 'unknown') RETURNING id;
SELECT id FROM violations
    WHERE decision_number = '5001031' || lpad(:place::text, 8, '0') ORDER BY id FOR UPDATE;
UPDATE violations SET settled_at = now(), status = 'paid'
    WHERE decision_number = '5001031' || lpad(:place::text, 8, '0');
WITH made AS (
    INSERT INTO ledger_transactions (id, kind, source_ref, line_count, occurred_at)
    VALUES (gen_random_uuid(), 'settlement', 'pgbench-' || :place, 4, now())
    ON CONFLICT DO NOTHING RETURNING id
), booked AS (
    INSERT INTO ledger_entries (transaction_id, line_number, account, amount_fen)
    SELECT made.id, lines.line, lines.account, lines.amount FROM made, unnest(
        ARRAY['fines_receivable', 'treasury_payable_fines', 'alipay_clearing', 'fines_receivable'],
        ARRAY[20000, -20000, 20000, -20000]::bigint[]) WITH ORDINALITY AS lines(account, amount, line)
)
SELECT id FROM made;
UPDATE payment_items SET state = 'paid' WHERE payment_id = :id::uuid AND state = 'live';
INSERT INTO write_backs (payment_id, position, serial, state, next_check_at)
    VALUES (:id::uuid, 1, 'pgbench-' || :place, 'pending', now());
SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('default', 'clearway.see_to', 0, NULL, NULL,
    '{"errand": "write_back", "key": "k"}'::jsonb, NULL)::procrastinate_job_to_defer_v1]);
COMMIT;
