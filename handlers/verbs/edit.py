"""`/escalate edit`: the title, category, references, needs or tier of an escalation."""

import re

from bot.domain.access.rights import Deed
from bot.domain.access.visibility import Tier
from bot.domain.controls import Button
from bot.domain.errors import BadInput, Unclear
from bot.domain.incidents.results import Correction
from bot.domain.problems.names import NoSuchField
from bot.domain.problems.texts import (
    NameTheCategory,
    SayWhatToEdit,
    WriteTheNeeds,
    WriteTheReferences,
    WriteTheTitle,
)
from bot.domain.text.likeness import mistyped
from bot.policy import Policy
from bot.render import forms
from bot.render.incidents import answers
from bot.render.wording import Wording
from bot.services.incidents import corrections
from handlers.answers import Answer, Modal
from handlers.commands.questions import refuse_question
from handlers.commands.verb import Ask, Asking, Verb
from handlers.forms.needs import needed
from handlers.typed.edited import FIELDS, listed, of_which, refuse_a_part, refuse_two
from handlers.typed.words import first_word, plain

_REFERENCES = re.compile(r"references?:?", re.IGNORECASE)


async def edit(ask: Ask) -> Answer:
    if not ask.text:
        head = await ask.head(Deed.CORRECT)
        return Modal(forms.edit_form(ask.wording, head.id, head), Button.EDIT_DETAILS, head.id)
    refuse_question(ask, EDIT, first_word(ask.words)[1])
    ask = await of_which(ask)
    refuse_two(ask)
    if _REFERENCES.fullmatch(first_word(ask.words)[0]):
        await refuse_a_part(ask)
    _refuse_a_near_field(ask)
    wanted = correction(ask.wording, ask.words)
    found = await ask.incident()
    corrected = await ask.write(corrections.correct, ask.policy, ask.act, found.incident_id, wanted)
    return answers.corrected(ask.wording, corrected)


def _refuse_a_near_field(ask: Ask) -> None:
    """Raise Unclear for `edit titel …`, and offer the command with the nearest field."""
    word, rest = first_word(ask.words)
    field = plain(word).rstrip(":").lower()
    like = [] if field in FIELDS else [known for known in FIELDS if mistyped(field, known)]
    if like:
        command = f"edit {ask.named or 'ESC-n'} {like[0]} {plain(rest)}".strip()
        raise Unclear(NoSuchField(plain(word)[:40]), (command,), no_report=True)


def correction(wording: Wording, words: str) -> Correction:
    """Read `title …`, `category …`, `references …`, `needs …`, `restricted` or `standard`.

    Raises BadInput, and FormErrors for a line that is not for one team.
    """
    field, rest = first_word(words)
    said, policy = plain(rest), wording.policy
    match plain(field).lower().rstrip(":"):
        case "restricted" if not said:
            return Correction(tier=Tier.RESTRICTED)
        case "standard" if not said:
            return Correction(tier=Tier.STANDARD)
        case "category" if not said:
            raise BadInput("edit", NameTheCategory(tuple(policy.categories)))
        case "title" if not said:
            raise BadInput("edit", WriteTheTitle(), wording.plain("verbs", "edit_example"))
        case "references" | "reference" if not said:
            raise BadInput("edit", WriteTheReferences())
        case "needs" if not said:
            raise BadInput("edit", WriteTheNeeds())
        case "title":
            return Correction(title=said)
        case "category":
            return Correction(category=_category(policy, said))
        case "references" | "reference":
            return Correction(references=tuple(listed(said)))
        case "needs":
            return Correction(needs=needed(wording, said))
        case _:
            raise BadInput("edit", SayWhatToEdit(), wording.plain("verbs", "edit_example"))


def _category(policy: Policy, said: str) -> str:
    """Read a key or a label, in any case. Raises NotFound with the nearest keys."""
    wanted = said.casefold()
    for key, category in policy.categories.items():
        if wanted in (key.casefold(), category.label.casefold()):
            return key
    return policy.category(said).key


EDIT = Verb(
    name="edit",
    aliases=("correct", "change"),
    deed=Deed.CORRECT,
    asking=Asking.NAMES,
    run=edit,
)
