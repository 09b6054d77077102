"""Checks before the start whether the bot can listen on its port."""

import socket

from bot.configuration.settings import SettingsError


def check_port(host: str, port: int, setting: str) -> None:
    """Raise SettingsError if a port is taken or not allowed. `setting` names what sets it."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, kind, protocol, _, address in found:
            with socket.socket(family, kind, protocol) as probe:
                # The server does the same: a connection that just ended does not block the port.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
    except OSError as error:
        raise SettingsError(
            f"Tocsin cannot listen on port {port} of {host}: {error.strerror}. End what listens "
            f"there, or choose another with {setting}."
        ) from None
