# artifacts: total, text, number, size, square, Point, squares, report
import lineapy

total = 0
for value in range(4):
    total += value
    print(total)
lineapy.save(total, "total")

with open("notes.txt", "w") as file:
    file.write("one\ntwo\n")
with open("notes.txt") as file:
    text = file.read()
lineapy.save(text, "text")

try:
    number = int(text)
except ValueError:
    number = -1
lineapy.save(number, "number")

if total > 3:
    size: str = "large"
else:
    size = "small"
lineapy.save(size, "size")


def square(x):
    return x * x


class Point:
    def __init__(self, x):
        self.x = x


lineapy.save(square, "square")
lineapy.save(Point, "Point")

squares: list = []
squares += [square(total)]
lineapy.save(squares, "squares")

with open("report.csv", "w") as file:
    file.write(f"total,{total}\n")
lineapy.save(lineapy.file_system, "report")
