"""Async nodes, and pipelines inside an event loop."""

import asyncio

from daggr_fn import Run, node, pipeline


@node
async def fetch(address: str) -> bytes:
    await asyncio.sleep(0)
    return address.encode()


@node(timeout=5, limit=2)
async def measure(data: bytes) -> int:
    await asyncio.sleep(0)
    return len(data)


@pipeline
def size(address: str) -> int:
    return measure(fetch(address))


async def main() -> int:
    one = await size.acall(address="https://example.org")
    data: bytes = await fetch.acall("https://example.org")
    run: Run[int] = await size.arun("https://example.org")
    async for event in size.astream(address="https://example.org"):
        event.to_dict()
    return one + len(data) + run.value


plain: bytes = fetch("https://example.org")
