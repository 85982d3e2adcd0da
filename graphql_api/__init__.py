"""The HTTP door: tokens, the GraphQL endpoint, schema assembly, evidence, health."""
