"""The formats in which `validate` prints its findings."""
