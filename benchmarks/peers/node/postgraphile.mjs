// PostGraphile on the same tables; the SQL function me() reads who is asking from pgSettings.
import http from 'node:http';
import { createVerifier } from 'fast-jwt';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import settings from './settings.js';

const { databaseUrl, host, port, token } = settings;
const verify = createVerifier({
  key: token.publicKey,
  algorithms: ['RS256'],
  allowedAud: token.audience,
  allowedIss: token.issuer,
});

const service = makePgService({
  connectionString: databaseUrl,
  schemas: ['app'],
  poolConfig: { max: 20 },
  pgSettings: (context) => {
    const claims = verify(context.node.req.headers.authorization.slice(7));
    return { 'jwt.claims.sub': claims.sub };
  },
});
const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [service],
  grafserv: { port, graphqlPath: '/graphql', graphiql: false, websockets: false },
  grafast: { explain: false },
});

const server = http.createServer();
server.on('error', console.error);
await instance.createServ(grafserv).addTo(server);
server.listen(port, host);
