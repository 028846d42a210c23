# artifacts: low, high
import lineapy

LIMIT = 3


def is_low(value):
    return value < LIMIT


values = [5, 1, 4, 2]
print(values)
low = [v for v in values if is_low(v)]
high = [v for v in values if not is_low(v)]
lineapy.save(low, "low")
lineapy.save(high, "high")
