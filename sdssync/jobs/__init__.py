"""One module for each thing that sdssync can be asked to do."""
