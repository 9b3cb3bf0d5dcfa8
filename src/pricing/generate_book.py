#!/usr/bin/env python3
"""Makes prices.csv and modifiers.csv from public price catalogues and the review tables below.

    python3 generate_book.py --litellm F --genai F --models-dev F --openrouter F [--history F] [--check]

The catalogues list today's prices, but not since when they apply, and they contain errors. This file therefore holds
what a person decided after reading them and the vendors' own pages:

  MODELS     which models are in the book, from which day the catalogued price applies, and under which names
             each catalogue lists them
  HISTORY    earlier and later prices, row by row, with where and when they were read
  SETTLED    every disagreement between catalogues, with the source that was believed and why
  MODIFIERS  multipliers that stack

Prices are USD per million tokens and never pass through a float. A disagreement that SETTLED does not explain, or
a price that a catalogue no longer has, ends the run with status 1. `--check` compares with the committed tables
instead of writing them. Only the standard library is used.
"""

import argparse
import csv
import datetime
import io
import json
import re
import sys
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).resolve().parent
MILLION = Decimal(1_000_000)
BUCKETS = ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output")
COLUMNS = ("provider model effective_from effective_to service_tier above_input_tokens tier_scope input cache_read "
           "cache_write_5m cache_write_1h output source source_revision observed_at change_kind note").split()
MODIFIER_COLUMNS = ("provider model dimension value multiplier effective_from effective_to source observed_at").split()

# The day of each catalogue: the revision and the day of observation of the rows taken from it.
REVISIONS = {
    "litellm": "2026-08-01",
    "genai-prices": "2026-08-21",
    "models.dev": "2026-07-02",
    "openrouter": "2026-08-01",
}

# Vendors whose closed models every gateway resells at list price, so that OpenRouter's route price is comparable.
CLOSED = ("anthropic", "openai", "google", "xai")

# Vendors that bill the first pass of a cached prefix as plain input (automatic caching without a write price).
WRITES_COST_INPUT = ("openai", "google", "xai", "deepseek", "moonshotai", "mistral", "zai", "xiaomi", "meta",
                     "microsoft", "fireworks")

