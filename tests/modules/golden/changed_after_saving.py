# artifacts: rows, longest
import lineapy

rows = [[1], [2, 3]]
lineapy.save(rows, "rows")
for row in rows:
    row.append(0)
rows.sort(key=len)
longest = rows[-1]
lineapy.save(longest, "longest")
