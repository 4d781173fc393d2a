"""The mirror of Flux."""
