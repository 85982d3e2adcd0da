SELECT ('00000000-0000-7000-8001-' || lpad(to_hex(v.id), 12, '0'))::uuid AS id,
       c.plate_key,
       p.digest AS owner_digest,
       c.vin_digest,
       '长安' AS make,
       'A' AS colour,
       CASE v.type WHEN 'CAR' THEN 'K33' WHEN 'TRUCK' THEN 'H11' WHEN 'BUS' THEN 'K11' ELSE 'M21' END
           AS type_code,
       'A' AS use_code,
       date '2015-01-01' AS first_registered_on,
       date '2030-01-01' AS inspection_valid_until,
       date '2030-01-01' AS insurance_valid_until,
       '渝A' AS issuing_authority,
       'A' AS status_letters,
       c.sealed
FROM app.vehicles v
JOIN bridge.cars c ON c.vehicle_id = v.id
JOIN bridge.people p ON p.user_id = v.user_id