# provider | model | since | until | litellm | genai-prices | models.dev | openrouter   (`=` is the model key, `-` none)
# The names are those under which a catalogue lists the price of this model. The days bound the catalogued price;
# HISTORY holds earlier and later prices.
MODELS = """
anthropic|claude-3-haiku|2024-03-13||claude-3-haiku-20240307|=|claude-3-haiku-20240307|=
anthropic|claude-3-sonnet|2024-03-04||-|=|claude-3-sonnet-20240229|-
anthropic|claude-3-opus|2024-03-04||claude-3-opus-20240229|claude-3-opus-latest|claude-3-opus-20240229|-
anthropic|claude-3-5-sonnet|2024-06-20||-|=|claude-3-5-sonnet-20241022|-
anthropic|claude-3-5-haiku|2024-12-03||-|claude-3-5-haiku-latest|-|-
anthropic|claude-3-7-sonnet|2025-02-24||claude-3-7-sonnet-20250219|claude-3-7-sonnet-latest|claude-3-7-sonnet-20250219|-
anthropic|claude-opus-4|2025-05-22||claude-opus-4-20250514|claude-opus-4-0|claude-opus-4-0|=
anthropic|claude-sonnet-4|2025-08-12||claude-sonnet-4-20250514|claude-sonnet-4-0|claude-sonnet-4-0|=
anthropic|claude-opus-4-1|2025-08-05||=|=|=|claude-opus-4.1
anthropic|claude-sonnet-4-5|2025-09-29||=|=|=|claude-sonnet-4.5
anthropic|claude-haiku-4-5|2025-10-15||=|=|=|claude-haiku-4.5
anthropic|claude-opus-4-5|2025-11-24||=|=|=|claude-opus-4.5
anthropic|claude-opus-4-6|2026-03-13||=|=|=|claude-opus-4.6
anthropic|claude-sonnet-4-6|2026-03-13||=|=|=|claude-sonnet-4.6
anthropic|claude-opus-4-7|2026-04-16||=|=|=|claude-opus-4.7
anthropic|claude-opus-4-8|2026-05-28||=|=|=|claude-opus-4.8
anthropic|claude-fable-5|2026-06-09||=|=|=|=
anthropic|claude-sonnet-5|2026-06-30||=|=|=|=
anthropic|claude-opus-5|2026-07-24||=|=|-|=
openai|gpt-3.5-turbo|2024-02-16||=|=|=|=
openai|gpt-3.5-turbo-1106|2023-11-06||=|=|-|-
openai|gpt-4|2023-03-14||=|=|=|=
openai|gpt-4-turbo|2023-11-06||=|=|=|=
openai|gpt-4o|2024-10-02||=|=|=|=
openai|gpt-4o-2024-05-13|2024-05-13||=|-|=|=
openai|gpt-4o-2024-08-06|2024-08-06||=|-|=|=
openai|gpt-4o-2024-11-20|2024-11-20||=|-|=|=
openai|gpt-4o-mini|2024-07-18||=|=|=|=
openai|gpt-4o-search-preview|2025-03-11||=|=|-|-
openai|gpt-4o-mini-search-preview|2025-03-11||=|-|-|-
openai|chatgpt-4o-latest|2024-08-14||=|=|-|-
openai|gpt-4.5-preview|2025-02-27||-|=|-|-
openai|gpt-4.1|2025-04-14||=|=|=|=
openai|gpt-4.1-mini|2025-04-14||=|=|=|=
openai|gpt-4.1-nano|2025-04-14||=|=|=|=
openai|o1|2024-12-17||=|=|=|=
openai|o1-mini|2025-01-31||-|=|-|-
openai|o1-pro|2025-03-19||=|=|=|=
openai|o3-mini|2025-01-31||=|=|=|=
openai|o3|2025-06-10||=|=|=|=
openai|o3-pro|2025-06-10||=|=|=|=
openai|o4-mini|2025-04-16||=|=|=|=
openai|o3-deep-research|2025-06-26||=|=|=|-
openai|o4-mini-deep-research|2025-06-26||=|=|=|-
openai|codex-mini-latest|2025-05-16||=|codex-mini|-|-
openai|computer-use-preview|2025-03-11||-|computer-use|-|-
openai|gpt-5|2025-08-07||=|=|=|=
openai|gpt-5-mini|2025-08-07||=|=|=|=
openai|gpt-5-nano|2025-08-07||=|=|=|=
openai|gpt-5-chat-latest|2025-08-07||=|-|=|-
openai|gpt-5-codex|2025-09-15||=|-|=|-
openai|gpt-5-pro|2025-10-06||=|=|=|=
openai|gpt-5.1|2025-11-13||=|=|=|=
openai|gpt-5.1-chat-latest|2025-11-13||=|-|=|-
openai|gpt-5.1-codex|2025-11-13||=|-|=|=
openai|gpt-5.1-codex-mini|2025-11-13||=|=|=|=
openai|gpt-5.1-codex-max|2025-11-19||=|-|=|=
openai|gpt-5.2|2025-12-11||=|=|=|=
openai|gpt-5.2-chat-latest|2025-12-11||=|-|=|gpt-5.2-chat
openai|gpt-5.2-codex|2025-12-18||=|-|=|=
openai|gpt-5.2-pro|2025-12-11||=|=|=|=
openai|gpt-5.3-codex|2026-02-05||=|=|=|=
openai|gpt-5.3-codex-spark|2026-02-12||-|-|=|-
openai|gpt-5.3-chat-latest|2026-03-03||=|-|=|gpt-5.3-chat
openai|gpt-5.4|2026-03-05||=|=|=|=
openai|gpt-5.4-pro|2026-03-05||=|=|=|=
openai|gpt-5.4-mini|2026-03-17||=|=|=|=
openai|gpt-5.4-nano|2026-03-17||=|=|=|=
openai|gpt-5.5|2026-04-23||=|=|=|=
openai|gpt-5.5-pro|2026-04-23||=|=|=|=
openai|gpt-5.6-sol|2026-07-09|2026-08-21|=|=|-|=
openai|gpt-5.6-terra|2026-07-30||=|=|-|=
openai|gpt-5.6-luna|2026-07-30||=|=|-|=
google|gemini-1.5-flash-8b|2024-10-03||-|gemini-flash-1.5-8b|-|-
google|gemini-1.5-flash|2024-08-12||-|gemini-flash-1.5|-|-
google|gemini-1.5-pro|2024-10-01||-|gemini-pro-1.5|-|-
google|gemini-2.0-flash|2025-02-05||gemini/gemini-2.0-flash|=|=|-
google|gemini-2.0-flash-lite|2025-02-25||gemini/gemini-2.0-flash-lite|=|=|-
google|gemini-2.5-pro|2025-11-18||gemini/gemini-2.5-pro|=|=|=
google|gemini-2.5-flash|2025-11-18||gemini/gemini-2.5-flash|=|=|=
google|gemini-2.5-flash-lite|2025-11-18||gemini/gemini-2.5-flash-lite|=|=|=
google|gemini-2.5-computer-use-preview-10-2025|2025-10-07||gemini/gemini-2.5-computer-use-preview-10-2025|-|-|-
google|gemini-3-pro-preview|2025-11-18||gemini/gemini-3-pro-preview|=|=|-
google|gemini-3-flash-preview|2025-12-17||gemini/gemini-3-flash-preview|=|=|=
google|gemini-3.1-pro-preview|2026-02-19||gemini/gemini-3.1-pro-preview|=|=|=
google|gemini-3.1-flash-lite|2026-03-03||gemini/gemini-3.1-flash-lite|=|=|=
google|gemini-3.5-flash|2026-05-19||gemini/gemini-3.5-flash|=|=|=
google|gemini-3.5-flash-lite|2026-07-21||gemini/gemini-3.5-flash-lite|=|-|=
google|gemini-3.6-flash|2026-07-21|2026-08-13|gemini/gemini-3.6-flash|=|-|=
xai|grok-beta|2024-10-21||xai/grok-beta|-|-|-
xai|grok-2|2024-12-12||xai/grok-2|grok-2-1212|-|-
xai|grok-3|2025-04-09||xai/grok-3|=|-|-
xai|grok-3-fast|2025-04-09||xai/grok-3-fast-latest|=|-|-
xai|grok-3-mini|2025-04-09||xai/grok-3-mini|=|-|-
xai|grok-3-mini-fast|2025-04-09||xai/grok-3-mini-fast|=|-|-
xai|grok-4|2025-07-09||xai/grok-4-0709|grok-4-0709|-|-
xai|grok-code-fast-1|2025-08-28||xai/grok-code-fast-1|=|-|-
xai|grok-4-fast|2025-09-19||xai/grok-4-fast-reasoning|grok-4-fast-reasoning|-|-
xai|grok-4-1-fast|2025-11-19||xai/grok-4-1-fast|grok-4-1-fast-reasoning|-|-
xai|grok-4.20|2026-05-20||-|=|grok-4.20-0309-reasoning|=
xai|grok-4.20-multi-agent|2026-05-20||-|-|grok-4.20-multi-agent-0309|=
xai|grok-4.3|2026-04-30||xai/grok-4.3|=|=|=
xai|grok-build-0.1|2026-05-20||-|=|=|=
xai|grok-4.5|2026-07-08||xai/grok-4.5|=|-|=
deepseek|deepseek-r1|2025-01-20||deepseek/deepseek-r1|-|-|-
deepseek|deepseek-v3|2025-02-09||deepseek/deepseek-v3|-|-|-
deepseek|deepseek-v3.2|2025-09-29||deepseek/deepseek-v3.2|-|-|-
deepseek|deepseek-coder|2024-05-06||deepseek/deepseek-coder|-|-|-
deepseek|deepseek-v4-flash|2026-04-26|2026-08-17|deepseek/deepseek-v4-flash|=|=|-
deepseek|deepseek-v4-pro|2026-04-26|2026-08-17|deepseek/deepseek-v4-pro|=|=|-
mistral|open-mistral-7b|2023-12-11||mistral/open-mistral-7b|mistral-7b|=|-
mistral|open-mixtral-8x7b|2023-12-11||mistral/open-mixtral-8x7b|mixtral-8x7b|=|-
mistral|open-mixtral-8x22b|2024-04-17||mistral/open-mixtral-8x22b|-|=|-
mistral|mistral-nemo|2024-09-17||-|=|=|-
mistral|pixtral-12b|2024-09-17||mistral/pixtral-12b-2409|=|=|-
mistral|pixtral-large|2024-11-18||mistral/pixtral-large-2411|=|pixtral-large-latest|-
mistral|mistral-saba|2025-02-17||-|=|-|-
mistral|mistral-large-2407|2024-09-17||-|-|-|=
mistral|mistral-large-2411|2024-11-18||mistral/mistral-large-2411|mistral-large|=|-
mistral|mistral-large-2512|2025-12-02||mistral/mistral-large-2512|=|=|=
mistral|mistral-medium-2505|2025-05-07||mistral/mistral-medium-2505|mistral-medium-3|=|mistral-medium-3
mistral|mistral-medium-2508|2025-08-12||mistral/mistral-medium-2508|-|=|mistral-medium-3.1
mistral|mistral-medium-2604|2026-04-29||mistral/mistral-medium-2604|-|=|mistral-medium-3-5
mistral|mistral-small-2506|2025-06-20||-|-|=|-
mistral|mistral-small-2603|2026-03-16||-|=|=|=
mistral|codestral-2405|2024-05-29|2024-09-17|mistral/codestral-2405|-|-|-
mistral|codestral-2508|2025-07-30||mistral/codestral-2508|=|-|=
mistral|devstral-small-2505|2025-05-21||mistral/devstral-small-2505|-|=|-
mistral|devstral-small-2507|2025-07-10||mistral/devstral-small-2507|-|=|-
mistral|devstral-medium-2507|2025-07-10||mistral/devstral-medium-2507|-|=|-
mistral|devstral-2512|2026-01-29||mistral/devstral-2512|=|=|-
mistral|magistral-medium|2025-06-10||mistral/magistral-medium-2509|=|magistral-medium-latest|-
mistral|magistral-small|2025-06-10||mistral/magistral-small-2506|=|=|-
mistral|ministral-3b-2512|2025-12-02||mistral/ministral-3-3b-2512|=|-|=
mistral|ministral-8b-2512|2025-12-02||mistral/ministral-8b-2512|-|-|=
mistral|ministral-14b-2512|2025-12-02||mistral/ministral-3-14b-2512|=|-|=
moonshotai|moonshot-v1-8k|2024-02-01||moonshot/moonshot-v1-8k|=|-|-
moonshotai|moonshot-v1-32k|2024-02-01||moonshot/moonshot-v1-32k|=|-|-
moonshotai|moonshot-v1-128k|2024-02-01||moonshot/moonshot-v1-128k|=|-|-
moonshotai|kimi-k2-0711-preview|2025-07-11||moonshot/kimi-k2-0711-preview|=|=|-
moonshotai|kimi-k2-0905-preview|2025-09-05||moonshot/kimi-k2-0905-preview|=|=|-
moonshotai|kimi-k2-turbo-preview|2025-08-01||moonshot/kimi-k2-turbo-preview|=|=|-
moonshotai|kimi-k2-thinking|2025-11-06||moonshot/kimi-k2-thinking|=|=|-
moonshotai|kimi-k2-thinking-turbo|2025-11-06||moonshot/kimi-k2-thinking-turbo|=|=|-
moonshotai|kimi-k2.5|2026-01-27||moonshot/kimi-k2.5|=|=|-
moonshotai|kimi-k2.6|2026-04-20||moonshot/kimi-k2.6|=|=|-
moonshotai|kimi-k2.7-code|2026-06-12||-|=|=|-
moonshotai|kimi-k2.7-code-highspeed|2026-06-12||-|-|=|-
moonshotai|kimi-k3|2026-07-16||-|=|-|-
alibaba|qwen-max|2025-01-25||dashscope/qwen-max|-|=|-
alibaba|qwen-plus|2025-01-25||dashscope/qwen-plus-latest|-|=|-
alibaba|qwen-turbo|2024-11-01||dashscope/qwen-turbo|-|=|-
alibaba|qwen-flash|2025-07-28||dashscope/qwen-flash|-|=|-
alibaba|qwq-plus|2025-03-05||dashscope/qwq-plus|-|=|-
alibaba|qvq-max|2025-03-25||-|-|=|-
alibaba|qwen-vl-max|2024-04-08||-|-|=|-
alibaba|qwen-vl-plus|2024-01-25||-|-|=|-
alibaba|qwen3-max|2025-09-23||dashscope/qwen3-max|-|=|-
alibaba|qwen3-vl-plus|2025-09-23||dashscope/qwen3-vl-plus|-|=|-
alibaba|qwen3-coder-plus|2025-07-23||dashscope/qwen3-coder-plus|-|=|-
alibaba|qwen3-coder-flash|2025-07-28||dashscope/qwen3-coder-flash|-|=|-
alibaba|qwen3-coder-480b-a35b-instruct|2025-07-23||-|-|=|-
alibaba|qwen3-coder-30b-a3b-instruct|2025-07-31||-|-|=|-
alibaba|qwen3-235b-a22b|2025-04-28||-|-|=|-
alibaba|qwen3-32b|2025-04-28||-|-|=|-
alibaba|qwen3-14b|2025-04-28||-|-|=|-
alibaba|qwen3-8b|2025-04-28||-|-|=|-
alibaba|qwen3.5-plus|2026-02-16||dashscope/qwen3.5-plus|-|=|-
alibaba|qwen3.5-397b-a17b|2026-02-15||-|-|=|-
alibaba|qwen3.5-122b-a10b|2026-02-23||-|-|=|-
alibaba|qwen3.5-35b-a3b|2026-02-23||-|-|=|-
alibaba|qwen3.5-27b|2026-02-23||-|-|=|-
alibaba|qwen3.6-plus|2026-04-02||-|-|=|-
alibaba|qwen3.6-max-preview|2026-04-20||-|-|=|-
alibaba|qwen3.6-flash|2026-04-27||-|-|=|-
alibaba|qwen3.6-35b-a3b|2026-04-17||-|-|=|-
alibaba|qwen3.6-27b|2026-04-22||-|-|=|-
alibaba|qwen3.7-max|2026-05-21||dashscope/qwen3.7-max|-|=|-
alibaba|qwen3.7-plus|2026-06-02||dashscope/qwen3.7-plus|-|=|-
zai|glm-4-32b-0414-128k|2025-04-14||zai/glm-4-32b-0414-128k|-|-|-
zai|glm-4.5|2025-07-28||zai/glm-4.5|-|=|-
zai|glm-4.5-x|2025-07-28||zai/glm-4.5-x|-|-|-
zai|glm-4.5-air|2025-07-28||zai/glm-4.5-air|-|=|-
zai|glm-4.5-airx|2025-07-28||zai/glm-4.5-airx|-|-|-
zai|glm-4.5-flash|2025-07-28||zai/glm-4.5-flash|-|=|-
zai|glm-4.5v|2025-08-11||zai/glm-4.5v|-|=|-
zai|glm-4.6|2025-09-30||zai/glm-4.6|-|=|-
zai|glm-4.6v|2025-12-08||-|-|=|-
zai|glm-4.7|2025-12-22||zai/glm-4.7|-|=|-
zai|glm-4.7-flash|2026-01-19||zai/glm-4.7-flash|-|=|-
zai|glm-4.7-flashx|2026-01-19||-|-|=|-
zai|glm-5|2026-02-12||zai/glm-5|-|=|-
zai|glm-5-code|2026-02-12||zai/glm-5-code|-|-|-
zai|glm-5-turbo|2026-03-16||-|-|=|-
zai|glm-5v-turbo|2026-04-01||-|-|=|-
zai|glm-5.1|2026-04-07||zai/glm-5.1|-|=|-
zai|glm-5.2|2026-06-13||-|GLM-5.2|=|-
zai|glm-5.3|2026-08-19||-|GLM-5.3|-|-
minimax|minimax-m2|2025-10-27||minimax/MiniMax-M2|-|MiniMax-M2|-
minimax|minimax-m2.1|2025-12-23||minimax/MiniMax-M2.1|-|MiniMax-M2.1|-
minimax|minimax-m2.5|2026-02-12||minimax/MiniMax-M2.5|-|MiniMax-M2.5|-
minimax|minimax-m2.7|2026-03-18||-|-|MiniMax-M2.7|-
minimax|minimax-m3|2026-06-01||minimax/MiniMax-M3|-|MiniMax-M3|-
xiaomi|mimo-v2-flash|2025-12-16||-|-|=|-
xiaomi|mimo-v2-pro|2026-03-18||-|-|=|-
xiaomi|mimo-v2.5|2026-04-22||-|-|=|-
xiaomi|mimo-v2.5-pro|2026-04-22||-|-|=|-
meta|muse-spark-1.1|2026-07-09||meta/muse-spark-1.1|-|-|-
microsoft|mai-code-1-flash|2026-06-01||github_copilot/mai-code-1-flash|-|-|-
fireworks|accounts/fireworks/models/glm-5p2|2026-06-16||-|-|=|-
fireworks|accounts/fireworks/models/kimi-k2p6|2026-04-17||fireworks_ai/accounts/fireworks/models/kimi-k2p6|-|=|-
fireworks|accounts/fireworks/routers/glm-5p2-fast|2026-06-26||-|-|=|-
fireworks|accounts/fireworks/routers/kimi-k2p6-fast|2026-04-17||fireworks_ai/accounts/fireworks/routers/kimi-k2p6-fast|-|=|-
"""

