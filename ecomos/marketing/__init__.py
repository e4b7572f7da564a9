"""Marketing: what is spent to be seen and what came of it. Writes only its own tables."""
