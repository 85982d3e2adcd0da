// Mercurius as its documentation shows it: JIT, loaders, @fastify/jwt.
const fastify = require('fastify')();
const data = require('./data');
const { typeDefs, scalars } = require('./schema');
const { host, port, token } = require('./settings');

fastify.register(require('@fastify/jwt'), {
  secret: { public: token.publicKey },
  verify: { algorithms: ['RS256'], allowedAud: token.audience, allowedIss: token.issuer },
});
fastify.addHook('onRequest', async (request) => { await request.jwtVerify(); });

fastify.register(require('mercurius'), {
  schema: typeDefs,
  resolvers: { ...scalars, Query: { me: (_, __, context) => data.user(context.userId) } },
  loaders: {
    User: {
      vehicles: async (queries) => data.vehicles(queries.map(({ obj }) => obj.id)),
      licence: async (queries) => data.licences(queries.map(({ obj }) => obj.id)),
    },
    Vehicle: {
      violations: async (queries) =>
        data.violations(queries.map(({ obj, params }) => ({ id: obj.id, ...params }))),
    },
  },
  jit: 1,
  context: (request) => ({ userId: Number(request.user.sub) }),
});
fastify.listen({ port, host });
