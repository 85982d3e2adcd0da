// Apollo Server with Express, jsonwebtoken and data loaders, as its documentation shows it.
const { ApolloServer } = require('@apollo/server');
const { expressMiddleware } = require('@as-integrations/express5');
const DataLoader = require('dataloader');
const express = require('express');
const jwt = require('jsonwebtoken');
const data = require('./data');
const { typeDefs, scalars } = require('./schema');
const { host, port, token } = require('./settings');

const resolvers = {
  ...scalars,
  Query: { me: (_, __, context) => data.user(context.userId) },
  User: {
    vehicles: (user, _, context) => context.loaders.vehicles.load(user.id),
    licence: (user, _, context) => context.loaders.licences.load(user.id),
  },
  Vehicle: {
    violations: (vehicle, { first, status }, context) =>
      context.loaders.violations.load({ id: vehicle.id, first, status }),
  },
};

function loaders() {
  return {
    vehicles: new DataLoader(data.vehicles),
    licences: new DataLoader(data.licences),
    violations: new DataLoader(data.violations, {
      cacheKeyFn: ({ id, first, status }) => `${id}|${first}|${status}`,
    }),
  };
}

async function context({ req }) {
  const claims = jwt.verify(req.headers.authorization.slice(7), token.publicKey, {
    algorithms: ['RS256'],
    audience: token.audience,
    issuer: token.issuer,
  });
  return { userId: Number(claims.sub), loaders: loaders() };
}

async function main() {
  const server = new ApolloServer({ typeDefs, resolvers, introspection: false });
  await server.start();
  const app = express();
  app.use('/graphql', express.json(), expressMiddleware(server, { context }));
  app.listen(port, host);
}

main();
