"""Decodes the dashboards of a folder into Grafana's own types, and says what of them these do not know."""

import json
import sys
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard


def lost(given, known, path=""):
    """The places where what was given is other once it has been through the types."""
    if isinstance(given, dict) and isinstance(known, dict):
        for key, value in given.items():
            place = f"{path}/{key}"
            if key in known:
                yield from lost(value, known[key], place)
            else:
                yield place, value
    elif isinstance(given, list) and isinstance(known, list) and len(given) == len(known):
        for at, (value, other) in enumerate(zip(given, known)):
            yield from lost(value, other, f"{path}/{at}")
    elif given != known or isinstance(given, bool) != isinstance(known, bool):
        yield path, given


def main(folder):
    register_default_plugins()
    files = sorted(Path(folder).glob("*.json"))
    found = not files
    for file in files:
        given = json.loads(file.read_text(encoding="utf-8"))
        known = json.loads(json.dumps(Dashboard.from_json(given), cls=JSONEncoder))
        for place, value in lost(given, known):
            found = True
            print(f"{file}: Grafana's types do not know {place}: {json.dumps(value)[:80]}", file=sys.stderr)
    print(f"{len(files)} dashboards decoded", file=sys.stderr)
    sys.exit(int(found))


main(sys.argv[1])
