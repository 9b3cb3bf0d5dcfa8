//! Each kind of evidence, and the cutting and splitting of sessions, on small hand-made sessions and commits.

mod ownership;
mod people;

use chrono::{DateTime, Utc};

use super::allocate::{Choice, Segments, join};
use super::session::{Edit, Pull, SessionFacts};
use super::*;
use crate::history::RepositoryId;
use crate::ledger::Spent;
use crate::model::commit::{Commit, Identity, Trailer};
use crate::model::line_life::LineLife;
use crate::model::name::Names;
use crate::model::work::WorkCommit;

/// Minutes after 2026-05-04 09:00 UTC.
fn at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_885_200 + minute * 60, 0).expect("an instant")
}

fn id(number: usize) -> String {
    format!("{:040x}", (number as u128 + 1) << 100)
}

/// One repository and its sessions.
struct World {
    names: Names,
    history: History,
    work: Work,
    sessions: Vec<SessionFacts>,
}

impl World {
    fn new() -> Self {
        let history = History {
            id: RepositoryId::new(None, None, std::path::Path::new("shop")),
            git_dir: "shop".into(),
            top_level: None,
            common_dir: "shop".into(),
            directories: Vec::new(),
            remotes: vec!["github.com/acme/shop".to_owned()],
            head: String::new(),
            branch: Some("main".to_owned()),
            commits: Vec::new(),
            branches: None,
            commits_all: 0,
            shallow: false,
            totals: crate::history::Totals::default(),
            lives: Vec::<LineLife>::new(),
            paths: Vec::new(),
            contributions: Vec::new(),
            alive_lines: None,
            observed_until: None,
            diagnostics: crate::diagnostics::Diagnostics::default(),
        };
        Self { names: Names::default(), history, work: Work::default(), sessions: Vec::new() }
    }

    /// A commit that adds lines to paths; a landing if it is on the mainline.
    fn commit(&mut self, minute: i64, who: &str, branch: &str, paths: &[&str], lines: &[u64]) -> usize {
        let number = self.work.commits.len();
        let identity = Identity { name: who.to_owned(), email: format!("{who}@example.org") };
        let commit = Commit {
            parents: vec![id(999)],
            subject: format!("Change {number}"),
            ..Commit::blank(id(number), identity, at(minute))
        };
        let on_mainline = branch == "main";
        let landing = on_mainline.then(|| u32::try_from(self.history.commits.len()).expect("few landings"));
        if on_mainline {
            self.history.commits.push(commit.clone());
        }
        let paths: Vec<u32> = paths.iter().map(|path| self.path(path)).collect();
        let lines = lines.iter().map(|line| (paths.first().copied().unwrap_or(0), *line)).collect();
        let (branches, pull_requests) = (vec![branch.to_owned()], Vec::new());
        self.work.commits.push(WorkCommit { commit, landing, on_mainline, branches, pull_requests, paths, lines });
        number
    }

    fn path(&mut self, path: &str) -> u32 {
        let known = self.work.paths.iter().position(|known| known == path);
        let at = known.unwrap_or_else(|| {
            self.work.paths.push(path.to_owned());
            self.work.paths.len() - 1
        });
        u32::try_from(at).expect("few paths")
    }

    /// A session of `/home/PERSON/shop`, called `PERSON-…`, with a request a minute.
    fn session(&mut self, name: &str, minutes: std::ops::RangeInclusive<i64>) -> &mut SessionFacts {
        let owner = name.split('-').next().unwrap_or(name);
        let folder = self.names.intern(&format!("/home/{owner}/shop"));
        self.sessions.push(SessionFacts {
            id: name.to_owned(),
            first: at(*minutes.start()),
            last: at(*minutes.end()),
            active: minutes.map(at).collect(),
            folders: [folder].into(),
            ..SessionFacts::default()
        });
        self.sessions.last_mut().expect("a session")
    }

    /// An edit of the newest session.
    fn edit(&mut self, minute: i64, path: &str, added: &[u64]) {
        let path = self.names.intern(path);
        let session = self.sessions.last_mut().expect("a session");
        session.edits.push(Edit { at: at(minute), path, added: added.to_vec() });
    }

    /// A session of five minutes that ends with an edit.
    fn work(&mut self, session: &str, minute: i64, path: &str, added: &[u64]) -> &mut SessionFacts {
        self.session(session, minute - 5..=minute);
        self.edit(minute, path, added);
        self.sessions.last_mut().expect("a session")
    }

