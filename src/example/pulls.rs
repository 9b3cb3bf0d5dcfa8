//! The pull requests of both repositories, as `gh pr list --state all --json …` prints them.

use std::path::Path;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Serialize;

use super::disk;
use super::people::Actor;
use super::repository::{MadeHistory, instant};
use crate::error::Result;

/// How long before the answering commit a review asks for changes.
const ANSWERED_IN: TimeDelta = TimeDelta::minutes(90);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PullRequest {
    number: u32,
    title: &'static str,
    url: String,
    state: &'static str,
    author: Author,
    head_ref_name: &'static str,
    base_ref_name: &'static str,
    created_at: String,
    merged_at: Option<String>,
    closed_at: Option<String>,
    merged_by: Option<Author>,
    merge_commit: Option<Oid>,
    additions: usize,
    deletions: usize,
    commits: Vec<Commit>,
    reviews: Vec<Review>,
    labels: Vec<String>,
}

#[derive(Serialize)]
struct Author {
    login: &'static str,
}

#[derive(Serialize)]
struct Oid {
    oid: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Commit {
    oid: String,
    authored_date: String,
    message_headline: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Review {
    author: Author,
    state: &'static str,
    submitted_at: String,
}

/// Writes the export.
pub(super) fn write(path: &Path, history: &MadeHistory) -> Result<()> {
    let mut all = Vec::new();
    for pull in &history.pulls {
        let Some((first, _)) = pull.works.first() else { continue };
        let mut commits = Vec::new();
        let mut last = instant(first.at)?;
        for (work, oid) in &pull.works {
            last = instant(work.at)?;
            commits.push(Commit { oid: oid.clone(), authored_date: stamp(last), message_headline: work.subject });
        }
        let landed = pull.landed.as_ref();
        // A request with several commits was opened with the first one, and the last one answers a review.
        let begun = instant(first.at)?;
        let asked = Some(last - ANSWERED_IN).filter(|at| *at > begun + TimeDelta::minutes(10));
        let opened = if asked.is_some() { begun } else { last } + TimeDelta::seconds(50);
        // A person who merges somebody else's request reviewed it shortly before.
        let reviewed = landed.filter(|(_, by, _)| by.login() != first.who.login());
        let reviews = reviewed.into_iter().flat_map(|(at, by, _)| {
            let review = |state, at| Review { author: author(*by), state, submitted_at: stamp(at) };
            let asked = asked.map(|at| review("CHANGES_REQUESTED", at));
            asked.into_iter().chain([review("APPROVED", *at - TimeDelta::minutes(6))])
        });
        all.push(PullRequest {
            number: pull.number,
            title: first.subject,
            url: format!("https://github.com/acme/{}/pull/{}", pull.repo.name(), pull.number),
            state: match (landed, pull.closed) {
                (Some(_), _) => "MERGED",
                (None, Some(_)) => "CLOSED",
                (None, None) => "OPEN",
            },
            author: author(first.who),
            head_ref_name: pull.branch,
            base_ref_name: "main",
            created_at: stamp(opened),
            merged_at: landed.map(|(at, ..)| stamp(*at)),
            closed_at: landed.map(|(at, ..)| *at).or(pull.closed).map(stamp),
            merged_by: landed.map(|(_, by, _)| author(*by)),
            merge_commit: landed.map(|(.., oid)| Oid { oid: oid.clone() }),
            additions: pull.lines.0,
            deletions: pull.lines.1,
            commits,
            reviews: reviews.collect(),
            labels: Vec::new(),
        });
    }
    let text = serde_json::to_string_pretty(&all).expect("strings and numbers always serialise");
    disk::write(path, (text + "\n").as_bytes())
}

fn author(person: Actor) -> Author {
    Author { login: person.login() }
}

fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
