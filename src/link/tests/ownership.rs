//! Which commit a session's lines belong to, when several have them, and which session a commit's lines came from.

use super::*;
use crate::link::candidate::LINE;

const DAY: i64 = 24 * 60;

/// What a session is tied to by lines or paths, or by those of sessions that it started: commits by index.
fn tied(world: &mut World, session: usize) -> Vec<u32> {
    let by_name = world.by_name();
    let context = world.context();
    let mut out = Vec::new();
    gather(&context, None, &mut out);
    children::extend(&context, &by_name, &mut out);
    let own = out.iter().filter(|one| one.session == session && one.tier <= Tier::Strong);
    let commits = own.filter_map(|one| match one.target {
        Target::Commit(index) => Some(index),
        Target::Landing(_) | Target::Branch(_) => None,
    });
    commits.collect::<BTreeSet<u32>>().into_iter().collect()
}

/// A session that wrote `a.rs` five minutes before it was committed.
fn written() -> World {
    let mut world = World::new();
    world.commit(10, "dana", "main", &["src/a.rs"], &LINES);
    world.work("dana-one", 5, "/home/dana/shop/src/a.rs", &LINES);
    world
}

#[test]
fn what_moves_copies_or_restores_lines_later_owns_nothing_of_them() {
    for (path, later, who) in [
        ("lib/a.rs", DAY, "kim"),
        ("lib/a.rs", 60, "kim"),
        ("examples/a.rs", 20 * DAY, "kim"),
        ("src/a.rs", 2 * DAY, "kim"),
        // The user who committed the file does so again while the edits are new.
        ("src/a.rs", 120, "dana"),
    ] {
        let mut world = written();
        world.commit(later, who, "main", &[path], &LINES);
        assert_eq!(tied(&mut world, 0), [0], "{path} {later} {who}");
    }
}

#[test]
fn a_commit_with_copied_lines_is_tied_by_its_other_lines() {
    let mut world = written();
    let mut lines = LINES.to_vec();
    lines.extend([31, 32, 33, 34, 35, 36, 37, 38]);
    world.commit(2 * DAY, "dana", "main", &["src/b.rs"], &lines);
    world.sessions[0].last = at(DAY);
    world.edit(DAY, "/home/dana/shop/src/b.rs", &[31, 32, 33, 34, 35, 36, 37, 38]);
    assert_eq!(tied(&mut world, 0), [0, 1]);
}

#[test]
fn lines_that_a_session_writes_again_belong_to_the_next_commit_that_adds_them() {
    let mut world = written();
    world.commit(2 * DAY, "dana", "main", &["src/a.rs"], &LINES);
    world.work("dana-two", 2 * DAY - 5, "/home/dana/shop/src/a.rs", &LINES);
    assert_eq!((tied(&mut world, 0), tied(&mut world, 1)), (vec![0], vec![1]));
}

#[test]
fn a_whole_file_written_again_is_not_the_work_of_what_moves_it_later() {
    let mut world = written();
    world.commit(DAY, "dana", "main", &["src/a.rs"], &[41, 42, 43]);
    let mut all = LINES.to_vec();
    all.extend([41, 42, 43]);
    world.sessions[0].last = at(DAY - 5);
    world.edit(DAY - 5, "/home/dana/shop/src/a.rs", &all);
    world.commit(2 * DAY, "kim", "main", &["lib/a.rs"], &all);
    assert_eq!(tied(&mut world, 0), [0, 1]);
}

#[test]
fn a_commit_that_is_amended_for_days_has_the_lines_of_every_session() {
    let mut world = World::new();
    let commit = world.commit(10, "dana", "main", &["a.rs"], &LINES);
    world.work.commits[commit].commit.commit_time = at(4 * DAY);
    world.work("dana-one", 5, "/home/dana/shop/a.rs", &LINES[..6]);
    world.work("dana-two", 4 * DAY - 5, "/home/dana/shop/a.rs", &LINES[6..]);
    assert_eq!((tied(&mut world, 0), tied(&mut world, 1)), (vec![0], vec![0]));
}

#[test]
fn a_wrong_clock_of_an_author_hides_no_session() {
    for year in [-60, 74] {
        let mut world = written();
        world.work.commits[0].commit.author_time = at(year * 365 * DAY);
        assert_eq!(tied(&mut world, 0), [0], "{year}");
    }
}