# The name of each vendor in each catalogue.
VENDORS = {
    "anthropic": ("anthropic", "anthropic", "anthropic"),
    "openai": ("openai", "openai", "openai"),
    "google": ("google", "google", "google"),
    "xai": ("x-ai", "xai", "x-ai"),
    "deepseek": ("deepseek", "deepseek", "deepseek"),
    "mistral": ("mistral", "mistral", "mistralai"),
    "moonshotai": ("moonshotai", "moonshotai", "moonshotai"),
    "alibaba": ("-", "alibaba", "qwen"),
    "zai": ("zai", "zai", "z-ai"),
    "minimax": ("minimax", "minimax", "minimax"),
    "xiaomi": ("-", "xiaomi", "xiaomi"),
    "meta": ("-", "-", "meta"),
    "microsoft": ("-", "-", "-"),
    "fireworks": ("fireworks", "fireworks-ai", "-"),
}

# provider | model | from | to | tier | above | input | read | write 5m | write 1h | output | source | read on | kind | note
# Source names a vendor's own page, or the catalogue whose history shows the change. `w` in a write column is the
# input price (the vendor bills writes as input).
HISTORY = """
anthropic|claude-3-5-haiku|2024-11-04|2024-12-03|standard|0|1|0.1|1.25|2|5|anthropic-news|2024-12-03|first_seen|launch price
anthropic|claude-sonnet-4|2025-05-22|2025-08-12|standard|0|3|0.3|3.75|6|15|anthropic-news|2025-05-22|first_seen|before the 1M context window
anthropic|claude-opus-4-6|2026-02-05|2026-03-13|standard|0|5|0.5|6.25|10|25|genai-prices|2026-08-21|first_seen|
anthropic|claude-opus-4-6|2026-02-05|2026-03-13|standard|200000|10|1|12.5|20|37.5|genai-prices|2026-08-21|first_seen|long-context price until 2026-03-13
anthropic|claude-sonnet-4-6|2026-02-17|2026-03-13|standard|0|3|0.3|3.75|6|15|genai-prices|2026-08-21|first_seen|
anthropic|claude-sonnet-4-6|2026-02-17|2026-03-13|standard|200000|6|0.6|7.5|12|22.5|genai-prices|2026-08-21|first_seen|long-context price until 2026-03-13
anthropic|claude-mythos-5|2026-06-09||standard|0|10|1|12.5|20|50|anthropic-docs|2026-09-07|first_seen|limited availability
anthropic|claude-fable-5-1|2026-09-01||standard|0|10|0.25|12.5|20|50|anthropic-docs|2026-09-07|first_seen|
anthropic|claude-mythos-5-1|2026-09-01||standard|0|10|0.25|12.5|20|50|anthropic-docs|2026-09-07|first_seen|limited availability
anthropic|claude-opus-5-5|2026-09-22||standard|0|4|0.2|5|8|20|anthropic-docs|2026-10-03|first_seen|
anthropic|claude-sonnet-5-5|2026-09-28|2026-10-07|standard|0|2|0.2|2.5|4|10|anthropic-docs|2026-10-01|first_seen|
anthropic|claude-sonnet-5-5|2026-10-07||standard|0|2|0.1|2.5|4|10|anthropic-docs|2026-10-24|price|cache reads halved
anthropic|claude-haiku-5-5|2026-10-07||standard|0|0.1|0.01|0.125|0.2|0.5|anthropic-docs|2026-10-24|first_seen|
anthropic|claude-haiku-5-5|2026-10-07||standard|100000|0.5|0.05|0.625|1|2.5|anthropic-docs|2026-10-24|first_seen|prompts over 100000 tokens
anthropic|claude-fable-5-2|2026-11-09||standard|0|8|0.2|10|16|40|anthropic-docs|2026-11-10|first_seen|
openai|gpt-4o|2024-05-13|2024-10-02|standard|0|5||||15|openai-docs|2024-05-13|first_seen|the name then meant gpt-4o-2024-05-13
openai|o1-preview|2024-09-12||standard|0|15|7.5|w||60|llm-prices|2026-08-05|first_seen|
openai|o1-mini|2024-09-12|2025-01-31|standard|0|3|1.5|w||12|openai-docs|2024-09-12|first_seen|
openai|o3|2025-04-16|2025-06-10|standard|0|10|2.5|w||40|openai-docs|2025-05-03|first_seen|cut by 80% on 2025-06-10
openai|gpt-5.5|2026-04-23||priority|0|12.5|1.25|w||75|openai-docs|2026-08-01|first_seen|2.5 times the standard price
openai|gpt-5.6-sol|2026-08-21||standard|0|4|0.4|5||20|openai-docs|2026-09-24|price|promotion; announced until at least 2026-11-21
openai|gpt-5.6-sol|2026-08-21||standard|272000|8|0.8|10||30|openai-docs|2026-09-24|price|promotion; announced until at least 2026-11-21
openai|gpt-5.6-terra|2026-07-09|2026-07-30|standard|0|2.5|0.25|3.125||15|genai-prices|2026-08-21|first_seen|
openai|gpt-5.6-terra|2026-07-09|2026-07-30|standard|272000|5|0.5|6.25||22.5|genai-prices|2026-08-21|first_seen|
openai|gpt-5.6-luna|2026-07-09|2026-07-30|standard|0|1|0.1|1.25||6|genai-prices|2026-08-21|first_seen|
openai|gpt-5.6-luna|2026-07-09|2026-07-30|standard|272000|2|0.2|2.5||9|genai-prices|2026-08-21|first_seen|
openai|gpt-6-astra|2026-09-03||standard|0|10|1|12.5||50|openai-docs|2026-09-07|first_seen|
openai|gpt-6-astra|2026-09-03||standard|272000|20|2|25||75|openai-docs|2026-09-07|first_seen|
openai|gpt-6-sol|2026-09-22||standard|0|2|0.2|2.5||10|openai-docs|2026-09-23|first_seen|
openai|gpt-6-sol|2026-09-22||standard|272000|4|0.4|5||15|openai-docs|2026-09-23|first_seen|
openai|gpt-6-luna|2026-09-22||standard|0|0.1|0.01|0.125||0.5|openai-docs|2026-09-23|first_seen|
openai|gpt-6-luna|2026-09-22||standard|272000|0.2|0.02|0.25||0.75|openai-docs|2026-09-23|first_seen|
openai|gpt-6.1-sol|2026-09-29||standard|0|2|0.1|2.5||10|openai-docs|2026-10-13|first_seen|
openai|gpt-6.1-sol|2026-09-29||standard|272000|4|0.2|5||15|openai-docs|2026-10-13|first_seen|
openai|gpt-6.1-terra|2026-10-26||standard|0|1|0.05|1.25||5|openai-docs|2026-10-27|first_seen|
openai|gpt-6.1-terra|2026-10-26||standard|272000|2|0.1|2.5||7.5|openai-docs|2026-10-27|first_seen|
openai|gpt-6.2-astra|2026-11-17||standard|0|8|0.4|10||40|openai-docs|2026-11-18|first_seen|
openai|gpt-6.2-astra|2026-11-17||standard|272000|16|0.8|20||60|openai-docs|2026-11-18|first_seen|
openai|gpt-6.2-sol|2026-11-17||standard|0|2|0.1|2.5||10|openai-docs|2026-11-18|first_seen|
openai|gpt-6.2-sol|2026-11-17||standard|272000|4|0.2|5||15|openai-docs|2026-11-18|first_seen|
google|gemini-1.5-flash|2024-05-14|2024-08-12|standard|0|0.35||||1.05|google-docs|2024-05-14|first_seen|
google|gemini-1.5-flash|2024-05-14|2024-08-12|standard|128000|0.7||||2.1|google-docs|2024-05-14|first_seen|
google|gemini-1.5-pro|2024-05-14|2024-10-01|standard|0|3.5|0.875|w||10.5|google-docs|2024-05-14|first_seen|
google|gemini-1.5-pro|2024-05-14|2024-10-01|standard|128000|7|1.75|w||21|google-docs|2024-05-14|first_seen|
google|gemini-2.5-pro|2025-04-04|2025-11-18|standard|0|1.25|0.31|w||10|models.dev|2026-07-02|first_seen|first as preview; the day of the cheaper cache reads is between 2025-10-03 and 2026-04-20
google|gemini-2.5-pro|2025-04-04|2025-11-18|standard|200000|2.5|0.625|w||15|models.dev|2026-07-02|first_seen|first as preview; the day of the cheaper cache reads is between 2025-10-03 and 2026-04-20
google|gemini-2.5-flash|2025-06-17|2025-11-18|standard|0|0.3|0.075|w||2.5|models.dev|2026-07-02|first_seen|the day of the cheaper cache reads is between 2025-10-03 and 2026-04-20
google|gemini-2.5-flash-lite|2025-06-17|2025-11-18|standard|0|0.1|0.025|w||0.4|models.dev|2026-07-02|first_seen|the day of the cheaper cache reads is between 2025-10-03 and 2026-05-11
google|gemini-3.6-flash|2026-08-13|2027-01-01|standard|0|0.75|0.075|w||3.75|genai-prices|2026-08-21|price|introductory price through 2026-12-31; its first day is that of gemini-3.7-flash
google|gemini-3.6-flash|2027-01-01||standard|0|1.5|0.15|w||7.5|genai-prices|2026-08-21|price|announced
google|gemini-3.7-flash|2026-08-13|2027-01-01|standard|0|0.75|0.075|w||3.75|genai-prices|2026-08-21|first_seen|introductory price through 2026-12-31
google|gemini-3.7-flash|2027-01-01||standard|0|1.5|0.15|w||7.5|genai-prices|2026-08-21|price|announced
google|gemini-3.8-flash|2026-09-02|2027-01-01|standard|0|0.75|0.075|w||3.75|google-docs|2026-10-07|first_seen|introductory price through 2026-12-31
google|gemini-3.8-flash|2027-01-01||standard|0|1.5|0.15|w||7.5|google-docs|2026-10-07|price|announced
xai|grok-4.20|2026-03-09|2026-05-20|standard|0|2|0.2|w||6|models.dev|2026-07-02|first_seen|
xai|grok-4.20|2026-03-09|2026-05-20|standard|200000|4|0.4|w||12|models.dev|2026-07-02|first_seen|
xai|grok-4.20-multi-agent|2026-03-09|2026-05-20|standard|0|2|0.2|w||6|models.dev|2026-07-02|first_seen|
xai|grok-4.20-multi-agent|2026-03-09|2026-05-20|standard|200000|4|0.4|w||12|models.dev|2026-07-02|first_seen|
xai|grok-4.6|2026-08-07||standard|0|2|0.5|w||6|models.dev|2026-08-13|first_seen|
xai|grok-4.6|2026-08-07||standard|200000|4|1|w||12|models.dev|2026-08-13|first_seen|
xai|grok-4.7|2026-09-21||standard|0|2|0.5|w||6|xai-docs|2026-09-29|first_seen|
xai|grok-4.7|2026-09-21||standard|200000|4|1|w||12|xai-docs|2026-09-29|first_seen|
deepseek|deepseek-chat|2024-05-06|2025-02-09|standard|0|0.14|0.014|w||0.28|deepseek-docs|2024-12-26|first_seen|introductory price of V3 until 2025-02-08
deepseek|deepseek-chat|2025-02-09|2025-09-06|standard|0|0.27|0.07|w||1.1|models.dev|2026-07-02|price|off-peak discount in the modifiers
deepseek|deepseek-chat|2025-09-06|2025-09-29|standard|0|0.56|0.07|w||1.68|deepseek-docs|2025-09-06|price|
deepseek|deepseek-chat|2025-09-29|2026-04-24|standard|0|0.28|0.028|w||0.42|models.dev|2026-07-02|price|
deepseek|deepseek-chat|2026-04-24|2026-04-26|standard|0|0.14|0.028|w||0.28|models.dev|2026-07-02|price|served by V4 Flash
deepseek|deepseek-chat|2026-04-26|2026-08-17|standard|0|0.14|0.0028|w||0.28|models.dev|2026-07-02|price|served by V4 Flash
deepseek|deepseek-chat|2026-08-17|2026-09-10|standard|0|0.22|0.007|w||0.66|deepseek-docs|2026-08-17|price|off-peak; peak hours in the modifiers
deepseek|deepseek-chat|2026-09-10||standard|0|0.15|0.003|w||0.6|deepseek-docs|2026-10-27|price|billed as deepseek-flash; off-peak; peak hours in the modifiers
deepseek|deepseek-reasoner|2025-01-20|2025-09-06|standard|0|0.55|0.14|w||2.19|models.dev|2026-07-02|first_seen|off-peak discount in the modifiers
deepseek|deepseek-reasoner|2025-09-06|2025-09-29|standard|0|0.56|0.07|w||1.68|deepseek-docs|2025-09-06|price|
deepseek|deepseek-reasoner|2025-09-29|2026-04-24|standard|0|0.28|0.028|w||0.42|models.dev|2026-07-02|price|
deepseek|deepseek-reasoner|2026-04-24|2026-04-26|standard|0|0.14|0.028|w||0.28|models.dev|2026-07-02|price|served by V4 Flash
deepseek|deepseek-reasoner|2026-04-26|2026-08-17|standard|0|0.14|0.0028|w||0.28|models.dev|2026-07-02|price|served by V4 Flash
deepseek|deepseek-reasoner|2026-08-17|2026-09-10|standard|0|0.22|0.007|w||0.66|deepseek-docs|2026-08-17|price|off-peak; peak hours in the modifiers
deepseek|deepseek-reasoner|2026-09-10||standard|0|0.15|0.003|w||0.6|deepseek-docs|2026-10-27|price|billed as deepseek-flash; off-peak; peak hours in the modifiers
deepseek|deepseek-v3.1|2025-08-21|2025-09-29|standard|0|0.56|0.07|w||1.68|deepseek-docs|2025-09-06|first_seen|
deepseek|deepseek-v4-flash|2026-04-24|2026-04-26|standard|0|0.14|0.028|w||0.28|models.dev|2026-07-02|first_seen|
deepseek|deepseek-v4-flash|2026-08-17|2026-09-10|standard|0|0.22|0.007|w||0.66|deepseek-docs|2026-08-17|price|off-peak; peak hours in the modifiers
deepseek|deepseek-v4-flash|2026-09-10||standard|0|0.15|0.003|w||0.6|deepseek-docs|2026-10-27|price|billed as deepseek-flash; off-peak; peak hours in the modifiers
deepseek|deepseek-v4-pro|2026-04-24|2026-04-26|standard|0|1.74|0.145|w||3.48|models.dev|2026-07-02|first_seen|
deepseek|deepseek-v4-pro|2026-08-17||standard|0|0.66|0.022|w||1.98|deepseek-docs|2026-10-27|price|off-peak; peak hours in the modifiers
deepseek|deepseek-flash|2026-09-10||standard|0|0.15|0.003|w||0.6|deepseek-docs|2026-10-27|first_seen|off-peak; peak hours in the modifiers
mistral|mistral-large-2402|2024-02-26|2024-09-17|standard|0|8||||24|mistral-docs|2024-03-12|first_seen|
mistral|mistral-large-2402|2024-09-17||standard|0|4||||12|litellm|2026-08-01|price|
mistral|mistral-large-2407|2024-07-24|2024-09-17|standard|0|3||||9|litellm|2026-08-01|first_seen|
mistral|mistral-large-4|2026-10-06||standard|0|0.68|0.07|w||2.09|mistral-docs|2026-10-06|first_seen|preview price, half of the list price
mistral|mistral-large-latest|2024-02-26|2024-07-24|standard|0|8||||24|mistral-docs|2024-03-12|first_seen|then mistral-large-2402
mistral|mistral-large-latest|2024-07-24|2024-09-17|standard|0|3||||9|litellm|2026-08-01|price|then mistral-large-2407
mistral|mistral-large-latest|2024-09-17|2025-12-02|standard|0|2||||6|models.dev|2026-07-02|price|then mistral-large-2411
mistral|mistral-large-latest|2025-12-02||standard|0|0.5|0.05|w||1.5|models.dev|2026-07-02|price|then mistral-large-2512
mistral|mistral-medium-latest|2025-05-07|2026-04-29|standard|0|0.4||||2|models.dev|2026-07-02|first_seen|afterwards the catalogues disagree on what the name means
mistral|mistral-small-latest|2024-09-17|2025-01-30|standard|0|0.2||||0.6|mistral-docs|2024-09-17|first_seen|
mistral|mistral-small-latest|2025-01-30|2026-03-16|standard|0|0.1||||0.3|models.dev|2026-07-02|price|
mistral|mistral-small-latest|2026-03-16||standard|0|0.15|0.015|w||0.6|models.dev|2026-07-02|price|
mistral|codestral-2405|2024-09-17||standard|0|0.2||||0.6|mistral-docs|2024-09-17|price|
mistral|codestral-2501|2025-01-13||standard|0|0.3||||0.9|models.dev|2026-07-02|first_seen|
mistral|codestral-latest|2024-05-29|2024-09-17|standard|0|1||||3|litellm|2026-08-01|first_seen|
mistral|codestral-latest|2024-09-17|2025-01-13|standard|0|0.2||||0.6|mistral-docs|2024-09-17|price|
mistral|codestral-latest|2025-01-13|2025-07-30|standard|0|0.3||||0.9|models.dev|2026-07-02|price|
mistral|codestral-latest|2025-07-30||standard|0|0.3|0.03|w||0.9|models.dev|2026-07-02|price|
mistral|devstral-2512|2025-12-09|2026-01-29|standard|0|0||||0|models.dev|2026-07-02|first_seen|free at launch
mistral|ministral-3b-2410|2024-10-16||standard|0|0.04||||0.04|models.dev|2026-07-02|first_seen|
mistral|ministral-8b-2410|2024-10-16||standard|0|0.1||||0.1|models.dev|2026-07-02|first_seen|
meta|muse-spark-1.2|2026-08-04||standard|0|1.25|0.15|w||4.25|llm-prices|2026-08-05|first_seen|
openai|gpt-5.5-cyber|2026-11-30||standard|0|12.5|1.25|w||75|litellm|2026-11-30|first_seen|
openai|gpt-5.6-cyber|2026-11-30||standard|0|12.5|1.25|15.625||75|litellm|2026-11-30|first_seen|
openai|gpt-5.6-cyber|2026-11-30||standard|272000|25|2.5|31.25||112.5|litellm|2026-11-30|first_seen|
openai|gpt-6-astra-law|2026-11-30||standard|0|10|1|w||50|litellm|2026-11-30|first_seen|
openai|gpt-6-cyber|2026-11-30||standard|0|20|2|25||100|litellm|2026-11-30|first_seen|
openai|gpt-6-rosalind|2026-11-30||standard|0|15|1.5|18.75||75|litellm|2026-11-30|first_seen|
openai|gpt-6-rosalind|2026-11-30||standard|272000|30|3|37.5||112.5|litellm|2026-11-30|first_seen|
openai|gpt-rosalind-discovery|2026-11-30||standard|0|5|0.5|w||25|litellm|2026-11-30|first_seen|
openai|gpt-rosalind-research|2026-11-30||standard|0|5|0.5|w||25|litellm|2026-11-30|first_seen|
google|gemini-4-argon|2026-11-30|2026-12-01|standard|0|2|0.1|w||10|litellm|2026-11-30|first_seen|introductory price
google|gemini-4-argon|2026-12-01||standard|0|4|0.2|w||20|google-docs|2026-11-30|price|announced
google|gemini-4-carbon|2026-11-30|2026-12-01|standard|0|2|0.1|w||10|google-docs|2026-11-30|first_seen|introductory price
google|gemini-4-carbon|2026-12-01||standard|0|4|0.2|w||20|google-docs|2026-11-30|price|announced
google|gemini-4-hydrogen|2026-11-30||standard|0|1.5|0.075|w||7.5|litellm|2026-11-30|first_seen|
google|gemini-4-neon|2026-11-30||standard|0|3|0.15|w||15|google-docs|2026-11-30|first_seen|
google|gemini-robotics-er-2-preview|2026-11-30||standard|0|1|0.1|w||5|litellm|2026-11-30|first_seen|
deepseek|deepseek-v4-flash-vision-exp|2026-11-30||standard|0|0.3|0.006|w||1.2|litellm|2026-11-30|first_seen|
mistral|ministral-3-14b-2512|2026-11-30||standard|0|0.2|0.02|w||0.2|litellm|2026-11-30|first_seen|
mistral|ministral-3-3b-2512|2026-11-30||standard|0|0.1|0.01|w||0.1|litellm|2026-11-30|first_seen|
mistral|ministral-3-8b-2512|2026-11-30||standard|0|0.15|0.015|w||0.15|litellm|2026-11-30|first_seen|
moonshotai|kimi-k3.1-pro|2026-11-30||standard|0|2|0.2|w||10|litellm|2026-11-30|first_seen|
moonshotai|kimi-k3.1-pro-highspeed|2026-11-30||standard|0|4|0.2|w||20|litellm|2026-11-30|first_seen|
alibaba|qwen3-next-80b-a3b-instruct|2026-11-30||standard|0|0.15||||1.2|litellm|2026-11-30|first_seen|
alibaba|qwen3-next-80b-a3b-thinking|2026-11-30||standard|0|0.15||||1.2|litellm|2026-11-30|first_seen|
alibaba|qwen3.8-flash|2026-11-30||standard|0|0.15|0.016|0.2||0.47|litellm|2026-11-30|first_seen|
alibaba|qwen3.8-max|2026-11-30||standard|0|2|0.25|||6|litellm|2026-11-30|first_seen|
alibaba|qwen3.8-omni-flash|2026-11-30||standard|0|0.15|0.016|||0.47|litellm|2026-11-30|first_seen|
zai|glm-5.3-flash|2026-11-30||standard|0|0.15|0.03|w||0.5|litellm|2026-11-30|first_seen|
zai|glm-5.3-flashx|2026-11-30||standard|0|0.37|0.075|w||1.25|zai-docs|2026-11-30|first_seen|
minimax|minimax-m2.1-lightning|2026-11-30||standard|0|0.3|0.03|0.375||2.4|litellm|2026-11-30|first_seen|
minimax|minimax-m2.5-lightning|2026-11-30||standard|0|0.3|0.03|0.375||2.4|litellm|2026-11-30|first_seen|
xiaomi|mimo-v2.6-flash|2026-11-30||standard|0|0.14|0.0028|w||0.28|litellm|2026-11-30|first_seen|
xiaomi|mimo-v2.6-pro|2026-11-30||standard|0|0.435|0.0036|w||0.87|litellm|2026-11-30|first_seen|
xiaomi|mimo-v2.6-ultraspeed|2026-11-30||standard|0|4.35|0.036|w||8.7|xiaomi-docs|2026-11-30|first_seen|
"""

