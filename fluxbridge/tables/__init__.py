"""Tables for the documentation, read off the registry and the tables of its readers."""
