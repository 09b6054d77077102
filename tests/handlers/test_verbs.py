"""Each verb of `/escalate` on its good path."""

from tests.handlers.stage import Stage


async def test_open_stores_the_incident_and_says_who_is_paged(stage: Stage) -> None:
    said = await stage.command("mei", "open p1 Pile-on against a streamer")
    assert "ESC-1" in said
    assert "Pile-on against a streamer" in said
    [incident] = stage.incidents()
    assert (incident.title, incident.severity) == ("Pile-on against a streamer", "P1")
    assert stage.deliveries("page")


async def test_help(stage: Stage) -> None:
    assert "/escalate page" in await stage.command("mei", "help")
