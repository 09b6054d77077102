"""A slow Slack never delays an acknowledgement: what a command needs to know is stored."""

from dataclasses import replace
from datetime import timedelta

from bot.services.people import directory
from tests.waiting import eventually
from tests.watch.conftest import WATCHFUL, StartBot

SECONDS = 20.0
PATIENT = replace(WATCHFUL, http_timeout=timedelta(seconds=5), lease=timedelta(seconds=10))
"""A call is waited for longer than Slack waits for an acknowledgement."""


async def test_commands_are_answered_while_every_call_to_slack_takes_twenty_seconds(
    start_bot: StartBot,
) -> None:
    """By somebody whom the directory knows; for somebody new, Slack is asked for up to 1.5 s."""
    async with start_bot(PATIENT) as bot:
        await bot.until_well()
        tocsin = bot.tocsin
        assert tocsin.workspace is not None
        asked = (tocsin.db, tocsin.workspace, ["U0MEI"])
        await eventually(lambda: directory.dm_channels(*asked)["U0MEI"])
        bot.slack.slack.faults.latency_ms["*"] = SECONDS * 1000
        for number in range(20):
            answered = await bot.person("mei").command(f"/escalate open p1 Wave {number}")
            assert answered.ok, answered.error
        sent = bot.slack.deliveries("/escalate")
        assert [(one.status, one.error, one.attempt) for one in sent] == [
            (200, None, sent[0].attempt)
        ] * 20
        posted = bot.slack.calls("chat.postMessage")
        assert not any(call.ok for call in posted), "Slack has answered none of what they led to"
        bot.slack.slack.closing.set()  # Every call ends, or the relay's end would wait for them.
