"""What School Data Sync wants, and whether a folder has it. Depends on `errors` alone."""
