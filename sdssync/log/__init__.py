"""Where events go, and what never goes there: names, addresses, cells, keys."""
