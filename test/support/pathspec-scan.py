# Asks pathspec what Maestral asks it. In: [[rules, [[path, is_directory], ...]], ...]; out: [[ignored, ...] or null, ...]
import json, sys
from pathspec import PathSpec

def answers(text, paths):
    try:
        spec = PathSpec.from_lines('gitwildmatch', text.splitlines())
    except Exception:
        return None
    return [spec.match_file(path + '/' if is_directory else path) for path, is_directory in paths]

json.dump([answers(text, paths) for text, paths in json.load(sys.stdin)], sys.stdout)
