"""A set takes the place of the last one, or nothing changes."""
