"""Access to a restricted escalation, as people ask for it in Slack, give it, and lose it."""

from bot.domain.access.access_messages import AccessRequestMessage
from bot.domain.access.visibility import Tier
from bot.domain.controls import Button, Form
from bot.domain.ids import RequestId, UserId
from bot.domain.incidents.results import Opened
from bot.domain.incidents.timeline import EntryKind
from bot.render.access import access_messages as access_words
from bot.store.tables import Delivery
from playground.state.records import Channel, Message
from tests.factories import MEI, TOM
from tests.handlers.stage import BYSTANDER, Stage


def a_secret(stage: Stage) -> Opened:
    return stage.opened(title="Secret", tier=Tier.RESTRICTED, teams=())


async def asked(stage: Stage, who: str = "tom") -> str:
    """What the person reads who asks for access."""
    await stage.command(who, "show ESC-1")
    message = stage.person(who).sees("general")[-1]
    return await stage.answer_to_click(who, message, Button.REQUEST_ACCESS)


async def posted(stage: Stage, opened: Opened, row: Delivery, *, by_hand: bool = False) -> Message:
    """The request as the owner has it, who is Mei."""
    head = stage.details(opened.head.id).card.head
    view = AccessRequestMessage(
        RequestId(row.args["request"]), head, UserId(row.args["asker"]), by_hand
    )
    return await stage.post(access_words.access_request(stage.shell.wording, view).blocks)


def entries(stage: Stage, opened: Opened, kind: EntryKind) -> list[str]:
    found = stage.details(opened.head.id).entries
    return [str(entry.data.get("person", "")) for entry in found if entry.kind is kind]


async def test_asking_again_says_that_it_is_asked_already(stage: Stage) -> None:
    opened = a_secret(stage)
    assert "on its way" in await asked(stage)
    for _ in range(5):
        assert "still open" in await asked(stage)
    [row] = stage.deliveries("access request")
    assert row.target == MEI
    assert entries(stage, opened, EntryKind.REQUESTED_ACCESS) == [""]


async def test_given_access_is_given_once_and_then_says_who_gave_it(stage: Stage) -> None:
    opened = a_secret(stage)
    await asked(stage)
    request = await posted(stage, opened, stage.deliveries("access request")[0])
    assert f"<@{TOM}>" in await stage.answer_to_click("mei", request, Button.GRANT_ACCESS)
    assert "Secret" in await stage.command("tom", "show ESC-1")
    for button in (Button.REFUSE_ACCESS, Button.GRANT_ACCESS):
        said = await stage.answer_to_click("mei", request, button)
        assert f"<@{MEI}> answered this" in said
        assert "has access" in said
    assert "Secret" in await stage.command("tom", "show ESC-1")
    assert len(stage.deliveries("access answer")) == 1


async def test_a_refusal_takes_a_reason_and_stands_on_the_timeline(stage: Stage) -> None:
    opened = a_secret(stage)
    await asked(stage)
    request = await posted(stage, opened, stage.deliveries("access request")[0])
    assert await stage.answer_to_click("mei", request, Button.REFUSE_ACCESS) == ""
    mei = stage.person("mei")
    await mei.until_modal(lambda view: view.callback_id == Form.REFUSE_ACCESS)
    assert entries(stage, opened, EntryKind.REFUSED_ACCESS) == []
    assert (await mei.submit({"why": {"why": "Legal has it"}})).ok
    assert entries(stage, opened, EntryKind.REFUSED_ACCESS) == [TOM]
    assert "You can ask again" in await asked(stage)
    stage.clock.advance(minutes=61)
    assert "on its way" in await asked(stage)


async def test_a_form_that_came_too_late_says_who_answered(stage: Stage) -> None:
    opened = a_secret(stage)
    await asked(stage)
    request = await posted(stage, opened, stage.deliveries("access request")[0])
    await stage.answer_to_click("mei", request, Button.REFUSE_ACCESS)
    mei = stage.person("mei")
    await mei.until_modal(lambda view: view.callback_id == Form.REFUSE_ACCESS)
    await stage.answer_to_click("mei", request, Button.GRANT_ACCESS)
    await mei.submit({})
    assert f"<@{MEI}> answered this" in str(mei.modal.payload)
    assert "Secret" in await stage.command("tom", "show ESC-1")


async def test_nobody_outside_answers_a_request(stage: Stage) -> None:
    opened = a_secret(stage)
    await asked(stage)
    request = await posted(stage, opened, stage.deliveries("access request")[0])
    for button in (Button.GRANT_ACCESS, Button.REFUSE_ACCESS):
        said = await stage.answer_to_click("tom", request, button)
        assert "Secret" not in said
    assert TOM not in stage.invited(opened)
    assert stage.slack.slack.workspace.open_view(TOM) is None


def its_channel(stage: Stage, opened: Opened) -> Channel:
    slack = stage.slack.slack
    channel = slack.rooms.create("esc-secret", slack.app.user_id, private=True)
    stage.in_channel(opened, channel.id)
    slack.rooms.add_member(channel, MEI, inviter=slack.app.user_id)
    return channel


async def test_whoever_leaves_the_channel_or_is_removed_has_no_access(stage: Stage) -> None:
    opened = a_secret(stage)
    channel = its_channel(stage, opened)
    await asked(stage)
    request = await posted(stage, opened, stage.deliveries("access request")[0])
    await stage.answer_to_click("mei", request, Button.GRANT_ACCESS)
    for by in (None, MEI):
        stage.slack.slack.rooms.add_member(channel, TOM)
        await stage.settled()
        assert "Secret" in await stage.command("tom", "show ESC-1")
        stage.slack.slack.rooms.remove_member(channel, TOM, by=by)
        await stage.settled()
        assert "restricted" in await stage.command("tom", "show ESC-1")
        if by is None:
            stage.clock.advance(minutes=1)
            await asked(stage)
            again = await posted(stage, opened, stage.deliveries("access request")[-1])
            await stage.answer_to_click("mei", again, Button.GRANT_ACCESS)
    assert entries(stage, opened, EntryKind.LEFT) == [TOM, TOM]


async def test_somebody_added_by_hand_is_told_to_the_owner_and_kept_or_removed(
    stage: Stage,
) -> None:
    opened = a_secret(stage)
    channel = its_channel(stage, opened)
    await stage.settled()
    assert stage.deliveries("access request") == []
    for user in (TOM, BYSTANDER):
        stage.clock.advance(minutes=1)
        stage.slack.slack.rooms.add_member(channel, user, inviter="U0PRIYA")
        await stage.settled()
    rows = stage.deliveries("access request")
    assert [(row.target, row.args["asker"]) for row in rows] == [(MEI, TOM), (MEI, BYSTANDER)]
    assert entries(stage, opened, EntryKind.ADDED) == [TOM, BYSTANDER]
    for row, button, said in zip(
        rows,
        (Button.KEEP_ADDED, Button.REMOVE_ADDED),
        ("keeps access", "is being removed"),
        strict=True,
    ):
        message = await posted(stage, opened, row, by_hand=True)
        assert said in await stage.answer_to_click("mei", message, button)
    await stage.settled()
    [answer] = stage.deliveries("access answer")
    assert answer.target == TOM
    assert "Secret" in await stage.command("tom", "show ESC-1")
    assert BYSTANDER not in stage.invited(opened)
    assert [row.args["user"] for row in stage.deliveries("room remove")] == [BYSTANDER]
