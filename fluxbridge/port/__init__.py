"""From a Flux tutorial in Julia to Python."""
