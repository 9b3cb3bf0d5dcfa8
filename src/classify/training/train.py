#!/usr/bin/env python3
"""Trains the two models of `tokaudit classify` and writes them with their measured figures.

Usage: train.py DATA [OUT]: DATA has train.jsonl, dev.jsonl and worktype_commits.jsonl (fields text, label, group, work_type); OUT is
src/classify. Weights come from all prompts and from made_up.py; thresholds and rates from models whose training had no prompt of the
source that they judge. tests/it/classify/prompts.txt is measured at the end and decides nothing. Same data, same bytes. Needs numpy, scipy and
scikit-learn. No prompt is written anywhere.
"""

import collections
import hashlib
import json
import os
import pathlib
import re
import struct
import sys

# Sums in parallel differ in their last bits, and with them the bytes of the weights.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

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
C = 5.0
# The rarest word counts this much more than one that every text has.
RAREST = 8.0
# What is taken off the log-odds of a text without any word of a private topic.
NO_TOPIC = 3.0
WORK_TOPICS = ("office", "code")
LEAST_PRECISION, LEAST_RECALL = 0.99, 0.45
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


def occurrences(texts, bits, slots):
    """How often each text has each slot."""
    found = [np.asarray(slots(text), dtype=np.int64) for text in texts]
    ends = np.concatenate([[0], np.cumsum([len(one) for one in found])])
    counts = sp.csr_matrix((np.ones(ends[-1], dtype=np.float32), np.concatenate(found), ends), shape=(len(texts), 1 << bits))
    counts.sum_duplicates()
    return counts


def count(texts):
    """Words, runs of characters, and the rest of the features of texts."""
    words = occurrences(texts, F.WORD_BITS, lambda text: F.word_slots(F.words_of(F.normalise(text))))
    chars = occurrences(texts, F.CHAR_BITS, lambda text: F.char_slots(F.normalise(text)))
    dense = np.array([F.surface(text) + F.topics(F.words_of(F.normalise(text))) for text in texts], dtype=np.float32)
    return words, chars, dense


def rarity(counts):
    """How rare each slot is among texts (inverse document frequency), in steps of a byte."""
    seen = np.asarray((counts > 0).sum(0)).ravel()
    return np.clip(np.rint(np.minimum(np.log((1 + counts.shape[0]) / (1 + seen)) + 1, RAREST) * 255 / RAREST), 1, 255).astype(np.uint8)


def weighed(counts, rare):
    """Occurrences by their rarity, over the length of the text as a vector of occurrences."""
    length = np.sqrt(counts @ np.square(rare.astype(np.float64)))
    return (sp.diags(1 / np.maximum(length, 1.0)) @ counts @ sp.diags(rare.astype(np.float64))).tocsr()


class Model:
    """Logistic regression over all features of some of the counted texts."""

    def __init__(self, counted, y, rows, chosen):
        words, chars, dense = counted
        self.rare = rarity(words[chosen]), rarity(chars[chosen])
        X = self.matrix(tuple(part[chosen] for part in counted))
        fitted = LogisticRegression(C=C, max_iter=200, tol=1e-3).fit(X, y[chosen], sample_weight=balanced([rows[at] for at in chosen]))
        self.weights, self.bias = fitted.coef_[0].astype(np.float64), np.float32(fitted.intercept_[0])

    def matrix(self, counted):
        words, chars, dense = counted
        return sp.hstack([weighed(words, self.rare[0]), CHARS_WEIGH * weighed(chars, self.rare[1]), sp.csr_matrix(dense)], format="csr")

    def odds(self, counted):
        return self.matrix(counted) @ self.weights + float(self.bias)


def small_matrix(texts):
    counts = occurrences(texts, WORK_BITS, lambda text: F.word_slots(F.words_of(F.normalise(text)), WORK_BITS))
    total = np.asarray(counts.sum(1)).ravel()
    return sp.diags(1 / np.sqrt(np.maximum(total, 1.0))) @ counts.astype(np.float64)


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


def family(row):
    """The source of a prompt; parts of one corpus are one source."""
    source = row["source"].removeprefix("commits:").removeprefix("entire:")
    return next((name for name in ("template", "self-instruct", "arena-hard", "clinc150") if source.startswith(name)), source)


# Sources that are left out together; a source that is not named is in the last part.
PARTS = (("clinc150",), ("snips", "workbench"), ("crosswoz", "realhumaneval"), ("template",), ("arena-hard", "JanDeDobbeleer/oh-my-posh"),
         ("self-instruct", "entireio/cli"), ("slurp", "mt_bench", "vicuna_bench", "edobry/minsky"))
