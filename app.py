"""Tocsin: an escalation bot for Trust & Safety teams. Composition root and command line."""

import sys

from commandline.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
