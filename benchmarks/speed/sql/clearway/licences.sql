SELECT ('00000000-0000-7000-8003-' || lpad(to_hex(l.user_id), 12, '0'))::uuid AS id,
       p.digest AS identity_digest,
       p.masked_number,
       array_to_string(l.classes, '') AS classes,
       CASE l.status WHEN 'VALID' THEN 'A' WHEN 'SUSPENDED' THEN 'D' ELSE 'M' END AS status_letters,
       date '2012-03-01' AS first_licensed_on,
       date '2024-01-01' AS valid_from,
       l.valid_until,
       l.points,
       '渝A' AS issuing_authority,
       p.sealed
FROM app.licences l
JOIN bridge.people p USING (user_id)
