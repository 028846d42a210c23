"""How the tables came to be, step by step. `lineapy.db.schema` runs these steps; nothing else imports them."""
