SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(v.id), 12, '0'))::uuid AS id,
       c.plate_key,
       'camera' AS capture,
       '500103' || lpad(v.id::text, 10, '0') AS record_number,
       v.code,
       v.occurred_at,
       v.location AS place,
       '500103000000' AS agency_code,
       '重庆市公安局渝中区分局交通巡逻警察支队' AS agency_name,
       'cctv' AS capture_method,
       v.fine_fen,
       v.points,
       CASE WHEN v.status = 'PAID' THEN 'paid'
            WHEN v.status = 'HANDLED' THEN 'nothing_to_pay'
            WHEN v.status = 'APPEALED' THEN 'withdrawn'
            WHEN d.number IS NULL THEN 'unhandled'
            ELSE 'decided' END AS status,
       d.number IS NOT NULL OR v.status IN ('PAID', 'HANDLED') AS record_handled,
       CASE v.status WHEN 'PAID' THEN 'paid' WHEN 'HANDLED' THEN 'nothing_to_pay' ELSE 'unpaid' END
           AS record_paid,
       v.status = 'APPEALED' AS record_deleted,
       d.number AS decision_number,
       -- 15 days are left to pay a fine (penalty law, art. 67).
       (d.pay_by - 15)::timestamp AT TIME ZONE 'UTC' AS decided_at,
       CASE WHEN d.number IS NOT NULL THEN '500103000000' END AS deciding_agency_code,
       CASE WHEN d.number IS NOT NULL THEN '重庆市公安局渝中区分局交通巡逻警察支队' END
           AS deciding_agency_name,
       d.late_fee_fen AS surcharge_fen,
       CASE WHEN d.number IS NULL THEN NULL
            WHEN v.status = 'PAID' THEN 'paid'
            WHEN v.status = 'HANDLED' THEN 'nothing_to_pay'
            ELSE 'unpaid' END AS decision_paid,
       false AS decision_annulled,
       CASE WHEN d.number IS NOT NULL THEN p.digest END AS driver_digest
FROM app.violations v
JOIN app.vehicles owned ON owned.id = v.vehicle_id
JOIN bridge.cars c ON c.vehicle_id = v.vehicle_id
JOIN bridge.people p ON p.user_id = owned.user_id
LEFT JOIN app.decisions d ON d.violation_id = v.id
ORDER BY v.id
