"""Makes 'pages'."""

import asyncio


async def fetch(number):
    await asyncio.sleep(0)
    return {"page": number}


async def fetch_all(count):
    return await asyncio.gather(*(fetch(number) for number in range(count)))


def get_pages():
    """Make 'pages'."""
    pages = asyncio.run(fetch_all(3))
    return pages


def run_session_including_pages():
    """Make 'pages'; return it by name."""
    artifacts = {}
    pages = get_pages()
    artifacts["pages"] = pages
    return artifacts


def run_all_sessions():
    """Make all artifacts; return them by name."""
    return run_session_including_pages()


if __name__ == "__main__":
    print(run_all_sessions())
