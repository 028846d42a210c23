# artifacts: pages
import asyncio

import lineapy


async def fetch(number):
    await asyncio.sleep(0)
    return {"page": number}


async def fetch_all(count):
    return await asyncio.gather(*(fetch(number) for number in range(count)))


pages = asyncio.run(fetch_all(3))
lineapy.save(pages, "pages")
