"""Says in a terminal why a length of time in the policy or the environment cannot be read."""

from bot.domain.problems import Problem
from bot.domain.problems.times import LengthIsZero, LengthTooLong, NoFixedLength, NotALength


def fault_of_length(problem: Problem) -> str:
    match problem:
        case LengthIsZero(said):
            return f"“{said}” is not a length of time: it is zero"
        case LengthTooLong(said):
            return f"“{said}” is longer than ten years"
        case NoFixedLength(said):
            return (
                f"“{said}” counts months or years, which have no fixed length; count days or weeks"
            )
        case NotALength(said):
            return f"“{said}” is not a length of time like 30s, 5m, 4h, 2d, 1w or PT1H"
        case _:
            raise ValueError(f"{type(problem).__name__} is not about a length of time")
