"""Customers: what they write to us, what we answer. Reads any table, writes its own, and never decides for a person."""
