SELECT 'vehicle' AS subject, plate_key AS key, true AS found, now() AS fetched_at,
       'police-records' AS source, vin_digest AS payload_hash
FROM bridge.cars
UNION ALL
SELECT 'violations', plate_key, true, now(), 'police-records', vin_digest FROM bridge.cars
UNION ALL
SELECT 'licence', encode(digest, 'hex'), true, now(), 'police-records', digest FROM bridge.people
UNION ALL
SELECT 'decisions', encode(digest, 'hex'), true, now(), 'police-records', digest FROM bridge.people
