"""The disk with manners: safe names, whole files, locks. Knows no school and no SDS."""
