#!/usr/bin/env python3
"""Becomes a program, and holds some of its threads still once a file is there, as a disk does that never answers.

    hold.py FILE NAME PROGRAM [ARGUMENTS…]     NAME: how the names of the threads begin

A thread is held as a debugger holds it, so that all others go on; whoever ends the process ends it too. It is held in a call of the
system, as a disk would hold it: elsewhere it might have what all others need, such as a lock of the allocator.
"""

import ctypes
import os
import pathlib
import sys
import time

SEIZE, INTERRUPT, GO_ON, SET_PTRACER, WALL = 0x4206, 0x4207, 7, 0x59616D61, 0x40000000
# Writing and syncing; and waiting for something to do, which a thread that only writes does when nothing is asked of it.
DISK, IDLE = {"x86_64": ({18, 74, 75}, {202, 232, 281}), "aarch64": ({68, 82, 83}, {22, 98})}[os.uname().machine]
libc = ctypes.CDLL(None, use_errno=True)


def state(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except OSError:
        return "Z"


def call(ptrace, number, task):
    if ptrace(number, task, None, None) != 0:
        sys.exit(f"hold.py: {os.strerror(ctypes.get_errno())}")


def hold_one(task, calls):
    call(libc.ptrace, SEIZE, int(task.name))
    while True:
        call(libc.ptrace, INTERRUPT, int(task.name))
        os.waitpid(int(task.name), WALL)
        if (task / "syscall").read_text().split()[0] in map(str, calls):
            return
        call(libc.ptrace, GO_ON, int(task.name))
        time.sleep(0.001)


def hold(pid, file, name):
    while not file.exists():
        if state(pid) == "Z":
            return
        time.sleep(0.02)
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        if (task / "comm").read_text().startswith(name):
            hold_one(task, DISK if name == "writer" else DISK | IDLE)
            print(f"hold.py: held {task.name}", file=sys.stderr, flush=True)
    while state(pid) != "Z":
        time.sleep(0.02)


def main():
    file, name, program = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    own = os.getpid()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        # Not before the other one has said that this one may.
        os.close(writing)
        os.read(reading, 1)
        # Whoever reads what the program prints does not wait for this one.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        hold(own, file, name)
        os._exit(0)
    libc.prctl(SET_PTRACER, ctypes.c_ulong(child), 0, 0, 0)
    os.close(reading)
    os.write(writing, b".")
    os.close(writing)
    os.execvp(program[0], program)


main()