KIND_OF = {"on_agent_real": "agent", "business": "business", "business_hr": "business", "on_chat_coding": "chat", "on_hard_domain": "chat",
           "on_multilingual": "chat", "continuation": "chat"}


def held_out(rows, counted, y):
    """The log-odds of each prompt by a model whose training had no prompt of its source."""
    part = np.array([next((at for at, names in enumerate(PARTS) if family(r) in names), len(PARTS)) for r in rows])
    odds = np.zeros(len(rows))
    for at in range(len(PARTS) + 1):
        model = Model(counted, y, rows, np.nonzero(part != at)[0])
        judged = np.nonzero(part == at)[0]
        odds[judged] = model.odds(tuple(block[judged] for block in counted))
    return odds


def verdicts(texts, odds):
    """Log-odds with the part of the topics that only the program adds, and what keeps each text from being flagged, if anything."""
    changed, why = odds.copy(), []
    for at, text in enumerate(texts):
        topics = dict(zip([name for name, _ in F.TOPICS], F.topics(F.words_of(F.normalise(text)))))
        if not any(topics[name] for name in topics if name not in WORK_TOPICS):
            changed[at] -= NO_TOPIC
        why.append(F.short_kind(text) or ("language" if F.is_thin(F.normalise(text)) else "work" if any(topics[name] for name in WORK_TOPICS) else None))
    return changed, why


