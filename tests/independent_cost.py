#!/usr/bin/env python3
"""List cost of Claude Code, Codex, Gemini CLI and OpenCode logs, calculated apart from the program, in exact decimals.

    tests/independent_cost.py LOGS [TOKAUDIT]

Prints dollars and requests per model. With the program's path it runs `spend --by model` on the same folder and fails
when any model differs by half a cent. It shares no code and no price file with the program: prices per million tokens
are written down below, as the vendors list them for the models of the corpora.
"""
import json
import pathlib
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal as D

# model prefix: input, cache read, 5-minute write, 1-hour write, output
PRICES = {
    "claude-opus-4-5": ("5", "0.5", "6.25", "10", "25"),
    "claude-opus-4-6": ("5", "0.5", "6.25", "10", "25"),
    "claude-opus-4-7": ("5", "0.5", "6.25", "10", "25"),
    "claude-sonnet-4-5": ("3", "0.3", "3.75", "6", "15"),
    "claude-haiku-4-5": ("1", "0.1", "1.25", "2", "5"),
    "gemini-2.5-flash": ("0.3", "0.03", "0.3", "0.3", "2.5"),
    "gpt-5.3-codex": ("1.75", "0.175", "0", "0", "14"),
    "gpt-5.4": ("2.5", "0.25", "0", "0", "15"),
    "gpt-5.5": ("5", "0.5", "0", "0", "30"),
}
# Prompts longer than this move the whole request: limit, factor on input and cache, factor on output.
LONG = {
    "claude-sonnet-4-5": (200_000, D(2), D("1.5")),
    "gpt-5.4": (272_000, D(2), D("1.5")),
    "gpt-5.5": (272_000, D(2), D("1.5")),
}


def lines(path):
    with open(path, encoding="utf-8", errors="replace") as text:
        for line in text:
            try:
                value = json.loads(line)
            except ValueError:
                continue
            if isinstance(value, dict):
                yield value


def claude(value, messages):
    inner = value
    if value.get("type") == "progress":
        inner = (value.get("data") or {}).get("message") or {}
    message = inner.get("message")
    usage = message.get("usage") if isinstance(message, dict) else None
    if not usage or message.get("model") == "<synthetic>" or value.get("isApiErrorMessage"):
        return
    split = usage.get("cache_creation") or {}
    hour = split.get("ephemeral_1h_input_tokens") or 0
    five = max(split.get("ephemeral_5m_input_tokens") or 0, (usage.get("cache_creation_input_tokens") or 0) - hour)
    seen = (
        usage.get("input_tokens") or 0,
        usage.get("cache_read_input_tokens") or 0,
        five,
        hour,
        usage.get("output_tokens") or 0,
    )
    model, before = messages.get(message["id"], (message["model"], (0,) * 5))
    messages[message["id"]] = (model, tuple(map(max, before, seen)))


def codex(path, requests):
    model, before = None, None
    for value in lines(path):
        payload = value.get("payload") or {}
        if value.get("type") == "turn_context":
            model = payload.get("model") or model
        if payload.get("type") != "token_count" or not payload.get("info"):
            continue
        fields = ("input_tokens", "cached_input_tokens", "output_tokens")
        total = tuple(payload["info"]["total_token_usage"][field] for field in fields)
        last = tuple(payload["info"]["last_token_usage"][field] for field in fields)
        if total == before:
            continue
        if before is None or any(now < then for now, then in zip(total, before)):
            used = last
        else:
            used = tuple(now - then for now, then in zip(total, before))
        before = total
        requests.append((model, (used[0] - used[1], used[1], 0, 0, used[2])))


def document(path, messages):
    with open(path, encoding="utf-8", errors="replace") as text:
        value = json.load(text)
    for message in value.get("messages") or []:
        tokens = message.get("tokens") or (message.get("info") or {}).get("tokens")
        if not tokens:
            continue
        if message.get("type") == "gemini":
            cached = tokens["cached"]
            seen = (tokens["input"] - cached, cached, 0, 0, tokens["output"] + tokens["thoughts"])
            messages[message["id"]] = (message["model"], seen)
        else:
            # Here `total` shows that output includes reasoning; the first copy of a message stands.
            cache = tokens["cache"]
            seen = (tokens["input"], cache["read"], cache["write"], 0, tokens["output"])
            messages.setdefault(message["info"]["id"], (message["info"]["modelID"], seen))


def cost(model, tokens):
    prefix = next(name for name in PRICES if model.startswith(name))
    rates = [D(rate) for rate in PRICES[prefix]]
    limit, on_input, on_output = LONG.get(prefix, (None, D(1), D(1)))
    if limit is not None and sum(tokens[:4]) > limit:
        rates = [rate * on_input for rate in rates[:4]] + [rates[4] * on_output]
    return sum(D(count) * rate for count, rate in zip(tokens, rates)) / D(1_000_000)


def main():
    logs = pathlib.Path(sys.argv[1])
    messages, requests = {}, []
    for path in sorted(logs.rglob("*.jsonl")):
        if path.name.startswith("rollout-"):
            codex(path, requests)
        else:
            for value in lines(path):
                claude(value, messages)
    for path in sorted(logs.rglob("*.json")):
        document(path, messages)
    dollars, counts = defaultdict(D), defaultdict(int)
    for model, tokens in [*messages.values(), *requests]:
        dollars[model] += cost(model, tokens)
        counts[model] += 1
    for model in sorted(dollars):
        print(f"{model}\t{dollars[model]}\t{counts[model]}")
    print(f"total\t{sum(dollars.values())}\t{sum(counts.values())}")
    if len(sys.argv) > 2:
        command = [sys.argv[2], "spend", str(logs), "--by", "model", "--format", "json"]
        rows = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["rows"]
        theirs = {row["key"]["model"]: D(row["list_cost_usd"]) for row in rows}
        off = {m: (dollars[m], theirs.get(m)) for m in dollars if abs(dollars[m] - theirs.get(m, D(0))) >= D("0.005")}
        if off or set(theirs) != set(dollars):
            sys.exit(f"different: {off or set(theirs) ^ set(dollars)}")
        print("equal to the cent, per model")


if __name__ == "__main__":
    main()