#[test]
fn a_rebased_series_keeps_its_commits_apart() {
    let mut world = World::new();
    for (number, minute) in [(0, 10), (1, 70)] {
        let commit = world.commit(minute, "dana", "main", &["a.rs"], &LINES);
        world.work.commits[commit].commit.commit_time = at(3 * DAY + number);
    }
    world.work("dana-two", 65, "/home/dana/shop/a.rs", &LINES);
    assert_eq!(tied(&mut world, 0), [1], "the second of both was written then");
}

#[test]
fn a_squash_after_months_needs_most_of_the_lines() {
    let linked = |lines: usize, days: i64| {
        let mut world = World::new();
        world.commit(days * DAY, "dana", "main", &["a.rs"], &LINES);
        world.work("dana-one", 5, "/home/dana/shop/a.rs", &LINES[..lines]);
        !tied(&mut world, 0).is_empty()
    };
    assert!(linked(10, 30) && linked(5, 80), "half of the commit");
    assert!(linked(4, 20) && !linked(4, 30), "less than half, before and after three weeks");
    assert!(!linked(10, 100), "after more than 90 days");
}

/// Two attempts at one task in worktrees, `same` of ten lines alike; the first one lands, squashed.
fn attempts(same: usize, folders: [&str; 2], branches: [&str; 2]) -> World {
    let mut world = World::new();
    world.commit(60, "dana", "main", &["src/a.rs"], &LINES);
    for (number, (folder, branch)) in folders.into_iter().zip(branches).enumerate() {
        let branch = world.name(branch);
        let mut lines = LINES.to_vec();
        if number == 1 {
            lines.truncate(same);
            lines.extend((same..10).map(|line| 100 + line as u64));
        }
        world.work(&format!("dana-{number}"), 5, &format!("{folder}/src/a.rs"), &lines).branches.push((at(0), branch));
    }
    world
}

#[test]
fn the_losing_attempt_of_two_is_not_tied_to_what_the_other_landed() {
    let by_branch = || attempts(9, ["/home/dana/shop"; 2], ["try-a", "try-b"]);
    let by_folder = || attempts(6, ["/home/dana/wt/a", "/home/dana/wt/b"], ["HEAD", "HEAD"]);
    // Nine of ten lines of a branch are in the squash, so it counts as landed there; six of ten are not enough.
    for (mut world, of_branch) in [(by_branch(), vec![]), (by_folder(), vec![1])] {
        assert_eq!((tied(&mut world, 0), tied(&mut world, 1)), (vec![0], vec![]));
        // Its branch is still there, and holds lines that are in the squash.
        let lines: Vec<u64> = world.sessions[1].edits[0].added.clone();
        world.commit(20, "dana", "try-b", &["src/a.rs"], &lines);
        assert_eq!((tied(&mut world, 0), tied(&mut world, 1)), (vec![0], of_branch));
    }
}

#[test]
fn two_sessions_that_wrote_the_same_lines_in_one_checkout_are_one_attempt() {
    let mut world = World::new();
    world.commit(60, "dana", "main", &["src/a.rs"], &LINES);
    for (session, folder, lines) in [("dana-1", "a", 6), ("dana-2", "a", 6), ("dana-3", "b", 10)] {
        world.work(session, 5, &format!("/home/dana/wt/{folder}/src/a.rs"), &LINES[..lines]);
    }
    assert_eq!([0, 1, 2].map(|session| tied(&mut world, session)), [vec![], vec![], vec![0]]);
}

#[test]
fn work_that_another_session_did_anew_is_the_later_one_s_and_work_that_it_went_on_with_is_both_s() {
    for (kept, first) in [(5, vec![]), (9, vec![0]), (10, vec![0])] {
        let mut world = World::new();
        world.commit(DAY + 10, "dana", "main", &["a.rs"], &LINES);
        world.session("dana-one", 0..=5);
        let mut lines = LINES[..kept].to_vec();
        lines.extend((kept..10).map(|line| 100 + line as u64));
        world.edit(5, "/home/dana/shop/a.rs", &lines);
        world.work("dana-two", DAY + 5, "/home/dana/shop/a.rs", &LINES);
        assert_eq!((tied(&mut world, 0), tied(&mut world, 1)), (first, vec![0]), "{kept}");
    }
}

