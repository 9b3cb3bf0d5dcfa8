#!/usr/bin/env python3
"""Trains the two models of `tokaudit classify` and writes them with their measured figures.

Usage: train.py DATA [OUT]: DATA has train.jsonl, dev.jsonl and worktype_commits.jsonl (fields text, label, group, work_type); OUT is
src/classify. Weights come from train and from made_up.py, thresholds from dev. Same data, same bytes. Needs numpy, scipy and
scikit-learn. No prompt is written anywhere.
"""

import collections
import hashlib
import json
import pathlib
import re
import struct
import sys

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

import features as F
import made_up

SEED = 20261124
WORK_BITS = 13
WANTS = ("can you", "could you", "would you", "will you", "can we", "could we", "should we", "do it", "do that", "do the", "do both")
TYPES = ["feature", "bugfix", "refactor", "test", "docs", "review", "ops", "question", "continuation", "business"]
# Characters are worth more than words to the regularised fit; the factor goes into their scale.
CHARS_WEIGH = 2.0
LEARNT = ["feature", "bugfix", "refactor", "test", "docs", "ops"]
# The first question: is it development at all?
KINDS = ["development", "business", "continuation"]


def read(path):
    return [json.loads(line) for line in path.open(encoding="utf-8")]


def language(text):
    """Used only for weights and counts; no feature depends on it."""
    for name, low, high in (("ja", 0x3040, 0x30FF), ("ko", 0xAC00, 0xD7A3), ("zh", 0x4E00, 0x9FFF), ("ru", 0x0400, 0x04FF)):
        if sum(low <= ord(c) <= high for c in text) >= 2:
            return name
    words = set(re.findall(r"[^\W\d]+", text.lower()))
    marks = {
        "de": "der die das und ich ist nicht ein eine mir bitte für wie was kannst den dem zu mit",
        "es": "el los las qué que para una por cómo puedo con mi en del",
        "fr": "le les des une est pour dans que je moi quel avec du comment sur",
        "pt": "o os uma para não que com como meu minha em do da",
        "it": "il gli una per che non come mi con del della di",
        "nl": "het een voor niet hoe ik mijn van wat op",
        "pl": "jak nie dla jest się na mi w",
        "tr": "bir için ve ne nasıl bu",
    }
    english = "the a to of and in is for on with it this that you how what are be can my i do from"
    scores = {name: len(words & set(text.split())) for name, text in marks.items()}
    best = max(scores, key=scores.get)
    return best if scores[best] >= 2 and scores[best] > len(words & set(english.split())) else "en"


def matrix(texts, small=False):
    """Word counts, character counts, surface and topics side by side; for work types words alone."""
    rows, cols, vals, dense = [], [], [], []
    bits = WORK_BITS if small else F.WORD_BITS
    width = 1 << bits
    for at, text in enumerate(texts):
        points = F.normalise(text)
        words = F.words_of(points)
        slots = np.array(F.word_slots(words, bits), dtype=np.int64)
        if len(slots):
            rows.append(np.full(len(slots), at)); cols.append(slots); vals.append(np.full(len(slots), len(slots) ** -0.5))
        if not small:
            chars = F.char_slots(points).astype(np.int64)
            if len(chars):
                rows.append(np.full(len(chars), at)); cols.append(chars + width); vals.append(np.full(len(chars), CHARS_WEIGH * len(chars) ** -0.5))
        dense.append(F.surface(text) + F.topics(words))
    total = width if small else width + (1 << F.CHAR_BITS)
    sparse = sp.csr_matrix((np.concatenate(vals), (np.concatenate(rows), np.concatenate(cols))), shape=(len(texts), total))
    return sp.hstack([sparse, sp.csr_matrix(np.array(dense))], format="csr")


def quantise(weights):
    """int8 with one scale; the outermost thousandth is cut off."""
    scale = max(float(np.quantile(np.abs(weights), 0.9999)), 1e-9) / 127.0
    return np.clip(np.rint(weights / scale), -127, 127).astype(np.int8), np.float32(scale)


