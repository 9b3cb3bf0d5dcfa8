#!/usr/bin/env python3
"""Whether two builds of tokaudit report the same values, whatever words they put them in.

    benches/same_values.py OLD NEW [--cache FOLDER] [--only PATTERN] [--allow FILE] [--words FILE]

Both programs run with the same arguments on every fixture of the project, on the built-in example, on a made-up home folder, on
mistaken arguments, and, where they are at hand, on the corpora, samples and cases below --data. Every command runs in every
format that it can write. Then the outputs are compared, from the surest to the loosest:

- equal bytes are equal;
- JSON, JSON lines, CSV: structure, keys, headers, numbers as they are spelled, nulls, booleans, and texts without a blank (ids,
  dates, hashes, words of an enumeration) are values. A text with blanks is prose: only its numbers are compared, in their order.
  Texts that come from the input (names of models, projects, people, paths) and all of `ledger` but notes on prices are values
  even with blanks.
- notices: kind, severity and count are values, the message is prose; on standard error their order and counts are values;
- tables, Markdown, HTML: the numbers in their order, of HTML without styles; bars and charts of HTML (path `drawn`) apart;
- OpenMetrics: names, types, labels and numbers. Workbooks: cells, formulas and names. Parquet: bytes;
- `--help`, completions and the manual: the flags that they name, as a set;
- exit codes.

Prose that changed is collected with --words, as a table of old and new. The exit code is 1 when a value differs that no line of
--allow excuses, 2 when the comparison itself could not be made.

--allow FILE has one regular expression a line (blank lines and those with # in front are skipped); it excuses a difference when
it is found in `INPUT  COMMAND  PATH  OLD -> NEW`, single blanks between them. --only PATTERN is a regular expression, too; it is
looked for in `INPUT  COMMAND`. With --cache, outputs of OLD and prepared inputs are kept in that folder, so that the next run
starts NEW alone; the folder must not lie in a git repository. --list shows the runs without running them.

It needs git, and for the corpora tar and zstd; what is missing is said, and its inputs are left out.
"""
import argparse
import collections
import concurrent.futures
import csv
import dataclasses
import difflib
import gzip
import hashlib
import html.parser
import io
import json
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree
import zipfile
from pathlib import Path

AS_OF = "2026-11-30"
"""The day that stands in for the clock; prices and logs of all inputs are older."""
STAMP = 1_780_000_000
"""The time of every prepared file, so that none depends on when it was copied."""
SURROUNDINGS = "2"
"""Raise it when programs are run in another way, so that kept outputs are made again."""
REPORTS = "table,json,csv,markdown,html,xlsx,openmetrics"
"""Every format of a report; several go into a folder."""
KEYS = ("day", "week", "month", "model", "provider", "source", "session", "project", "branch", "user", "team", "scope")
LOG_TABLES = ("usage", "sessions", "values", "focus")
LINK_TABLES = ("links", "journal")
GIT_TABLES = ("commits", "changes", "lines")
TABLES = LOG_TABLES + LINK_TABLES + GIT_TABLES + ("prices",)
SHOWN = 160
"""Longest text of a value in a message."""


# ---- Runs ----------------------------------------------------------------------------------------------------------------------


@dataclasses.dataclass
class Input:
    """A prepared folder in which commands run, with the commands."""

    name: str
    folder: Path
    fingerprint: str
    runs: list = dataclasses.field(default_factory=list)

    def run(self, *steps, stdin=None, home="home"):
        """Adds a run of one or more commands, one after the other; `{out}` is a fresh folder that they share."""
        self.runs.append(Run(self, [step.split() if isinstance(step, str) else list(step) for step in steps], stdin, home))

    def reports(self, command):
        """Adds a run that writes every format of a report."""
        self.run(f"{command} --format {REPORTS} --out {{out}}")


@dataclasses.dataclass
class Run:
    """Commands whose outputs are compared."""

    input: Input
    steps: list
    stdin: str | None
    home: str

    @property
    def label(self):
        return f"{self.input.name} {' && '.join(' '.join(step) for step in self.steps)}"

    def key(self, program):
        parts = [program, self.input.fingerprint, self.steps, self.stdin, self.home, SURROUNDINGS]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:40]


READING = {"audit", "spend", "sources", "history", "ledger", "comment", "explain"}
"""Commands that read logs or a history, and take the flags of a run."""


def whole(step):
    """A command with the flags that make it repeatable."""
    command = step[0] if step else "audit"
    if command not in READING or "--help" in step:
        return step
    flags = ["--no-cache", "--no-progress"]
    if "--threads" not in step:
        flags += ["--threads", "1"]
    if "--as-of" not in step and "--example" not in step:
        flags += ["--as-of", AS_OF]
    return step + flags


class Timeout(Exception):
    """A program did not end in time."""


def execute(program, run, scratch, seconds):
    """The outputs of a run: exit code, standard output and standard error of each step, and every file written."""
    out = Path(tempfile.mkdtemp(dir=scratch))
    spare = Path(tempfile.mkdtemp(dir=scratch))
    environment = {
        "PATH": os.environ.get("PATH", ""),
        # Relative, so that no place of this machine stands in an output.
        "HOME": run.home,
        "XDG_CACHE_HOME": str(spare),
        "TMPDIR": str(spare),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "RUST_BACKTRACE": "0",
    }
    parts = {}
    try:
        for number, step in enumerate(run.steps, 1):
            mark = f"{number}/" if len(run.steps) > 1 else ""
            arguments = [part.replace("{out}", str(out)) for part in whole(step)]
            source = open(run.input.folder / run.stdin, "rb") if run.stdin else subprocess.DEVNULL
            try:
                process = subprocess.run(
                    ["tokaudit", *arguments],
                    executable=program,
                    cwd=run.input.folder,
                    env=environment,
                    stdin=source,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    timeout=seconds,
                    check=False,
                )
            except subprocess.TimeoutExpired as error:
                raise Timeout from error
            finally:
                if run.stdin:
                    source.close()
            parts[f"{mark}exit"] = str(process.returncode).encode()
            parts[f"{mark}stdout"] = process.stdout
            parts[f"{mark}stderr"] = process.stderr
        for path in sorted(out.rglob("*")):
            if path.is_file():
                parts[path.relative_to(out).as_posix()] = path.read_bytes()
    finally:
        shutil.rmtree(out, ignore_errors=True)
        shutil.rmtree(spare, ignore_errors=True)
    places = [(str(out), "{out}"), (str(spare), "{temporary}"), (str(run.input.folder), "{input}")]
    for name, data in parts.items():
        if data[:2] != b"PK" and data[:4] != b"PAR1":
            for place, word in places:
                data = data.replace(place.encode(), word.encode())
            parts[name] = re.sub(rb"tokaudit-example-\w+", b"{example}", data)
    return parts


