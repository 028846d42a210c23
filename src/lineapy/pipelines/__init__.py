"""A module → the files of a pipeline: what is needed to run it elsewhere, with one file for each framework."""
