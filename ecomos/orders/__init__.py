"""Orders: what was bought, by whom, what is open of it, and what may be done to it."""
