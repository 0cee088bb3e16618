"""Become a command that is killed when the process that started it dies, however it dies.

Run as a script: `python tether.py PID-OF-THE-STARTER COMMAND...`. Linux only; elsewhere the command just runs.
The kernel watches the thread that started the process, so start servers from a thread that stays.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2)


def main() -> None:
    """Tie this process to its starter, then become the command."""
    starter, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != starter:
            sys.exit("the process that started this one is gone already")
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
