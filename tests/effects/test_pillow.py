"""Pillow."""

from __future__ import annotations

from tests.effects.trials import trials

test_pillow = trials(
    """
from PIL import Image
image = Image.new("RGB", (8, 8), "red"); small = Image.new("RGB", (2, 2), "blue")
clear = Image.new("RGBA", (8, 8), "red"); half = Image.new("RGBA", (2, 2), (0, 0, 255, 128))
""",
    """
    Image.new("L", (2, 2))
    image.putpixel((0, 0), (1, 2, 3))
    image.putalpha(7)
    image.putdata([(1, 2, 3)] * 64)
    image.paste(small, (0, 0))
    image.paste((1, 2, 3), (0, 0, 2, 2))
    clear.alpha_composite(half)
    image.thumbnail((4, 4))
    """,
)
