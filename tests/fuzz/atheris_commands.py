"""Coverage-guided fuzzing of the text after `/escalate`. Arguments are libFuzzer's (`-runs=` …)."""

import sys

import atheris

with atheris.instrument_imports(
    include=[
        "bot.domain",
        "handlers.commands",
        "handlers.typed",
        "handlers.verbs",
        "handlers.forms.subjects",
    ]
):
    from tests.fuzz.targets import CommandLine

TARGET = CommandLine()


def one_input(raw: bytes) -> None:
    TARGET.check(raw.decode(errors="replace"))


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
