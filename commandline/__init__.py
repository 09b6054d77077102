"""The command line of `app.py`, one module a command, and the parts that it puts together."""
