"""The two kinds of TOML file become one `Installation`."""
