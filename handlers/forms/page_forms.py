"""The forms behind the buttons of pages and tasks. Their subject is the page's or task's id."""

from bot.domain.controls import Field
from bot.domain.errors import FormErrors
from bot.domain.problems.texts import ChooseWhoDoesIt
from bot.render.text.mrkdwn import person
from bot.services.followups import tasks
from bot.services.handover import handing_over
from bot.services.handover.handing_over import TaskGiven
from bot.services.paging import answers
from handlers.forms.form_targets import target
from handlers.forms.sent import Became, Sent
from handlers.forms.subjects import incident_in
from handlers.who import reachable


async def cannot_take(sent: Sent) -> Became:
    reason = sent.fields.text(Field.WHY).strip()
    declined = await sent.write(answers.decline, sent.policy, sent.act, sent.subject, reason)
    return sent.say(
        "cannot_take",
        reference=declined.reference,
        team=declined.team_name,
        paged=declined.paged,
        waiting=declined.waiting,
    )


async def hand_over(sent: Sent) -> Became:
    """Hand over, from a page or from an incident."""
    team, user = await target(sent)
    summary = sent.fields.text(Field.SUMMARY)
    policy, incident_id = sent.policy, incident_in(sent.subject)
    if incident_id is None:
        done = await sent.write(
            handing_over.hand_over_page,
            policy,
            sent.act,
            sent.subject,
            to_team=team,
            to_person=user,
            summary=summary,
        )
    else:
        part = await sent.write(
            handing_over.hand_over,
            policy,
            sent.act,
            incident_id,
            to_team=team,
            to_person=user,
            summary=summary,
        )
        if isinstance(part, TaskGiven):
            return sent.say("task_handed_over", person=part.to)
        done = part
    to = person(user) if user else done.to.team_name
    return sent.say(
        "handed_over", reference=done.reference, to=to, owns=done.owns, people=done.to.targets
    )


async def hand_over_task(sent: Sent) -> Became:
    chosen = sent.fields.person(Field.PERSON)
    if chosen is None:
        raise FormErrors({Field.PERSON: ChooseWhoDoesIt()})
    to = await reachable(sent.shell, sent.act, chosen)
    summary = sent.fields.text(Field.SUMMARY)
    await sent.write(tasks.hand_over_task, sent.act, sent.subject, to, summary)
    return sent.say("task_handed_over", person=to)