# (provider, model or *, field or *) -> (catalogue to believe, or a price; why). A price overrides all catalogues.
SETTLED = {
    ("anthropic", "claude-3-haiku", "cache_write_1h"):
        ("genai-prices", "twice the input price by the vendor's rule; LiteLLM repeats one figure on three models"),
    ("anthropic", "claude-3-opus", "cache_write_1h"):
        ("genai-prices", "twice the input price by the vendor's rule; LiteLLM repeats one figure on three models"),
    ("anthropic", "claude-3-sonnet", "cache_write_5m"):
        ("genai-prices", "1.25 times the input price by the vendor's rule; models.dev repeats the read price"),
    ("anthropic", "*", "above_200000"):
        ("litellm", "the vendor's long-context price; models.dev omits it, and genai-prices has none for Sonnet 4"),
    ("anthropic", "claude-sonnet-5", "*"):
        ("litellm", "genai-prices has an increase on 2026-09-01; the vendor cancelled it and the model's page still "
                    "shows the launch price in October 2026"),
    ("openai", "gpt-3.5-turbo", "cache_read"): ("none", "the vendor has no such price; models.dev has a zero"),
    ("openai", "gpt-5.1-codex", "cache_read"): ("litellm", "OpenRouter rounds to two decimals"),
    ("openai", "gpt-5.1-codex-mini", "cache_read"): ("litellm", "OpenRouter rounds to two decimals"),
    ("openai", "gpt-4o-search-preview", "cache_read"): ("none", "the vendor names no cached price for search models"),
    ("openai", "gpt-4o-mini-search-preview", "cache_read"):
        ("none", "the vendor names no cached price for search models"),
    ("openai", "gpt-5.4-pro", "cache_read"): ("none", "the vendor's page shows no cached price for pro models"),
    ("openai", "gpt-5.5-pro", "cache_read"): ("none", "the vendor's page shows no cached price for pro models"),
    ("openai", "gpt-5.5", "above_272000"): ("litellm", "genai-prices omits the tier that the vendor's page has"),
    ("openai", "gpt-5.5-pro", "above_272000"): ("litellm", "genai-prices omits the tier that the vendor's page has"),
    ("openai", "gpt-5.6-terra", "*"): ("litellm", "OpenRouter resells at half the vendor's price"),
    ("openai", "gpt-5.6-luna", "*"): ("litellm", "OpenRouter resells at half the vendor's price"),
    ("google", "*", "cache_write_5m"): ("none", "OpenRouter lists storage per hour; the vendor bills writes as input"),
    ("xai", "grok-4", "above_128000"): ("litellm", "genai-prices omits the tier; other price lists have it"),
    ("xai", "grok-4-fast", "above_128000"): ("litellm", "genai-prices omits the tier; other price lists have it"),
    ("xai", "grok-4-1-fast", "above_128000"): ("litellm", "genai-prices omits the tier; other price lists have it"),
    ("xai", "*", "above_200000"): ("models.dev", "genai-prices omits the tier that the vendor's page has"),
    ("xai", "grok-4.5", "above_200000"): ("litellm", "the vendor's page; see cache_read"),
    ("xai", "grok-4.5", "cache_read"): ("litellm", "the vendor's page has 0.50; OpenRouter's route has 0.30"),
    ("deepseek", "*", "cache_write_5m"): ("none", "the zero counts tokens that LiteLLM bills as input as well"),
    ("deepseek", "deepseek-v3.2", "output"): ("0.42", "the vendor's page; LiteLLM has a host's price"),
    ("moonshotai", "kimi-k2-turbo-preview", "*"):
        ("litellm", "models.dev keeps the price before the launch discount became the list price"),
    ("alibaba", "*", "cache_read"): ("litellm", "models.dev omits it or lists the other caching mode"),
    ("alibaba", "qwen3.7-plus", "cache_write_5m"): ("none", "models.dev repeats the row of qwen3.6-plus"),
    ("alibaba", "qwen3.7-plus", "*"): ("litellm", "models.dev repeats the row of qwen3.6-plus"),
    ("alibaba", "*", "tiers"): ("litellm", "models.dev omits the tiers in this snapshot"),
    ("zai", "*", "cache_write_5m"): ("none", "the zero is the storage fee; the tokens are billed as input"),
}

