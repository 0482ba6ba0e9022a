"""Runs a program in a pseudo-terminal: python3 pty-helper.py COLUMNS LINES PROGRAM ARGUMENT...

Standard input goes to the program's terminal and what it shows to standard output. A line `COLUMNS LINES` on file descriptor 3 gives
the terminal another size. The exit status is the program's, 128 and the signal's number if a signal ended it.
"""
import fcntl
import os
import pty
import select
import struct
import sys
import termios


def resize(terminal, columns, lines):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


def main():
    columns, lines = int(sys.argv[1]), int(sys.argv[2])
    child, terminal = pty.fork()
    if child == 0:
        # The size is set before the program looks.
        resize(0, columns, lines)
        os.execvp(sys.argv[3], sys.argv[3:])
    sources = [0, 3, terminal]
    while True:
        ready, _, _ = select.select(sources, [], [])
        if terminal in ready:
            try:
                shown = os.read(terminal, 65536)
            except OSError:
                break
            if not shown:
                break
            os.write(1, shown)
        if 0 in ready:
            typed = os.read(0, 65536)
            if not typed:
                sources.remove(0)
            while typed:
                typed = typed[os.write(terminal, typed):]
        if 3 in ready:
            sizes = os.read(3, 4096).split()
            if not sizes:
                sources.remove(3)
            else:
                resize(terminal, int(sizes[-2]), int(sizes[-1]))
    status = os.waitpid(child, 0)[1]
    sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))


main()
