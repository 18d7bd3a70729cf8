"""What `sdssync doctor` looks at: one check after another, none of which changes anything."""
