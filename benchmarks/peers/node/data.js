// One pool, prepared statements, and one statement per level: what data loaders call.
const pg = require('pg');
const { databaseUrl } = require('./settings');

const DATE = 1082;
pg.types.setTypeParser(DATE, (text) => text);

const pool = new pg.Pool({
  connectionString: databaseUrl, max: 20, min: 20, idleTimeoutMillis: 0,
});

const USER = { name: 'user', text: 'SELECT id FROM app.users WHERE id = $1' };
const VEHICLES = {
  name: 'vehicles',
  text: 'SELECT id, user_id, plate, type FROM app.vehicles WHERE user_id = ANY($1::int[]) ORDER BY id',
};
const LICENCES = {
  name: 'licences',
  text: `SELECT user_id, number, status, points, valid_until, classes
         FROM app.licences WHERE user_id = ANY($1::int[])`,
};
const VIOLATIONS = {
  name: 'violations',
  text: `
    SELECT v.id, v.vehicle_id, v.code, v.description, v.occurred_at, v.location, v.fine_fen,
           v.points, v.status, v.total, d.number, d.amount_fen, d.late_fee_fen, d.pay_by
    FROM (SELECT *,
                 row_number() OVER (PARTITION BY vehicle_id ORDER BY occurred_at DESC, id DESC) AS rn,
                 count(*) OVER (PARTITION BY vehicle_id) AS total
          FROM app.violations
          WHERE vehicle_id = ANY($1::int[]) AND status = $2) AS v
    LEFT JOIN app.decisions d ON d.violation_id = v.id
    WHERE rn <= $3
    ORDER BY v.vehicle_id, v.rn`,
};

async function rowsOf(statement, values) {
  const { rows } = await pool.query({ ...statement, values });
  return rows;
}

async function user(id) {
  const rows = await rowsOf(USER, [id]);
  return rows[0] ?? null;
}

async function vehicles(userIds) {
  const found = new Map(userIds.map((id) => [id, []]));
  for (const row of await rowsOf(VEHICLES, [userIds])) found.get(row.user_id).push(row);
  return userIds.map((id) => found.get(id));
}

function licence(row) {
  return {
    number: row.number,
    status: row.status,
    points: row.points,
    validUntil: row.valid_until,
    classes: row.classes,
  };
}

async function licences(userIds) {
  const rows = await rowsOf(LICENCES, [userIds]);
  const found = new Map(rows.map((row) => [row.user_id, licence(row)]));
  return userIds.map((id) => found.get(id) ?? null);
}

function violation(row) {
  return {
    id: row.id,
    code: row.code,
    description: row.description,
    occurredAt: row.occurred_at,
    location: row.location,
    fineFen: row.fine_fen,
    points: row.points,
    status: row.status,
    decision: row.number === null ? null : {
      number: row.number,
      amountFen: row.amount_fen,
      lateFeeFen: row.late_fee_fen,
      payBy: row.pay_by,
    },
  };
}

function connection(rows) {
  const edges = rows.map((row) => ({
    cursor: Buffer.from(`v:${row.id}`).toString('base64'),
    node: violation(row),
  }));
  const totalCount = rows.length ? Number(rows[0].total) : 0;
  return {
    totalCount,
    edges,
    pageInfo: { hasNextPage: totalCount > edges.length, endCursor: edges.at(-1)?.cursor ?? null },
  };
}

// Pages of vehicles: `pages` are {id, first, status}, one statement for each kind of page.
async function violations(pages) {
  const kinds = new Map();
  for (const page of pages) {
    const kind = `${page.first}|${page.status}`;
    if (!kinds.has(kind)) kinds.set(kind, []);
    kinds.get(kind).push(page);
  }
  const found = new Map();
  await Promise.all([...kinds.values()].map(async (same) => {
    const { first, status } = same[0];
    const rows = await rowsOf(VIOLATIONS, [same.map((page) => page.id), status, first]);
    const byVehicle = Map.groupBy(rows, (row) => row.vehicle_id);
    for (const page of same) found.set(page, connection(byVehicle.get(page.id) ?? []));
  }));
  return pages.map((page) => found.get(page));
}

module.exports = { rowsOf, licence, user, vehicles, licences, violations };
