"""The crash matrix: a real process, killed at every point of the pipeline, and what is left."""
