#!/usr/bin/env python3
"""A million made-up usage records into every format: CPU, wall and memory of each command and of all.

    benches/million.py [--records N] [--program target/release/tokaudit] [--keep DIR]

The logs are Claude Code transcripts of 2,000 sessions in 40 repositories over 120 days, from a fixed seed.
"""
import argparse
import os
import random
import subprocess
import tempfile
import time
from datetime import datetime, timedelta

MODELS = ["claude-opus-4-6", "claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001"]
SESSIONS = 2000
FORMATS = "table,json,csv,markdown,html,openmetrics,xlsx"


def write_logs(folder, records):
    chance = random.Random(20260501)
    start = datetime(2026, 1, 5, 8)
    each = records // SESSIONS
    for session in range(SESSIONS):
        project = f"/src/project-{session % 40}"
        at = start + timedelta(days=session * 120 / SESSIONS)
        model = MODELS[session % 3]
        place = os.path.join(folder, f"-src-project-{session % 40}")
        os.makedirs(place, exist_ok=True)
        with open(os.path.join(place, f"session-{session}.jsonl"), "w", encoding="utf-8") as out:
            for turn in range(each + (session < records % SESSIONS)):
                at += timedelta(seconds=chance.randrange(5, 90))
                name = f"{session}-{turn}"
                out.write(
                    f'{{"type":"assistant","sessionId":"session-{session}","uuid":"u-{name}","cwd":"{project}",'
                    f'"gitBranch":"feature/{session % 400}","version":"2.0.1","timestamp":"{at.isoformat()}Z",'
                    f'"requestId":"r-{name}","message":{{"id":"m-{name}","model":"{model}","role":"assistant",'
                    f'"content":[{{"type":"text","text":"Done."}}],"usage":{{"input_tokens":{chance.randrange(1, 900)},'
                    f'"cache_creation_input_tokens":{chance.randrange(0, 4000)},'
                    f'"cache_read_input_tokens":{chance.randrange(1000, 90000)},'
                    f'"output_tokens":{chance.randrange(10, 2000)}}}}}}}\n'
                )


def size(path):
    if os.path.isfile(path):
        return os.path.getsize(path)
    return sum(os.path.getsize(os.path.join(path, name)) for name in os.listdir(path))


def run(command):
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - started, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--program", default="target/release/tokaudit")
    parser.add_argument("--keep", help="write the logs here, and use them when they are there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        logs = arguments.keep or os.path.join(scratch, "logs")
        if not os.path.isdir(logs):
            write_logs(logs, arguments.records)
        os.makedirs(os.path.join(scratch, "none"), exist_ok=True)
        program = os.path.abspath(arguments.program)
        os.chdir(os.path.join(scratch, "none"))
        jobs = [("audit, every format", ["audit", os.path.abspath(logs), "--format", FORMATS])]
        jobs += [("ledger " + name, ["ledger", os.path.abspath(logs), "--format", name]) for name in ("jsonl", "csv", "parquet")]
        jobs.append(("focus csv", ["ledger", os.path.abspath(logs), "--table", "focus", "--format", "csv"]))
        total, most = 0.0, 0.0
        print(f"{'':20} {'CPU s':>7} {'wall s':>7} {'peak MiB':>9} {'bytes':>13}")
        for name, words in jobs:
            out = os.path.join(scratch, name)
            if words[0] == "audit":
                os.makedirs(out)
            cpu, wall, memory = run([program, *words, "--as-of", "2026-06-01", "-q", "--out", out])
            total, most = total + cpu, max(most, memory)
            print(f"{name:20} {cpu:7.2f} {wall:7.2f} {memory:9.0f} {size(out):13,}")
        print(f"{'all':20} {total:7.2f} {'':7} {most:9.0f}")


if __name__ == "__main__":
    main()
