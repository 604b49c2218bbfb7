"""What the figures share: the sides, the namespace each measurement runs in, and its instruments."""
