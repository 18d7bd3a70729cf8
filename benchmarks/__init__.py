"""What `make bench` runs: made schools and sets of any size, and the measurements on them."""
