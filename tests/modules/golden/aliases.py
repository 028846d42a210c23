# artifacts: x, y
import lineapy

x = [1, 2]
lineapy.save(x, "x")
y = x
y.append(3)
lineapy.save(y, "y")
