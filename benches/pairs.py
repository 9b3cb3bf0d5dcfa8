#!/usr/bin/env python3
"""CPU, wall and memory of two whole commands, run in turn, as medians and as ratios pair by pair.

    benches/pairs.py [-n PAIRS] 'COMMAND A' 'COMMAND B'

For example, on a folder of Claude Code logs (warm cache, both read the same files):

    benches/pairs.py 'target/release/tokaudit spend LOGS --format json' \\
                     'env CLAUDE_CONFIG_DIR=LOGS/.. ccusage claude daily --offline --json'
"""
import argparse
import os
import shlex
import statistics
import subprocess
import time


def run(command):
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - started
    return {"cpu s": usage.ru_utime + usage.ru_stime, "wall s": wall, "peak MiB": usage.ru_maxrss / 1024}, process.returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=7, help="pairs that count, after one warm-up")
    parser.add_argument("a")
    parser.add_argument("b")
    arguments = parser.parse_args()
    commands = [shlex.split(arguments.a), shlex.split(arguments.b)]
    for command in commands:
        _, code = run(command)
        if code != 0:
            parser.error(f"exit {code}: {shlex.join(command)}")
    pairs = [[run(command)[0] for command in commands] for _ in range(arguments.n)]
    for figure in ("cpu s", "wall s", "peak MiB"):
        a, b = ([pair[side][figure] for pair in pairs] for side in (0, 1))
        ratio = statistics.median(x / y for x, y in zip(a, b))
        print(f"{figure:9} A {statistics.median(a):9.3f}   B {statistics.median(b):9.3f}   A/B {ratio:6.3f}")


if __name__ == "__main__":
    main()