NOTES = {
    "gpt-5.3-codex-spark": "research preview; listed by models.dev only",
    "qwen-plus": "price of the non-thinking mode",
    "qwen-turbo": "price of the non-thinking mode",
    "qwen3-235b-a22b": "price of the non-thinking mode",
    "qwen3-32b": "price of the non-thinking mode",
    "qwen3-14b": "price of the non-thinking mode",
    "qwen3-8b": "price of the non-thinking mode",
    "claude-sonnet-5": "launch price; the increase announced for 2026-09-01 was cancelled",
    "deepseek-r1": "the price of deepseek-reasoner while it was served by R1",
    "deepseek-v3": "the price of deepseek-chat while it was served by V3",
    "deepseek-v3.2": "the price of deepseek-chat while it was served by V3.2",
    "mai-code-1-flash": "sold through GitHub Copilot only",
}

# Models that OpenAI serves in the flex tier, at half the standard price.
FLEX = """o3 o4-mini gpt-5 gpt-5-mini gpt-5-nano gpt-5.1 gpt-5.2 gpt-5.4 gpt-5.4-mini gpt-5.4-nano gpt-5.4-pro gpt-5.5
gpt-5.5-pro gpt-5.6-* gpt-6-* gpt-6.1-* gpt-6.2-*""".split()

