"""The dashboard: one page, without a build step or anything from elsewhere, that shows what the HTTP API answers."""
