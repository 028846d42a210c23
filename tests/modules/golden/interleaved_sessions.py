# artifacts: wide table, prices, sum of prices
# reuse: prices
import lineapy

table = {"a": [1, 2], "b": [3, 4]}
lineapy.save(table, "narrow")
table["c"] = [5, 6]
lineapy.save(table, "wide table")
# === another session
import lineapy

prices = [3, 4, 5]
lineapy.save(prices, "prices")
total = sum(prices)
lineapy.save(total, "sum of prices")
