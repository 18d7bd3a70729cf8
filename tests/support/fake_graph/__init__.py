"""A fake of Microsoft's servers for token, Graph and Data Lake calls: strict, on loopback, and never a real service."""
