# artifacts: mean, spread
# reuse: values
import lineapy

values = [float(v) ** 0.5 for v in range(1000)]
lineapy.save(values, "values")
mean = sum(values) / len(values)
lineapy.save(mean, "mean")
spread = max(values) - min(values)
lineapy.save(spread, "spread")
