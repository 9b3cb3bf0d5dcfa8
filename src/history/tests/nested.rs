//! Merges inside of merges: each line belongs to the commit that wrote it, by whatever branches it came.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// By subject of the commit that wrote them: how many lines landed, and the tools that it names.
fn written(history: &History) -> BTreeMap<String, (u64, Vec<&'static str>)> {
    let mut found: BTreeMap<String, (u64, Vec<&str>)> = BTreeMap::new();
    for life in history.lives.iter().filter(|life| life.born.is_some_and(|born| born > 0)) {
        let origin = &history.contributions[life.origin.expect("an origin") as usize];
        let entry = found.entry(origin.author.name.clone()).or_default();
        entry.0 += u64::from(life.lines);
        entry.1 = origin.assisted.iter().map(|one| one.tool).collect();
    }
    found
}

/// Commits as somebody, an hour after the last commit.
fn commit_as(fixture: &mut Fixture, who: &str, message: &str) {
    fixture.git(&["add", "-A"]);
    fixture.clock += 3_600;
    let author = format!("--author={who} <{who}@example.org>");
    fixture.git(&["commit", "-q", "--allow-empty", &author, "-m", message]);
}

/// Merges a branch into another one as its integrator.
fn merge(fixture: &mut Fixture, into: &str, from: &str) {
    fixture.git(&["checkout", "-q", into]);
    fixture.clock += 3_600;
    let (name, email) = (format!("user.name=merger of {from}"), "user.email=m@example.org".to_owned());
    fixture.git(&["-c", &name, "-c", &email, "merge", "-q", "--no-ff", "-m", &format!("Merge {from}"), from]);
}

const CLAUDE: &str = "Write it\n\nCo-Authored-By: Claude <noreply@anthropic.com>";

#[test]
fn a_topic_that_came_by_an_integration_branch_keeps_its_writer_and_marker() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "first\n");
    fixture.commit("Begin");
    for branch in ["outer", "inner", "topic", "other"] {
        fixture.git(&["branch", branch]);
    }
    fixture.git(&["checkout", "-q", "topic"]);
    fixture.write("t.txt", "one line\n");
    commit_as(&mut fixture, "Tess", CLAUDE);
    merge(&mut fixture, "inner", "topic");
    fixture.git(&["checkout", "-q", "topic"]);
    fixture.write("t.txt", "one line\nsecond line\n");
    commit_as(&mut fixture, "Theo", "Go on");
    fixture.git(&["checkout", "-q", "other"]);
    fixture.write("o.txt", "another line\n");
    commit_as(&mut fixture, "Otto", "Write another");
    merge(&mut fixture, "inner", "topic");
    merge(&mut fixture, "outer", "other");
    merge(&mut fixture, "outer", "inner");
    merge(&mut fixture, "main", "outer");
    let one = |tools: &[&'static str]| (1, tools.to_vec());
    let expected = [("Otto", one(&[])), ("Tess", one(&["claude-code"])), ("Theo", one(&[]))]
        .map(|(who, lines)| (who.to_owned(), lines));
    assert_eq!(written(&fixture.read()), BTreeMap::from(expected));
}

#[test]
fn what_a_merge_resolved_is_its_own_and_the_rest_is_its_branches() {
    let mut fixture = Fixture::new();
    fixture.write("a.txt", "first\n");
    fixture.commit("Begin");
    fixture.git(&["branch", "topic"]);
    fixture.git(&["checkout", "-q", "-b", "integration"]);
    fixture.write("t.txt", "by the integration\nshared\n");
    commit_as(&mut fixture, "Ines", "Write");
    fixture.git(&["checkout", "-q", "topic"]);
    fixture.write("t.txt", "by the topic\nshared\n");
    commit_as(&mut fixture, "Tess", CLAUDE);
    fixture.write("t.txt", "by the topic\nshared\ntwo of the topic\n");
    commit_as(&mut fixture, "Tess", "Go on");
    fixture.git(&["checkout", "-q", "integration"]);
    fixture.clock += 3_600;
    let made = fixture.command(&fixture.path(), &["merge", "-q", "--no-commit", "topic"]).status();
    assert!(made.is_ok_and(|status| !status.success()), "a conflict");
    fixture.write("t.txt", "by the integration\nresolved\nshared\ntwo of the topic\n");
    commit_as(&mut fixture, "Mara", "Merge topic");
    merge(&mut fixture, "main", "integration");
    let lines: BTreeMap<String, u64> =
        written(&fixture.read()).into_iter().map(|(who, (lines, _))| (who, lines)).collect();
    let expected = [("Ines", 2), ("Mara", 1), ("Tess", 1)].map(|(who, lines)| (who.to_owned(), lines));
    assert_eq!(lines, BTreeMap::from(expected));
}

/// Numbers that only depend on the last one.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

/// The head of a branch: its commit, and how often each writer had gone on.
#[derive(Clone)]
struct Head {
    id: String,
    versions: Vec<usize>,
}

