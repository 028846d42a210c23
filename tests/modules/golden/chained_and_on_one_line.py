# artifacts: a, c
import lineapy

a = b = 3
b += 1; c = a + b
lineapy.save(a, "a")
lineapy.save(c, "c")