#[test]
fn commits_of_a_branch_that_was_squashed_in_parts_landed_in_them_and_later_ones_did_not() {
    let mut world = World::new();
    world.commit(5_000, "dana", "main", &["a.rs"], &LINES);
    world.commit(9_000, "dana", "main", &["b.rs"], &[51, 52, 53, 54, 55, 56]);
    for (minute, path, lines) in [
        (10, "a.rs", &LINES[..6]),
        // Half of it was rewritten before the squash.
        (20, "a.rs", &[17, 18, 61, 62, 63]),
        (30, "a.rs", &[18, 19, 20]),
        (6_000, "b.rs", &[51, 52, 53, 54, 55, 56]),
        (9_500, "c.rs", &[71, 72, 73]),
    ] {
        world.commit(minute, "dana", "develop", &[path], lines);
    }
    assert_eq!(world.context().repo.canonical, [0, 1, 0, 0, 0, 1, 6]);
}

#[test]
fn a_rejected_branch_that_is_partly_alike_did_not_land() {
    let mut world = World::new();
    world.commit(60, "dana", "main", &["a.rs"], &LINES);
    world.commit(20, "dana", "try-b", &["a.rs"], &[11, 12, 13, 14, 15, 16, 91, 92, 93, 94]);
    assert_eq!(world.context().repo.canonical, [0, 1]);
}

#[test]
fn an_early_part_of_a_session_shares_in_what_it_landed() {
    let mut world = World::new();
    world.commit(1_300, "dana", "main", &["a.rs"], &LINES);
    let session = world.session("dana-one", 0..=5);
    session.active.extend((60..=65).map(at));
    session.active.extend((200..=205).map(at));
    session.last = at(205);
    world.edit(4, "/home/dana/shop/a.rs", &LINES[..9]);
    world.edit(64, "/home/dana/shop/a.rs", &LINES);
    // Rewritten until nothing of it was left, and elsewhere.
    world.edit(204, "/home/dana/shop/a.rs", &[81, 82]);
    let context = world.context();
    let mut out = Vec::new();
    gather(&context, None, &mut out);
    same_files::extend(&context, &mut out);
    let pairs = join(0, out);
    let segments = Segments::new(&context.repo.sessions[0], &pairs, &[0]);
    assert_eq!(pairs.iter().map(|one| one.target).collect::<Vec<_>>(), [Target::Commit(0)]);
    for (minute, weight) in [(2, 9 * LINE), (62, 10 * LINE), (202, 1)] {
        assert_eq!(segments.choice(at(minute)).cloned(), choice(&[(0, weight)], false), "{minute}");
    }
}

#[test]
fn a_session_on_the_branch_of_a_squash_is_tied_to_it_by_its_files() {
    let linked = |branch: &str, minute: i64| {
        let mut world = World::new();
        world.commit(2 * DAY, "dana", "main", &["a.rs", "b.rs"], &LINES);
        let (own, other) = (world.name("cart"), world.name(branch));
        world.work("dana-one", 5, "/home/dana/shop/a.rs", &LINES).branches.push((at(0), own));
        world.work("dana-two", minute + 5, "/home/dana/shop/b.rs", &[91, 92, 93]).branches.push((at(minute), other));
        tied(&mut world, 1)
    };
    assert_eq!(linked("cart", 600), [0]);
    assert_eq!(linked("cart", 3 * DAY), [0_u32; 0], "after the squash");
    assert_eq!(linked("other", 600), [0_u32; 0], "on another branch");
}

#[test]
fn a_session_that_only_starts_others_shares_in_their_commits() {
    let mut world = written();
    let parent = world.name("dana-lead");
    world.sessions[0].parent = Some(parent);
    world.session("dana-lead", -10..=20);
    assert_eq!((tied(&mut world, 0), tied(&mut world, 1)), (vec![0], vec![0]));
    let name = world.name("/home/dana/shop/notes.md");
    world.sessions[1].edits.push(Edit { at: at(0), path: name, added: vec![1] });
    assert_eq!(tied(&mut world, 1), [0_u32; 0], "it edits, so it has work of its own");
}

