# saves: numbers found doubled shown
# %%
%time numbers = list(range(10))

# %%
%%capture shown_output
print("captured")
numbers.append(len(numbers))

# %%
shown = numbers[-3:]
shown

# %%
%%writefile helper.py
FACTOR = 2
def double(x):
    return FACTOR * x
base = 7

# %%
%run helper.py
base

# %%
doubled = [double(n) for n in numbers][:4]
doubled

# %%
printed = !printf 'one\ntwo\n'
list(printed)

# %%
%env LINEA_DEMO=4

# %%
%timeit -n1 -r1 numbers.append(0)

# %%
FACTOR = 3

# %%
found = sorted(printed) + [base]
