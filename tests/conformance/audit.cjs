// Runs graphql-http's audits against the address given, and prints their results as JSON.
const { serverAudits } = require("graphql-http");

async function main(url) {
  const results = [];
  for (const audit of serverAudits({ url })) {
    const { id, name, status, reason } = await audit.fn();
    results.push({ id, name, status, reason });
  }
  process.stdout.write(JSON.stringify(results));
}

main(process.argv[2]);
