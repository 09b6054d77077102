"""Problems with input that a person typed or chose, as values, one file per subject.

`problems.j2` has the text for each problem, in a block named after the class. A field whose name
begins with `said` holds what the person typed, and appears in quotation marks.
"""

from dataclasses import dataclass

SAID = "said"


@dataclass(frozen=True, slots=True)
class Problem:
    """Base class of all problems."""