    fn name(&mut self, text: &str) -> Name {
        self.names.intern(text)
    }

    /// The indexes of the sessions by name.
    fn by_name(&mut self) -> HashMap<Name, usize> {
        self.sessions.iter().enumerate().map(|(at, session)| (self.names.intern(&session.id), at)).collect()
    }

    fn context(&mut self) -> LinkContext<'_> {
        self.sessions.iter_mut().for_each(SessionFacts::sort);
        let here = (0..self.sessions.len()).collect();
        LinkContext::new(RepositoryIndex::new(&self.names, &self.history, &self.work, &self.sessions, here))
    }

    /// What one kind of evidence finds on its own: session, target and tier.
    fn found(&mut self, kind: &dyn Evidence) -> Vec<(usize, Target, Tier)> {
        let mut out = Vec::new();
        kind.gather(&self.context(), &mut out);
        assert!(out.iter().all(|one| !one.acts.is_empty() && one.rule == kind.id()));
        out.iter().map(|one| (one.session, one.target, one.tier)).collect()
    }
}

const LINES: [u64; 10] = [11, 12, 13, 14, 15, 16, 17, 18, 19, 20];

#[test]
fn a_printed_hash_names_the_only_commit_that_begins_with_it() {
    let mut world = World::new();
    let commit = world.commit(10, "dana", "main", &["a.rs"], &LINES);
    let short = world.name(&id(commit)[..20]);
    world.session("dana-one", 0..=5).printed.push((at(10), short));
    assert_eq!(world.found(&printed_commit::PrintedCommit), [(0, Target::Commit(0), Tier::Explicit)]);
    // Every id of this repository begins with zeros.
    world.commit(20, "dana", "main", &["a.rs"], &[1]);
    let ambiguous = world.name("0000000");
    world.sessions[0].printed = vec![(at(10), ambiguous)];
    assert_eq!(world.found(&printed_commit::PrintedCommit), []);
}

#[test]
fn a_printed_merge_is_not_the_work_of_the_session() {
    let mut world = World::new();
    let merge = world.commit(10, "dana", "main", &[], &[]);
    world.work.commits[merge].commit.parents.push(id(5));
    let hash = world.name(&id(merge));
    world.session("dana-one", 0..=5).printed.push((at(10), hash));
    assert_eq!(world.found(&printed_commit::PrintedCommit), []);
}

#[test]
fn a_pull_request_links_to_its_landing_in_this_repository_only() {
    let linked = |repository: Option<&str>, opened: bool| {
        let mut world = World::new();
        world.commit(10, "dana", "main", &["a.rs"], &LINES);
        world.history.commits[0].pull_request = Some(7);
        let repository = repository.map(|text| world.name(text));
        let pull = Pull { at: at(3), number: 7, repository, opened };
        world.session("dana-one", 0..=5).pulls.push(pull);
        world.found(&pull_request::PullRequest)
    };
    let found = [(0, Target::Commit(0), Tier::Explicit)];
    assert_eq!(linked(None, false), [(0, Target::Commit(0), Tier::Medium)], "it only acted on it");
    let linked = |repository: Option<&str>| linked(repository, true);
    for own in [None, Some("acme/shop"), Some("Acme/Shop"), Some("https://github.com/acme/shop")] {
        assert_eq!(linked(own), found, "{own:?}");
    }
    for other in ["notacme/shop", "cme/shop", "acme/shop-api", "https://gitlab.com/acme/shop"] {
        assert_eq!(linked(Some(other)), [], "{other}");
    }
}

