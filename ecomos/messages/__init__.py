"""Messages: texts rendered in a sandbox, and the outbox through which each leaves the house once."""
