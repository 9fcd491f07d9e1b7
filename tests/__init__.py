"""The tests of mallsync: names are sentences, docstrings say the behaviour."""
