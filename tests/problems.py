"""Problems, in the words that a person reads."""

from bot.domain.problems import Problem
from bot.render.refusals import named_after
from bot.render.text.templates import Templates

WORDS = Templates()


def in_words(problem: Problem) -> str:
    return WORDS.plain("problems", named_after(problem), problem=problem, wording=None)
