"""What pytest leaves alone: scripts and modules to read are no modules of the tests."""

collect_ignore = ["golden"]
