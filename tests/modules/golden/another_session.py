# artifacts: clean, count of words
import lineapy, string

text = " One two  three "
clean = text.strip().lower().translate(str.maketrans("", "", string.punctuation))
lineapy.save(clean, "clean")
# === another session
import lineapy

clean = lineapy.get("clean").get_value()
words = clean.split()
print(words)
lineapy.save(len(words), "count of words")
