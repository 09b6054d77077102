"""The form of a waiting reminder. Its subject is the reminder's id."""

from bot.domain.controls import Field
from bot.render.followups import reminder_list as render
from bot.services.followups import reminders
from handlers.forms.sent import Became, Sent
from handlers.typed.times import time_alone


async def reminder(sent: Sent) -> Became:
    when = await time_alone(sent, sent.fields.text(Field.DUE))
    text = sent.fields.text(Field.TEXT) if sent.fields.has(Field.TEXT) else None
    line = await sent.write(reminders.change, sent.act, sent.subject, due_at=when.at, text=text)
    return render.reminder_set(sent.wording, line, when.zone, changed=True)
