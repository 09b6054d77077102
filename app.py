"""Tocsin: an escalation bot for Trust & Safety teams. Composition root and command line."""

import gc
import sys

if __name__ == "__main__":
    # What is imported lasts until the end: the collector would walk it again and again, for an
    # eighth of a start. `main` takes it out of its sight and switches it on.
    gc.disable()
    from commandline.main import main

    sys.exit(main(sys.argv[1:]))
