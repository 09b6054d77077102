"""`make demo` on a machine whose environment names a proxy: everything stays on loopback."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playground.web.ports import HOST, reserved
from tests.e2e.stack import Stack, running
from tests.waiting import eventually

NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


def naming(port: int) -> dict[str, str]:
    return {**dict.fromkeys(NAMES, f"http://{HOST}:{port}"), "NO_PROXY": "", "no_proxy": ""}


@contextmanager
def recording() -> Iterator[tuple[int, list[bytes]]]:
    """A proxy that notes the first bytes of each connection, and passes nothing on."""
    seen: list[bytes] = []
    with socket.create_server((HOST, 0)) as listening:

        def listen() -> None:
            while True:
                try:
                    caller, _ = listening.accept()
                except OSError:
                    return
                with caller:
                    caller.settimeout(5)
                    try:
                        seen.append(caller.recv(200))
                    except OSError:
                        seen.append(b"a connection")

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield listening.getsockname()[1], seen
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()


def open_one(stack: Stack) -> None:
    """An escalation, whose channel is created and whose card is posted by the bot."""
    done = stack.do(
        "command", user="mei", channel="general", text="/escalate open p3 A question of a creator"
    )
    assert done["ok"], done


async def _until_posted(stack: Stack) -> None:
    await eventually(
        lambda: any(call["method"] == "conversations.create" for call in stack.look("api_log"))
    )


async def test_a_proxy_sees_nothing_of_a_demo(tmp_path: Path) -> None:
    with (
        recording() as (port, seen),
        running(tmp_path / "demo", "--no-seed", environment=naming(port)) as stack,
    ):
        open_one(stack)
        await _until_posted(stack)
        assert seen == []


async def test_a_demo_over_a_socket_starts_behind_a_proxy_that_is_down(tmp_path: Path) -> None:
    with (
        reserved() as port,
        running(tmp_path / "demo", "--socket-mode", "--no-seed", environment=naming(port)) as stack,
    ):
        open_one(stack)
        await _until_posted(stack)
        assert stack.look("app")["sockets"] >= 1
