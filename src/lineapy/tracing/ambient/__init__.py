"""State that no variable holds: random generators, module settings, pyplot's current figure."""
