"""First files of an installation."""
