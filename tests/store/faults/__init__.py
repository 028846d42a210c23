"""What the tests of faults share: a notebook that goes on after an error, and processes under a confined system."""