/// Writers who each edit a part of one file, and branches that merge each other's work in any order.
struct World {
    fixture: Fixture,
    numbers: Numbers,
    /// By writer and version: the lines of the part.
    parts: Vec<Vec<Vec<String>>>,
    /// The commit that wrote each line.
    wrote: BTreeMap<String, String>,
    lines: usize,
}

const WRITERS: usize = 5;

impl World {
    fn new(seed: u64) -> Self {
        let parts = (0..WRITERS).map(|writer| vec![vec![format!("part {writer}")]]).collect();
        Self { fixture: Fixture::new(), numbers: Numbers(seed), parts, wrote: BTreeMap::new(), lines: 0 }
    }

    fn text(&self, versions: &[usize]) -> Vec<&String> {
        let parts = versions.iter().zip(&self.parts).map(|(version, part)| &part[*version]);
        // Parts end in lines that nobody changes.
        parts.flat_map(|lines| lines.iter()).collect()
    }

    fn commit(&mut self, versions: Vec<usize>, parents: &[&str]) -> Head {
        let text: String = self.text(&versions).into_iter().map(|line| format!("{line}\n")).collect();
        self.fixture.write("a.txt", text);
        self.fixture.git(&["add", "-A"]);
        self.fixture.clock += 60;
        let tree = self.fixture.git(&["write-tree"]);
        let mut arguments = vec!["commit-tree", &tree, "-m", "Commit"];
        arguments.extend(parents.iter().flat_map(|parent| ["-p", parent]));
        Head { id: self.fixture.git(&arguments), versions }
    }

    /// One more commit of a writer.
    fn go_on(&mut self, writer: usize, head: &Head) -> Head {
        let mut lines = self.parts[writer][head.versions[writer]].clone();
        let mut added = Vec::new();
        for _ in 0..=self.numbers.below(3) {
            self.lines += 1;
            added.push(format!("line {} of {writer}", self.lines));
            let at = 1 + self.numbers.below(lines.len());
            lines.extend(added.last().cloned());
            lines[at..].rotate_right(1);
        }
        if lines.len() > 6 {
            let at = 1 + self.numbers.below(lines.len() - 1);
            lines.remove(at);
        }
        self.parts[writer].push(lines);
        let mut versions = head.versions.clone();
        versions[writer] = self.parts[writer].len() - 1;
        let made = self.commit(versions, &[&head.id]);
        self.wrote.extend(added.into_iter().map(|line| (line, made.id.clone())));
        made
    }

    fn merge(&mut self, into: &Head, from: &Head) -> Head {
        let versions = into.versions.iter().zip(&from.versions).map(|(a, b)| *a.max(b)).collect();
        self.commit(versions, &[&into.id, &from.id])
    }
}

#[test]
fn every_line_of_random_nested_merges_belongs_to_the_commit_that_wrote_it() {
    for seed in 1..=6 {
        let mut world = World::new(seed);
        let mut main = world.commit(vec![0; WRITERS], &[]);
        let mut landed = vec![main.versions.clone()];
        let mut writers = vec![main.clone(); WRITERS];
        let mut shared = vec![main.clone(); 2];
        for _ in 0..60 {
            let (writer, branch) = (world.numbers.below(WRITERS), world.numbers.below(2));
            match world.numbers.below(10) {
                0..=4 => writers[writer] = world.go_on(writer, &writers[writer].clone()),
                5 | 6 => shared[branch] = world.merge(&shared[branch].clone(), &writers[writer].clone()),
                7 => shared[branch] = world.merge(&shared[branch].clone(), &shared[1 - branch].clone()),
                8 => {
                    let from = [&main, &shared[branch]][world.numbers.below(2)].clone();
                    writers[writer] = world.merge(&writers[writer].clone(), &from);
                }
                _ => {
                    main = world.merge(&main.clone(), &shared[branch].clone());
                    landed.push(main.versions.clone());
                }
            }
        }
        for head in [shared, writers].concat() {
            main = world.merge(&main, &head);
            landed.push(main.versions.clone());
        }
        world.fixture.git(&["update-ref", "refs/heads/main", &main.id]);
        let mut expected: BTreeMap<&String, u64> = BTreeMap::new();
        for pair in landed.windows(2) {
            let [before, after] = [0, 1].map(|at| world.text(&pair[at]).into_iter().collect::<BTreeSet<_>>());
            for line in after.difference(&before) {
                *expected.entry(&world.wrote[*line]).or_default() += 1;
            }
        }
        let history = world.fixture.read();
        let mut found: BTreeMap<&String, u64> = BTreeMap::new();
        for life in history.lives.iter().filter(|life| life.born != Some(0)) {
            let origin = &history.contributions[life.origin.expect("a commit") as usize];
            *found.entry(&origin.id).or_default() += u64::from(life.lines);
        }
        assert!(landed.len() > 2 && expected.len() > 5, "{seed}");
        assert_eq!(found, expected, "{seed}");
    }
}
