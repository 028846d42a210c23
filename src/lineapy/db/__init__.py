"""Metadata in a relational database; as a value, this package stands for "the database".

``lineapy.save(lineapy.db, "name")`` saves what the program did to databases, whichever way the package was imported,
so importing it must stay cheap: the code is in `lineapy.db.db`.
"""
