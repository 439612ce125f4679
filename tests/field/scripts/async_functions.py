#: slow_double [1, 2, 3]
#: gathered [3]
#: counted [4]
import asyncio

DELAY = 0.001
order = []


async def slow_double(n):
    await asyncio.sleep(DELAY)
    return n * 2


async def gathered(n):
    return await asyncio.gather(*(slow_double(i) for i in range(n)))


async def counted(n):
    for i in range(n):
        await asyncio.sleep(0)
        yield i * i


async def main():
    print(await gathered(4))


if __name__ == "__main__":
    asyncio.run(main())
