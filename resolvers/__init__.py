"""The GraphQL vocabulary: one file per noun, its types and its query or mutation mixins."""
