"""`/escalate digest`: sends the weekly digest now, or shows a preview of it."""

from dataclasses import replace

from bot.domain.access.rights import Deed
from bot.domain.errors import NotFound, Unclear
from bot.domain.problems.names import NotADigest
from bot.domain.text.likeness import distance
from bot.render.digests import digest_message as render
from bot.services.digests import digest as digests_digest
from handlers.answers import Answer
from handlers.commands.verb import Ask, Asking, Verb
from handlers.typed.normal import normal
from handlers.typed.words import STOPS, first_word, plain

_PREVIEW, _HOW_NEAR = "preview", 2


async def digest(ask: Ask) -> Answer:
    word, rest = first_word(ask.words)
    if word.lower() != _PREVIEW and distance(word.lower(), _PREVIEW) <= _HOW_NEAR:
        command = f"digest {_PREVIEW} {plain(rest)}".strip()
        raise Unclear(NotADigest(plain(word)), (command,))
    if word.lower() == _PREVIEW:
        try:
            view = await ask.read(digests_digest.preview, ask.policy, ask.act, _name(ask, rest))
        except NotFound as unknown:
            # Nothing was to be sent, and no report begins like this.
            raise replace(unknown, verb=_PREVIEW, no_report=True) from unknown
        return render.digest(ask.wording, view, preview=True)
    name = await ask.write(digests_digest.send_now, ask.policy, ask.act, _name(ask, ask.words))
    return ask.say("digest_queued", digest=name)


def _name(ask: Ask, words: str) -> str | None:
    """Return the digest that the words name, in any spelling. An unknown name stays as typed."""
    named = normal(words).norm.strip(STOPS).casefold()
    for rule in ask.policy.digests:
        if named in (rule.key.casefold(), rule.name.casefold()):
            return rule.key
    return plain(words) or None


DIGEST = Verb(
    name="digest",
    deed=Deed.READ,
    asking=Asking.DECIDES,
    run=digest,
    about_incident=False,
)
