"""Coverage-guided fuzzing of policy files. Arguments are libFuzzer's; the corpus is a folder."""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["bot.policy", "tomllib"]):
    from tests.fuzz.targets import PolicyFile

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        atheris.Setup(sys.argv, PolicyFile(Path(folder)).check)
        atheris.Fuzz()
