"""Small changes of the code, one after another: does a test notice each of them?

`make mutants` makes them. `explained.toml` lists those that no test can notice, each with the
reason.
"""
