// Mercurius + JIT with all a careful team could add: verified tokens are remembered, one statement
// for user, licence and vehicles, a loader without a cache for violations.
const fastify = require('fastify')();
const data = require('./data');
const { typeDefs, scalars } = require('./schema');
const { host, port, token } = require('./settings');

const EVERYTHING = {
  name: 'everything',
  text: `SELECT u.id AS user_id, l.number, l.status, l.points, l.valid_until, l.classes,
                v.id, v.plate, v.type
         FROM app.users u
         LEFT JOIN app.licences l ON l.user_id = u.id
         LEFT JOIN app.vehicles v ON v.user_id = u.id
         WHERE u.id = $1
         ORDER BY v.id`,
};

async function me(_, __, context) {
  const rows = await data.rowsOf(EVERYTHING, [context.userId]);
  if (!rows.length) return null;
  const first = rows[0];
  return {
    id: first.user_id,
    licence: first.number === null ? null : data.licence(first),
    vehicles: first.id === null ? [] : rows.map(({ id, plate, type }) => ({ id, plate, type })),
  };
}

fastify.register(require('@fastify/jwt'), {
  secret: { public: token.publicKey },
  verify: {
    algorithms: ['RS256'],
    allowedAud: token.audience,
    allowedIss: token.issuer,
    cache: 20000,
  },
});
fastify.addHook('onRequest', async (request) => { await request.jwtVerify(); });

fastify.register(require('mercurius'), {
  schema: typeDefs,
  resolvers: { ...scalars, Query: { me } },
  loaders: {
    Vehicle: {
      violations: {
        loader: async (queries) =>
          data.violations(queries.map(({ obj, params }) => ({ id: obj.id, ...params }))),
        opts: { cache: false },
      },
    },
  },
  jit: 1,
  context: (request) => ({ userId: Number(request.user.sub) }),
});
fastify.listen({ port, host });
