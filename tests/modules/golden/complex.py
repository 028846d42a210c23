# artifacts: f, h
import lineapy

a = 1
b = a + 2
c = b + a
d = c * 4
e = d + 3
f = c * 7
g = a + 10
h = a * 6 + c
lineapy.save(f, "f")
lineapy.save(h, "h")