# Claude models with the 10% premium of regional endpoints on Bedrock and Vertex.
REGIONAL = """claude-sonnet-4-5 claude-haiku-4-5 claude-opus-4-5 claude-opus-4-6 claude-sonnet-4-6 claude-opus-4-7
claude-opus-4-8 claude-opus-5* claude-sonnet-5* claude-haiku-5* claude-fable-* claude-mythos-*""".split()

# provider | model | dimension | value | multiplier | from | to | source | read on
MODIFIERS = """
anthropic|claude-*|service_tier|batch|0.5|2024-10-08||anthropic-docs|2026-10-24
anthropic|claude-opus-4-6|speed|fast|6|2026-02-07||anthropic-docs|2026-06-01
anthropic|claude-opus-4-7|speed|fast|6|2026-04-16|2026-07-24|anthropic-docs|2026-08-01
anthropic|claude-opus-4-8|speed|fast|2|2026-05-28|2026-12-01|anthropic-docs|2026-11-10
anthropic|claude-opus-5|speed|fast|2|2026-07-24||anthropic-docs|2026-11-10
anthropic|claude-opus-5-5|speed|fast|2|2026-09-22||models.dev|2026-10-03
anthropic|claude-3-haiku|inference_geo|us-gov|1.2|||litellm|2026-08-01
anthropic|claude-3-5-sonnet|inference_geo|us-gov|1.2|||litellm|2026-08-01
anthropic|claude-3-7-sonnet|inference_geo|us-gov|1.2|||litellm|2026-08-01
anthropic|claude-sonnet-4-5|inference_geo|us-gov|1.2|||litellm|2026-08-01
anthropic|claude-haiku-4-5|inference_geo|us-gov|1.2|||litellm|2026-08-01
openai|*|service_tier|batch|0.5|2024-04-15||openai-docs|2026-11-18
openai|gpt-5.6-*|service_tier|priority|2|2026-07-09||openai-docs|2026-09-24
openai|gpt-6-*|service_tier|priority|2|2026-09-03||openai-docs|2026-09-23
openai|gpt-6.1-*|service_tier|priority|2|2026-09-29||openai-docs|2026-10-27
openai|gpt-6.2-*|service_tier|priority|2|2026-11-17||openai-docs|2026-11-18
openai|gpt-5.5|speed|fast|2.5|2026-04-23||openai-docs|2026-08-01
openai|gpt-5.6-*|speed|fast|2|2026-07-09||openai-docs|2026-09-24
openai|gpt-6-*|speed|fast|2|2026-09-03||openai-docs|2026-09-23
openai|gpt-6.1-*|speed|fast|2|2026-09-29||openai-docs|2026-10-27
openai|gpt-6.2-*|speed|fast|2|2026-11-17||openai-docs|2026-11-18
openai|gpt-6.2-sol|speed|ultrafast|3|2026-11-17|2027-03-01|openai-docs|2026-11-18
openai|gpt-6.2-sol|speed|ultrafast|6|2027-03-01||openai-docs|2026-11-18
google|gemini-*|service_tier|batch|0.5|||google-docs|2026-10-07
google|gemini-2.5-*|service_tier|flex|0.5|||google-docs|2026-10-07
google|gemini-3*|service_tier|flex|0.5|||google-docs|2026-10-07
google|gemini-3*|service_tier|priority|1.8|||google-docs|2026-10-07
google|gemini-4*|service_tier|flex|0.5|||google-docs|2026-11-30
google|gemini-4*|service_tier|priority|1.8|||google-docs|2026-11-30
xai|grok-4.6|service_tier|priority|2|2026-08-07||models.dev|2026-08-13
mistral|*|service_tier|batch|0.5|||mistral-docs|2026-08-05
deepseek|deepseek-chat|utc_hours|16:30-00:30|0.5|2025-02-26|2025-09-06|deepseek-docs|2025-02-26
deepseek|deepseek-reasoner|utc_hours|16:30-00:30|0.25|2025-02-26|2025-09-06|deepseek-docs|2025-02-26
"""

