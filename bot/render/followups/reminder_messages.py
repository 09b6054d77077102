"""Reminders: what is due or overdue, since when, and the buttons that settle it."""

from bot.domain.controls import Button
from bot.domain.followups.reminder_messages import (
    Outcome,
    ReminderMessage,
    TaskReminder,
    UpdateReminder,
)
from bot.render.blocks import (
    Block,
    Element,
    actions,
    button,
    context,
    section,
    snooze_menu,
)
from bot.render.message import Message, message
from bot.render.text.mrkdwn import Mrkdwn
from bot.render.wording import Wording


def reminder(wording: Wording, view: ReminderMessage) -> Message:
    """A free reminder in the words of the person who set it. A settled one shows its outcome."""
    hidden = view.head is not None and not view.head.full
    said = wording.say(
        "reminder_messages", "reminder_hidden" if hidden else "reminder", reminder=view
    )
    about = wording.say("reminder_messages", "reminder_context", reminder=view)
    blocks: list[Block] = [
        section(said),
        *([context(about)] if about else []),
        *_late(wording, view.late),
    ]
    if view.outcome is not None:
        told = wording.say(
            "reminder_messages", "reminder_outcome", outcome=view.outcome, until=view.until
        )
        return message(said, [*blocks, section(told)])
    choices = [
        button(wording, Button.REMINDER_DONE, view.id, "primary"),
        snooze_menu(wording, Button.REMINDER_SNOOZE, view.id),
        button(wording, Button.REMINDER_STOP, view.id),
    ]
    return message(said, [*blocks, actions(choices)])


def task_reminder(wording: Wording, view: TaskReminder) -> Message:
    """A task before or after it is due. A reminder that needs no answer has no buttons.

    Only its assignee may snooze it.
    """
    task, asks = view.task, view.outcome is None and not view.task.done
    text = task.text if task.head.full else None
    block = _task_block(view)
    heading = wording.say("reminder_messages", block, task=task, view=view)
    told = wording.say("reminder_messages", "task_text", text=text) if text else Mrkdwn()
    told = told or wording.say("reminder_messages", "task_hidden")
    blocks: list[Block] = [
        section(Mrkdwn(f"{heading}\n{told}")),
        *_summary(wording, view),
        context(
            wording.say(
                "reminder_messages",
                "task_context",
                task=task,
                asks=asks,
                by=view.by if asks and block != "task_given" else None,
            )
        ),
        *_late(wording, view.late),
    ]
    if asks and view.instead:
        blocks.append(context(wording.say("reminder_messages", "task_instead", task=task)))
    if asks:
        blocks.append(actions(_choices(wording, view)))
    said = wording.say("reminder_messages", "task_plain", task=task, asks=asks, view=view)
    return message(said, blocks)


def _task_block(view: TaskReminder) -> str:
    """Choose the heading."""
    task = view.task
    if view.outcome is not None and not (task.done and view.outcome is Outcome.DONE):
        return "task_outcome"
    if task.done:
        return "task_done"
    if task.overdue(view.now):
        return "task_overdue"
    return "task_given" if view.new and view.by is not None else "task_due"


def _summary(wording: Wording, view: TaskReminder) -> list[Block]:
    if not view.summary or not view.task.head.full:
        return []
    return [section(wording.say("reminder_messages", "task_summary", summary=view.summary))]


def _choices(wording: Wording, view: TaskReminder) -> list[Element]:
    done = button(wording, Button.TASK_DONE, view.task.id, None if view.instead else "primary")
    snooze = snooze_menu(wording, Button.TASK_SNOOZE, view.task.id)
    over = button(wording, Button.TASK_HAND_OVER, view.task.id, "primary" if view.instead else None)
    return [over, done] if view.instead else [done, snooze, over]


def update_reminder(wording: Wording, view: UpdateReminder) -> Message:
    """Ask for an update that is late, or show what became of the request.

    If there is no owner, the reader can take ownership here.
    """
    head = view.head
    said = section(wording.say("reminder_messages", "update", head=head, reminder=view))
    plain = wording.say("reminder_messages", "update_plain", head=head, reminder=view)
    if view.outcome is not None:
        told = wording.say("reminder_messages", "update_outcome", head=head, reminder=view)
        return message(plain, [said, section(told)])
    unowned = head.full and head.owner is None
    take = [button(wording, Button.TAKE_OWNERSHIP, head.id)] if unowned else []
    blocks: list[Block] = [
        said,
        *([context(wording.say("reminder_messages", "update_unowned"))] if unowned else []),
        context(wording.say("reminder_messages", "update_next")),
        *_late(wording, view.late),
        actions(
            [
                button(wording, Button.POST_UPDATE, head.id, "primary"),
                *take,
                snooze_menu(wording, Button.UPDATE_SNOOZE, head.id),
                button(wording, Button.UPDATE_STOP, head.id),
            ]
        ),
    ]
    return message(plain, blocks)


def _late(wording: Wording, late: bool) -> list[Block]:
    return [context(wording.say("reminder_messages", "late"))] if late else []
