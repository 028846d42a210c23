"""Classes: their bodies, bases, attributes, descriptors, metaclasses, and the registries they keep."""

from tests.notation import case, table

test_definitions = table(
    case(
        "class: pickling an instance leaves its class as it is",
        "b.x",
        """
+ class A:
+     def __init__(self):
+         self.x = 1
  import pickle
+ b = A()
  data = pickle.dumps(A())
> target = b.x
""",
    ),
    case(
        "class: used by an instance",
        "p",
        """
+ class P:
+     def __init__(self, x):
+         self.x = x
  class Q:
      pass
+ p = P(1)
  q = Q()
""",
    ),
    case(
        "class: globals used in methods",
        "y",
        """
+ k = 2
+ def helper(x):
+     return x * k
+ class P:
+     def f(self):
+         return helper(3)
+ y = P().f()
  m = 5
""",
    ),
    case(
        "class: globals used in the body",
        "P",
        """
+ default = 3
+ class P:
+     size = default * 2
  default = 4
""",
    ),
    case(
        "class: bases",
        "y",
        """
+ class A:
+     def f(self):
+         return 1
+ class B(A):
+     def f(self):
+         return super().f() + 1
  class C(A):
      pass
+ y = B().f()
""",
    ),
    case(
        "class: mixins and order",
        "y",
        """
+ class A:
+     def f(self):
+         return "A"
+ class B(A):
+     def f(self):
+         return "B" + super().f()
+ class C(A):
+     def f(self):
+         return "C" + super().f()
+ class D(B, C):
+     pass
+ y = D().f()
  z = C().f()
""",
    ),
    case(
        "class: redefined between two instances",
        "old",
        """
+ class P:
+     n = 1
+ old = P()
  class P:
      n = 2
  new = P()
""",
    ),
    case(
        "class: an attribute changed later",
        "p",
        """
+ class P:
+     n = 1
+ p = P()
+ P.n = 2
  m = P.n
""",
    ),
    case(
        "class: an attribute added later",
        "y",
        """
+ class P:
+     pass
+ p = P()
+ def area(self):
+     return 5
+ P.area = area
+ y = p.area()
  P.other = 1
""",
    ),
    case(
        "class: a base changed later",
        "y",
        """
+ class A:
+     n = 1
+ class B(A):
+     pass
+ b = B()
+ A.n = 5
+ y = b.n
  A.n = 6
""",
    ),
    case(
        "class: setattr on the class",
        "y",
        """
+ class P:
+     pass
+ setattr(P, "n", 5)
+ y = P().n
  setattr(P, "m", 6)
""",
    ),
    case(
        "class: classmethod changes the class",
        "y",
        """
+ class P:
+     made = 0
+     @classmethod
+     def make(cls):
+         cls.made += 1
+         return cls()
+ P.make()
+ p = P.make()
+ y = P.made
  P.make()
""",
    ),
    case(
        "class: instances register in the class",
        "Item",
        """
+ class Item:
+     all = []
+     def __init__(self, n):
+         self.n = n
+         Item.all.append(self)
+ a = Item(1)
+ b = Item(2)
  n = len(Item.all)
""",
    ),
    case(
        "class: instances register in a global",
        "registry",
        """
+ registry = []
+ class Item:
+     def __init__(self, n):
+         registry.append(n)
+ Item(1)
+ b = Item(2)
  c = 3
""",
    ),
    case(
        "class: a counter in the class",
        "b",
        """
+ class Item:
+     next_id = 0
+     def __init__(self):
+         self.id = Item.next_id
+         Item.next_id += 1
+ a = Item()
+ b = Item()
  n = b.id
""",
    ),
    case(
        "class: staticmethod",
        "y",
        """
+ class P:
+     @staticmethod
+     def f(x):
+         return x + 1
  p = P()
+ y = P.f(1)
""",
    ),
    case(
        "class: property with a setter",
        "p",
        """
+ class P:
+     _x = 0
+     @property
+     def x(self):
+         return self._x
+     @x.setter
+     def x(self, value):
+         self._x = value * 2
+ p = P()
+ p.x = 3
  y = p.x
""",
    ),
    case(
        "class: a setter that changes a global",
        "log",
        """
+ log = []
+ class P:
+     def __setattr__(self, name, value):
+         log.append(name)
+         super().__setattr__(name, value)
+ p = P()
+ p.x = 3
  y = p.x
""",
    ),
    case(
        "class: a descriptor",
        "y",
        """
+ class Typed:
+     def __set_name__(self, owner, name):
+         self.name = "_" + name
+     def __get__(self, obj, owner=None):
+         return getattr(obj, self.name)
+     def __set__(self, obj, value):
+         setattr(obj, self.name, int(value))
+ class P:
+     x = Typed()
+ p = P()
+ p.x = "5"
+ y = p.x
  p.x = "6"
""",
    ),
    case(
        "class: __setitem__ changes another object",
        "target",
        """
+ target = {}
+ class View:
+     def __init__(self, d):
+         self.d = d
+     def __setitem__(self, k, v):
+         self.d[k] = v
+ view = View(target)
+ view["a"] = 1
  x = len(target)
""",
    ),
    case(
        "class: __delitem__ and __delattr__",
        "log",
        """
+ log = []
+ class V:
+     def __delitem__(self, k):
+         log.append(k)
+     def __delattr__(self, k):
+         log.append(k)
+ v = V()
+ del v["a"]
+ del v.b
  c = 1
""",
    ),
    case(
        "class: __call__ keeps state",
        "y",
        """
+ class Acc:
+     total = 0
+     def __call__(self, x):
+         self.total += x
+         return self.total
+ acc = Acc()
+ acc(1)
+ y = acc(2)
  acc(3)
""",
    ),
    case(
        "class: __slots__",
        "p",
        """
+ class P:
+     __slots__ = ("x", "y")
+ p = P()
+ p.x = 1
+ p.y = 2
  q = P()
  q.x = 3
""",
    ),
    case(
        "class: nested class",
        "y",
        """
+ class Outer:
+     class Inner:
+         n = 1
+ i = Outer.Inner()
+ i.n = 4
+ y = i.n
  j = Outer()
""",
    ),
    case(
        "class: cached_property",
        "p",
        """
+ from functools import cached_property
+ class P:
+     @cached_property
+     def slow(self):
+         return [1]
+ p = P()
+ x = p.slow
+ x.append(2)
  y = len(x)
""",
    ),
    case(
        "class: operators make new objects",
        "v",
        """
+ class V:
+     def __init__(self, n):
+         self.n = n
+     def __add__(self, other):
+         return V(self.n + other.n)
+ a = V(1)
+ b = V(2)
+ v = a + b
  a.n = 9
""",
    ),
    case(
        "class: iterating over an instance",
        "out",
        """
+ class Steps:
+     def __init__(self, n):
+         self.n = n
+     def __iter__(self):
+         for i in range(self.n):
+             yield i
+ s = Steps(3)
+ out = list(s)
  again = list(s)
""",
    ),
    case(
        "class: the monkeypatch comes after the use",
        "y",
        """
+ class P:
+     def f(self):
+         return 1
+ p = P()
+ y = p.f()
  P.f = lambda self: 2
""",
    ),
    case(
        "class: patched and restored",
        "y",
        """
+ class P:
+     def f(self):
+         return 1
+ p = P()
+ old = P.f
+ P.f = lambda self: 2
  x = p.f()
+ P.f = old
+ y = p.f()
""",
    ),
    case(
        "class: an instance method replaced",
        "y",
        """
+ class P:
+     def f(self):
+         return 1
+ p = P()
+ p.f = lambda: 5
+ y = p.f()
  q = P()
""",
    ),
    case(
        "class: the class of an object is changed",
        "y",
        """
+ class A:
+     n = 1
+ class B:
+     n = 2
+ a = A()
+ a.__class__ = B
+ y = a.n
  z = A.n
""",
    ),
)

