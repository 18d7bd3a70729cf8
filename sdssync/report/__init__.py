"""Values become text. No disk, no clock."""