#[test]
fn tags_name_a_commit_a_pull_request_or_an_issue() {
    let tagged = |tag: &str| {
        let mut world = World::new();
        let commit = world.commit(10, "dana", "main", &["a.rs"], &LINES);
        world.history.commits[0].pull_request = Some(7);
        world.work.commits[commit].commit.subject = "SHOP-3: add a cart".to_owned();
        let open = world.commit(20, "dana", "cart", &["b.rs"], &[1, 2, 3]);
        world.work.commits[open].pull_requests.push(8);
        let tag = world.name(tag);
        world.session("dana-one", 0..=5).tags.push((at(3), tag));
        world.found(&tag::Tag).into_iter().map(|(_, target, _)| target).collect::<Vec<_>>()
    };
    assert_eq!(tagged(&format!("commit:{}", &id(0)[..16])), [Target::Commit(0)]);
    assert_eq!(tagged("pr:7"), [Target::Landing(0)]);
    assert_eq!(tagged("pr:acme/shop#7"), [Target::Landing(0)]);
    assert_eq!(tagged("pr:8"), [Target::Commit(1)], "an open pull request is its commits");
    assert_eq!(tagged("issue:SHOP-3"), [Target::Commit(0)]);
    for other in ["pr:notacme/shop#7", "pr:9", "issue:SHOP-31", "prod"] {
        assert_eq!(tagged(other), [], "{other}");
    }
}

#[test]
fn common_lines_link_a_session_to_the_commit_that_adds_them() {
    let mut world = World::new();
    world.commit(10, "dana", "main", &["a.rs"], &LINES);
    world.commit(20, "dana", "main", &["b.rs"], &[1, 2, 3]);
    world.session("dana-one", 0..=5);
    world.edit(4, "/home/dana/shop/a.rs", &LINES);
    assert_eq!(world.found(&line_overlap::LineOverlap), [(0, Target::Commit(0), Tier::Strong)]);
    let context = world.context();
    let overlap = &context.overlaps[0];
    assert_eq!((overlap.lines, overlap.covered, overlap.paths), (10, 1, 1));
    assert_eq!((overlap.matched, overlap.of_commit, overlap.of_session), (10_000_000, 10_000_000, 10_000_000));
    assert_eq!(overlap.since_edit, Some(TimeDelta::minutes(6)));
}

#[test]
fn a_line_counts_less_the_more_commits_add_it() {
    let mut world = World::new();
    world.commit(10, "dana", "main", &["a.rs"], &[1, 2]);
    world.commit(20, "dana", "main", &["b.rs"], &[1, 3]);
    world.work("dana-one", 5, "a.rs", &[1, 2]);
    let context = world.context();
    let weights: Vec<(u32, u64, u64)> =
        context.overlaps.iter().map(|one| (one.commit, one.matched, one.of_commit)).collect();
    assert_eq!(weights, [(0, 1_500_000, 1_500_000)], "and it belongs to the first that adds it");
}

#[test]
fn lines_written_after_a_commit_or_months_before_are_not_in_it() {
    for minute in [60, -91 * 24 * 60] {
        let mut world = World::new();
        world.commit(10, "dana", "main", &["a.rs"], &LINES);
        world.session("dana-one", minute..=minute);
        world.edit(minute, "/home/dana/shop/a.rs", &LINES);
        assert_eq!(world.found(&line_overlap::LineOverlap), [], "{minute}");
    }
}

#[test]
fn a_few_lines_of_another_authors_commit_are_no_link() {
    // Three of ten lines are enough for a likely author, and not for another one.
    let linked = |who: &str| {
        let mut world = World::new();
        // Teaches that the user of /home/dana is dana.
        world.commit(5, "dana", "main", &["z.rs"], &[91, 92, 93, 94]);
        world.commit(10, who, "main", &["a.rs"], &LINES);
        world.session("dana-one", 0..=5);
        world.edit(2, "/home/dana/shop/z.rs", &[91, 92, 93, 94]);
        world.edit(4, "/home/dana/shop/a.rs", &LINES[..3]);
        world.found(&line_overlap::LineOverlap).iter().any(|(_, target, _)| *target == Target::Commit(1))
    };
    assert!(linked("dana") && !linked("kim"));
}

#[test]
fn edited_files_link_a_deletion_made_within_minutes() {
    let linked = |minute: i64, branch: &str| {
        let mut world = World::new();
        world.commit(minute, "dana", "main", &["a.rs", "b.rs"], &[]);
        let branch = world.name(branch);
        world.session("dana-one", 0..=5).branches.push((at(0), branch));
        world.edit(4, "/home/dana/shop/a.rs", &[]);
        let other = world.name("/home/dana/shop/other.rs");
        world.sessions[0].edits.push(Edit { at: at(5), path: other, added: vec![1] });
        world.found(&edited_paths::EditedPaths)
    };
    assert_eq!(linked(8, "main"), [(0, Target::Commit(0), Tier::Strong)], "half of its files");
    assert_eq!(linked(8, "other"), [], "on another branch");
    assert_eq!(linked(300, "main"), [], "five hours later");
}

