"""The five escalations that are open when the demonstration begins."""

from datetime import datetime, timedelta

from bot.domain.access.visibility import Tier
from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.needs import Need
from bot.domain.incidents.results import OpeningDraft
from bot.domain.incidents.severity import Severity
from bot.services.followups import tasks
from bot.services.incidents import lifecycle
from bot.services.paging import starting
from commandline.demonstration.story import Story, StoryTeller


def plan_open(told: StoryTeller, now: datetime) -> None:
    """Plan the five, the oldest first."""
    for plan in (_precedent, _with_tasks, _restricted, _awaiting_decision, _just_now):
        plan(told, now)


def _ago(now: datetime, **time: float) -> datetime:
    return now - timedelta(**time)


def _assign(told: StoryTeller, at: datetime, story: Story) -> None:
    owner = UserId(story.owner)
    told.plan(at, story.opener, lambda act: lifecycle.assign(told.db, act, story.id, owner))


def _update(
    told: StoryTeller, at: datetime, story: Story, text: str, to: State | None = None
) -> None:
    told.plan(at, story.owner, lambda act: lifecycle.post_update(told.db, act, story.id, text, to))


def _task(
    told: StoryTeller, at: datetime, story: Story, assignee: str, text: str, due_at: datetime
) -> None:
    told.plan(
        at,
        story.owner,
        lambda act: tasks.add_task(
            told.db,
            told.policy,
            act,
            story.id,
            assignee=UserId(assignee),
            text=text,
            due_at=due_at,
        ),
    )


def _precedent(told: StoryTeller, now: datetime) -> None:
    """P3, two days old, in no hurry."""
    story = Story(
        OpeningDraft(
            title="Request for a precedent: reaction videos to school speeches",
            severity=Severity.P3,
            category="harassment",
            surface="duet-stitch",
            market="global",
            source="internal",
        ),
        opener="U0NIAMH",
        owner="U0NIAMH",
    )
    told.opens(_ago(now, hours=46), story)
    told.acknowledges(_ago(now, hours=41), "U0WEI", story)
    _assign(told, _ago(now, hours=40.5), story)
    _update(told, _ago(now, hours=40), story, "Two earlier cases found.", State.TRIAGED)


def _with_tasks(told: StoryTeller, now: datetime) -> None:
    """P2 with three tasks, one of them overdue."""
    story = Story(
        OpeningDraft(
            title="Coordinated comments under the videos of a school band",
            severity=Severity.P2,
            category="pile-on",
            surface="comment",
            market="MY",
            source="trusted-flagger",
        ),
        opener="U0NOOR",
        owner="U0LIAM",
    )
    told.opens(_ago(now, hours=40), story)
    told.steps(_ago(now, hours=38))
    for hours, user in ((39.6, "U0WEI"), (39.3, "U0AISHA"), (37.2, "U0SEAN")):
        told.acknowledges(_ago(now, hours=hours), user, story)
    _assign(told, _ago(now, hours=39), story)
    text = "Three clusters of accounts found; comments slowed for the band."
    _update(told, _ago(now, hours=30), story, text, State.INVESTIGATING)
    given = _ago(now, hours=29)
    _task(told, given, story, "U0ANH", "Map the accounts by creation date", _ago(now, hours=5))
    _task(told, given, story, "U0LIAM", "Brief the night shift", now + timedelta(hours=3))
    _task(told, given, story, "U0BEN", "Answer the flagger", now + timedelta(hours=26))
    _update(told, _ago(now, hours=9), story, "No new wave since the morning; data still missing.")


def _restricted(told: StoryTeller, now: datetime) -> None:
    """P1 under a codename, its update overdue."""
    story = Story(
        OpeningDraft(
            title="New accounts approach the same person after every block",
            severity=Severity.P1,
            category="stalking",
            surface="direct-message",
            market="IE",
            source="victim-family",
            affected=("private-person",),
            tier=Tier.RESTRICTED,
        ),
        opener="U0AOIFE",
        owner="U0AOIFE",
    )
    told.opens(_ago(now, hours=26), story)
    for minutes, user in ((4, "U0PRIYA"), (6, "U0VIKTOR"), (11, "U0WEI"), (13, "U0AISHA")):
        told.acknowledges(_ago(now, hours=26) + timedelta(minutes=minutes), user, story)
    _assign(told, _ago(now, hours=25.5), story)
    text = "Devices linked; the person has a named contact."
    _update(told, _ago(now, hours=25), story, text, State.INVESTIGATING)
    text = "Referral prepared with Law-Enforcement Response."
    _update(told, _ago(now, hours=2, minutes=40), story, text, State.ACTION_PENDING)


def _awaiting_decision(told: StoryTeller, now: datetime) -> None:
    """P1 that Mei has to bring to a decision."""
    story = Story(
        OpeningDraft(
            title="Edited interview of an athlete spreads with insults",
            severity=Severity.P1,
            category="harassment",
            surface="short-video",
            market="SG",
            source="media-inquiry",
            affected=("public-figure",),
        ),
        opener="U0BAO",
        owner="U0MEI",
    )
    told.opens(_ago(now, hours=9), story)
    for minutes, user in ((3, "U0PRIYA"), (5, "U0SOFIA"), (8, "U0WEI"), (12, "U0AISHA")):
        told.acknowledges(_ago(now, hours=9) + timedelta(minutes=minutes), user, story)
    _assign(told, _ago(now, hours=8.7), story)
    text = "The full interview is found; the edit changes what was said."
    _update(told, _ago(now, hours=7), story, text, State.INVESTIGATING)
    text = "Options are on the table: label, or reduce reach. Legal and PR are heard."
    _update(told, _ago(now, minutes=70), story, text, State.AWAITING_DECISION)


def _just_now(told: StoryTeller, now: datetime) -> None:
    """P0 of the last half hour: Legal is on it, PR does not answer and its backup is paged."""
    story = Story(
        OpeningDraft(
            title="Credible threat against a streamer before tonight's live",
            severity=Severity.P0,
            category="threats",
            surface="live",
            market="GB",
            source="creator-partner",
            affected=("creator",),
            teams=tuple(map(TeamKey, ("legal", "le-response", "global-response"))),
            needs=(
                Need("Decide by 18:00 whether the live takes place"),
                Need("May we give the police her address?", (TeamKey("legal"),)),
            ),
        ),
        opener="U0AISHA",
        owner="U0AISHA",
    )
    opened = _ago(now, minutes=20)
    told.opens(opened, story)
    for minutes, user in ((1.5, "U0PRIYA"), (2.5, "U0VIKTOR"), (3, "U0AISHA")):
        told.acknowledges(opened + timedelta(minutes=minutes), user, story)
    _assign(told, opened + timedelta(minutes=4), story)
    text = "The streamer is reached and safe. The live is on hold."
    _update(told, opened + timedelta(minutes=9), story, text, State.INVESTIGATING)
    why = "A reporter asks whether the live takes place."
    told.plan(
        _ago(now, minutes=8),
        "U0AISHA",
        lambda act: starting.page_team(told.db, told.policy, act, story.id, TeamKey("pr"), why),
    )
    told.steps(_ago(now, minutes=3))