def balanced(rows):
    """Each language weighs the same on both sides, no group more than its share."""
    cells = collections.Counter((r["language"] != "en", r["label"]) for r in rows)
    groups = collections.Counter(r["group"] for r in rows)
    weight = []
    for r in rows:
        foreign = r["language"] != "en"
        other = cells[(foreign, "on_task" if r["label"] == "off_task" else "off_task")]
        own = cells[(foreign, r["label"])]
        w = ((own + other) / (2 * own)) ** 0.8
        w *= min(2.0, (1500 / groups[r["group"]]) ** 0.3)
        weight.append(w)
    return np.array(weight)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def main():
    data = pathlib.Path(sys.argv[1])
    out = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else F.CLASSIFY
    train, dev = read(data / "train.jsonl"), read(data / "dev.jsonl")
    commits = read(data / "worktype_commits.jsonl")
    for r in train + dev:
        r["language"] = language(r["text"])
    made = [{"text": t, "label": l, "language": g, "group": k} for t, l, g, k in made_up.sentences(SEED)]
    rows = train + made
    X, y = matrix([r["text"] for r in rows]), np.array([r["label"] == "off_task" for r in rows])
    D, z = matrix([r["text"] for r in dev]), np.array([r["label"] == "off_task" for r in dev])
    best = None
    for C in (10.0, 20.0):
        model = LogisticRegression(C=C, max_iter=400, solver="lbfgs").fit(X, y, sample_weight=balanced(rows))
        s = D @ model.coef_[0] + model.intercept_[0]
        order = np.argsort(-s)
        tp = np.cumsum(z[order]); n = np.arange(1, len(z) + 1)
        f1 = (2 * tp / (n + z.sum())).max()
        prec = tp / n
        recall = tp[prec >= 0.99].max(initial=0) / z.sum()
        print(f"C={C} dev F1 {f1:.4f} recall at P>=.99 {recall:.3f}", file=sys.stderr)
        if best is None or f1 + recall > best[0]:
            best = (f1 + recall, C, model)
    _, C, model = best
    w = model.coef_[0]
    words, ws = quantise(w[: 1 << F.WORD_BITS])
    chars, cs = quantise(w[1 << F.WORD_BITS : (1 << F.WORD_BITS) + (1 << F.CHAR_BITS)])
    dense = w[(1 << F.WORD_BITS) + (1 << F.CHAR_BITS) :].astype(np.float32)
    packed = np.concatenate([words * np.float64(ws), chars * np.float64(cs), dense])
    bias = np.float32(model.intercept_[0])
    kinds = [F.short_kind(r["text"]) for r in dev]
    scores = sigmoid(D @ packed + float(bias))
    judged = np.array([k is None for k in kinds])
    scores = np.where(judged, scores, 0.0)
    report = measure(dev, scores, z)
    # The band is stricter than precision alone asks: prompts of other sources are unlike these.
    report["model"] = {"C": C, "seed": SEED}

    types, type_report, golden_types = work_types(train, dev, commits, made)
    blob = b"tokaudit-classify-1\n"
    blob += struct.pack("<fff", bias, ws, np.float32(cs * CHARS_WEIGH)) + dense.tobytes() + words.tobytes() + chars.tobytes()
    blob += types
    (out / "weights.bin").write_bytes(blob)
    spec = {
        "data_sha256": {p: hashlib.sha256((data / p).read_bytes()).hexdigest() for p in ("train.jsonl", "dev.jsonl", "worktype_commits.jsonl")},
        "weights_sha256": hashlib.sha256(blob).hexdigest(),
        "features": {"most_characters": F.MOST, "word_bits": F.WORD_BITS, "char_bits": F.CHAR_BITS, "char_ngrams": list(F.NGRAMS), "surface": F.SURFACE,
                     "topics": [n for n, _ in F.TOPICS]},
        "training": {"prompts": len(train), "made_up": len(made), "commit_subjects": len(commits)},
        "off_task": report,
        "work_type": type_report,
    }
    (out / "weights.json").write_text(json.dumps(spec, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    # Made-up sentences with the script's own scores: what the program must reproduce.
    texts = [t for t, *_ in made_up.sentences(SEED)[::97]] + ["Fix `src/main.rs`: foo_bar() returns None when fooBar == 0 (#12) --verbose", "what's the weather in Paris tomorrow?", "İstanbul'da hava nasıl", "a/b\\c https://x.example/?q=1\n\n{}[];", "x" * 700]
    G = matrix(texts)
    golden = [{"text": t, "score": round(float(s), 6)} for t, s in zip(texts, sigmoid(G @ packed + float(bias)))]
    for one, kind in zip(golden, golden_types(texts)):
        one["work_type"] = kind
    (out / "golden.json").write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps({"off_task": report, "work_type": type_report}, indent=1, ensure_ascii=False))


def measure(dev, scores, z):
    order = np.argsort(-scores, kind="stable")
    tp, n = np.cumsum(z[order]), np.arange(1, len(z) + 1)
    f1 = 2 * tp / (n + z.sum())
    at = int(f1.argmax())
    prec = tp / n
    ok = np.nonzero(prec >= 0.99)[0]
    p99 = int(ok.max()) if len(ok) else 0
    # No real prompt of an agent, no continuation, and hardly anything else on task may reach the band.
    safe = max(float(s) for r, s in zip(dev, scores) if r["label"] == "on_task" and r["group"] in ("on_agent_real", "continuation", "on_multilingual"))
    likely = max(float(scores[order[p99]]), safe + 0.01, 0.9)
    unclear = float(scores[order[at]])
    rate = lambda rows: {"n": len(rows), "flagged": int(sum(s >= likely for s in rows)), "unclear": int(sum(unclear <= s < likely for s in rows))}
    by = lambda key, label: {k: rate([s for r, s in zip(dev, scores) if r["label"] == label and r[key] == k]) for k in sorted({r[key] for r in dev if r["label"] == label})}
    flagged = scores >= likely
    return {
        "dev_f1": round(float(f1[at]), 4),
        "dev_recall_at_precision_99": round(float(tp[p99] / z.sum()), 4),
        "threshold_best_f1": round(unclear, 6),
        "threshold_precision_99": round(float(scores[order[p99]]), 6),
        "threshold_likely": round(likely, 6),
        "dev_precision_likely": round(float((flagged & z).sum() / max(flagged.sum(), 1)), 4),
        "dev_recall_likely": round(float((flagged & z).sum() / z.sum()), 4),
        "false_positives_by_group": by("group", "on_task"),
        "false_positives_by_language": by("language", "on_task"),
        "found_by_group": by("group", "off_task"),
    }


def work_types(train, dev, commits, made):
    """Two linear models over words: development, business or continuation; then the type of development."""
    texts, labels, weights = [], [], []
    for r in commits:
        texts.append(r["text"]); labels.append(r["work_type"]); weights.append(0.5)
    for r in train:
        if r.get("work_type") in LEARNT:
            texts.append(r["text"]); labels.append(r["work_type"]); weights.append(1.0)
    W1 = fit(texts, labels, weights, LEARNT, 3.0)
    texts, labels, weights = [], [], []
    for r in train + made:
        kind = {"business": "business", "business_hr": "business", "made_business": "business", "continuation": "continuation", "on_agent_real": "development",
                "on_chat_coding": "development", "on_hard_domain": "development", "on_commit_subject": "development", "made_work": "development",
                "on_multilingual": "development"}.get(r["group"])
        if kind:
            texts.append(r["text"]); labels.append(kind); weights.append({"on_agent_real": 3.0, "on_commit_subject": 0.3}.get(r["group"], 1.0))
    W2 = fit(texts, labels, weights, KINDS, 5.0)
    W = np.hstack([W1[0], W2[0]])
    bias = np.concatenate([W1[1], W2[1]])
    Q, scale = quantise(W)

    def kinds(texts):
        S = matrix(texts, small=True)[:, : 1 << WORK_BITS] @ (Q * np.float64(scale)) + bias
        return [decide(t, s) for t, s in zip(texts, S)]

    gold = [(r["text"], {"business_general": "business"}.get(r["work_type"], r["work_type"])) for r in dev if r.get("work_type")]
    said = kinds([t for t, _ in gold])
    truth = [k for _, k in gold]
    present = sorted(set(truth))
    real = [(t, s) for t, s in zip(truth, said) if t != "business"]
    report = {
        "types": TYPES,
        "dev_accuracy": round(float(np.mean([a == b for a, b in zip(truth, said)])), 4),
        "dev_macro_f1": round(float(f1_score(truth, said, average="macro", labels=present, zero_division=0)), 4),
        "dev_macro_f1_without_business": round(float(f1_score([t for t, _ in real], [s for _, s in real], average="macro", labels=sorted({t for t, _ in real}), zero_division=0)), 4),
        "dev_f1": {k: round(float(f1_score(truth, said, average="macro", labels=[k], zero_division=0)), 3) for k in present},
        "dev_n": dict(sorted(collections.Counter(truth).items())),
    }
    return struct.pack("<f", scale) + bias.astype(np.float32).tobytes() + np.ascontiguousarray(Q).tobytes(), report, kinds


def fit(texts, labels, weights, classes, C):
    X = matrix(texts, small=True)[:, : 1 << WORK_BITS]
    model = LogisticRegression(C=C, max_iter=300, class_weight="balanced").fit(X, labels, sample_weight=weights)
    order = [list(model.classes_).index(k) for k in classes]
    return model.coef_[order].T, model.intercept_[order].astype(np.float32)


# What a word of the text adds to a type, beside the model: at the start, among the first, later.
BOOSTS = (3.0, 2.0, 0.3)
REVIEW = 3.0
FIRST_WORDS = 14
# Reviews name what they look at, so their word outweighs the others.
MARKS = {name: set(words.split()) for name, words in F.sections("types.txt").items()}


def decide(text, scores):
    """The type: what it goes on with, business, a question, or the best type of development."""
    kind = F.short_kind(text)
    if kind:
        return "continuation"
    words = ["".join(map(chr, w)) for w in F.words_of(F.normalise(text))]
    s = dict(zip(LEARNT, map(float, scores)))
    s["review"] = -9.0
    development, business, continuation = map(float, scores[len(LEARNT) :])
    named = False
    for at, word in enumerate(words[:60]):
        for k, known in MARKS.items():
            if k in s and word in known:
                boost = BOOSTS[0 if at == 0 else 1 if at < FIRST_WORDS else 2]
                s[k] = max(s[k], 0.0) + boost + REVIEW if k == "review" else s[k] + boost
                named = named or at < FIRST_WORDS
    opens = bool(words) and words[0] in MARKS["go_on"]
    if not named and (continuation > max(development, business) or opens and len(words) <= 12):
        return "continuation"
    if business > development + 0.5 * named:
        return "business"
    two = " ".join(words[:2])
    asks = bool(words) and words[0] in MARKS["asks"] and two not in WANTS
    if (asks or text.rstrip().endswith(("?", "？")) and two not in WANTS) and len(words) <= 80:
        return "question"
    return max(s, key=lambda k: (s[k], -TYPES.index(k)))


if __name__ == "__main__":
    main()
