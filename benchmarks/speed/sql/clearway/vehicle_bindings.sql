SELECT ('00000000-0000-7000-8002-' || lpad(to_hex(v.id), 12, '0'))::uuid AS id,
       p.citizen_id,
       c.plate_key,
       ('00000000-0000-7000-8001-' || lpad(to_hex(v.id), 12, '0'))::uuid AS vehicle_id,
       p.digest AS owner_digest,
       c.vin_digest,
       timestamptz '2026-01-01 00:00:00+00' + v.id * interval '1 second' AS bound_at
FROM app.vehicles v
JOIN bridge.cars c ON c.vehicle_id = v.id
JOIN bridge.people p ON p.user_id = v.user_id
