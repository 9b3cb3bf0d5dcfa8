"""The features of a prompt, as `src/classify/features.rs` computes them: change both together.

A text is cut at MOST characters, lower-cased one character at a time, its white space runs become one blank, and ASCII
digits become `0`. Counts are over characters (code points), hashes are 32-bit FNV-1a over code points.
"""

import pathlib

import numpy as np

MOST = 512
WORD_BITS = 16
CHAR_BITS = 16
NGRAMS = (2, 3, 4, 5)
FNV = 2166136261
PRIME = 16777619
EXTENSIONS = (
    "rs py ts tsx js jsx go java kt rb php c h cpp cc cs swift scala sh bash yml yaml json toml md sql html css scss vue lock xml "
    "gradle proto tf ipynb lua ex exs hs dart csv txt env cfg ini log"
).split()
SURFACE = ["backtick", "path", "extension", "underscore", "camel", "operator", "bracket", "url", "issue", "flag"]

HERE = pathlib.Path(__file__).resolve().parent
CLASSIFY = HERE.parent


def sections(name):
    found = {}
    for line in (CLASSIFY / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            key, rest = line.split(":", 1)
            found[key.strip()] = rest.strip()
    return found


TOPICS = [(name, set(words.split())) for name, words in sections("topics.txt").items()]
SHORT = {name: {text.strip() for text in texts.split("|")} for name, texts in sections("short.txt").items()}


def is_separator(c):
    """Whether a code point of a normalised text stands between words."""
    if c < 0x80:
        return not (0x30 <= c <= 0x39 or 0x61 <= c <= 0x7A)
    return (
        0x80 <= c <= 0xBF and c not in (0xAA, 0xB5, 0xBA)
        or c in (0xD7, 0xF7)
        or 0x2000 <= c <= 0x2BFF
        or 0x3000 <= c <= 0x303F
        or 0xFE30 <= c <= 0xFE4F
        or 0xFF00 <= c <= 0xFF0F
        or 0xFF1A <= c <= 0xFF20
        or 0xFF3B <= c <= 0xFF40
        or 0xFF5B <= c <= 0xFF65
        or c >= 0x1F000
    )


def is_space(c):
    return c <= 0x20 or c in (0x7F, 0x85, 0xA0, 0x3000)


def normalise(text):
    """Code points, a blank at both ends."""
    out = [0x20]
    for ch in text[:MOST]:
        c = ord(ch)
        if is_space(c):
            if out[-1] != 0x20:
                out.append(0x20)
        elif 0x30 <= c <= 0x39:
            out.append(0x30)
        else:
            out.append(ord(ch.lower()[0]))
    if out[-1] != 0x20:
        out.append(0x20)
    return out


def words_of(points):
    words, word = [], []
    for c in points:
        if is_separator(c):
            if word:
                words.append(word)
                word = []
        else:
            word.append(c)
    if word:
        words.append(word)
    return words


def fnv(points, start=FNV):
    h = start
    for c in points:
        h = ((h ^ c) * PRIME) & 0xFFFFFFFF
    return h


def fold(h, bits):
    """The upper bits of a hash are mixed best."""
    return (h ^ (h >> 15)) & ((1 << bits) - 1)


def word_slots(words, bits=WORD_BITS):
    """One slot a word, one a pair of neighbours."""
    slots, before = [], None
    for word in words:
        h = fnv(word)
        slots.append(fold(h, bits))
        if before is not None:
            slots.append(fold(fnv(word, ((before ^ 0x20) * PRIME) & 0xFFFFFFFF), bits))
        before = h
    return slots


def char_slots(points):
    """One slot for each run of two to five characters."""
    cps = np.array(points, dtype=np.uint64)
    h = np.full(len(cps), FNV, dtype=np.uint64)
    slots = []
    for n in range(1, max(NGRAMS) + 1):
        if len(cps) < n:
            break
        h = ((h[: len(cps) - n + 1] ^ cps[n - 1 :]) * PRIME) & np.uint64(0xFFFFFFFF)
        if n in NGRAMS:
            slots.append((h ^ (h >> np.uint64(15))) & np.uint64((1 << CHAR_BITS) - 1))
    return np.concatenate(slots) if slots else np.zeros(0, dtype=np.uint64)


def alnum(ch):
    return ch.isascii() and ch.isalnum()


def surface(text):
    t = text[:MOST]
    n = len(t)
    f = [0.0] * len(SURFACE)
    at = lambda i: t[i] if 0 <= i < n else " "
    for i, ch in enumerate(t):
        if ch == "`":
            f[0] = 1.0
        elif ch == "\\" or ch == "/" and alnum(at(i - 1)) and alnum(at(i + 1)):
            f[1] = 1.0
        elif ch == "." and alnum(at(i + 1)):
            j = i + 1
            while j < n and alnum(t[j]):
                j += 1
            if t[i + 1 : j].lower() in EXTENSIONS:
                f[2] = 1.0
        elif ch == "_" and alnum(at(i - 1)) and alnum(at(i + 1)):
            f[3] = 1.0
        elif ch.isascii() and ch.isupper() and at(i - 1).isascii() and at(i - 1).islower():
            f[4] = 1.0
        elif ch in "{}[]<>;=|$":
            f[6] = 1.0
        elif ch == "#" and at(i + 1).isascii() and at(i + 1).isdigit():
            f[8] = 1.0
        if ch == "-" and at(i + 1) == "-" and at(i + 2).isascii() and at(i + 2).isalpha():
            f[9] = 1.0
        if t[i : i + 2] in ("()", "::", "->", "=>", "==", "!="):
            f[5] = 1.0
        if t[i : i + 7] == "http://" or t[i : i + 8] == "https://":
            f[7] = 1.0
    return f


def topics(words):
    present = {"".join(map(chr, word)) for word in words}
    return [1.0 if present & known else 0.0 for _, known in TOPICS]


def short_kind(text):
    """`continuation`, `greeting`, `tiny`, or nothing."""
    points = normalise(text)
    plain = "".join(map(chr, points)).strip(" .,!?…。，！？")
    for name, texts in SHORT.items():
        if plain in texts:
            return name
    letters = sum(1 for c in points if not is_separator(c) and c != 0x30)
    wide = any(c >= 0x3040 and not is_separator(c) for c in points)
    return "tiny" if letters < (2 if wide else 4) else None


def is_thin(points):
    """Whether the letters are of scripts with few prompts for training: any Chinese, Japanese or Korean, or mostly not Latin, Greek or Cyrillic."""
    letters = [c for c in points if not is_separator(c) and c != 0x30]
    return any(0x3040 <= c < 0xD7B0 for c in letters) or sum(c >= 0x0530 and not 0x1E00 <= c < 0x1F00 for c in letters) * 2 > len(letters)