#[test]
fn a_session_that_only_starts_others_shares_in_a_commit_that_names_one_of_them_and_no_other() {
    let mut world = written();
    let parent = world.name("dana-lead");
    world.sessions[0].parent = Some(parent);
    world.session("dana-lead", -10..=20);
    let by_name = world.by_name();
    let mut tied = |session: &str| {
        let named = [NamedSession { session: session.to_owned(), sha: id(0), rule: "git-ai-note" }];
        let (found, _) = settle(&world.context(), &by_name, &named, &[id(0)].into());
        found.into_iter().map(|one| one.session).collect::<BTreeSet<usize>>()
    };
    assert_eq!((tied("dana-one"), tied("kim-one")), ([0, 1].into(), [].into()));
}

#[test]
fn a_branch_is_a_session_s_only_if_its_work_had_begun() {
    let linked = |made: i64, landed: i64, who: &str, session: i64| {
        let mut world = World::new();
        world.commit(landed, who, "main", &["a.rs"], &LINES);
        let commit = world.commit(made, who, "patch-1", &["a.rs"], &[5, 6, 7]);
        world.work.commits[commit].landing = Some(0);
        let branch = world.name("patch-1");
        world.session("dana-one", session..=session + 5).branches.push((at(session), branch));
        !world.found(&branch::Branch).is_empty()
    };
    assert!(linked(60, 100, "dana", 0), "committed an hour later");
    assert!(linked(60, 60 * DAY, "dana", 0), "merged after a long review");
    assert!(linked(60, 10 * DAY, "dana", 2 * DAY), "a question in between");
    assert!(!linked(14 * DAY, 14 * DAY + 10, "dana", 0), "the name was used again");
    assert!(!linked(-20 * DAY, -19 * DAY, "dana", 0), "it had landed before");
}

/// What ties a session on the branch `cart`, from minute 0 on, to the commits of a world.
fn on_branch(world: &mut World) -> Vec<Target> {
    let branch = world.name("cart");
    let session = world.sessions.len();
    world.session("dana-last", 0..=5).branches.push((at(0), branch));
    let found = world.found(&branch::Branch).into_iter().filter(|(one, _, _)| *one == session);
    found.map(|(_, target, _)| target).collect()
}

#[test]
fn an_export_of_pull_requests_says_when_the_work_of_a_branch_began() {
    let found = |begun: Option<i64>| {
        let mut world = World::new();
        world.commit(14 * DAY + 10, "dana", "main", &["a.rs"], &LINES);
        let commit = world.commit(14 * DAY, "dana", "cart", &["a.rs"], &[5, 6, 7]);
        world.work.commits[commit].landing = Some(0);
        world.work.begun.extend(begun.map(|minute| (0, at(minute))));
        on_branch(&mut world)
    };
    assert_eq!(found(Some(60)), [Target::Landing(0)]);
    assert_eq!(found(Some(2 * DAY)), []);
    assert_eq!(found(None), []);
}

#[test]
fn a_squash_is_of_the_branch_of_a_session_whose_lines_are_in_it() {
    for (written, expected) in [(10, &[Target::Landing(0)][..]), (40 * DAY, &[])] {
        let mut world = World::new();
        world.commit(written + DAY, "dana", "main", &["a.rs"], &LINES);
        let branch = world.name("cart");
        world.work("dana-first", written + 5, "/home/dana/shop/a.rs", &LINES).branches.push((at(written), branch));
        assert_eq!(on_branch(&mut world), expected, "{written}");
    }
}

#[test]
fn the_clock_of_an_author_that_is_months_off_begins_no_branch() {
    for (author_time, expected) in [(-30 * DAY, &[Target::Landing(0)][..]), (-400 * DAY, &[])] {
        let mut world = World::new();
        world.commit(14 * DAY + 10, "dana", "main", &["a.rs"], &LINES);
        let commit = world.commit(14 * DAY, "dana", "cart", &["a.rs"], &[5, 6, 7]);
        world.work.commits[commit].landing = Some(0);
        world.work.commits[commit].commit.author_time = at(author_time);
        assert_eq!(on_branch(&mut world), expected, "{author_time}");
    }
}
