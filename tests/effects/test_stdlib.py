"""The standard library."""

from __future__ import annotations

from tests.effects.trials import trials

_IMPORTS = """
import array, base64, bisect, collections, copy, dataclasses, datetime, decimal, functools, hashlib, heapq, io
import itertools, json, locale, math, operator, os, os.path, pickle, pprint, random, re, statistics, struct
import textwrap, time, urllib.parse, warnings, zlib
"""

test_functions = trials(
    _IMPORTS + "xs = [1, 4, 9]; d = {'a': [1]}\nopen('there', 'w').close()",
    """
    math.sqrt(2)
    math.fsum(xs)
    copy.deepcopy(d)
    json.dumps(d)
    json.loads("[1]")
    re.sub("a", "b", "abc")
    re.compile("a").findall("abca")
    statistics.mean(xs)
    heapq.heappush(xs, 0)
    heapq.heappop(xs)
    heapq.nlargest(1, xs)
    bisect.bisect(xs, 4)
    bisect.insort(xs, 5)
    itertools.chain(xs, xs)
    itertools.product(xs, xs)
    functools.partial(max, 1)
    functools.reduce(operator.add, xs)
    operator.itemgetter(0)
    operator.setitem(xs, 0, 7)
    operator.iadd(xs, [1])
    pickle.dumps(d)
    pprint.pformat(d)
    struct.pack("i", 1)
    zlib.compress(b"abc")
    base64.b64encode(b"abc")
    hashlib.sha256(b"abc")
    textwrap.dedent(" a")
    urllib.parse.urlparse("http://a/b")
    datetime.datetime(2020, 1, 1).strftime("%Y")
    datetime.date.today()
    datetime.datetime.now()
    datetime.timedelta(1).total_seconds()
    decimal.Decimal("1.5")
    os.path.join("a", "b")
    os.path.exists("there")
    """,
)

test_containers = trials(
    _IMPORTS
    + """
q = collections.deque([1, 2]); o = collections.OrderedDict(a=1, b=2); c = collections.Counter("aab")
dd = collections.defaultdict(list, a=[1]); a = array.array("i", [1, 2]); s = io.StringIO("abc"); b = io.BytesIO(b"abc")
""",
    """
    q.append(3)
    q.popleft()
    q.rotate()
    q.count(1)
    o.move_to_end("a")
    o.pop("a")
    o.keys()
    c.update("b")
    c.subtract("a")
    c.most_common(1)
    dd.update(b=[2])
    dd.get("a")
    dd.pop("a")
    a.append(3)
    a.tolist()
    s.write("x")
    s.getvalue()
    b.seek(1)
    b.getvalue()
    s.read()
    """,
)

test_random_numbers = trials(
    _IMPORTS + "random.seed(1); xs = [1, 2, 3]; r = random.Random(1); old = random.getstate()",
    """
    random.random()
    random.randint(1, 6)
    random.choice(xs)
    random.choices(xs, k=2)
    random.sample(xs, 2)
    random.gauss(0, 1)
    random.shuffle(xs)
    random.seed(2)
    random.getstate()
    random.Random(3)
    r.random()
    r.choice(xs)
    r.shuffle(xs)
    r.seed(7)
    r.getstate()
    """,
)

test_settings = trials(
    _IMPORTS,
    """
    warnings.filterwarnings("ignore", message="something else")
    warnings.simplefilter("error")
    warnings.resetwarnings()
    locale.setlocale(locale.LC_ALL, "C.UTF-8")
    locale.localeconv()
    """,
)
