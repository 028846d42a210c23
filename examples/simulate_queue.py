# How many tills does the canteen need at noon?
import math
import statistics
from collections import deque
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

import lineapy

MINUTES = 120
ARRIVALS = 1.6  # guests per minute, counted on Tuesday
SERVICE = 1.1  # minutes at the till


class Dice:
    """A generator of our own (Lehmer), so that the caterer's spreadsheet gets the same numbers."""

    def __init__(self, state):
        self.state = state

    def roll(self):
        self.state = self.state * 48271 % 2147483647
        return self.state / 2147483647

    def exponential(self, mean):
        return -mean * math.log(1 - self.roll())


@dataclass
class Till:
    free_at: float = 0.0
    served: list = field(default_factory=list)

    def serve(self, arrival, duration):
        begin = max(arrival, self.free_at)
        self.free_at = begin + duration
        self.served.append(begin - arrival)
        return self.free_at


def arrivals(dice, rate):
    """Moments at which guests come, for ever."""
    now = 0.0
    while True:
        now += dice.exponential(1 / rate)
        yield now


# quick look: is the dice any good?
test_dice = Dice(1)
sample = [test_dice.roll() for _ in range(1000)]
print("mean of dice:", round(statistics.mean(sample), 3))
histogram = [0] * 10
for value in sample:
    histogram[int(value * 10)] += 1
print(histogram)

# %% one simulation
def simulate(n_tills, seed):
    dice = Dice(seed)
    tills = [Till() for _ in range(n_tills)]
    left = 0
    for moment in arrivals(dice, ARRIVALS):
        if moment > MINUTES:
            break
        till = min(tills, key=lambda t: t.free_at)
        if till.free_at - moment > 15:  # nobody waits longer than that
            left += 1
            continue
        till.serve(moment, dice.exponential(SERVICE))
    waits = [wait for till in tills for wait in till.served]
    return waits, left


waits, left = simulate(1, seed=7)
print("1 till:", round(statistics.mean(waits), 1), "minutes,", left, "went away")
waits, left = simulate(2, seed=7)
print("2 tills:", round(statistics.mean(waits), 1), "minutes,", left, "went away")

# %% how many do we need? at most 1.5 minutes on average, over five days
LIMIT = 1.5
results = {}
log = []
tills_needed = None
for n_tills in range(1, 9):
    daily = []
    for seed in range(11, 16):
        waits, left = simulate(n_tills, seed)
        daily.append(statistics.mean(waits))
        log.append((n_tills, seed, left))
    results[n_tills] = round(statistics.mean(daily), 3)
    print(n_tills, results[n_tills])
    if results[n_tills] < LIMIT:
        tills_needed = n_tills
        break
lineapy.save(tills_needed, "tills_needed")

# %% the boss wants a confidence interval. bootstrap with numpy
rng = np.random.default_rng(2024)
unused = rng.normal(size=3)  # just checking that it works
waits, left = simulate(tills_needed, seed=99)
data = np.array(waits)
means = np.empty(500)
for i in range(len(means)):
    means[i] = rng.choice(data, size=len(data)).mean()
low, high = np.quantile(means, [0.05, 0.95])
interval = {"tills": tills_needed, "mean": float(data.mean())}
interval["low"] = float(low)
interval["high"] = float(high)
print(interval)
lineapy.save(interval, "waiting_time")

# first guests of the day, for the slide
guests = arrivals(Dice(5), ARRIVALS)
first = list(islice(guests, 3))
print([round(moment, 1) for moment in first], "then", round(next(guests), 1))
queue = deque(first, maxlen=2)
print(queue)
