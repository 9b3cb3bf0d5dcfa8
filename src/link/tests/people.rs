//! Who a session's user is, and whom a commit or a note names.

use super::*;

fn trailer(key: &str, value: &str) -> Trailer {
    Trailer { key: key.into(), value: value.into(), in_last_paragraph: true }
}

/// Whether a third of a commit, by an author and with a trailer, ties a session of Erin's to it.
fn linked(author: &str, trailers: &[Trailer]) -> bool {
    let mut world = World::new();
    // Teaches that the user of /home/erin is erin@example.org.
    world.commit(5, "erin", "main", &["z.rs"], &[91, 92, 93, 94]);
    let commit = world.commit(10, author, "main", &["a.rs"], &LINES);
    world.work.commits[commit].commit.trailers.extend_from_slice(trailers);
    world.session("erin-one", 0..=5);
    world.edit(2, "/home/erin/shop/z.rs", &[91, 92, 93, 94]);
    world.edit(4, "/home/erin/shop/a.rs", &LINES[..3]);
    world.found(&line_overlap::LineOverlap).iter().any(|(_, target, _)| *target == Target::Commit(1))
}

#[test]
fn a_co_author_of_a_commit_is_one_of_its_people() {
    assert!(linked("erin", &[]) && !linked("dana", &[]));
    for value in ["Erin <erin@example.org>", "E. Doe <ERIN@example.org>", "erin <77+Erin@users.noreply.github.com>"] {
        assert!(linked("dana", &[trailer("Co-authored-by", value)]), "{value}");
    }
    assert!(linked("dana", &[trailer("Co-developed-by", "Erin <e@example.org>")]));
    assert!(!linked("dana", &[trailer("Co-authored-by", "Kim <kim@example.org>")]));
    assert!(!linked("dana", &[trailer("Reviewed-by", "Erin <erin@example.org>")]));
}

#[test]
fn a_user_is_known_by_the_name_and_the_login_of_authors() {
    let linked = |user: &str, email: &str, name: &str| {
        let mut world = World::new();
        world.commit(10, "kim", "main", &["a.rs"], &LINES);
        let other = world.commit(20, "other", "main", &["b.rs"], &[1]);
        world.work.commits[other].commit.author = Identity { name: name.to_owned(), email: email.to_owned() };
        world.work(&format!("{user}-one"), 5, &format!("/home/{user}/shop/a.rs"), &LINES[..3]);
        !world.found(&line_overlap::LineOverlap).is_empty()
    };
    // Somebody else is known to be the user, so Kim's commit needs more than a third.
    for (user, email, name) in [
        ("erin", "erin@example.org", "E. Doe"),
        ("erin", "77+erindoe@users.noreply.github.com", "E. Doe"),
        ("doe", "mail@example.org", "Erin Doe"),
        ("edoe", "mail@example.org", "Erin Doe"),
        ("erindoe", "mail@example.org", "Erin Doe"),
    ] {
        assert!(!linked(user, email, name), "{user} {email} {name}");
    }
    assert!(linked("erin", "mail@example.org", "Dana Doe"), "nobody has that name");
    assert!(linked("vscode", "vscode@example.org", "vscode"), "a home that everybody shares");
}

#[test]
fn a_user_whom_the_log_names_by_address_is_the_author_of_that_address() {
    for (address, is_kims) in
        [("erin.doe@example.org", false), ("Erin.Doe@Example.org", false), ("x@example.org", true)]
    {
        let mut world = World::new();
        world.commit(10, "kim", "main", &["a.rs"], &LINES);
        world.commit(20, "erin.doe", "main", &["b.rs"], &[1]);
        let user = world.name(address);
        world.work("dana-one", 5, "/home/dana/shop/a.rs", &LINES[..3]).user = Some(user);
        // If another author is known to be the user, Kim's commit needs more than a third.
        assert_eq!(!world.found(&line_overlap::LineOverlap).is_empty(), is_kims, "{address}");
    }
}

/// The commits that a note of git-ai ties sessions to, when it is attached to the first of two commits.
fn noted(note: &str, paths: [&str; 2]) -> Vec<String> {
    let mut world = World::new();
    world.commit(10, "dana", "main", &[paths[0]], &LINES);
    world.commit(20, "dana", "main", &[paths[1]], &[1, 2, 3]);
    for commit in [0, 1] {
        world.work.notes.push((id(commit), note.as_bytes().to_vec()));
    }
    let (named, complete) = session_names::read(&world.context().repo);
    assert_eq!(complete.len(), named.len());
    named.into_iter().map(|one| one.sha).collect()
}

#[test]
fn a_note_about_other_files_or_another_commit_proves_nothing() {
    let agent = "\"sessions\":{\"s_1\":{\"agent_id\":{\"id\":\"one\"}}}";
    let note = |path: &str, base: &str| format!("{path}\n  s_1 1-3\n---\n{{{base}{agent}}}");
    assert_eq!(noted(&note("b.rs", ""), ["a.rs", "b.rs"]), [id(1)], "only one of them changes the file");
    assert_eq!(noted(&note("\"a b.rs\"", ""), ["a b.rs", "b.rs"]), [id(0)], "a path with a blank");
    let base = format!("\"base_commit_sha\":\"{}\",", id(1));
    assert_eq!(noted(&note("a.rs", &base), ["a.rs", "a.rs"]), [id(1)], "both do, and it says which");
    assert_eq!(noted(&note("Cargo.lock", ""), ["a.rs", "b.rs"]).len(), 2, "a file that is not looked at");
    assert_eq!(noted(&note("a.rs", "\"base_commit_sha\":\"ff\","), ["a.rs", "a.rs"]).len(), 2, "an unknown commit");
}

#[test]
fn the_log_of_an_agent_on_a_forge_names_its_session() {
    for value in ["https://example.org/acme/shop/sessions/dana-one", "https://example.org/sessions/dana-one/?pr=7#top"]
    {
        let mut world = World::new();
        let commit = world.commit(10, "dana", "main", &["a.rs"], &LINES);
        world.work.commits[commit].commit.trailers.push(trailer("Agent-Logs-Url", value));
        let (named, _) = session_names::read(&world.context().repo);
        let pairs: Vec<(&str, &str)> = named.iter().map(|one| (one.session.as_str(), one.rule)).collect();
        assert_eq!(pairs, [("dana-one", "session-trailer")], "{value}");
    }
}

#[test]
fn a_printed_hash_of_a_deleted_branch_is_known_by_its_pull_request() {
    let found = |printed: &str, merged_ids: &[(&str, u32)]| {
        let mut world = World::new();
        world.commit(10, "dana", "main", &["a.rs"], &LINES);
        world.work.merged_ids = merged_ids.iter().map(|(id, at)| ((*id).to_owned(), *at)).collect();
        let printed = world.name(printed);
        world.session("dana-one", 0..=5).printed.push((at(5), printed));
        world.found(&printed_commit::PrintedCommit)
    };
    let expected = [(0, Target::Commit(0), Tier::Explicit)];
    assert_eq!(found("abc1234", &[("abc1234fff", 0), ("def1234fff", 0)]), expected);
    assert_eq!(found("abc1234", &[("abc1234aaa", 0), ("abc1234bbb", 0)]), [], "two of them begin so");
    assert_eq!(found("abc1234", &[]), []);
}
