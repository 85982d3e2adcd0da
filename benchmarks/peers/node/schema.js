const fs = require('node:fs');
const path = require('node:path');
const { GraphQLScalarType } = require('graphql');

const DateTime = new GraphQLScalarType({
  name: 'DateTime',
  serialize: (value) => (value instanceof Date ? value.toISOString() : value),
});
const DateOnly = new GraphQLScalarType({ name: 'Date', serialize: (value) => value });

module.exports = {
  typeDefs: fs.readFileSync(path.join(__dirname, 'schema.graphql'), 'utf8'),
  scalars: { DateTime, Date: DateOnly },
};
