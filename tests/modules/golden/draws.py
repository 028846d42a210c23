# artifacts: first, second
import random

import lineapy

random.seed(5)
first = [random.random() for _ in range(2)]
noise = random.random()
second = [random.random() for _ in range(2)]
lineapy.save(first, "first")
lineapy.save(second, "second")
