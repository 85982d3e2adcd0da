// graphql-jit alone: the query over objects in memory, n20. Says its CPU microseconds as JSON.
//
//     node executor.js query.graphql
const fs = require('node:fs');
const { buildSchema, parse } = require('graphql');
const { compileQuery } = require('graphql-jit');
const { typeDefs, scalars } = require('./schema');

const SECONDS = 2;

function violation(place) {
  return {
    id: String(place),
    code: '1208',
    description: '不按导向车道行驶',
    occurredAt: new Date(Date.UTC(2026, 2, 1, 8 + place)),
    location: '渝中区民族路188号',
    fineFen: 20000,
    points: 3,
    status: 'UNHANDLED',
    decision: place % 10 < 7 ? {
      number: `50010310000${String(place).padStart(4, '0')}`,
      amountFen: 20000,
      lateFeeFen: 100,
      payBy: '2026-04-01',
    } : null,
  };
}

function connection(count) {
  const edges = Array.from({ length: count }, (_, place) => (
    { cursor: `djox${place}`, node: violation(place) }
  ));
  return {
    totalCount: count,
    edges,
    pageInfo: { hasNextPage: false, endCursor: edges.at(-1).cursor },
  };
}

const ME = {
  id: '1',
  vehicles: ['渝A00001', '渝A00002'].map((plate) => (
    { plate, type: 'CAR', violations: connection(10) }
  )),
  licence: {
    number: '500103190000000002',
    status: 'VALID',
    points: 2,
    validUntil: '2030-01-03',
    classes: ['A2', 'B1', 'C1'],
  },
};

function microseconds(work) {
  let count = 0;
  const end = performance.now() + SECONDS * 1000;
  const began = process.cpuUsage();
  while (performance.now() < end) {
    for (let turn = 0; turn < 100; turn += 1) work();
    count += 100;
  }
  const used = process.cpuUsage(began);
  return (used.user + used.system) / count;
}

const schema = buildSchema(typeDefs);
for (const [name, { serialize }] of Object.entries(scalars)) {
  schema.getType(name).serialize = serialize;
}
const { query } = compileQuery(schema, parse(fs.readFileSync(process.argv[2], 'utf8')));
const run = () => query({ me: ME }, {}, { first: 20 });
const toBytes = () => Buffer.from(JSON.stringify(run()));

// Twice: the first time V8 is still warming up.
const measured = [0, 1].map(() => (
  { execute_us: microseconds(run), bytes_us: microseconds(toBytes) }
));
console.log(JSON.stringify(measured[1]));