test_class_machinery = table(
    case(
        "machinery: dataclass",
        "p",
        """
+ from dataclasses import dataclass, field
+ @dataclass
+ class P:
+     x: int
+     tags: list = field(default_factory=list)
+ p = P(1)
+ p.tags.append("a")
  q = P(2)
  q.tags.append("b")
""",
    ),
    case(
        "machinery: dataclass replace",
        "q",
        """
+ from dataclasses import dataclass, replace
+ @dataclass
+ class P:
+     x: int
+     tags: list
+ p = P(1, [])
+ q = replace(p, x=2)
+ p.tags.append("a")
  p.x = 7
""",
        sound_only=True,
    ),
    case(
        "machinery: enum",
        "c",
        """
+ from enum import Enum
+ class Colour(Enum):
+     RED = 1
+     BLUE = 2
+ c = Colour.RED.value
  d = Colour.BLUE
""",
    ),
    case(
        "machinery: NamedTuple",
        "p",
        """
+ from typing import NamedTuple
+ class P(NamedTuple):
+     x: int
+     y: int = 2
+ p = P(1)
  q = p.x
""",
    ),
    case(
        "machinery: abstract base",
        "y",
        """
+ from abc import ABC, abstractmethod
+ class Shape(ABC):
+     @abstractmethod
+     def area(self): ...
+ class Square(Shape):
+     def area(self):
+         return 4
  class Circle(Shape):
      def area(self):
          return 3
+ y = Square().area()
""",
    ),
    case(
        "machinery: metaclass",
        "y",
        """
+ class Meta(type):
+     def __call__(cls, *args):
+         obj = super().__call__(*args)
+         obj.tag = "made"
+         return obj
+ class P(metaclass=Meta):
+     pass
+ y = P().tag
  z = P()
""",
    ),
    case(
        "machinery: metaclass registry",
        "registry",
        """
+ registry = {}
+ class Meta(type):
+     def __new__(mcs, name, bases, body):
+         cls = super().__new__(mcs, name, bases, body)
+         registry[name] = sorted(k for k in body if not k.startswith("__"))
+         return cls
+ class A(metaclass=Meta):
+     x = 1
+ class B(A):
+     y = 2
  class C:
      z = 3
""",
    ),
    case(
        "machinery: __init_subclass__ registry",
        "names",
        """
+ class Plugin:
+     plugins = []
+     def __init_subclass__(cls):
+         Plugin.plugins.append(cls.__name__)
+ class One(Plugin):
+     pass
+ class Two(Plugin):
+     pass
+ names = list(Plugin.plugins)
  class Three(Plugin):
      pass
""",
    ),
    case(
        "machinery: __subclasses__ knows every subclass",
        "names",
        """
+ class Plugin:
+     pass
+ class One(Plugin):
+     pass
+ class Two(Plugin):
+     pass
+ names = [c.__name__ for c in Plugin.__subclasses__()]
""",
    ),
    case(
        "machinery: class decorator",
        "registry",
        """
+ registry = []
+ def register(cls):
+     registry.append(cls.__name__)
+     return cls
+ @register
+ class A:
+     pass
  class B:
      pass
""",
    ),
    case(
        "machinery: total_ordering",
        "y",
        """
+ from functools import total_ordering
+ @total_ordering
+ class V:
+     def __init__(self, n):
+         self.n = n
+     def __eq__(self, other):
+         return self.n == other.n
+     def __lt__(self, other):
+         return self.n < other.n
+ y = V(1) >= V(0)
  z = V(1) <= V(0)
""",
    ),
    case(
        "machinery: generic class",
        "s",
        """
+ from typing import Generic, TypeVar
+ T = TypeVar("T")
+ class Stack(Generic[T]):
+     def __init__(self):
+         self.items = []
+     def push(self, x):
+         self.items.append(x)
+ s = Stack[int]()
+ s.push(1)
  n = len(s.items)
""",
    ),
    case(
        "machinery: type() with three arguments",
        "y",
        """
+ P = type("P", (), {"n": 3})
+ P.m = 4
+ y = P().m
  z = P().n
""",
    ),
    case(
        "machinery: context variable",
        "y",
        """
+ import contextvars
+ var = contextvars.ContextVar("var", default=1)
+ var.set(2)
+ y = var.get()
  var.set(3)
""",
    ),
    case(
        "machinery: UserDict",
        "d",
        """
+ from collections import UserDict
+ class Upper(UserDict):
+     def __setitem__(self, k, v):
+         super().__setitem__(k.upper(), v)
+ d = Upper()
+ d["a"] = 1
+ d.update(b=2)
  n = len(d)
""",
    ),
    case(
        "machinery: a list subclass",
        "s",
        """
+ class Stack(list):
+     def push(self, x):
+         self.append(x)
+         return self
+ s = Stack()
+ s.push(1).push(2)
+ s.name = "s"
  n = len(s)
""",
    ),
    case(
        "machinery: copy protocol",
        "b",
        """
+ import copy
+ class P:
+     copies = 0
+     def __copy__(self):
+         P.copies += 1
+         return P()
+ a = P()
+ b = copy.copy(a)
  n = P.copies
""",
    ),
    case(
        "machinery: __del__ is run when the last name goes",
        "log",
        """
+ log = []
+ class P:
+     def __del__(self):
+         log.append("gone")
+ p = P()
+ del p
  x = 1
""",
    ),
    case(
        "machinery: __del__ is run by rebinding",
        "log",
        """
+ log = []
+ class P:
+     def __del__(self):
+         log.append("gone")
+ p = P()
+ p = None
  x = 1
""",
    ),
)
