"""The editor of solutions: what an organization prepares before readers see it."""
