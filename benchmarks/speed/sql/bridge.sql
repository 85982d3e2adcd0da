-- What Clearway's tables hold beside the facts, made by Python: ids, digests and sealed texts.
CREATE SCHEMA IF NOT EXISTS bridge;
CREATE TABLE bridge.people (
    user_id int NOT NULL,
    citizen_id uuid NOT NULL,
    digest bytea NOT NULL,
    masked_number text NOT NULL,
    sealed bytea NOT NULL
);
CREATE TABLE bridge.cars (
    vehicle_id int NOT NULL,
    plate_key text NOT NULL,
    vin_digest bytea NOT NULL,
    sealed bytea NOT NULL
);
