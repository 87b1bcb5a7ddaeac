"""Bodies by the pieces in which a socket brings them, from senders who have proved nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from fastapi import Request

from bot.bodies import SMALL, Bodies
from bot.webhook import MAX_BODY, Rejected

SIGNATURE = f"sha256={'0' * 64}"
Receive = Callable[[], Awaitable[dict[str, object]]]


def request(receive: Receive, *, signature: str = SIGNATURE, length: str = "1") -> Request:
    headers = [(b"x-hub-signature-256", signature.encode()), (b"content-length", length.encode())]
    return Request({"type": "http", "headers": headers}, receive)


def pieces(*sizes: int, ends: bool = True) -> Receive:
    """Return a sender of pieces; one that does not end holds the rest back for ever."""
    waiting = list(sizes)

    async def receive() -> dict[str, object]:
        if not waiting:
            await asyncio.Event().wait()
        size = waiting.pop(0)
        return {"type": "http.request", "body": bytes(size), "more_body": bool(waiting) or not ends}

    return receive


async def unread() -> dict[str, object]:
    raise AssertionError("the body was read")


def status_of(bodies: Bodies, asked: Request) -> int:
    async def read() -> None:
        async with asynccontextmanager(bodies.read)(asked):
            pass

    with pytest.raises(Rejected) as caught:
        asyncio.run(read())
    return caught.value.status


@pytest.mark.parametrize("signature", ["", "sha256=", "sha1=abc", f"sha256={'g' * 64}"])
def test_w01__a_malformed_signature_is_refused_before_reading(signature: str) -> None:
    assert status_of(Bodies(), request(unread, signature=signature)) == 401


@pytest.mark.parametrize("length", [str(MAX_BODY + 1), "9" * 5000, "-1", "1e3"])
def test_w08__a_length_over_the_limit_is_refused_before_reading(length: str) -> None:
    assert status_of(Bodies(), request(unread, length=length)) == 413


def test_w08__a_body_without_end_is_refused_at_the_limit() -> None:
    endless = pieces(*[MAX_BODY // 4 + 1] * 4, ends=False)
    assert status_of(Bodies(), request(endless)) == 413


def test_w09__a_byte_that_is_held_back_ends_at_the_deadline() -> None:
    bodies = Bodies(seconds=0.01)
    assert status_of(bodies, request(pieces(10, ends=False))) == 408


def test_w09__a_sender_that_leaves_is_no_fault_of_ours() -> None:
    async def leave() -> dict[str, object]:
        return {"type": "http.disconnect"}

    assert status_of(Bodies(), request(leave)) == 400


def test_w08__unfinished_bodies_are_bounded_together() -> None:
    async def scene() -> bytes:
        bodies = Bodies(most=3 * SMALL)
        read = asynccontextmanager(bodies.read)
        slow = asyncio.create_task(read(request(pieces(3 * SMALL, ends=False))).__aenter__())
        await asyncio.sleep(0)
        with pytest.raises(Rejected, match="Too many") as caught:
            async with read(request(pieces(3 * SMALL))):
                pass
        assert caught.value.status == 503
        async with read(request(pieces(SMALL))) as small:
            assert len(small) == SMALL  # what GitHub mostly sends still comes through
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        async with read(request(pieces(SMALL, 3 * SMALL))) as body:
            # An answered request alone gives its bytes free.
            with pytest.raises(Rejected):
                async with read(request(pieces(2 * SMALL))):
                    pass
            return body

    assert len(asyncio.run(scene())) == 4 * SMALL
