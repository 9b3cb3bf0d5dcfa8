//! The chain of evidence of a commit, a session, a branch or a pull request, and what became of it: what `explain` prints about it.

use super::page::{dollars, grouped, many};
use crate::fate::LineCounts;
use crate::history::History;
use crate::link::{Account, Link, Links, Rejected};
use crate::measure::material::{Linking, Run};
use crate::measure::verdicts::{Bought, Verdict, Verdicts};
use crate::model::commit::Commit;
use crate::model::link::Tier;
use crate::model::money::Money;
use crate::model::sanitise::{sanitise, sanitise_lines};

/// Rejected links that are shown; the closest ones first.
const REJECTED: usize = 10;
/// Fewer characters of an id say too little.
const SHORTEST: usize = 6;

/// What is asked about.
enum Asked<'a> {
    /// A pull request, perhaps with its repository.
    Pull(Option<&'a str>, u64),
    /// Begins a commit's or a session's id, or is the name of a branch.
    Named(&'a str),
    /// A branch with its repository.
    Branch(&'a str, &'a str),
}

impl<'a> Asked<'a> {
    fn new(topic: &'a str) -> Self {
        if let Some((repository, number)) = pull(topic) {
            return Self::Pull(repository, number);
        }
        topic.split_once('@').map_or(Self::Named(topic), |(repository, name)| Self::Branch(repository, name))
    }

    /// Whether a pull request of a repository is meant.
    fn is_pull(&self, history: &History, number: Option<u64>) -> bool {
        let Self::Pull(repository, asked) = self else { return false };
        number == Some(*asked) && repository.is_none_or(|one| is_called(history, one))
    }

    /// Whether a commit or session is meant by its id.
    fn is_id(&self, id: &str) -> bool {
        matches!(self, Self::Named(begin) if begin.len() >= SHORTEST && id.starts_with(begin))
    }

    /// Whether a branch of a repository is meant.
    fn is_branch(&self, history: &History, name: &str) -> bool {
        match self {
            Self::Pull(..) => false,
            // The name of a branch may have the sign that parts it from its repository.
            Self::Branch(repository, asked) => {
                plain(asked) == plain(name) && is_called(history, repository)
                    || plain(name).split_once('@') == Some((*repository, *asked))
            }
            Self::Named(asked) => plain(asked) == plain(name),
        }
    }

    fn is_landing(&self, history: &History, commit: &Commit) -> bool {
        self.is_pull(history, commit.pull_request)
            || self.is_id(&commit.id)
            || commit.merged_branch.as_deref().is_some_and(|name| self.is_branch(history, name))
    }
}

/// Whether a repository is called so, by its whole name or by the end of it.
fn is_called(history: &History, asked: &str) -> bool {
    let name = history.name();
    name == asked || name.strip_suffix(asked).is_some_and(|rest| rest.ends_with('/'))
}

/// The name of a branch without the place of its reference.
fn plain(name: &str) -> &str {
    let name = name.trim_start_matches("refs/heads/").trim_start_matches("refs/remotes/");
    name.trim_start_matches("origin/")
}

/// Whether a text looks like a commit, a session, a pull request or a branch rather than a word.
#[must_use]
pub fn is_unit(topic: &str) -> bool {
    pull(topic).is_some()
        || topic.contains(['/', '@'])
        || (topic.len() > SHORTEST
            && topic.bytes().any(|byte| byte.is_ascii_digit())
            && topic.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')))
}

/// The pull request of `#12` or `acme/shop#12`.
fn pull(topic: &str) -> Option<(Option<&str>, u64)> {
    let (repository, number) = topic.rsplit_once('#')?;
    Some((Some(repository).filter(|name| !name.is_empty()), number.parse().ok()?))
}

/// The chain, or `None` when nothing of the run is called so.
#[must_use]
pub fn explain(run: &Run, linking: &Linking, verdicts: &Verdicts, topic: &str) -> Option<String> {
    let asked = Asked::new(topic);
    let links = &linking.links;
    let found: Vec<(usize, &Link)> =
        links.links.iter().enumerate().filter(|(_, link)| is_about(run, link, &asked)).collect();
    let rejected: Vec<&Rejected> = links.rejected.iter().filter(|one| is_about(run, &one.link, &asked)).collect();
    let mut text = headline(run, linking, &asked);
    if found.is_empty() && rejected.is_empty() && text.is_empty() {
        return None;
    }
    text += &became(run, verdicts, &asked);
    text += &linked(run, linking.least, &found);
    text += &unlinked(links, &asked);
    text += &turned_down(run, rejected);
    Some(sanitise_lines(&text).into_owned())
}

fn is_about(run: &Run, link: &Link, asked: &Asked<'_>) -> bool {
    let history = &run.histories[link.repository];
    link.landing.is_some_and(|at| asked.is_landing(history, &history.commits[at]))
        || asked.is_id(&link.session)
        || link.commit.as_deref().is_some_and(|id| asked.is_id(id))
        || link.branch.as_deref().is_some_and(|name| asked.is_branch(history, name))
}

/// What it is, where that is known: the landing, or the session's cost.
fn headline(run: &Run, linking: &Linking, asked: &Asked<'_>) -> String {
    let mut text = String::new();
    for history in &run.histories {
        for commit in history.commits.iter().filter(|commit| asked.is_landing(history, commit)) {
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
    text += &branches(run, asked);
    for (session, sum) in linking.links.totals.iter().filter(|(session, _)| asked.is_id(session)) {
        let (cost, price) = (dollars(sum.cost), sum.prices.price().describe());
        text += &format!("Session {}: {cost} ({price}), {}\n", sanitise(session), many(sum.tokens, "token"));
    }
    text
}

/// Branches beside the main one, whether or not spend is traced to them. Nobody is named.
fn branches(run: &Run, asked: &Asked<'_>) -> String {
    let mut text = String::new();
    for history in &run.histories {
        for branch in history.branches.iter().flatten() {
            let own = branch.names.iter().find(|name| asked.is_branch(history, name));
            let Some(name) = own else { continue };
            let last = branch
                .last_commit_time
                .map_or_else(String::new, |at| format!(", last commit {}", at.format("%Y-%m-%d %H:%M UTC")));
            text += &format!(
                "Branch {} in {}: {}{last}\n  {}{}\n",
                sanitise(plain(name)),
                sanitise(&history.name()),
                super::mainline::became(branch),
                many(branch.commits, "commit"),
                branch
                    .added_effective
                    .map_or_else(String::new, |lines| format!(", {} that count", many(lines, "new line"))),
            );
        }
    }
    text
}

/// What became of it, and what decided that: of a change or branch, else of a session.
fn became(run: &Run, verdicts: &Verdicts, asked: &Asked<'_>) -> String {
    let is_unit = |one: &&Verdict| match &one.bought {
        Bought::Change(..) => one
            .bought
            .history(&run.histories)
            .zip(one.bought.commit(&run.histories))
            .is_some_and(|(history, commit)| asked.is_landing(history, commit)),
        Bought::Branch(repository, name) => asked.is_branch(&run.histories[*repository], name) || asked.is_id(name),
        Bought::Nothing => false,
    };
    let is_session = |one: &&Verdict| one.session.as_deref().is_some_and(|id| asked.is_id(id));
    let own: Vec<&Verdict> =
        verdicts.units.iter().filter(is_unit).chain(verdicts.sessions.iter().filter(is_session)).collect();
    if own.is_empty() {
        return String::new();
    }
    let total: Money = own.iter().map(|one| one.cost).sum();
    let mut text = format!("\nBecame: {}\n", dollars(total));
    let mut lines = None;
    for one in own {
        let of = match &one.bought {
            Bought::Nothing => String::new(),
            Bought::Change(..) => one.bought.commit(&run.histories).map_or_else(String::new, |commit| {
                commit.pull_request.map_or_else(|| commit.id.chars().take(12).collect(), |number| format!("#{number}"))
            }),
            Bought::Branch(_, name) => sanitise(plain(name)).into_owned(),
        };
        let of = if of.is_empty() { of } else { format!("{of}: ") };
        let why = super::verdicts::why(one.ruling, one.lines.unwrap_or_default());
        text += &format!("  {:>10}  {}\n              {of}{why}\n", dollars(one.cost), one.ruling.class().title());
        let new = one.lines.filter(|_| lines.as_ref() != Some(&one.bought));
        if let Some(LineCounts { born, dead, killed, killed_known, killed_assisted, .. }) = new {
            lines = Some(one.bought.clone());
            text += &format!(
                "              lines: {} born, {} of them gone within 30 days; {} replaced, {} of them of known origin, {} \
                 AI-assisted\n",
                grouped(born),
                grouped(dead),
                grouped(killed),
                grouped(killed_known),
                grouped(killed_assisted),
            );
        }
    }
    text
}

fn linked(run: &Run, least: Tier, found: &[(usize, &Link)]) -> String {
    if found.is_empty() {
        return "\nNo spend is traced to it.\n".to_owned();
    }
    let (sure, weaker): (Vec<&Link>, Vec<&Link>) =
        found.iter().map(|(_, link)| *link).partition(|link| link.tier <= least);
    let sum = |links: &[&Link]| links.iter().map(|link| link.cost).sum::<Money>();
    let mut text = format!("\nTraced: {} in {}\n", dollars(sum(&sure)), many(sure.len() as u64, "link"));
    if sum(&weaker) != Money::ZERO {
        text += &format!("  {} more by weaker evidence, such as the name of a branch only\n", dollars(sum(&weaker)));
    }
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
    let sessions: Vec<&String> = links.totals.keys().filter(|session| asked.is_id(session)).collect();
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
    fn ids_numbers_and_branches_are_units_and_words_are_not() {
        for topic in
            ["#12", "acme/shop#12", "feature/loyalty", "shop@main", "1a2b3c4", "0f6074fc-a0f5-4d56", "ses_12ab34"]
        {
            assert!(is_unit(topic), "{topic}");
        }
        for topic in ["formats", "claude-code", "#x", "V4", "metrics", "churn-14 x"] {
            assert!(!is_unit(topic), "{topic}");
        }
    }
}