def digest(parts):
    """A hash of all outputs of a run."""
    found = hashlib.sha256()
    for name, data in parts.items():
        found.update(f"{name} {len(data)}\n".encode())
        found.update(data)
    return found.hexdigest()


def keep(path, parts):
    """Writes outputs; the comment of the archive is their hash, so that equal outputs need no unpacking."""
    unfinished = path.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
        archive.comment = digest(parts).encode()
    unfinished.replace(path)


def kept_digest(path):
    with zipfile.ZipFile(path) as archive:
        return archive.comment.decode()


def kept(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# ---- What a value is -----------------------------------------------------------------------------------------------------------


NUMBER = re.compile(r"(?:(?<![\w.)\]])[-+−]?\$?)?\d+(?:,\d{3})*(?:\.\d+)?(?:[eE][-+]?\d+)?(?:%|[kMBGTsh]\b)?")
PROSE_KEYS = {"name", "action", "missing", "label", "why", "about", "hint", "help"}
"""Keys and columns whose texts are for people, even single words."""
MESSAGE_KEYS = {"message", "description", "title", "$comment"}
"""… and whose numbers are no values, either."""
INPUT_KEYS = set(KEYS) | {"repo", "path", "place", "tool", "landing", "head", "tz", "from", "to", "type", "names", "scope"}
"""Keys and columns that hold what stood in the input."""


def numbers(text):
    """The numbers of a text in their order, spelled alike."""
    found = []
    for one in NUMBER.findall(text):
        found.append(one.replace(",", "").replace("−", "-").lstrip("+"))
    return found


def shortened(value):
    text = value if isinstance(value, str) else value.decode("utf-8", "replace") if isinstance(value, bytes) else repr(value)
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


@dataclasses.dataclass
class Difference:
    path: str
    old: str
    new: str


class Words:
    """Prose that changed, each pair once whatever its numbers."""

    def __init__(self):
        self.pairs = {}

    def add(self, old, new, where):
        old, new = " ".join(old.split()), " ".join(new.split())
        if old == new:
            return
        masked = tuple(re.sub(r"\d[\d,.]*", "#", text) for text in (old, new))
        entry = self.pairs.setdefault(masked, [old, new, where, 0])
        entry[3] += 1

    def add_lines(self, old, new, where):
        """Pairs lines that changed; where a paragraph was broken otherwise, the whole of it."""
        if len(old) + len(new) > 40_000:
            return
        matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
        for what, i, j, k, m in matcher.get_opcodes():
            if what == "equal":
                continue
            if j - i == m - k:
                for one, other in zip(old[i:j], new[k:m]):
                    self.add(one, other, where)
            else:
                self.add(" ".join(old[i:j]), " ".join(new[k:m]), where)

    def table(self):
        """All pairs as a Markdown table."""
        rows = ["| old | new | times | first met in |", "|---|---|---|---|"]
        for old, new, where, times in sorted(self.pairs.values(), key=lambda entry: -entry[3]):
            cells = [text[:600].replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;") for text in (old, new, str(times), where)]
            rows.append(f"| {' | '.join(cells)} |")
        return "\n".join(rows) + "\n"


class Comparison:
    """The differences of one part of a run."""

    def __init__(self, words, where, literal=False):
        self.words = words
        self.where = where
        self.literal = literal
        self.differences = []

    def differ(self, path, old, new):
        if len(self.differences) < 50:
            self.differences.append(Difference(path, shortened(old), shortened(new)))

    def number_lists(self, path, old, new, line_of=None):
        """Compares numbers in their order; tells the first that differs with what stands around it."""
        if old == new:
            return True
        at = next((at for at, (a, b) in enumerate(zip(old, new)) if a != b), min(len(old), len(new)))
        about = [line_of(side, at) if line_of else " ".join(all[max(0, at - 2) : at + 3]) for side, all in enumerate((old, new))]
        self.differ(f"{path}number {at + 1} of {len(old)} and {len(new)}", *about)
        return False

    def text(self, path, key, old, new, from_input=False):
        """Two texts of a document that are not the same."""
        is_value = self.literal and key != "note" or from_input or key in INPUT_KEYS
        blank = any(c.isspace() for c in old.strip()) or any(c.isspace() for c in new.strip())
        if key in MESSAGE_KEYS and not self.literal:
            self.words.add(old, new, self.where)
        elif is_value:
            self.differ(path, old, new)
        elif blank or key in PROSE_KEYS and (key != "name" or old[:1].isupper() and new[:1].isupper()):
            if self.number_lists(f"{path} ", numbers(old), numbers(new)):
                self.words.add(old, new, self.where)
        else:
            self.differ(path, old, new)

    # JSON

    def json_text(self, old, new, path=""):
        sides = []
        for name, text in (("old", old), ("new", new)):
            try:
                sides.append(json.loads(text, parse_int=Literal, parse_float=Literal, parse_constant=Literal))
            except ValueError as error:
                self.differ(f"{path}$", f"{name} is no JSON: {error}", text)
                return
        self.value(path or "$", "", sides[0], sides[1])

    def value(self, path, key, old, new, from_input=False):
        if type(old) is not type(new):
            self.differ(path, json_shown(old), json_shown(new))
        elif isinstance(old, dict):
            for name in old:
                if name not in new:
                    self.differ(f"{path}.{name}", json_shown(old[name]), "(no such key)")
            for name in new:
                if name not in old:
                    self.differ(f"{path}.{name}", "(no such key)", json_shown(new[name]))
                else:
                    if name in old:
                        self.value(f"{path}.{name}", name, old[name], new[name], from_input or name == "key")
        elif isinstance(old, list):
            names = [[entry_name(entry) for entry in side] for side in (old, new)]
            if len(old) != len(new):
                lacks, more = (list((collections.Counter(a) - collections.Counter(b)).elements()) for a, b in (names, names[::-1]))
                about = [f"{len(side)} entries" + (f", alone here: {', '.join(alone[:5])}" if any(alone) else "") for side, alone in ((old, lacks), (new, more))]
                self.differ(path, *about)
            for at, (one, other) in enumerate(zip(old, new)):
                mark = f":{names[0][at]}" if names[0][at] else ""
                self.value(f"{path}[{at}{mark}]", key, one, other, from_input)
        elif old != new:
            if type(old) is str:
                self.text(path, key, old, new, from_input)
            else:
                self.differ(path, json_shown(old), json_shown(new))

    def json_lines(self, old, new):
        old, new = old.splitlines(), new.splitlines()
        if len(old) != len(new):
            self.differ("rows", str(len(old)), str(len(new)))
        for at, (one, other) in enumerate(zip(old, new), 1):
            if one != other:
                self.json_text(one, other, f"row {at} ")

    # CSV

    def csv_text(self, old, new):
        sides = []
        for text in (old, new):
            text = text.removeprefix("\ufeff")
            first = text.split("\n", 1)[0]
            separator = max(",;\t", key=first.count)
            sides.append(list(csv.reader(io.StringIO(text, newline=""), delimiter=separator)))
        old, new = sides
        if len(old) != len(new):
            self.differ("rows", str(len(old)), str(len(new)))
        header = old[0] if old else []
        if old and new and old[0] != new[0]:
            self.differ("header", ",".join(old[0]), ",".join(new[0]))
            return
        for at, (one, other) in enumerate(zip(old[1:], new[1:]), 1):
            if len(one) != len(other):
                self.differ(f"row {at}", f"{len(one)} cells", f"{len(other)} cells")
                continue
            for column, a, b in zip(header, one, other):
                if a != b:
                    self.text(f"row {at} {column}", column, a, b)

    # Pages

    def page(self, old, new, path="", messages=False):
        """Pages for people: their numbers, then their words."""
        sides = [text.splitlines() if isinstance(text, str) else text for text in (old, new)]
        found, owners = [], []
        for lines in sides:
            all, owner = [], []
            for line in lines:
                here = numbers(line)
                all += here
                owner += [line] * len(here)
            found.append(all)
            owners.append(owner)
        if not messages and found[0] != found[1]:
            self.number_lists(path, *found, lambda side, at: owners[side][at] if at < len(owners[side]) else "(the end)")
        self.words.add_lines(*sides, self.where)

    def html(self, old, new):
        sides = []
        for text in (old, new):
            reader = Reader()
            reader.feed(text)
            reader.close()
            sides.append(reader)
        self.page(sides[0].texts, sides[1].texts)
        self.number_lists("drawn ", sides[0].drawn, sides[1].drawn)

    def openmetrics(self, old, new):
        sides = []
        for text in (old, new):
            lines = text.splitlines()
            sides.append(([line for line in lines if not line.startswith("# HELP")], [line for line in lines if line.startswith("# HELP")]))
        if sides[0][0] != sides[1][0]:
            a, b = sides[0][0], sides[1][0]
            at = next((at for at, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
            self.differ(f"line {at + 1}", a[at] if at < len(a) else "(the end)", b[at] if at < len(b) else "(the end)")
        self.page(sides[0][1], sides[1][1], "help ")

    def flags(self, old, new):
        sides = [set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", text)) for text in (old, new)]
        for flag in sorted(sides[0] ^ sides[1]):
            self.differ(f"flag {flag}", *("there" if flag in side else "not there" for side in sides))
        self.words.add_lines(old.splitlines(), new.splitlines(), self.where)

    def workbook(self, old, new):
        try:
            old, new = book(old), book(new)
        except (zipfile.BadZipFile, KeyError, xml.etree.ElementTree.ParseError) as error:
            self.differ("workbook", "unreadable", str(error))
            return
        if old["names"] != new["names"]:
            self.differ("defined names", str(old["names"]), str(new["names"]))
        if len(old["sheets"]) != len(new["sheets"]):
            self.differ("sheets", *(", ".join(name for name, _ in side["sheets"]) for side in (old, new)))
        for (name, cells), (other, others) in zip(old["sheets"], new["sheets"]):
            self.words.add(name, other, self.where)
            for place in sorted(cells.keys() | others.keys(), key=lambda at: (len(at), at)):
                a, b = cells.get(place), others.get(place)
                path = f"sheet {name} cell {place}"
                if a == b:
                    continue
                if a is None or b is None or a[0] != b[0] or a[0] != "s":
                    self.differ(path, *("(empty)" if one is None else one[1] for one in (a, b)))
                elif all(re.fullmatch(r"[A-Z][A-Za-z]*", one[1]) for one in (a, b)):
                    self.words.add(a[1], b[1], self.where)
                else:
                    self.text(path, "", a[1], b[1])

    def standard_error(self, old, new):
        sides = []
        for text in (old, new):
            lines = text.splitlines()
            notices = [match.groups() for match in map(re.compile(r"(error|warning|note): (\d+) × ").match, lines) if match]
            counts = [numbers(line) for line in lines if re.match(r"\d", line)]
            sides.append((notices, counts, lines))
        for name, at in (("notices", 0), ("counts", 1)):
            if sides[0][at] != sides[1][at]:
                a, b = sides[0][at], sides[1][at]
                first = next((n for n, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
                self.differ(f"{name} {first + 1} of {len(a)} and {len(b)}", *(str(side[first]) if first < len(side) else "(the end)" for side in (a, b)))
        self.words.add_lines(sides[0][2], sides[1][2], self.where)


class Literal(str):
    """A number of JSON as it is spelled."""


def json_shown(value):
    return str(value) if isinstance(value, Literal) else json.dumps(value, ensure_ascii=False)


def entry_name(entry):
    """What an entry of a list is called, so that paths can be read."""
    if isinstance(entry, dict):
        for key in ("id", "kind", "class", "metric", "key", "name"):
            if isinstance(entry.get(key), str):
                return entry[key]
            if key == "key" and isinstance(entry.get(key), dict):
                return "|".join(str(part) for part in entry[key].values())
    return ""


class Reader(html.parser.HTMLParser):
    """The texts of a page, and the numbers of what it draws."""

    SILENT = {"style", "script"}
    TOLD = ("aria-label", "alt", "datetime", "title")
    DRAWN = {"x", "y", "width", "height", "d", "points", "cx", "cy", "r", "x1", "x2", "y1", "y2", "transform", "style"}

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.texts, self.drawn, self.silent = [], [], 0

    def handle_starttag(self, tag, attributes):
        self.silent += tag in self.SILENT
        for name, value in attributes:
            if name in self.TOLD and value:
                self.texts.append(value)
            elif name in self.DRAWN and value:
                self.drawn += re.findall(r"-?\d+(?:\.\d+)?", value)

    def handle_endtag(self, tag):
        self.silent -= tag in self.SILENT

    def handle_data(self, data):
        if not self.silent and data.strip():
            self.texts.append(" ".join(data.split()))


def book(data):
    """The sheets of a workbook with their cells, as kind and text, and its defined names."""
    space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    link = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:

        def parse(name):
            return xml.etree.ElementTree.fromstring(archive.read(name))

        def text(node):
            return "".join(part.text or "" for part in node.iter(f"{{{space['m']}}}t"))

        def bare(formula):
            return re.sub(r"'[^']*'!", "!", formula or "")

        shared = []
        if "xl/sharedStrings.xml" in archive.namelist():
            shared = [text(node) for node in parse("xl/sharedStrings.xml").findall("m:si", space)]
        files = {node.get("Id"): node.get("Target") for node in parse("xl/_rels/workbook.xml.rels")}
        main = parse("xl/workbook.xml")
        sheets = []
        for sheet in main.findall("m:sheets/m:sheet", space):
            cells = {}
            for cell in parse("xl/" + files[sheet.get(link)].removeprefix("/xl/")).iterfind(".//m:c", space):
                formula, value = cell.find("m:f", space), cell.find("m:v", space)
                shown = value.text or "" if value is not None else text(cell)
                if formula is not None:
                    cells[cell.get("r")] = ("f", f"{bare(formula.text)} = {shown}")
                elif cell.get("t") == "s":
                    cells[cell.get("r")] = ("s", shared[int(shown)])
                elif cell.get("t") in ("inlineStr", "str"):
                    cells[cell.get("r")] = ("s", shown)
                elif shown:
                    cells[cell.get("r")] = ("n", shown)
            sheets.append((sheet.get("name"), cells))
        names = [(node.get("name"), bare(node.text)) for node in main.findall("m:definedNames/m:definedName", space)]
        return {"sheets": sheets, "names": [one for one in names if not one[0].startswith("_xlnm")]}


def format_of(part, steps):
    """What a part of the outputs is written in."""
    number, _, name = part.rpartition("/")
    if name not in ("exit", "stdout", "stderr"):
        return {"md": "markdown", "txt": "table", "prom": "openmetrics"}.get(part.rpartition(".")[2], part.rpartition(".")[2])
    if name != "stdout":
        return name
    step = steps[int(number) - 1 if number else 0]
    command = step[0] if step else "audit"
    if "--help" in step or command in ("completions", "man"):
        return "flags"
    if command == "explain":
        return "json" if step[1:2] == ["schema"] and len(step) > 2 else "text"
    if "--format" in step:
        return step[step.index("--format") + 1]
    return {"ledger": "jsonl", "classify": "jsonl", "comment": "markdown"}.get(command, "table")


def compare(run, old, new, words):
    """The differences of all parts of a run."""
    found = []
    for part in list(old) + [name for name in new if name not in old]:
        a, b = old.get(part), new.get(part)
        if a == b:
            continue
        if a is None or b is None:
            found.append(Difference(part, *("(not written)" if one is None else f"{len(one)} bytes" for one in (a, b))))
            continue
        kind = format_of(part, run.steps)
        literal = any(step[:1] in (["ledger"], ["classify"]) for step in run.steps) and kind in ("jsonl", "csv")
        one = Comparison(words, f"{run.label}: {part}", literal)
        compare_part(one, kind, a, b)
        found += [dataclasses.replace(each, path=f"{part} {each.path}") for each in one.differences]
    return found


def compare_part(one, kind, a, b):
    binary = {"xlsx": one.workbook}
    texts = {
        "json": one.json_text,
        "jsonl": one.json_lines,
        "csv": one.csv_text,
        "html": one.html,
        "openmetrics": one.openmetrics,
        "flags": one.flags,
        "stderr": one.standard_error,
    }
    if kind == "exit":
        one.differ("code", a.decode(), b.decode())
    elif kind in binary:
        binary[kind](a, b)
    elif kind == "parquet":
        one.differ("bytes", f"{len(a)} bytes, {hashlib.sha256(a).hexdigest()[:12]}", f"{len(b)} bytes, {hashlib.sha256(b).hexdigest()[:12]}")
    else:
        a, b = (side.decode("utf-8", "surrogateescape") for side in (a, b))
        if not a or not b:
            one.differ("whole", a or "(empty)", b or "(empty)") if kind != "stderr" else texts["stderr"](a, b)
        else:
            texts.get(kind, one.page)(a, b)


# ---- Inputs --------------------------------------------------------------------------------------------------------------------


def plain(path):
    """Whether a file of a fixture or a case is input."""
    return path.name not in ("README.md", "expected.json", "PROVENANCE.md")


def copy_inputs(source, target):
    """Copies logs; a file of SQL statements becomes the database that they make."""
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.iterdir()):
        if path.is_dir():
            copy_inputs(path, target / path.name)
        elif path.suffix == ".sql":
            base = sqlite3.connect(target / path.with_suffix(".db").name)
            base.executescript(path.read_text())
            base.close()
        elif plain(path):
            shutil.copyfile(path, target / path.name)


def git(*arguments):
    environment = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    return subprocess.run(["git", *map(str, arguments)], check=True, capture_output=True, env=environment).stdout.decode()


def is_repository(folder):
    return all((folder / name).exists() for name in ("HEAD", "objects", "refs"))


def fingerprint(folder):
    """A hash of all that a program could read: files by content, repositories by their references."""
    found = hashlib.sha256()
    for place, folders, files in os.walk(folder):
        folders.sort()
        place = Path(place)
        if is_repository(place):
            folders.clear()
            found.update((place / "HEAD").read_bytes() + git("--git-dir", place, "for-each-ref").encode())
            continue
        for name in sorted(files):
            path = place / name
            found.update(os.fsencode(path.relative_to(folder)) + b"\n")
            found.update(os.fsencode(os.readlink(path)) if path.is_symlink() else hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


class Workshop:
    """Prepares inputs in a folder, and keeps them there for the next time."""

    def __init__(self, folder, root, data):
        self.folder, self.root, self.data = folder, root, data
        self.inputs, self.skipped = [], []
        # Another script may prepare them otherwise.
        self.script = file_hash(Path(__file__))

    def input(self, name, sources, build):
        """An input made from some files or folders, again only when they changed."""
        place = self.folder / re.sub(r"[^\w.-]+", "+", name)
        stamp = place.with_name(place.name + ".stamp")
        state = hashlib.sha256(self.script.encode())
        for source in sources:
            for path in [source] if source.is_file() else sorted(source.rglob("*")):
                about = path.stat()
                state.update(os.fsencode(path) + f" {about.st_size} {about.st_mtime_ns}\n".encode() if path.is_file() else b"")
        state = state.hexdigest()
        known = json.loads(stamp.read_text()) if stamp.is_file() else {}
        if known.get("state") != state:
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            (place / "home").mkdir()
            try:
                build(place)
            except (OSError, subprocess.CalledProcessError) as error:
                said = getattr(error, "stderr", None) or b""
                self.skipped.append(f"{name}: {error} {said.decode('utf-8', 'replace')[-200:]}")
                return None
            for path in place.rglob("*"):
                if path.is_file() and not path.is_symlink() and ".git" not in path.parts:
                    os.utime(path, (STAMP, STAMP))
            known = {"state": state, "fingerprint": fingerprint(place)}
            stamp.write_text(json.dumps(known))
        made = Input(name, place, known["fingerprint"])
        self.inputs.append(made)
        return made

    # The project's own

    def fixtures(self):
        base = self.root / "fixtures/sources"
        cases = sorted(case for case in base.glob("*/*") if case.is_dir())
        for case in cases:
            name = case.relative_to(base).as_posix()
            made = self.input(f"fixture:{name}", [case], lambda place, case=case: copy_inputs(case, place / "input"))
            if made is None:
                continue
            said = case / "expected.json"
            more = json.loads(said.read_text()).get("arguments", []) if said.is_file() else []
            flags = " ".join(["", *more])
            made.reports(f"spend input --by model --by day --by session -v{flags}")
            made.run(f"sources input --format json -v{flags}")
            made.run(f"audit input --format json -q{flags}")
            for table in LOG_TABLES:
                made.run(f"ledger input --table {table} -q{flags}")

        def everything(place):
            for case in cases:
                copy_inputs(case, place / "input" / case.parent.name / case.name)
            write_texts(place)

        made = self.input("fixtures", [base], everything)
        if made is None:
            return
        self.logs_in_full(made)
        for key in KEYS:
            made.run(f"spend input --by {key} --format json")
        made.run("spend input --by day --tz America/New_York --format json")
        made.run("spend input --since 2026-03-01 --until 2026-05-15 --format json")
        made.run("spend input --last 200d --by week --format json")
        made.run("spend input --month 2026-05 --by user --by team --format csv --csv-separator semicolon --csv-decimal comma --csv-bom")
        made.run("audit input --format table")
        made.run("audit input --format table --color always --ascii")
        made.run("audit input --format csv --table findings")
        for table in LOG_TABLES:
            made.run(f"ledger input --table {table} --format csv")
            made.run(f"ledger input --table {table} --format parquet --out {{out}}/{table}.parquet")
        made.run("audit input --config company.toml --format json")
        self.packed(cases)

    def packed(self, cases):
        """Compressed files, standard input, and a format that is forced."""
        first = [next(iter(sorted(path for path in case.rglob("*") if path.is_file() and plain(path) and path.suffix != ".sql")), None) for case in cases]
        first = [path for path in first if path]

        def build(place):
            (place / "input").mkdir()
            for at, path in enumerate(first):
                target = place / "input" / f"{at}-{path.name}"
                if at % 2 and shutil.which("zstd"):
                    subprocess.run(["zstd", "-q", "-f", path, "-o", f"{target}.zst"], check=True, capture_output=True)
                else:
                    Path(f"{target}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
            shutil.copyfile(self.root / "fixtures/sources/codex/plain/input.jsonl", place / "one.jsonl")

        made = self.input("packed", first, build)
        if made:
            made.run("sources input --format json -v")
            made.run("spend input --by source --format json -v")
            made.run("spend - --format json", stdin="one.jsonl")
            made.run("ledger - --as codex", stdin="one.jsonl")
            made.run("spend one.jsonl --as claude-code --format json")

    def logs_in_full(self, made, places="input", more=""):
        """Every command that reads logs, in every format."""
        for command in (f"audit {places} -v", f"spend {places} --by model --by day", f"spend {places} --by project --by user --by branch", f"sources {places} -v"):
            made.reports(command + more)
        for table in LOG_TABLES:
            made.run(f"ledger {places} --table {table}{more}")
        made.run(f"explain waste {places}{more}")

    def example(self):
        made = self.input("example", [], write_texts)
        made.reports("audit --example -v")
        made.reports("spend --example --by model --by day")
        made.reports("sources --example")
        made.reports("history --example")
        for form in REPORTS.split(","):
            made.run(f"audit --example --format {form}")
        made.run("audit --example --color always -v")
        made.run("audit --example --format html,json,xlsx --out {out}")
        made.run("audit --example --format csv --out {out}")
        for key in KEYS:
            made.run(f"spend --example --by {key} --format json")
        for table in TABLES:
            made.run(f"ledger --example --table {table}")
            made.run(f"ledger --example --table {table} --format csv")
            made.run(f"ledger --example --table {table} --format parquet --out {{out}}/{table}.parquet")
        made.reports("audit --example --month 2026-04 --tz Asia/Tokyo --min-tier explicit")
        made.reports("audit --example --config company.toml --seats seats.csv --outcomes outcomes.csv --preset entelligence --branches")
        made.run("audit --example --config company.toml --as-of 2026-05-01 --format json")
        made.run("spend --example --config pseudonyms.toml --by user --by team --format json")
        made.run("ledger --example --config pseudonyms.toml --table usage")
        made.run("ledger --table prices --format csv --out {out}/prices.csv", "spend --example --prices {out}/prices.csv --format json")
        made.run("audit --example --since 2026-05-01 --until 2026-05-31 --format json --min-tier weak")
        made.run("audit --example --last 7d --format json --strict")
        for topic in ("waste", "#11", "#20", "#999999", "retry-loops", "cache-idle-expiry", "29dd7e16-c582-406a-add6-b5895f832bb8"):
            made.run(f"explain {topic} --example")
        for number in (1, 7, 20, 999_999):
            made.run(f"comment --example --pull-request {number}")
        made.run("comment --example --head spike/graphql")
        made.run("comment --example --pull-request 20 --min-usd 1000")
        audits = [
            "audit --example -q --format json --out {out}/all.json",
            "audit --example -q --format json --month 2026-04 --out {out}/april.json",
            "audit --example -q --format json --month 2026-05 --out {out}/may.json",
            "audit --example -q --format json --tz Asia/Tokyo --out {out}/tokyo.json",
        ]
        pairs = [("april", "may"), ("all", "all"), ("all", "tokyo")]
        made.run(*audits, *(f"compare {{out}}/{a}.json {{out}}/{b}.json --format {form}" for a, b in pairs for form in ("table", "json", "markdown")))
        gate = "gate {out}/may.json --policy policy.toml --as-of 2026-06-01"
        forms = ("table", "json", "junit", "markdown", "github", "outputs")
        made.run(*audits[:3], *(f"{gate} --baseline {{out}}/april.json --format {form}" for form in forms), f"{gate} --strict", "gate {out}/may.json --policy company.toml --as-of 2026-06-01")

    def home(self):
        """Logs at the places where agents keep them, read without being named."""
        base = self.root / "fixtures/sources"
        places = {
            ".claude/projects/-home-dana-shop": "claude-code",
            ".codex/sessions": "codex",
            ".copilot/session-state": "copilot-cli",
            ".copilot/otel": "copilot-otel",
            ".gemini/tmp": "gemini-cli",
            ".local/share/opencode": "opencode",
            ".pi/agent/sessions": "pi",
            ".qwen/projects": "qwen-code",
            ".local/share/amp/threads": "amp",
            ".config/manicode/projects": "codebuff",
            ".factory/sessions": "droid",
            ".local/share/goose/sessions": "goose",
            ".kimi/sessions": "kimi-cli",
            ".local/share/zed/threads": "zed",
        }
        there = {place: base / source for place, source in places.items() if (base / source).is_dir()}

        def build(folder):
            for place, source in there.items():
                copy_inputs(source, folder / "home" / place)

        made = self.input("home", list(there.values()), build)
        if made:
            made.reports("sources -v")
            made.reports("audit -v")
            made.run("")
            made.run("spend --by source --by day --format json")
            made.run("ledger")
            made.run("spend --by source --format json", home="nobody")

    def mistakes(self):
        """Wrong arguments, unusable files, and the texts about the program."""

        def build(place):
            write_texts(place)
            (place / "noise").write_bytes(bytes(range(256)) * 8)
            (place / "empty.jsonl").write_bytes(b"")
            (place / "broken.toml").write_text("[budgett]\nusd = 1\n")
            (place / "mixed").mkdir()
            text = (self.root / "fixtures/sources/claude-code/growing-output-chunks/input.jsonl").read_text()
            (place / "good.jsonl").write_text(text)
            (place / "mixed/good.jsonl").write_text('{"cut off\n' + text + "\0\0\0\n{]\n")
            shutil.copyfile(place / "noise", place / "mixed/noise.bin")
            git("init", "-q", "-b", "main", place / "bare.git", "--bare")

        made = self.input("mistakes", [self.root / "fixtures/sources/claude-code"], build)
        if made is None:
            return
        for command in (
            "spend missing.jsonl", "spend noise", "spend empty.jsonl", "spend noise good.jsonl --format json", "spend mixed --format json -v", "sources mixed -v --format json",
            "audti", "spend good.jsonl --format nope", "spend good.jsonl --since 2026-05-02 --until 2026-05-01", "spend good.jsonl --month 2026-13",
            "spend good.jsonl --tz Nowhere", "spend good.jsonl --last 0d", "spend good.jsonl --config broken.toml", "spend good.jsonl --config none.toml", "spend good.jsonl --prices noise",
            "spend good.jsonl --table by_day", "spend good.jsonl --format csv --table by_day", "spend good.jsonl --format json,html", "spend good.jsonl --out missing/x", "audit --example --repo x",
            "audit good.jsonl --repo none", "audit good.jsonl --repo bare.git --format json", "history .", "history bare.git", "history none", "ledger good.jsonl --table links", "ledger --table commits",
            "spend good.jsonl --month 2020-01 --strict", "audit good.jsonl --month 2020-01 --strict --format json", "spend good.jsonl --as nope", "audit good.jsonl --min-tier sure",
            "audit good.jsonl --pull-requests noise", "audit good.jsonl --outcomes noise", "audit good.jsonl --seats noise", "gate none.json", "gate noise --policy company.toml", "compare none.json none.json",
            "classify noise", "classify none", "comment --example", "explain nothing-such", "explain schema nope", "explain abcdef1 good.jsonl", "completions nope", "spend good.jsonl --threads 0",
        ):
            made.run(command)
        made.run("--version")
        for command in ("", "audit", "spend", "history", "sources", "ledger", "gate", "comment", "compare", "classify", "explain", "completions", "man"):
            made.run(f"{command} --help".strip())
        for shell in ("bash", "zsh", "fish"):
            made.run(f"completions {shell}")
        made.run("man")
        for topic in ("", "formats", "metrics", "prices", "links", "ledger", "schema", "config", "off-task", "coverage", "lines", "exit-codes", "claude-code", "spend"):
            made.run(f"explain {topic}".strip())
        for document in ("audit", "compare", "gate", "history", "sources", "spend", *(f"ledger-{table}" for table in TABLES)):
            made.run(f"explain schema {document}")

    # What lies beside the project

    def samples(self):
        """Each sample alone, and all of a kind together."""
        for folder in ("logs", "exports"):
            base = self.data / folder
            if not base.is_dir():
                self.skipped.append(f"samples of {folder}: not in {self.data}")
                continue
            kinds = sorted(kind for kind in base.iterdir() if kind.is_dir() and not kind.name.startswith("saas-"))
            for kind in kinds:

                def build(place, kind=kind):
                    copy_inputs(kind, place / "input")

                made = self.input(f"samples:{folder}/{kind.name}", [kind], build)
                if made is None:
                    continue
                if kind.name in ("pricing", "git-ai-notes"):
                    # No logs, which is said.
                    made.run("sources input -v")
                    continue
                self.logs_in_full(made)
                files = sorted(path.relative_to(made.folder).as_posix() for path in (made.folder / "input").rglob("*") if path.is_file())
                for at, path in enumerate(files):
                    # Of the hundreds of small files that one session is made of, some will do.
                    if "/part/" in path and at % 5:
                        continue
                    made.run(f"spend {path} --by model --by day --format json -v")

    def cases(self):
        """Cases worked by hand: logs and exports with the command that they state, and small histories."""
        for kind in ("agents", "exports"):
            for case in sorted((self.data / "cases" / kind).glob("*/expected.json")):
                case = case.parent
                made = self.input(f"case:{kind}/{case.name}", [case], lambda place, case=case: copy_inputs(case, place))
                if made is None:
                    continue
                made.run(json.loads((case / "expected.json").read_text())["command"] + ["-v"])
                made.run("ledger input -q")
        for script in sorted((self.data / "cases/git").glob("*/build.sh")):
            case = script.parent

            def build(place, script=script):
                subprocess.run(["bash", script, place / "made"], check=True, capture_output=True, timeout=120)

            made = self.input(f"case:git/{case.name}", [case, case.parent / "lib.sh"], build)
            if made is None:
                continue
            has_logs = any((made.folder / "made/logs").glob("*"))
            both = "made/logs --repo made/shop"
            made.reports(f"audit {both} --branches --as-of 2026-07-20 -v" if has_logs else "history made/shop --branches --as-of 2026-07-20 -v")
            wanted = [check["run"] for check in json.loads((case / "expected.json").read_text())["checks"]]
            for command in dict.fromkeys(" ".join(command) for command in wanted):
                made.run(command.format(repo="made/shop", logs="made/logs", out="made"))
            for table in LINK_TABLES if has_logs else ():
                made.run(f"ledger {both} --table {table} -q")
            for table in GIT_TABLES:
                made.run(f"ledger --repo made/shop --table {table} -q")

    def corpora(self):
        """Real repositories with their transcripts."""
        days = {"entire-cli": "2026-01-25", "entire-skills": "2026-05-10", "nimbus": "2026-03-09", "aider-monochromatic": "2025-06-20"}
        for bundle in sorted((self.data / "corpora").glob("*/repo.bundle")):
            corpus = bundle.parent
            name = corpus.name

            def build(place, corpus=corpus, name=name):
                clone(corpus / "repo.bundle", place / "repo.git", name)
                if (corpus / "repo-stripped.bundle").is_file():
                    clone(corpus / "repo-stripped.bundle", place / "stripped.git", name)
                if (corpus / "checkpoints.bundle").is_file():
                    branch = "refs/heads/entire/checkpoints/v1"
                    git("-C", place / "repo.git", "fetch", "-q", corpus / "checkpoints.bundle", f"{branch}:{branch}")
                (place / "logs").mkdir()
                if (corpus / "logs.tar.zst").is_file():
                    subprocess.run(
                        f'zstd -d --long=27 -c "{corpus}/logs.tar.zst" | tar -x --no-same-owner -C "{place}/logs"', shell=True, check=True, capture_output=True
                    )
                else:
                    # Notes and trailers name sessions without a log; some log must be there for links to be asked.
                    copy_inputs(self.root / "fixtures/sources/claude-code/growing-output-chunks", place / "logs")
                (place / "pulls.json").write_text(json.dumps(pulls_of(place / "repo.git")))
                (place / "units.json").write_text(json.dumps(units_of(corpus / "truth.jsonl")))
                write_texts(place)

            made = self.input(f"corpus:{name}", [path for path in corpus.iterdir() if path.is_file()], build)
            if made is None:
                continue
            both = "logs --repo repo.git"
            made.reports(f"audit {both} -v")
            made.reports("history repo.git")
            made.run("history repo.git --branches --format json")
            for table in GIT_TABLES:
                made.run(f"ledger --repo repo.git --table {table}")
            for table in LINK_TABLES:
                made.run(f"ledger {both} --table {table}")
            self.logs_in_full(made, "logs")
            pulls = " --pull-requests pulls.json" if json.loads((made.folder / "pulls.json").read_text()) else ""
            made.run(f"audit {both} --as-of {days.get(name, AS_OF)} --off-task --checkpoints --branches --format json{pulls}")
            made.run(f"audit {both} --config company.toml --tz Europe/Berlin --min-tier weak --format json")
            made.run(f"spend logs --by source --by project --by branch --by user --format json")
            made.run(f"spend logs --by month --by provider --tz Asia/Tokyo --format json")
            made.run(f"audit {both}")
            made.run(f"explain waste {both}")
            for unit in json.loads((made.folder / "units.json").read_text()):
                made.run(["explain", unit, *both.split()])
            for number in [pull["number"] for pull in json.loads((made.folder / "pulls.json").read_text())][1:4]:
                made.run(["explain", f"#{number}", *both.split()])
                made.run(f"comment {both} --pull-request {number}{pulls}")
            if (made.folder / "stripped.git").is_dir():
                made.run("audit logs --repo stripped.git --format json -v")
                for table in LINK_TABLES:
                    made.run(f"ledger logs --repo stripped.git --table {table}")
            if name == "entire-skills":
                for table in LOG_TABLES + LINK_TABLES + GIT_TABLES:
                    for form in ("csv", f"parquet --out {{out}}/{table}.parquet"):
                        made.run(f"ledger {both} --table {table} --format {form}")

    def prompts(self):
        source = self.data / "offtask/dev.jsonl"
        if not source.is_file():
            self.skipped.append(f"prompts: not in {self.data}")
            return

        def build(place):
            lines = source.read_text().splitlines(keepends=True)
            (place / "prompts.jsonl").write_text("".join(lines[::4]))

        made = self.input("prompts", [source], build)
        if made:
            made.run("classify prompts.jsonl --threads 1")
            made.run("classify prompts.jsonl --threads 1 --format csv")

    def all(self):
        self.fixtures()
        self.example()
        self.home()
        self.mistakes()
        self.samples()
        self.cases()
        self.corpora()
        self.prompts()
        return [run for made in self.inputs for run in made.runs]


def clone(bundle, target, name):
    """Clones with all references; the clone says it came from the same place on every machine."""
    git("-c", "init.defaultBranch=main", "clone", "-q", "--mirror", bundle, target)
    git("-C", target, "config", "remote.origin.url", f"https://github.com/example/{name}.git")


def pulls_of(repository):
    """Requests that landings name, each reviewed ten hours after it was opened: about what a forge would export of them."""
    pulls = []
    for line in git("-C", repository, "log", "--first-parent", "--format=%H %ct %s").splitlines():
        sha, seconds, subject = (line.split(" ", 2) + ["", ""])[:3]
        number = re.search(r"#(\d+)", subject)
        if not number:
            continue
        merged, reviewed, opened = (time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(seconds) - hours * 3600)) for hours in (0, 20, 30))
        pulls.append(
            {
                "number": int(number[1]),
                "mergeCommit": {"oid": sha},
                "state": "MERGED",
                "mergedAt": merged,
                "createdAt": opened,
                "author": {"login": "dana"},
                "labels": [{"name": "feature" if int(number[1]) % 2 else "bug"}],
                "reviews": [{"author": {"login": "eve"}, "state": "COMMENTED", "submittedAt": reviewed}],
                "commits": [],
            }
        )
    return pulls


def units_of(truth):
    """Some sessions that are known to be linked, and their commits."""
    units = []
    for line in truth.read_text().splitlines() if truth.is_file() else []:
        session = json.loads(line)
        if len(units) < 6 and session.get("links") and session.get("log_file"):
            units += [str(session["session_id"]), session["links"][0]["landing"] or session["links"][0]["sha"]]
    return list(dict.fromkeys(units))


def write_texts(place):
    """What a company could say of itself, for runs that want it."""
    texts = {
        "company.toml": """
            [teams]
            payments = ["dana*", "jonas*", "priya*"]
            platform = ["marek*", "sofia*"]
            [identity]
            "dana@acme.example" = ["dana", "dana.reyes@home.example"]
            [repos]
            "github.com/acme/shop" = ["*/shop*"]
            [scope]
            application = ["source:generic", "key:sk-prod-*"]
            [budget]
            usd = 40
            from = 2026-03-01
            until = 2026-06-30
            [budget.payments]
            team = "payments"
            usd = "20"
            from = 2026-03-01
            until = 2026-12-31
            [labels]
            spike = "not waste"
            [compare]
            from = 2026-04-13
            [reviews]
            hourly_usd = 80
            [seats]
            monthly_usd = 30
        """,
        "policy.toml": """
            [[gate]]
            id = "spend"
            metric = "spend"
            max = 10.0
            [[gate]]
            id = "growth"
            metric = "spend"
            max_increase = "20%"
            severity = "warn"
            [[gate]]
            id = "cost-per-pr"
            metric = "cost-per-pull-request-median"
            max = 0.2
            test = "ci"
            min_n = 5
            [[gate]]
            id = "waived"
            metric = "coverage"
            min = 0.99
            waive_until = "2026-07-01"
            reason = "migration"
            [[gate]]
            id = "repositories"
            metric = "spend"
            scope = "repo:*"
            max = 5.0
            [[gate]]
            id = "teams"
            metric = "spend"
            scope = "team:*"
            max = 5.0
        """,
        "pseudonyms.toml": """
            [privacy]
            pseudonym_key = "not a secret"
            [teams]
            payments = ["dana*"]
        """,
        "seats.csv": """
            user,assigned_at,monthly_usd,last_activity_at
            dana@acme.example,2026-01-01,30,2026-05-10
            ines@acme.example,2026-01-01,30,
            jonas@acme.example,2026-05-01,,2026-05-13
        """,
        "outcomes.csv": """
            key,type,closed_at,count
            SHOP-1,bug,2026-04-02T10:00:00Z,
            SHOP-2,feature,2026-05-02T10:00:00Z,
            ,lead,2026-05-03,7
        """,
    }
    for name, text in texts.items():
        (place / name).write_text("\n".join(line.strip() for line in text.strip().splitlines()) + "\n")


# ---- The whole -----------------------------------------------------------------------------------------------------------------


def file_hash(path):
    found = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            found.update(block)
    return found.hexdigest()


def unfit(folder):
    """Why inputs must not lie in a folder: tokaudit would find a repository or a configuration above it."""
    for place in [folder, *folder.parents]:
        for name in (".git", "tokaudit.toml"):
            if (place / name).exists():
                return f"{place / name} lies above it"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=Path, help="the program whose values are right")
    parser.add_argument("new", type=Path, help="the program that should report the same")
    parser.add_argument("--only", metavar="PATTERN", default="", help="only runs whose input or command match")
    parser.add_argument("--allow", metavar="FILE", type=Path, help="regular expressions of expected differences")
    parser.add_argument("--words", metavar="FILE", type=Path, help="write changed prose there, as a table in Markdown")
    parser.add_argument("--cache", metavar="FOLDER", type=Path, help="keep inputs and the outputs of OLD there")
    parser.add_argument("--root", metavar="FOLDER", type=Path, default=Path(__file__).resolve().parent.parent, help="the project")
    parser.add_argument("--data", metavar="FOLDER", type=Path, help="corpora, samples and cases [default: ../shared/data of the project]")
    parser.add_argument("--jobs", metavar="N", type=int, default=1, help="runs at a time [default: 1]")
    parser.add_argument("--timeout", metavar="SECONDS", type=float, default=120, help="longest time of one command [default: 120]")
    parser.add_argument("--show", metavar="N", type=int, default=3, help="differences to show of a run [default: 3]")
    parser.add_argument("--list", action="store_true", help="show the runs and stop")
    arguments = parser.parse_args()

    only = re.compile(arguments.only)
    lines = arguments.allow.read_text().splitlines() if arguments.allow else []
    allowed = [re.compile(line) for line in lines if line.strip() and not line.startswith("#")]
    programs = [program.resolve() for program in (arguments.old, arguments.new)]
    for program in programs:
        if not os.access(program, os.X_OK):
            parser.error(f"{program} is no program")
    root = arguments.root.resolve()
    data = (arguments.data or root / "../shared/data").resolve()
    with tempfile.TemporaryDirectory(prefix="same-values-") as temporary:
        cache = (arguments.cache or Path(temporary)).resolve()
        if reason := unfit(cache):
            parser.error(f"{cache} cannot hold the inputs: {reason}")
        cache.mkdir(parents=True, exist_ok=True)
        outputs, scratch = cache / "outputs", Path(temporary) / "runs"
        for folder in (outputs, scratch, cache / "inputs"):
            folder.mkdir(exist_ok=True)
        started = time.monotonic()
        workshop = Workshop(cache / "inputs", root, data)
        runs = [run for run in workshop.all() if only.search(run.label)]
        runs = list({run.label: run for run in runs}.values())
        if arguments.list:
            print("\n".join(run.label for run in runs))
            return 0
        print(f"{len(runs)} runs on {len({run.input.name for run in runs})} inputs, prepared in {time.monotonic() - started:.0f} s", flush=True)
        outcome = Outcome(programs, outputs, scratch, arguments, allowed)
        with concurrent.futures.ThreadPoolExecutor(max(1, arguments.jobs)) as pool:
            for done in pool.map(outcome.judge, runs):
                outcome.tell(*done)
        for line in workshop.skipped:
            print(f"left out: {line}")
        outcome.sum_up(time.monotonic() - started)
        if arguments.words:
            arguments.words.write_text(outcome.words.table())
            print(f"changed prose: {len(outcome.words.pairs)} pairs in {arguments.words}")
    return 2 if outcome.failed or not runs else 1 if outcome.different else 0


class Outcome:
    """What was found so far."""

    def __init__(self, programs, outputs, scratch, arguments, allowed):
        self.old, self.new = programs
        self.hash = file_hash(self.old)
        self.outputs, self.scratch, self.arguments, self.allowed = outputs, scratch, arguments, allowed
        self.words, self.lock = Words(), threading.Lock()
        self.equal = self.alike = self.excused = self.different = self.failed = self.fresh = 0
        self.seconds = [0.0, 0.0]
        self.groups = {}

    def judge(self, run):
        """Runs what must be run, and compares; a program that does not end is a failure of OLD and a difference of NEW."""
        place = self.outputs / f"{run.key(self.hash)}.zip"
        try:
            if not place.is_file():
                started = time.monotonic()
                parts = execute(self.old, run, self.scratch, self.arguments.timeout)
                keep(place, parts)
                self.seconds[0] += time.monotonic() - started
                self.fresh += 1
        except Timeout:
            return run, None, None
        try:
            started = time.monotonic()
            new = execute(self.new, run, self.scratch, self.arguments.timeout)
            self.seconds[1] += time.monotonic() - started
        except Timeout:
            return run, "different", [Difference("exit", "ends", f"runs for more than {self.arguments.timeout:.0f} s")]
        if kept_digest(place) == digest(new):
            return run, "equal", []
        with self.lock:
            differences = compare(run, kept(place), new, self.words)
        return run, "different" if differences else "alike", differences

    def tell(self, run, state, differences):
        """Counts a run and prints what differs."""
        if state is None:
            self.failed += 1
            print(f"OLD does not end: {run.label}", flush=True)
            return
        if state == "equal":
            self.equal += 1
            return
        if state == "alike":
            self.alike += 1
            return
        lines = [f"{run.label} {one.path} {one.old} -> {one.new}" for one in differences]
        left = [one for one, line in zip(differences, lines) if not any(pattern.search(line) for pattern in self.allowed)]
        if not left:
            self.excused += 1
            return
        self.different += 1
        print(f"DIFFERENT {run.label}")
        for one in left[: self.arguments.show]:
            print(f"    {one.path}\n      old {one.old}\n      new {one.new}")
        if len(left) > self.arguments.show:
            print(f"    and {len(left) - self.arguments.show} more")
        sys.stdout.flush()
        for one in left:
            kind = re.sub(r"\[\d+(?::[^\]]*)?\]", "[]", re.sub(r"\b\d+\b", "#", one.path))
            entry = self.groups.setdefault(kind, [0, run.label, one])
            entry[0] += 1

    def sum_up(self, seconds):
        total = self.equal + self.alike + self.excused + self.different + self.failed
        if self.groups:
            print("\nDifferences by place, commonest first:")
            for kind, (times, label, one) in sorted(self.groups.items(), key=lambda entry: -entry[1][0])[:30]:
                print(f"  {times:5} × {kind}   e.g. {one.old} -> {one.new}   in {shortened(label)}")
            print()
        print(
            f"{total} runs: {self.equal} equal bytes, {self.alike} equal values in other words or another look, "
            f"{self.excused} excused, {self.different} different values, {self.failed} without an end"
        )
        old, new = self.seconds
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"{seconds:.0f} s; OLD ran {self.fresh} times, {old:.0f} s; NEW {new:.0f} s; CPU of both {used.ru_utime + used.ru_stime:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
