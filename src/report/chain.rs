//! The chain of evidence of a commit, a session or a pull request: what `explain` prints about it.

use super::page::{dollars, grouped, many};
use crate::link::{Account, Link, Links, Rejected};
use crate::measure::material::{Linking, Run};
use crate::model::money::Money;
use crate::model::sanitise::{sanitise, sanitise_lines};

/// Rejected links that are shown; the closest ones first.
const REJECTED: usize = 10;
/// Fewer characters of an id say too little.
const SHORTEST: usize = 6;

/// What is asked about.
enum Asked<'a> {
    Pull(u64),
    /// Begins a commit's or a session's id.
    Id(&'a str),
}

/// Whether a text looks like a commit, a session or a pull request rather than a word.
#[must_use]
pub fn is_unit(topic: &str) -> bool {
    pull(topic).is_some()
        || (topic.len() > SHORTEST
            && topic.bytes().any(|byte| byte.is_ascii_digit())
            && topic.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')))
}

fn pull(topic: &str) -> Option<u64> {
    topic.strip_prefix('#')?.parse().ok()
}

/// The chain, or `None` when nothing of the run is called so.
#[must_use]
pub fn explain(run: &Run, linking: &Linking, topic: &str) -> Option<String> {
    let asked = match pull(topic) {
        Some(number) => Asked::Pull(number),
        None if topic.len() >= SHORTEST => Asked::Id(topic),
        None => return None,
    };
    let links = &linking.links;
    let found: Vec<(usize, &Link)> =
        links.links.iter().enumerate().filter(|(_, link)| is_about(run, link, &asked)).collect();
    let rejected: Vec<&Rejected> = links.rejected.iter().filter(|one| is_about(run, &one.link, &asked)).collect();
    let mut text = headline(run, linking, &asked);
    if found.is_empty() && rejected.is_empty() && text.is_empty() {
        return None;
    }
    text += &linked(run, &found);
    text += &unlinked(links, &asked);
    text += &turned_down(run, rejected);
    Some(sanitise_lines(&text).into_owned())
}

fn is_about(run: &Run, link: &Link, asked: &Asked<'_>) -> bool {
    let landing = link.landing.map(|at| &run.histories[link.repository].commits[at]);
    match asked {
        Asked::Pull(number) => landing.is_some_and(|commit| commit.pull_request == Some(*number)),
        Asked::Id(id) => {
            let begins = |text: Option<&str>| text.is_some_and(|text| text.starts_with(id));
            begins(Some(&link.session)) || begins(link.commit.as_deref()) || begins(landing.map(|one| one.id.as_str()))
        }
    }
}

/// What it is, where that is known: the landing, or the session's cost.
fn headline(run: &Run, linking: &Linking, asked: &Asked<'_>) -> String {
    let mut text = String::new();
    for history in &run.histories {
        let is_it = |commit: &&crate::model::commit::Commit| match asked {
            Asked::Pull(number) => commit.pull_request == Some(*number),
            Asked::Id(id) => commit.id.starts_with(id),
        };
        for commit in history.commits.iter().filter(is_it) {
            let totals = crate::history::Totals::of(commit);
            let pull = commit.pull_request.map_or_else(String::new, |number| format!(" (#{number})"));
            text += &format!(
                "Merged change {}{pull} in {}, {}\n  {}\n  {} that count merged, {} deleted\n",
                &commit.id[..commit.id.len().min(12)],
                sanitise(&history.name()),
                commit.commit_time.format("%Y-%m-%d %H:%M UTC"),
                sanitise(&commit.subject),
                many(totals.added_effective, "line"),
                grouped(totals.deleted_effective),
            );
            if let Some(by) = &commit.reverted_by {
                text += &format!("  reverted by {}\n", &by[..by.len().min(12)]);
            }
        }
    }
    if let Asked::Id(id) = asked {
        for (session, sum) in linking.links.totals.iter().filter(|(session, _)| session.starts_with(id)) {
            let (cost, price) = (dollars(sum.cost), sum.prices.price().describe());
            text += &format!("Session {}: {cost} ({price}), {}\n", sanitise(session), many(sum.tokens, "token"));
        }
    }
    text
}

fn linked(run: &Run, found: &[(usize, &Link)]) -> String {
    if found.is_empty() {
        return "\nNo spend is traced to it.\n".to_owned();
    }
    let total: Money = found.iter().map(|(_, link)| link.cost).sum();
    let mut text = format!("\nTraced: {} in {}\n", dollars(total), many(found.len() as u64, "link"));
    let mut sorted: Vec<&Link> = found.iter().map(|(_, link)| *link).collect();
    sorted.sort_by(|a, b| b.cost.cmp(&a.cost).then_with(|| (&a.session, &a.commit).cmp(&(&b.session, &b.commit))));
    for link in sorted {
        let cost = if link.has_log { dollars(link.cost) } else { "no log".to_owned() };
        text += &format!("  {cost:>10}  {:11}  {}\n", link.tier.title(), ends(run, link));
        text += &format!("              evidence: {}", link.rules.join(", "));
        if link.context_cost != Money::ZERO {
            text += &format!("; {} of it is thinking before or after the work", dollars(link.context_cost));
        }
        text.push('\n');
    }
    text
}

/// Session, commit, landing or branch.
fn ends(run: &Run, link: &Link) -> String {
    let short = |id: &str| id.chars().take(12).collect::<String>();
    let mut text = format!("session {}", sanitise(&link.session));
    if let Some(commit) = &link.commit {
        text += &format!(" → commit {}", short(commit));
    }
    let landing = link.landing.map(|at| &run.histories[link.repository].commits[at]);
    match (landing, &link.branch) {
        (Some(landing), _) if Some(&landing.id) != link.commit.as_ref() => {
            text += &format!(" → merged change {}", short(&landing.id));
        }
        (None, Some(branch)) => text += &format!(" → branch {} (not merged)", sanitise(branch)),
        _ => {}
    }
    if let Some(number) = landing.and_then(|landing| landing.pull_request) {
        text += &format!(" (#{number})");
    }
    text
}

/// Parts of a session that are tied to nothing.
fn unlinked(links: &Links, asked: &Asked<'_>) -> String {
    let Asked::Id(id) = asked else { return String::new() };
    let sessions: Vec<&String> = links.totals.keys().filter(|session| session.starts_with(id)).collect();
    let mut text = String::new();
    for session in sessions {
        let linked: Money = links.links.iter().filter(|link| link.session == *session).map(|link| link.cost).sum();
        let rest = links.totals[session].cost - linked;
        if rest != Money::ZERO {
            text += &format!("  {:>10}  of session {} has no link\n", dollars(rest), sanitise(session));
        }
    }
    let reasons = links.journal.iter().any(|posting| matches!(posting.account, Account::Unlinked(_)));
    if !text.is_empty() && reasons {
        text += "              `ledger --table journal` has the reason of each record\n";
    }
    text
}

fn turned_down(run: &Run, mut rejected: Vec<&Rejected>) -> String {
    if rejected.is_empty() {
        return String::new();
    }
    let closeness = |one: &&Rejected| {
        let share = one.common.map_or(100, |common| common.of_commit.max(common.of_session));
        (share, one.common.map_or(0, |common| common.files))
    };
    rejected.sort_by(|a, b| {
        let ends = |one: &Rejected| (one.link.session.clone(), one.link.commit.clone());
        closeness(b).cmp(&closeness(a)).then_with(|| ends(a).cmp(&ends(b)))
    });
    let mut text = format!("\nRejected: {}\n", rejected.len());
    for one in rejected.iter().take(REJECTED) {
        text += &format!("  {} by {}: {}\n", ends(run, &one.link), one.link.rule, one.why);
        if let Some(common) = one.common {
            text += &format!(
                "    shares {}: {}% of the commit's, {}% of the session's; edited {} of its {} before\n",
                many(common.lines, "line"),
                common.of_commit,
                common.of_session,
                common.files,
                many(common.of_files as u64, "file")
            );
        }
    }
    if rejected.len() > REJECTED {
        text += &format!("  and {} that share less\n", rejected.len() - REJECTED);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_numbers_are_units_and_words_are_not() {
        for topic in ["#12", "1a2b3c4", "0f6074fc-a0f5-4d56", "ses_12ab34"] {
            assert!(is_unit(topic), "{topic}");
        }
        for topic in ["formats", "claude-code", "#x", "V4", "metrics", "churn-14 x"] {
            assert!(!is_unit(topic), "{topic}");
        }
    }
}
