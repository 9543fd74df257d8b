"""Types lines at an interactive shell and says which words each became: completions as somebody at a keyboard has them.

type-at-shell.py DIRECTORY SHELL [ARG...]: in DIRECTORY; standard input has one line to type per line, \t among them.
The shell's start-up files must define `syncguard` to print its arguments between < and >, one line, then `done:`.
Prints that line for each.
"""
import os
import pty
import re
import select
import sys
import time

PATIENCE_S = 60
PROMPT = b"ready> "


def main():
    directory, command = sys.argv[1], sys.argv[2:]
    lines = sys.stdin.read().splitlines()
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(directory)
        os.execvp(command[0], command)
    seen = Seen(terminal)
    seen.wait_for(PROMPT)
    for line in lines:
        os.write(terminal, line.encode() + b"\r")
        words = seen.wait_for(rb"words:(.*):done".replace(b":", b"="))
        print(words.group(1).decode(), flush=True)
        seen.wait_for(PROMPT)
    os.close(terminal)
    os.waitpid(pid, 0)


class Seen:
    """What the terminal has shown and nobody has looked at yet."""

    def __init__(self, terminal):
        self.terminal = terminal
        self.text = b""

    def wait_for(self, pattern):
        until = time.monotonic() + PATIENCE_S
        while True:
            found = re.search(pattern, self.text)
            if found:
                self.text = self.text[found.end():]
                return found
            if not select.select([self.terminal], [], [], max(0, until - time.monotonic()))[0]:
                sys.exit(f"no {pattern!r} after {PATIENCE_S} s; shown: {self.text!r}")
            try:
                more = os.read(self.terminal, 65536)
            except OSError:
                more = b""
            if not more:
                sys.exit(f"the shell has gone; shown: {self.text!r}")
            self.text += more


main()
