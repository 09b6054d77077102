"""What is wrong with what a person typed or chose, as values; a file for each subject.

`problems.j2` has the words of each, in a block named after the class. A field whose
name begins with `said` holds what was typed, and stands in quotes.
"""

from dataclasses import dataclass

SAID = "said"


@dataclass(frozen=True, slots=True)
class Problem:
    """Root of every problem."""
