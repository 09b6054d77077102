"""The command line of `app.py`: one module per command, and the parts that commands share."""
