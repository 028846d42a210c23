# artifacts: kv, k, first letters
import lineapy


class Pair:
    def __init__(self, k, v):
        self.k = k
        self.v = v


pair = Pair("key", [1, 2])
lineapy.save(pair.v, "kv")
lineapy.save(pair.k, "k")
words = ["to", "be"]
lineapy.save([word[0] for word in words], "first letters")