# DeepSeek's peak hours (twice the listed off-peak price): every day at first, only on working days since V4.1.
PEAK_HOURS = ("01:00-04:00", "06:00-10:00")
PEAK_MODELS = ("deepseek-chat", "deepseek-flash", "deepseek-reasoner", "deepseek-v4-flash", "deepseek-v4-pro")


def plain(number):
    """A Decimal as plain text without trailing zeros; '' for None."""
    if number is None:
        return ""
    text = format(number.normalize(), "f")
    return "0" if text in ("", "-0") else text


def per_million(per_token):
    """Catalogues in USD per token carry float noise beyond twelve digits."""
    return (Decimal(str(per_token)) * MILLION).quantize(Decimal("0.000000001")).normalize()


def load(path):
    return json.loads(Path(path).read_text(encoding="utf-8"), parse_float=Decimal, parse_int=Decimal)


class Catalogues:
    """The price of a model per catalogue: {threshold: {bucket: Decimal}}."""

    def __init__(self, args):
        self.litellm = load(args.litellm)
        self.genai = {vendor["id"]: {m["id"]: m for m in vendor["models"]} for vendor in load(args.genai)}
        self.models_dev = load(args.models_dev)
        self.openrouter = {m["id"]: m for m in load(args.openrouter)["data"]}

    def prices(self, provider, names):
        """{catalogue: prices} for every catalogue that lists the model."""
        genai, models_dev, openrouter = VENDORS[provider]
        found = {}
        litellm_name, genai_name, models_dev_name, openrouter_name = names
        if litellm_name != "-":
            found["litellm"] = from_litellm(self.litellm[litellm_name])
        if genai_name != "-":
            found["genai-prices"] = from_genai(self.genai[genai][genai_name]["prices"])
        if models_dev_name != "-":
            found["models.dev"] = from_models_dev(self.models_dev[models_dev]["models"][models_dev_name]["cost"])
        if openrouter_name != "-":
            found["openrouter"] = from_openrouter(self.openrouter[f"{openrouter}/{openrouter_name}"]["pricing"])
        return found


LITELLM_BUCKETS = {
    "input": "input_cost_per_token",
    "cache_read": "cache_read_input_token_cost",
    "cache_write_5m": "cache_creation_input_token_cost",
    "cache_write_1h": "cache_creation_input_token_cost_above_1hr",
    "output": "output_cost_per_token",
}


def from_litellm(entry):
    if "tiered_pricing" in entry:
        return {int(tier["range"][0]): litellm_tier(tier, "") for tier in entry["tiered_pricing"]}
    prices = {0: litellm_tier(entry, "")}
    if "cache_read" not in prices[0] and "input_cost_per_token_cache_hit" in entry:
        prices[0]["cache_read"] = per_million(entry["input_cost_per_token_cache_hit"])
    for size in sorted({int(k) for key in entry for k in re.findall(r"^input_cost_per_token_above_(\d+)k_tokens$", key)}):
        prices[size * 1000] = litellm_tier(entry, f"_above_{size}k_tokens")
    return prices


def litellm_tier(entry, suffix):
    named = {bucket: entry.get(field + suffix) for bucket, field in LITELLM_BUCKETS.items()}
    return {bucket: per_million(price) for bucket, price in named.items() if price is not None}


def from_genai(prices):
    if isinstance(prices, list):
        prices = prices[-1]["prices"]
    names = {"input": "input_mtok", "cache_read": "cache_read_mtok", "cache_write_5m": "cache_write_mtok",
             "cache_write_1h": "cache_write_1h_mtok", "output": "output_mtok"}
    found = {0: {}}
    for bucket, name in names.items():
        price = prices.get(name)
        if isinstance(price, dict):
            found[0][bucket] = price["base"]
            for tier in price["tiers"]:
                found.setdefault(int(tier["start"]), {})[bucket] = tier["price"]
        elif price is not None:
            found[0][bucket] = price
    return found


def from_models_dev(cost):
    names = {"input": "input", "cache_read": "cache_read", "cache_write_5m": "cache_write", "output": "output"}
    take = lambda entry: {b: entry[n] for b, n in names.items() if entry.get(n) is not None}
    found = {0: take(cost)}
    for tier in cost.get("tiers", []):
        found[int(tier["tier"]["size"])] = take(tier)
    return found


def from_openrouter(pricing):
    names = {"input": "prompt", "cache_read": "input_cache_read", "cache_write_5m": "input_cache_write",
             "cache_write_1h": "input_cache_write_1h", "output": "completion"}
    take = lambda entry: {b: per_million(entry[n]) for b, n in names.items() if entry.get(n) is not None}
    found = {0: take(pricing)}
    for override in pricing.get("overrides", []):
        found[int(override["min_prompt_tokens"])] = take(override)
    return found


class Review:
    """Resolves disagreements and keeps a log of them."""

    def __init__(self):
        self.lines, self.open, self.used = [], [], set()

    def rule(self, provider, model, *fields):
        """The closest key of SETTLED: this model before any model, this field before any field."""
        for name in (model, "*"):
            for field in (*fields, "*"):
                if (provider, name, field) in SETTLED:
                    return (provider, name, field)
        return None

    def settle(self, provider, model, threshold, bucket, found):
        """One price out of {catalogue: prices}; the first catalogue that lists it wins if all agree."""
        votes = {c: prices.get(threshold, {}).get(bucket) for c, prices in found.items()}
        if threshold == 0 or any(v is not None for v in votes.values()):
            votes_named = {c: v for c, v in votes.items() if v is not None}
        else:
            return None
        if provider not in CLOSED:
            # Hosts of open weights set their own price, so OpenRouter says nothing about the vendor's.
            if len(votes_named) > 1:
                votes_named.pop("openrouter", None)
        agreed = len(set(votes_named.values())) <= 1
        # A catalogue that omits a cache bucket says nothing about it; one that omits a tier disagrees.
        omitted = [c for c in found if c not in votes_named and (threshold or bucket in ("input", "output"))]
        if provider not in CLOSED:
            omitted = [c for c in omitted if c != "openrouter"]
        specific = [bucket] if threshold == 0 else [bucket, f"above_{threshold}", "tiers"]
        key = self.rule(provider, model, *specific)
        rule = SETTLED.get(key)
        if agreed and not omitted:
            # All agree; only a price that no catalogue has, or no price at all, can still overrule them.
            overruled = rule is not None and rule[0] not in REVISIONS and votes_named
            if not overruled:
                return next(iter(votes_named.values()), None)
        where = f"{provider} {model} {bucket}" + (f" above {threshold}" if threshold else "")
        said = ", ".join(f"{c} {plain(v) if v is not None else '-'}" for c, v in votes.items())
        if rule is None:
            self.open.append(f"{where}: {said}")
            return next(iter(votes_named.values()), None)
        self.used.add(key)
        source, why = rule
        if source == "none":
            price = None
        elif source in found:
            price = found[source].get(threshold, {}).get(bucket)
        elif source in REVISIONS:
            price = next(iter(votes_named.values()), None)
        else:
            price = Decimal(source)
        self.lines.append(f"{where}: {said} => {plain(price) or 'none of these'} ({why})")
        return price


def catalogue_rows(catalogues, review):
    for line in MODELS.strip().splitlines():
        provider, model, since, until, *names = line.split("|")
        names = [model if name == "=" else name for name in names]
        found = catalogues.prices(provider, names)
        source = next(iter(found))
        thresholds = sorted({t for prices in found.values() for t in prices})
        base = {}
        for threshold in thresholds:
            prices = {b: review.settle(provider, model, threshold, b, found) for b in BUCKETS}
            if threshold and (prices["input"] is None or prices["output"] is None):
                continue
            if threshold == 0:
                base = prices
            complete(provider, prices, base)
            yield row(provider, model, since, until, "standard", threshold, prices, source, REVISIONS[source],
                      REVISIONS[source], None, NOTES.get(model, ""))


def complete(provider, prices, base):
    """Fills what follows from the vendor's rules: Anthropic's one-hour writes, writes billed as input, and cache
    prices that a tier leaves out because they do not change."""
    if provider == "anthropic" and prices["cache_write_1h"] is None and prices["cache_write_5m"] is not None:
        prices["cache_write_1h"] = prices["input"] * 2
    for bucket in ("cache_read", "cache_write_5m"):
        if prices[bucket] is None and base.get(bucket) is not None and not (
                bucket == "cache_write_5m" and provider in WRITES_COST_INPUT):
            prices[bucket] = base[bucket]
    if provider in WRITES_COST_INPUT and prices["cache_write_5m"] is None and prices["cache_read"] is not None:
        prices["cache_write_5m"] = prices["input"]