def main():
    data = pathlib.Path(sys.argv[1])
    out = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else F.CLASSIFY
    train, dev = read(data / "train.jsonl"), read(data / "dev.jsonl")
    prompts = train + dev
    commits = read(data / "worktype_commits.jsonl")
    for r in prompts:
        r["language"] = language(r["text"])
    made = [{"text": t, "label": l, "language": g, "group": k, "source": "made-up"} for t, l, g, k in made_up.sentences(SEED)]
    rows = prompts + made
    counted, y = count([r["text"] for r in rows]), np.array([r["label"] == "off_task" for r in rows])
    report = measure(rows, y, held_out(rows, counted, y))
    model = Model(counted, y, rows, np.arange(len(rows)))
    split = 1 << F.WORD_BITS, (1 << F.WORD_BITS) + (1 << F.CHAR_BITS)
    rare_words, rare_chars = model.rare
    words, ws = quantise(model.weights[: split[0]] * rare_words)
    chars, cs = quantise(CHARS_WEIGH * model.weights[split[0] : split[1]] * rare_chars)
    dense = model.weights[split[1] :].astype(np.float32)

    def packed(texts):
        """The log-odds by the numbers of the file, as the program computes them."""
        w, c, d = count(texts)
        part = lambda counts, q, scale, rare: (counts @ q.astype(np.float64)) * float(scale) / np.sqrt(np.maximum(counts @ np.square(rare.astype(np.float64)), 1.0))
        return float(model.bias) + part(w, words, ws, rare_words) + part(c, chars, cs, rare_chars) + d @ dense.astype(np.float64)

    report["model"] = {"C": C, "seed": SEED, "no_topic": NO_TOPIC}
    types, type_report, golden_types = work_types(train, dev, commits, made)
    pairs = lambda q, rare: np.stack([q.view(np.uint8), rare], axis=1).tobytes()
    blob = b"tokaudit-classify-2\n"
    blob += struct.pack("<fff", model.bias, ws, cs) + dense.tobytes() + pairs(words, rare_words) + pairs(chars, rare_chars)
    blob += types
    (out / "weights.bin").write_bytes(blob)
    report["prompts_of_no_source"] = measure_frozen(packed, report, F.CLASSIFY.parent.parent / "tests/it/classify/prompts.txt")
    spec = {
        "data_sha256": {p: hashlib.sha256((data / p).read_bytes()).hexdigest() for p in ("train.jsonl", "dev.jsonl", "worktype_commits.jsonl")},
        "weights_sha256": hashlib.sha256(blob).hexdigest(),
        "features": {"most_characters": F.MOST, "word_bits": F.WORD_BITS, "char_bits": F.CHAR_BITS, "char_ngrams": list(F.NGRAMS), "surface": F.SURFACE,
                     "topics": [n for n, _ in F.TOPICS]},
        "training": {"prompts": len(prompts), "made_up": len(made), "commit_subjects": len(commits)},
        "off_task": report,
        "work_type": type_report,
    }
    (out / "weights.json").write_text(json.dumps(spec, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    # Made-up sentences with the script's own scores: what the program must reproduce.
    texts = [t for t, *_ in made_up.sentences(SEED)[::97]] + ["Fix `src/main.rs`: foo_bar() returns None when fooBar == 0 (#12) --verbose", "what's the weather in Paris tomorrow?", "İstanbul'da hava nasıl", "a/b\\c https://x.example/?q=1\n\n{}[];", "x" * 700]
    golden = [{"text": t, "score": round(float(s), 6)} for t, s in zip(texts, sigmoid(packed(texts)))]
    for one, kind in zip(golden, golden_types(texts)):
        one["work_type"] = kind
    (out / "golden.json").write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps({"off_task": report, "work_type": type_report}, indent=1, ensure_ascii=False))


def measure(rows, y, odds):
    """Thresholds and rates over prompts that their model never saw a source of; made-up texts and commit subjects are no prompts."""
    odds, why = verdicts([r["text"] for r in rows], odds)
    kept = [at for at, r in enumerate(rows) if r["source"] != "made-up" and r["group"] != "on_commit_subject"]
    rows, why = [rows[at] for at in kept], [why[at] for at in kept]
    z, s = y[kept], sigmoid(odds[kept])
    free, judged = np.array([w is None for w in why]), np.array([w != "language" for w in why])
    order = np.argsort(-np.where(free, s, 0.0), kind="stable")
    tp = np.cumsum(z[order])
    recall, precision = tp / (z & judged).sum(), tp / np.arange(1, len(z) + 1)
    # Other people's prompts are unlike these: where several thresholds fulfil both limits, the strictest is taken.
    at = int(np.argmax((recall >= LEAST_RECALL) & (precision >= LEAST_PRECISION)))
    if not (recall[at] >= LEAST_RECALL and precision[at] >= LEAST_PRECISION):
        print("no threshold has both the least recall and the least precision", file=sys.stderr)
        sys.exit(1)
    likely = float(s[order[at]])
    everyone = np.argsort(-s, kind="stable")
    f1 = 2 * np.cumsum(z[everyone]) / (np.arange(1, len(z) + 1) + z.sum())
    unclear = min(float(s[everyone[int(f1.argmax())]]), likely)
    flagged = free & (s >= likely)

    def rate(chosen):
        return {"n": int(chosen.sum()), "flagged": int((flagged & chosen).sum()), "unclear": int((judged & ~flagged & (s >= unclear) & chosen).sum()), "abstained": int((~judged & chosen).sum())}

    def by(label, key):
        keys = np.array([str(key(r)) for r in rows])
        return {k: rate((keys == k) & (z == label)) for k in sorted(set(keys[z == label]))}

    return {
        "f1": round(float(f1.max()), 4),
        "threshold_best_f1": round(unclear, 6),
        "threshold_likely": round(likely, 6),
        "precision_likely": round(float((flagged & z).sum() / flagged.sum()), 4),
        "recall_of_all_languages": round(float((flagged & z).sum() / z.sum()), 4),
        "recall_likely": round(float((flagged & z).sum() / (z & judged).sum()), 4),
        "off_task": rate(z),
        "on_task_by_kind": by(False, lambda r: KIND_OF.get(r["group"], "")),
        "on_task_by_source": by(False, family),
        "on_task_by_language": by(False, lambda r: r["language"]),
        "off_task_by_source": by(True, family),
        "off_task_by_language": by(True, lambda r: r["language"]),
    }


def measure_frozen(packed, report, path):
    """The prompts that were written before there were weights: counts by language. Nothing here may depend on them."""
    rows = [line.split("|", 3) for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    odds, why = verdicts([r[3] for r in rows], packed([r[3] for r in rows]))
    s = sigmoid(odds)
    found = {}
    for (lang, label, _, _), score, reason in zip(rows, s, why):
        row = found.setdefault(lang, {"off_task": 0, "found": 0, "work": 0, "work_flagged": 0, "abstained": 0})
        flagged = reason is None and score >= report["threshold_likely"]
        row["off_task" if label == "off" else "work"] += 1
        row["abstained"] += reason == "language" and bool(score >= report["threshold_best_f1"])
        row["found" if label == "off" else "work_flagged"] += bool(flagged)
    return found


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
        S = small_matrix(texts) @ (Q * np.float64(scale)) + bias
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
    X = small_matrix(texts)
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
