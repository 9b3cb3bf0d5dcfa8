#!/usr/bin/env python3
"""CPU of two builds on a folder of logs repeated five times with new ids, for `spend` and for `audit`.

    benches/copies.py [-n PAIRS] [--times TIMES] LOGS A B

LOGS is a folder of agents' logs, or an archive of one (.tar, .tar.gz, .tar.zst; the last needs zstd); Claude Code transcripts are
the usual case. Each repetition gets ids and session ids of its own and the times of a later day, so that none of it is a copy of
another. A and B are programs; they run in turn, and the ratios are those of pairs. CPU is what counts: more than 1.05 is slower.
"""
import argparse
import concurrent.futures
import datetime
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

# Ids whose values no other line depends on except by being equal.
IDS = re.compile(rb'("(?:uuid|parentUuid|leafUuid|sessionId|session_id|requestId|id|messageId|sourceToolAssistantUUID)":")([^"\\]{4,})(")')
# Times in RFC 3339, as whole texts.
TIMES = re.compile(rb'("timestamp":")(\d{4}-\d\d-\d\d)(T)')


def renewed(text, repetition):
    """The text of a log with other ids, a given number of days later."""
    if repetition == 0:
        return text
    mark = b"%dx" % repetition

    def other_id(match):
        key, known, end = match.groups()
        # A vendor's id keeps its start, which says that it is one.
        start = next((one for one in (b"msg_01", b"msg_bdrk_", b"msg_vrtx_", b"req_") if known.startswith(one)), b"")
        return key + start + mark + known[len(start) :] + end

    def later(match):
        key, day, rest = match.groups()
        moved = datetime.date.fromisoformat(day.decode()) + datetime.timedelta(days=repetition)
        return key + moved.isoformat().encode() + rest

    return TIMES.sub(later, IDS.sub(other_id, text))


def unpacked(logs, folder):
    if logs.is_dir():
        return logs
    flags = ["--zstd"] if logs.suffix == ".zst" else []
    target = folder / "unpacked"
    target.mkdir()
    subprocess.run(["tar", *flags, "-xf", logs, "-C", target], check=True)
    return target


def repeat(logs, target, times):
    size = 0
    for path in sorted(logs.rglob("*")):
        if not path.is_file() or path.suffix not in (".jsonl", ".json"):
            continue
        text = path.read_bytes()
        for repetition in range(times):
            copy = target / str(repetition) / path.relative_to(logs)
            copy = copy.with_name((f"{repetition}x" if repetition else "") + copy.name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            size += copy.write_bytes(renewed(text, repetition))
    return size


def run(command):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"exit {process.returncode}: {' '.join(map(str, command))}\n{said.decode(errors='replace')}")
    return {"cpu s": usage.ru_utime + usage.ru_stime, "peak MiB": usage.ru_maxrss / 1024}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=7, help="pairs that count, after one warm-up")
    parser.add_argument("--times", type=int, default=5, help="how often the logs are repeated")
    parser.add_argument("logs", type=pathlib.Path)
    parser.add_argument("a", type=pathlib.Path)
    parser.add_argument("b", type=pathlib.Path)
    arguments = parser.parse_args()
    programs = [path.resolve() for path in (arguments.a, arguments.b)]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        target = folder / "logs"
        # In a process of its own: the kernel counts what this one holds as part of its children's peak.
        with concurrent.futures.ProcessPoolExecutor(1) as pool:
            size = pool.submit(repeat, unpacked(arguments.logs.resolve(), folder), target, arguments.times).result()
        if size == 0:
            parser.error(f"{arguments.logs} has no .jsonl or .json file")
        print(f"{size / 2**20:.0f} MiB")
        for command in ("spend", "audit"):
            sides = [[program, command, target, "--format", "json", "--no-progress"] for program in programs]
            for side in sides:
                run(side)
            pairs = [[run(side) for side in sides] for _ in range(arguments.n)]
            for figure in ("cpu s", "peak MiB"):
                a, b = ([pair[side][figure] for pair in pairs] for side in (0, 1))
                ratio = statistics.median(y / x for x, y in zip(a, b))
                print(f"{command:6} {figure:9} A {statistics.median(a):9.3f}   B {statistics.median(b):9.3f}   B/A {ratio:6.3f}")


if __name__ == "__main__":
    main()
