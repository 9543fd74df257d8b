# Asks GLib what Seafile asks it. In: [[rules, [[path, is_directory], ...]], ...]; out: [[ignored, ...], ...]
import ctypes, json, sys

glib = ctypes.CDLL('libglib-2.0.so.0')
WORKTREE = b'/w'

def patterns(text):
    rest = text.encode()
    while rest:
        end = min(4095, (rest.find(b'\n') + 1) or len(rest))
        line, rest = rest[:end].strip(b' \t\n\v\f\r'), rest[end:]
        if line and not line.startswith(b'#'):
            yield WORKTREE + b'/' + line + (b'*' if line.endswith(b'/') else b'')

def ignored(rules, path, is_directory):
    full = WORKTREE + b'/' + path.encode() + (b'/' if is_directory else b'')
    return any(glib.g_pattern_match_simple(rule, full) for rule in rules)

answers = []
for text, paths in json.load(sys.stdin):
    rules = list(patterns(text))
    answers.append([ignored(rules, path, is_directory) for path, is_directory in paths])
json.dump(answers, sys.stdout)
