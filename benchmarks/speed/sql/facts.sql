-- The facts that every contender is asked about, the same for the same size.
--
-- Told by set_config: facts.users, facts.cohort, and the codes and texts in facts.acts.
-- Of every `cohort` users the first have 1 vehicle with 1 open violation, the next 2 with 10 each,
-- the third 5 with 20 each; all others 1 to 3 vehicles with a few violations of any status.
CREATE SCHEMA app;
SET search_path = app, facts;
SELECT setseed(0.42);

CREATE TYPE vehicle_type AS ENUM ('CAR', 'TRUCK', 'MOTORCYCLE', 'BUS');
CREATE TYPE violation_status AS ENUM ('UNHANDLED', 'HANDLED', 'PAID', 'APPEALED');
CREATE TYPE licence_status AS ENUM ('VALID', 'SUSPENDED', 'EXPIRED');

CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE vehicles (
    id int PRIMARY KEY,
    user_id int NOT NULL,
    plate text NOT NULL,
    type vehicle_type NOT NULL
);
CREATE TABLE violations (
    id bigint NOT NULL,
    vehicle_id int NOT NULL,
    code text NOT NULL,
    description text NOT NULL,
    occurred_at timestamptz NOT NULL,
    location text NOT NULL,
    fine_fen int NOT NULL,
    points int NOT NULL,
    status violation_status NOT NULL
);
CREATE TABLE decisions (
    violation_id bigint NOT NULL,
    number text NOT NULL,
    amount_fen int NOT NULL,
    late_fee_fen int NOT NULL,
    pay_by date NOT NULL
);
CREATE TABLE licences (
    user_id int PRIMARY KEY,
    number text NOT NULL,
    status licence_status NOT NULL,
    points int NOT NULL,
    valid_until date NOT NULL,
    classes text[] NOT NULL
);

INSERT INTO users
SELECT i, '市民' || i FROM generate_series(1, current_setting('facts.users')::int) AS i;

-- Which of the three cohorts somebody is in; 0: in none.
CREATE TEMPORARY VIEW members AS
SELECT id AS user_id,
       CASE WHEN (id - 1) / current_setting('facts.cohort')::int < 3
            THEN 1 + (id - 1) / current_setting('facts.cohort')::int
            ELSE 0 END AS cohort
FROM users;

INSERT INTO vehicles (id, user_id, plate, type)
SELECT row_number() OVER (ORDER BY user_id, k), user_id,
       -- Any number of users has different plates in no order: 314159 is odd.
       '渝' || substr('ABCDEFGHJKLMNPQRSTUVWXYZ', 1 + (user_id * 7 + k) / 1048576, 1)
           || lpad(upper(to_hex((user_id::bigint * 7 + k) * 314159 % 1048576)), 5, '0'),
       (array['CAR', 'CAR', 'TRUCK', 'MOTORCYCLE', 'BUS'])[1 + (user_id + k) % 5]::vehicle_type
FROM members,
     generate_series(1, CASE cohort WHEN 0 THEN 1 + user_id % 3 ELSE (array[1, 2, 5])[cohort] END) AS k;

INSERT INTO violations
SELECT row_number() OVER (ORDER BY v.id, k), v.id, act.code, act.description,
       timestamptz '2026-01-01 00:00:00+00'
           + ((v.id * 7919::bigint + k * 104729) % 25000000) * interval '1 second',
       (array['渝中区民族路188号', '江北区建新北路16号', 'G75兰海高速K32+500', '渝北区金开大道1598号'])
           [1 + (v.id + k) % 4],
       (array[20000, 15000, 10000, 5000])[1 + k % 4],
       (array[0, 3, 6, 1])[1 + k % 4],
       CASE WHEN m.cohort = 0
            THEN (array['UNHANDLED', 'UNHANDLED', 'HANDLED', 'PAID', 'APPEALED'])[1 + (v.id + k) % 5]
            WHEN k <= few.open THEN 'UNHANDLED'
            ELSE 'PAID' END::violation_status
FROM vehicles v
JOIN members m USING (user_id)
CROSS JOIN
     LATERAL (SELECT (array[1, 10, 20])[m.cohort] AS open,
                     floor(41 * power(random(), 7.2))::int AS some,
                     v.id) AS few
CROSS JOIN
     LATERAL generate_series(1, CASE m.cohort WHEN 0 THEN few.some ELSE few.open + 5 END) AS k
JOIN acts act ON act.place = (v.id + k) % 7;

INSERT INTO decisions
SELECT id, '5001031' || lpad(id::text, 8, '0'), fine_fen, (id % 5)::int * 100,
       (occurred_at AT TIME ZONE 'UTC' + interval '30 days')::date
FROM violations
WHERE id % 10 < 7;

INSERT INTO licences
SELECT id, '50010319' || lpad(id::text, 10, '0'),
       (array['VALID', 'VALID', 'VALID', 'SUSPENDED', 'EXPIRED'])[1 + id % 5]::licence_status,
       id % 13, date '2030-01-01' + id % 1000,
       CASE id % 3 WHEN 0 THEN array['C1'] WHEN 1 THEN array['C1', 'D'] ELSE array['A2', 'B1', 'C1'] END
FROM users;

ALTER TABLE violations ADD PRIMARY KEY (id);
ALTER TABLE decisions ADD PRIMARY KEY (violation_id);
ALTER TABLE vehicles ADD FOREIGN KEY (user_id) REFERENCES users;
ALTER TABLE licences ADD FOREIGN KEY (user_id) REFERENCES users;
ALTER TABLE violations ADD FOREIGN KEY (vehicle_id) REFERENCES vehicles;
ALTER TABLE decisions ADD FOREIGN KEY (violation_id) REFERENCES violations;
CREATE INDEX ON vehicles (user_id);
CREATE INDEX ON violations (vehicle_id, status, occurred_at DESC, id DESC);

-- PostGraphile asks this function who is asking.
CREATE FUNCTION me() RETURNS users LANGUAGE sql STABLE AS $$
    SELECT * FROM app.users WHERE id = nullif(current_setting('jwt.claims.sub', true), '')::int
$$;