#[test]
fn rewritten_work_goes_to_the_session_that_edited_the_files_last() {
    let mut world = World::new();
    world.commit(120, "dana", "main", &["a.rs"], &LINES);
    let main = world.name("main");
    for (name, minute) in [("dana-one", 0), ("dana-two", 60)] {
        world.work(name, minute + 5, "/home/dana/shop/a.rs", &[901, 902]).branches.push((at(minute), main));
    }
    assert_eq!(world.found(&edited_paths::EditedPaths), [(1, Target::Commit(0), Tier::Strong)]);
}

#[test]
fn work_on_a_branch_links_to_its_next_landing_or_to_the_branch() {
    let mut world = World::new();
    world.commit(60, "dana", "main", &["a.rs"], &LINES);
    let landed = world.commit(50, "dana", "cart", &["a.rs"], &[5, 6, 7]);
    world.work.commits[landed].landing = Some(0);
    world.commit(50, "dana", "idea", &["b.rs"], &[8, 9, 10]);
    for branch in ["cart", "idea", "main", "HEAD", "gone"] {
        let name = world.name(branch);
        world.session(&format!("dana-{branch}"), 0..=1).branches.push((at(0), name));
    }
    let found = world.found(&branch::Branch);
    assert_eq!(found, [(0, Target::Landing(0), Tier::Medium), (1, Target::Branch(0), Tier::Medium)]);
}

#[test]
fn the_only_commit_of_a_person_during_coarse_usage_is_weak_evidence() {
    let linked = |second_commit: bool, coarse: bool| {
        let mut world = World::new();
        world.commit(30, "dana", "main", &["a.rs"], &LINES);
        world.commit(31, "kim", "main", &["b.rs"], &[1]);
        if second_commit {
            world.commit(40, "dana", "main", &["c.rs"], &[2]);
        }
        let user = world.name("dana@example.org");
        let session = world.session("dana-one", 0..=5);
        (session.user, session.coarse) = (Some(user), coarse);
        session.folders.clear();
        world.found(&same_person::SamePerson)
    };
    assert_eq!(linked(false, false), [(0, Target::Commit(0), Tier::Weak)]);
    assert_eq!(linked(true, false), [], "two commits");
    assert_eq!(linked(false, true), [], "a sum of an hour");
}

