"""The form of a reminder that waits. Subject: the reminder's id."""

from bot.domain.controls import Field
from bot.render import pending as render
from bot.services import pending
from handlers.commands.times import time_alone
from handlers.views.sent import Became, Sent


async def reminder(sent: Sent) -> Became:
    when = await time_alone(sent, sent.fields.text(Field.DUE))
    text = sent.fields.text(Field.TEXT) if sent.fields.has(Field.TEXT) else None
    line = await sent.write(pending.change, sent.act, sent.subject, due_at=when.at, text=text)
    return render.reminder_set(sent.desk, line, when.zone, changed=True)
