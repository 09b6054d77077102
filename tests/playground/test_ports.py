"""A port that is reserved is there for whoever is told of it, and for nobody else."""

import socket

import pytest

from playground.web.ports import HOST, reserved
from playground.web.serving import bound


def test_whoever_is_told_of_it_can_listen_there() -> None:
    with (
        reserved() as port,
        bound(HOST, port) as listening,
        socket.create_connection((HOST, port)),
        listening.accept()[0],
    ):
        pass


def test_a_connection_to_it_is_refused_until_then() -> None:
    with reserved() as port, pytest.raises(ConnectionRefusedError):
        socket.create_connection((HOST, port))


def test_it_can_be_listened_on_again_after_a_restart() -> None:
    with reserved() as port:
        for _ in range(2):
            with bound(HOST, port) as listening, socket.create_connection((HOST, port)):
                listening.accept()[0].close()


def test_nobody_else_is_given_any_of_several() -> None:
    with reserved(3) as first, reserved(3) as other:
        ours = {first, first + 1, first + 2}
        assert not ours & {other, other + 1, other + 2}
        for port in ours:
            with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
                stranger.bind((HOST, port))