#[test]
fn git_metadata_names_sessions_and_overrules_weaker_evidence() {
    let mut world = World::new();
    let commit = world.commit(10, "dana", "main", &["a.rs"], &LINES);
    let trailer = |key: &str, value: &str| Trailer { key: key.into(), value: value.into(), in_last_paragraph: true };
    world.work.commits[commit].commit.trailers.push(trailer("Claude-Session", "https://claude.ai/code/dana-one"));
    world.work.commits[commit].commit.trailers.push(trailer("Entire-Checkpoint", "c1"));
    world.work.checkpoints.push(("c1".to_owned(), br#"{"session_ids":["2026-05-04-dana-two"]}"#.to_vec()));
    let (named, complete) = session_names::read(&world.context().repo);
    let pairs: Vec<(&str, &str)> = named.iter().map(|one| (one.session.as_str(), one.rule)).collect();
    assert_eq!(pairs, [("dana-one", "session-trailer"), ("dana-two", "checkpoint")]);
    world.session("dana-two", 0..=5);
    world.work("kim-other", 5, "/home/kim/shop/a.rs", &LINES);
    let (found, overruled) = settle(&world.context(), &HashMap::new(), &named, &complete);
    let rules = |all: &[Candidate]| all.iter().map(|one| (one.session, one.rule)).collect::<Vec<_>>();
    assert_eq!(rules(&found), [(0, "checkpoint")]);
    assert_eq!(rules(&overruled), [(1, "lines"), (1, "paths")]);
}

#[test]
fn a_squashed_branch_is_its_landing_and_an_equal_patch_is_the_same_commit() {
    let mut world = World::new();
    world.commit(60, "dana", "main", &["a.rs"], &LINES);
    world.history.commits[0].pull_request = Some(7);
    let squashed = world.commit(10, "dana", "cart", &["a.rs"], &[1, 2, 3]);
    world.work.commits[squashed].pull_requests.push(7);
    world.commit(20, "dana", "copy", &["a.rs"], &LINES);
    world.commit(30, "dana", "idea", &["a.rs"], &[4, 5, 6]);
    assert_eq!(world.context().repo.canonical, [0, 0, 0, 3]);
}

#[test]
fn a_path_of_a_log_is_its_longest_suffix_in_the_repository() {
    let mut world = World::new();
    world.path("src/a.rs");
    world.path("a.rs");
    world.session("dana-one", 0..=0);
    let context = world.context();
    let folders = &context.repo.sessions[0].folders;
    let path = |text: &str| context.repo.find_path(text, folders);
    assert_eq!(path("/srv/elsewhere/src/a.rs"), Some(0));
    assert_eq!(path("./a.rs"), Some(1));
    assert_eq!(path("/home/dana/shop/a.rs"), Some(1));
    assert_eq!(path("/srv/elsewhere/a.rs"), None, "one name alone is too common");
}

#[test]
fn a_path_of_windows_is_found_in_any_spelling() {
    let mut world = World::new();
    for path in ["src/deep/Task.rs", "readme.md", "src/a.rs", "src/A.rs"] {
        world.path(path);
    }
    world.session("dana-one", 0..=0);
    let folder = world.names.intern("C:\\src\\shop");
    let context = world.context();
    let on = |folders: &[Name], text: &str| context.repo.find_path(text, &folders.iter().copied().collect());
    for text in [
        "C:\\src\\shop\\src\\deep\\Task.rs",
        "c:\\SRC\\shop\\src\\deep\\task.rs",
        "/mnt/c/src/shop/src/deep/task.rs",
        "/Users/dana/shop/src/Deep/Task.rs",
        "\\\\nas\\team\\shop\\SRC\\deep\\Task.rs",
    ] {
        assert_eq!(on(&[], text), Some(0), "{text}");
    }
    assert_eq!(on(&[folder], "src\\Deep\\Task.rs"), Some(0));
    assert_eq!(on(&[folder], "/c/src/shop/README.md"), Some(1));
    assert_eq!(on(&[], "C:\\else\\README.md"), None, "one name alone is too common");
    assert_eq!(on(&[], "C:\\src\\shop\\src\\a.rs"), Some(2), "of two the one in the same case");
    assert_eq!(on(&[], "/home/dana/shop/src/deep/task.rs"), None, "names of Linux differ in their case");
}

/// A candidate that ties session 0 to a commit by acts at some minutes.
fn candidate(commit: u32, tier: Tier, minutes: &[(i64, u64)]) -> Candidate {
    let acts = minutes.iter().map(|(minute, weight)| (at(*minute), *weight)).collect();
    Candidate { session: 0, target: Target::Commit(commit), tier, rule: "lines", acts }
}

fn choice(shares: &[(usize, u64)], context: bool) -> Option<Choice> {
    Some(Choice { shares: shares.to_vec(), context })
}

#[test]
fn a_session_is_cut_at_pauses_branches_and_commits_and_each_part_pays_its_best_evidence() {
    let mut world = World::new();
    let (main, cart, hash) = (world.name("main"), world.name("cart"), world.name("abc"));
    let session = world.session("dana-one", 0..=10);
    session.active.extend((60..=80).map(at));
    session.branches = vec![(at(0), main), (at(70), cart)];
    session.printed = vec![(at(5), hash)];
    session.last = at(80);
    let pairs = join(
        0,
        vec![
            candidate(0, Tier::Strong, &[(3, 2_000), (4, 1_000)]),
            candidate(1, Tier::Explicit, &[(5, 1)]),
            candidate(2, Tier::Medium, &[(5, 9_000), (65, 1)]),
        ],
    );
    let segments = Segments::new(&world.sessions[0], &pairs, &[0, 1, 2]);
    // Up to and with the commit at minute 5: explicit and strong share, medium does not count.
    assert_eq!(segments.choice(at(0)).cloned(), choice(&[(0, 3_000), (1, 1)], false));
    assert_eq!(segments.choice(at(5)).cloned(), choice(&[(0, 3_000), (1, 1)], false));
    // After it nothing is known until the pause ends, so it belongs to what follows.
    assert_eq!(segments.choice(at(6)).cloned(), choice(&[(2, 1)], true));
    assert_eq!(segments.choice(at(65)).cloned(), choice(&[(2, 1)], false));
    // The other branch has nothing after it, so it belongs to what came before.
    assert_eq!(segments.choice(at(75)).cloned(), choice(&[(2, 1)], true));
    assert_eq!(segments.chosen().collect::<BTreeSet<_>>(), [0, 1, 2].into());
}

#[test]
fn a_segment_with_edits_and_without_evidence_stays_unlinked() {
    let mut world = World::new();
    world.session("dana-one", 0..=5).active.extend((60..=65).map(at));
    world.edit(2, "a.rs", &[1]);
    let pairs = join(0, vec![candidate(0, Tier::Strong, &[(62, 1)])]);
    let segments = Segments::new(&world.sessions[0], &pairs, &[0]);
    assert_eq!(segments.choice(at(2)), None);
    assert_eq!(segments.choice(at(62)).cloned(), choice(&[(0, 1)], false));
}

#[test]
fn joined_evidence_has_the_best_tier_and_its_rule() {
    let lesser = Candidate { rule: "branch", ..candidate(0, Tier::Medium, &[(1, 1)]) };
    let pairs = join(3, vec![lesser, candidate(0, Tier::Strong, &[(2, 5)]), candidate(1, Tier::Strong, &[(3, 1)])]);
    let found: Vec<_> = pairs.iter().map(|one| (one.target, one.tier, one.rule, one.rules.clone())).collect();
    let first = (Target::Commit(0), Tier::Strong, "lines", vec!["branch", "lines"]);
    assert_eq!(found, [first, (Target::Commit(1), Tier::Strong, "lines", vec!["lines"])]);
    assert!(pairs.iter().all(|one| one.repository == 3));
}

#[test]
fn subagents_follow_their_nearest_ancestor_with_evidence() {
    let mut names = Names::default();
    let [top, middle, leaf] = ["top", "middle", "leaf"].map(|text| names.intern(text));
    let by_name: HashMap<Name, usize> = [(top, 0), (middle, 1), (leaf, 2)].into();
    let session = |parent| SessionFacts { parent, ..SessionFacts::default() };
    let sessions = [session(Some(leaf)), session(Some(top)), session(Some(middle))];
    let leader = |with_pairs: &[usize], at| allocate::leader(&sessions, &by_name, &|one| with_pairs.contains(&one), at);
    assert_eq!(leader(&[0], 2), 0);
    assert_eq!(leader(&[0, 1], 2), 1);
    assert_eq!(leader(&[0, 2], 2), 2);
    assert_eq!(leader(&[], 2), 2, "a circle of parents ends");
}

#[test]
fn the_parts_of_a_record_sum_to_it_and_the_rest_says_why() {
    let mut world = World::new();
    world.commit(10, "dana", "main", &["a.rs"], &LINES);
    world.commit(20, "dana", "main", &["b.rs"], &[1, 2, 3]);
    let [one, two] = ["dana-one", "dana-two"].map(|text| world.name(text));
    world.session("dana-one", 0..=5);
    world.session("dana-two", 0..=5);
    let record = |session: Option<Name>| Spent {
        session,
        cost: Some(Money::from_nanos(10)),
        tokens: 7,
        ..Spent::blank(1, at(3))
    };
    let records = [record(Some(one)), record(Some(two)), record(None)];
    let pairs = join(0, vec![candidate(0, Tier::Strong, &[(3, 1)]), candidate(1, Tier::Strong, &[(3, 2)])]);
    let journal = JournalBuilder {
        histories: std::slice::from_ref(&world.history),
        works: std::slice::from_ref(&world.work),
        records: &records,
        sessions: &world.sessions,
        by_name: &[(one, 0), (two, 1)].into(),
        repositories: &[[0].into(), [0].into()],
        explain: false,
    };
    let links = journal.build(&pairs, &mut Vec::new()).expect("sums that reconcile");
    let postings: Vec<(usize, Account, Option<i128>, u64)> =
        links.journal.iter().map(|one| (one.record, one.account, one.cost.map(Money::nanos), one.tokens)).collect();
    use crate::model::link::Unlinked;
    let expected = [
        (0, Account::Link(0), Some(3), 2),
        (0, Account::Link(1), Some(7), 5),
        (1, Account::Unlinked(Unlinked::NoEdits), Some(10), 7),
        (2, Account::Unlinked(Unlinked::NoSession), Some(10), 7),
    ];
    assert_eq!(postings, expected);
}
