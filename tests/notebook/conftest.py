"""What pytest leaves alone: notebooks are read by `collection.py`; they are no modules."""

collect_ignore = ["notebooks"]
