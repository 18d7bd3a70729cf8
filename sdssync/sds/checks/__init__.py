"""The checks behind the rules, one module for each family."""
