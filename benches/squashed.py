#!/usr/bin/env python3
"""squashed.py REPOSITORY TRUTH.jsonl OUT: a copy of a repository whose main branch has one squash a landing, as forges make them, and
nothing else; the truth of its sessions with the squashes in place of the commits. Writes OUT/repo.git and OUT/truth.jsonl.

A squash has the tree and the time of the landing, the author of most of its commits with the others as co-authors, and as a subject the
title and the number of the pull request. Branches are deleted, so ids that sessions printed lead nowhere: only lines, files and people are left to find a session by."""

import json
import os
import re
import subprocess
import sys


def git(folder, *arguments, **variables):
    ran = subprocess.run(
        ["git", "-C", folder, *arguments], env={**os.environ, **variables}, capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


def title(folder, landing, parents):
    """Subject of the squash: the first line of a merge's body with the number of its pull request, else the commit's own subject."""
    subject, _, body = git(folder, "log", "-1", "--format=%s%n%b", landing).partition("\n")
    number = re.match(r"Merge pull request #(\d+)", subject)
    lines = [line for line in body.splitlines() if line.strip()]
    if len(parents) < 2 or not number or not lines:
        return subject
    return f"{lines[0]} (#{number[1]})"


def main():
    source, truth, out = sys.argv[1:]
    target = os.path.join(out, "repo.git")
    os.makedirs(out, exist_ok=True)
    subprocess.run(["git", "clone", "-q", "--bare", source, target], check=True)
    landings = git(source, "rev-list", "--first-parent", "--reverse", "HEAD").splitlines()
    squash_of, tip = {}, None
    for landing in landings:
        parents = git(source, "log", "-1", "--format=%P", landing).split()
        brought = [landing] if not parents else git(source, "rev-list", landing, f"^{parents[0]}").splitlines()
        single = [commit for commit in brought if commit != landing] or [landing]
        authors = git(source, "log", "--no-walk", "--no-merges", "--format=%an <%ae>", *single).splitlines()
        authors = authors or [git(source, "log", "-1", "--format=%an <%ae>", landing)]
        ranked = sorted(set(authors), key=lambda author: (-authors.count(author), author))
        name, address = re.match(r"(.*) <(.*)>", ranked[0]).groups()
        date = git(source, "log", "-1", "--format=%cI", landing)
        who = {"GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": address, "GIT_AUTHOR_DATE": date}
        forge = {"GIT_COMMITTER_NAME": "GitHub", "GIT_COMMITTER_EMAIL": "noreply@github.com", "GIT_COMMITTER_DATE": date}
        parent = ["-p", tip] if tip else []
        signed = "".join(f"Co-authored-by: {other}\n" for other in ranked[1:])
        message = f"{title(source, landing, parents)}\n\n{signed}"
        tip = git(target, "commit-tree", f"{landing}^{{tree}}", *parent, "-m", message, **who, **forge)
        squash_of.update((commit, tip) for commit in brought)
    for reference in git(target, "for-each-ref", "--format=%(refname)").splitlines():
        git(target, "update-ref", "-d", reference)
    git(target, "update-ref", "refs/heads/main", tip)
    git(target, "symbolic-ref", "HEAD", "refs/heads/main")
    git(target, "gc", "-q", "--prune=now")
    with open(truth, encoding="utf-8") as lines, open(os.path.join(out, "truth.jsonl"), "w", encoding="utf-8") as copy:
        for line in lines:
            session = json.loads(line)
            links = {}
            for link in session["links"]:
                squash = squash_of.get(link["sha"])
                # One of a session's commits that shares files with it is enough for the squash to be its work.
                if squash and (squash not in links or link["files_overlap"] > links[squash]["files_overlap"]):
                    links[squash] = {**link, "sha": squash}
            session["links"] = list(links.values())
            copy.write(json.dumps(session, ensure_ascii=False) + "\n")
    print(f"{len(landings)} landings, {len(squash_of)} commits")


if __name__ == "__main__":
    main()
