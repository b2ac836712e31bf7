"""What the programs of this folder share: which checks they are asked for, and what they say of them."""

import json
import sys
import traceback


def main(checks):
    """Runs `PROGRAM ADDRESS SHELF CHECK...`: each check is a function of a shelf of its own, and gives one line of JSON."""
    shelf, names = sys.argv[2], sys.argv[3:]
    for name in names:
        try:
            checks[name](f"{shelf}-{name}")
            print(json.dumps({"check": name}), flush=True)
        except Exception as error:  # Whatever it is, it is what the check has found.
            place = traceback.extract_tb(error.__traceback__)[-1]
            text = f"{type(error).__name__}: {error} (line {place.lineno}: {place.line})"
            print(json.dumps({"check": name, "error": text}), flush=True)


def address():
    """Where the server listens, as host:port."""
    return sys.argv[1]


def equal(found, expected):
    """Fails unless both are the same."""
    if found != expected:
        raise AssertionError(f"{found!r} is not {expected!r}")


def holds(condition, what):
    """Fails unless the condition holds."""
    if not condition:
        raise AssertionError(what)