def history_rows():
    for line in HISTORY.strip().splitlines():
        (provider, model, since, until, tier, above, *texts, source, observed, kind, note) = line.split("|")
        prices = dict(zip(BUCKETS, texts, strict=True))
        if prices["cache_write_5m"] == "w":
            prices["cache_write_5m"] = prices["input"]
        prices = {bucket: Decimal(text) if text else None for bucket, text in prices.items()}
        yield row(provider, model, since, until, tier, int(above), prices, source, observed, observed, kind, note)


def priority_rows(catalogues, review):
    """LiteLLM's priority prices of OpenAI: one multiplier if all buckets share it, otherwise a row."""
    rows, modifiers = [], []
    for line in MODELS.strip().splitlines():
        provider, model, since, _, *names = line.split("|")
        entry = catalogues.litellm.get(model) if provider == "openai" and names[0] == "=" else None
        if entry is None or "output_cost_per_token_priority" not in entry or model.startswith(("gpt-5.5", "gpt-5.6")):
            continue
        fields = {bucket: field for bucket, field in LITELLM_BUCKETS.items() if field + "_priority" in entry}
        prices = {b: per_million(entry[f + "_priority"]) if (f := fields.get(b)) else None for b in BUCKETS}
        standard = {b: per_million(entry[f]) for b, f in fields.items()}
        ratios = {prices[b] / standard[b] for b in fields}
        date = REVISIONS["litellm"]
        if len(ratios) == 1 and (ratio := ratios.pop()) == ratio.quantize(Decimal("0.001")):
            modifiers.append([provider, model, "service_tier", "priority", plain(ratio), "", "", "litellm", date])
            if model.startswith("gpt-5"):
                modifiers.append([provider, model, "speed", "fast", plain(ratio), "", "", "litellm", date])
            continue
        complete(provider, prices, {})
        rows.append(row(provider, model, since, "", "priority", 0, prices, "litellm", date, date, "first_seen", ""))
    return rows, modifiers


def row(provider, model, since, until, tier, above, prices, source, revision, observed, kind, note):
    return {
        "provider": provider, "model": model, "effective_from": since, "effective_to": until, "service_tier": tier,
        "above_input_tokens": above, "tier_scope": "request", **{b: plain(prices[b]) for b in BUCKETS},
        "source": source, "source_revision": revision, "observed_at": observed, "change_kind": kind, "note": note,
    }


def order(entry):
    return (entry["provider"], entry["model"], entry["service_tier"], entry["effective_from"],
            int(entry["above_input_tokens"]))


def name_kinds(rows):
    """A catalogued row is the first seen of its model unless there is an earlier row."""
    seen = set()
    for entry in rows:
        schedule = (entry["provider"], entry["model"], entry["service_tier"])
        if entry["change_kind"] is None:
            earlier = any(s == schedule and since < entry["effective_from"] for s, since in seen)
            entry["change_kind"] = "price" if earlier else "first_seen"
        seen.add((schedule, entry["effective_from"]))


def modifier_rows(priority):
    rows = [line.split("|") for line in MODIFIERS.strip().splitlines()] + priority
    rows += [["openai", model, "service_tier", "flex", "0.5", "", "", "openai-docs", "2026-10-27"] for model in FLEX]
    for geo in ("us", "eu"):
        for model in ("gpt-5.4*", "gpt-5.5*", "gpt-5.6*", "gpt-6*"):
            rows.append(["openai", model, "inference_geo", geo, "1.1", "", "", "openai-docs", "2026-10-27"])
    # Data zones on Azure and regional endpoints on Bedrock cost 10% more, also for the older models.
    rows.append(["openai", "*", "inference_geo", "regional", "1.1", "", "", "litellm", REVISIONS["litellm"]])
    for model in REGIONAL:
        rows.append(["anthropic", model, "inference_geo", "regional", "1.1", "", "", "anthropic-docs", "2026-10-24"])
        if "4-5" not in model:
            rows.append(["anthropic", model, "inference_geo", "us", "1.1", "", "", "anthropic-docs", "2026-10-24"])
    for model in PEAK_MODELS:
        for hours in PEAK_HOURS:
            if model != "deepseek-flash":
                rows.append(["deepseek", model, "utc_hours", hours, "2", "2026-08-17", "2026-09-10", "deepseek-docs",
                             "2026-08-17"])
            rows.append(["deepseek", model, "utc_hours", f"mon-fri {hours}", "2", "2026-09-10", "", "deepseek-docs",
                         "2026-10-27"])
    rows.sort()
    return rows


def history_check(path, rows):
    """Every price change that models.dev's history shows for a model of the book must be the price of some row."""
    base = {}
    for entry in rows:
        if entry["service_tier"] == "standard":
            base.setdefault(entry["model"], []).append(entry)
    names = {"input": "input", "output": "output", "cache_read": "cache_read", "cache_write": "cache_write_5m"}
    unseen = []
    with open(path, encoding="utf-8", newline="") as file:
        for event in csv.DictReader(file):
            bucket = names.get(event["cost_field"])
            if bucket is None or event["model"] not in base or not event["new_usd_per_mtok"]:
                continue
            price = plain(Decimal(event["new_usd_per_mtok"]))
            if price not in {entry[bucket] for entry in base[event["model"]]}:
                unseen.append(f"{event['model']} {bucket} {price} on {event['observed_at'][:10]}")
    return unseen


def multiplier_check(catalogues, modifiers):
    """Where LiteLLM's prices of a tier, a speed or a place are not the standard price times our multiplier."""
    kinds = {("service_tier", "batch"): "_batches", ("service_tier", "flex"): "_flex"}
    today = REVISIONS["litellm"]
    found = []
    for line in MODELS.strip().splitlines():
        provider, model, *_, name, _, _, _ = line.split("|")
        entry = catalogues.litellm.get(model if name == "=" else name)
        if entry is None or provider not in CLOSED:
            continue
        ours = {}
        for ours_provider, pattern, kind, value, multiplier, since, until, *_ in modifiers:
            names = model.startswith(pattern[:-1]) if pattern.endswith("*") else model == pattern
            if ours_provider == provider and names and (not since or since <= today) and (not until or today < until):
                ours[(kind, value)] = Decimal(multiplier)
        theirs = {}
        for key, suffix in kinds.items():
            for field in LITELLM_BUCKETS.values():
                if entry.get(field) and entry.get(field + suffix):
                    ratio = (entry[field + suffix] / entry[field]).quantize(Decimal("0.001")).normalize()
                    theirs[(*key, field)] = ratio
        special = entry.get("provider_specific_entry", {})
        theirs |= {("speed", "fast", ""): special["fast"]} if "fast" in special else {}
        theirs |= {("inference_geo", "us", ""): special["us"]} if "us" in special else {}
        for (kind, value, field), ratio in theirs.items():
            if ours.get((kind, value)) != ratio:
                told = plain(ours[(kind, value)]) if (kind, value) in ours else "none"
                found.append(f"{provider} {model} {value} {field}: litellm {plain(ratio)} => {told}")
    return found


def table(columns, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("litellm", "genai", "models-dev", "openrouter"):
        parser.add_argument(f"--{name}", required=True, help="the catalogue's JSON file")
    parser.add_argument("--history", help="models.dev price history (CSV), only for the cross-check")
    parser.add_argument("--check", action="store_true", help="compare with the committed tables, write nothing")
    args = parser.parse_args()

    catalogues, review = Catalogues(args), Review()
    rows = [*catalogue_rows(catalogues, review), *history_rows()]
    explicit, priority = priority_rows(catalogues, review)
    rows += explicit
    rows.sort(key=order)
    name_kinds(rows)
    for entry in rows:
        datetime.date.fromisoformat(entry["effective_from"])
        datetime.date.fromisoformat(entry["observed_at"])

    modifiers = modifier_rows(priority)
    for line in review.lines:
        print(f"settled: {line}", file=sys.stderr)
    for line in multiplier_check(catalogues, modifiers):
        print(f"settled: {line}", file=sys.stderr)
    for rule in sorted(set(SETTLED) - review.used):
        print(f"rule without use: {rule}", file=sys.stderr)
    if args.history:
        for line in history_check(args.history, rows):
            print(f"shown by models.dev for a while and held to be its error: {line}", file=sys.stderr)
    for line in review.open:
        print(f"not settled: {line}", file=sys.stderr)
    if review.open:
        return 1

    made = {
        "prices.csv": table(COLUMNS, ([entry[c] for c in COLUMNS] for entry in rows)),
        "modifiers.csv": table(MODIFIER_COLUMNS, modifiers),
    }
    for name, text in made.items():
        if not args.check:
            (HERE / name).write_text(text, encoding="utf-8", newline="")
        elif (HERE / name).read_text(encoding="utf-8") != text:
            print(f"{name} differs from what the catalogues and the review tables make", file=sys.stderr)
            return 1
    models = {(entry["provider"], entry["model"]) for entry in rows}
    print(f"{len(rows)} rows, {len(models)} models", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
