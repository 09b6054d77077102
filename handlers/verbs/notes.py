"""The verbs that write to the timeline: note and update."""

from bot.domain.access.rights import Deed
from bot.services.incidents import lifecycle, queries
from handlers.answers import Answer
from handlers.archived import placed
from handlers.commands.verb import Ask, Behind, Verb
from handlers.errors import Failure, attempt


async def note(ask: Ask) -> Answer:
    found = await ask.incident()
    await ask.write(lifecycle.add_note, ask.act, found.incident_id, ask.text)
    return ask.say("noted", reference=found.reference)


async def update(ask: Ask) -> Answer:
    found = await ask.incident()
    await ask.write(lifecycle.post_update, ask.act, found.incident_id, ask.text)
    # The update is already stored, even if this read fails.
    head = await attempt(
        ask.read(queries.head, ask.act, found.incident_id), "Looking after an update"
    )
    due_at = None if isinstance(head, Failure) else head.update_due_at
    said = ask.say("updated", reference=found.reference, due_at=due_at)
    return await placed(ask, found.incident_id, said)


NOTE = Verb(
    name="note",
    aliases=("log", "comment"),
    deed=Deed.NOTE,
    run=note,
    must_say="<text>",
    behind=Behind.WORDS,
)
UPDATE = Verb(
    name="update",
    aliases=("post",),
    deed=Deed.UPDATE,
    run=update,
    must_say="<text>",
    behind=Behind.WORDS,
)
