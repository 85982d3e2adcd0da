// What every server here is told by its environment.
const fs = require('node:fs');

module.exports = {
  port: Number(process.env.PORT),
  host: '127.0.0.1',
  databaseUrl: process.env.PEERS_DATABASE_URL,
  token: {
    publicKey: fs.readFileSync(process.env.PEERS_PUBLIC_KEY, 'utf8'),
    issuer: process.env.PEERS_ISSUER,
    audience: process.env.PEERS_AUDIENCE,
  },
};
