//! A comment for one pull request: what it cost, by which evidence, beside others of its size. Markdown, or nothing.
//!
//! - In: a run, and a pull request by its number, or by its branch while it is open. Out: a text that begins with a hidden mark,
//!   so that a job finds its comment again and edits it in place.
//! - Nothing below `comment.min_usd`, and nothing where no spend is linked: silence is cheaper than a zero.
//! - Cost is of the headline's tiers; what weaker evidence adds is beside it. No person is named.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::page::{dollars, grouped, many};
use super::render::{MARK, escaped};
use super::reviews::PullRequestsDoc;
use crate::error::{Error, Result};
use crate::history::Totals;
use crate::ledger::TextColumn;
use crate::link::{Account, Attribution, Link};
use crate::measure::material::{Linking, Run};
use crate::measure::size_bands::{SizeBands, band_of};
use crate::model::branch::{BranchFate, Fate};
use crate::model::link::Tier;
use crate::model::money::Money;
use crate::model::period::Period;

/// Rows of a folded table.
const MOST: usize = 20;

/// The pull request.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Its number, once it has landed.
    pub number: Option<u64>,
    /// Its branch, while it has not.
    pub branch: Option<String>,
}

impl Asked {
    fn is(&self, number: Option<u64>, branch: Option<&str>) -> bool {
        let by_number = self.number.is_some() && self.number == number;
        let plain = |name: &str| {
            name.trim_start_matches("refs/heads/")
                .trim_start_matches("refs/remotes/")
                .trim_start_matches("origin/")
                .to_owned()
        };
        by_number || self.branch.as_deref().zip(branch).is_some_and(|(asked, known)| plain(asked) == plain(known))
    }
}

/// Sums of the links that are its own.
#[derive(Default)]
struct Sums<'a> {
    headline: Money,
    any: Money,
    tokens: u64,
    sessions: BTreeSet<&'a str>,
    tiers: BTreeMap<Tier, Money>,
    commits: BTreeMap<&'a str, Money>,
    models: BTreeMap<&'a str, (Money, u64)>,
}

/// The comment; `None` when there is nothing to say, or the cost is below `least`.
///
/// # Errors
/// When the links do not sum to the spend, or the clone lacks the history that tells one pull request from the work before it.
pub fn comment(run: &Run, linking: &Linking, asked: &Asked, least: Money) -> Result<Option<String>> {
    refuse_cut_history(run, asked)?;
    let sums = sums(run, linking, asked);
    if sums.any == Money::ZERO || sums.headline < least {
        return Ok(None);
    }
    let attribution = Attribution::compute(&linking.links, &Period::all(run.period.tz), linking.least)?;
    let commits = run.histories.iter().flat_map(|history| &history.commits);
    let landings = commits.filter(|commit| asked.number.is_some() && commit.pull_request == asked.number);
    let lines = landings.map(Totals::of).map(|all| all.added_effective + all.deleted_effective).reduce(|a, b| a + b);
    let mut text = format!("{MARK}\n**AI spend of this pull request: {}**", dollars(sums.headline));
    if sums.any != sums.headline {
        let _ = write!(
            text,
            " ({} more by weaker evidence, such as the name of a branch only)",
            dollars(sums.any - sums.headline)
        );
    }
    let _ = write!(text, " · {} · {}", many(sums.sessions.len() as u64, "session"), many(sums.tokens, "token"));
    if let Some(lines) = lines {
        let bands = SizeBands::within(&run.histories, Some(&attribution), &Period::all(run.period.tz));
        let band = &PullRequestsDoc::new(&bands, None, None, None, &[]).bands[band_of(lines)];
        let median = band.median_cost_usd.map_or_else(|| "too few".to_owned(), dollars);
        let _ = write!(text, " · median of size {}: {median} ({})", band.band, many(band.linked, "pull request"));
    }
    text += "\n\nList prices, traced by evidence in logs and git. ";
    let _ = match asked.number {
        Some(number) => writeln!(text, "`tokaudit explain '#{number}'` shows the chain."),
        None => writeln!(text, "`tokaudit explain SESSION` shows the chain."),
    };
    let tiers = sums.tiers.iter().map(|(tier, cost)| (tier.title().to_owned(), dollars(*cost)));
    fold(&mut text, "By evidence", &["evidence", "cost"], tiers.map(|(tier, cost)| vec![tier, cost]).collect());
    let mut models: Vec<_> = sums.models.into_iter().collect();
    models.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let rows = models.iter().map(|(model, (cost, tokens))| vec![escaped(model), dollars(*cost), grouped(*tokens)]);
    fold(&mut text, "By model", &["model", "cost", "tokens"], rows.collect());
    let mut commits: Vec<_> = sums.commits.into_iter().collect();
    commits.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let rows = commits.iter().map(|(sha, cost)| vec![sha.chars().take(12).collect(), dollars(*cost)]);
    fold(&mut text, "By commit", &["commit", "cost"], rows.collect());
    Ok(Some(text))
}

/// Without the commits before a pull request, all work would be its own.
fn refuse_cut_history(run: &Run, asked: &Asked) -> Result<()> {
    let hint = "run `git fetch --unshallow` and fetch the base branch, then run again; with actions/checkout, set fetch-depth: 0";
    for history in &run.histories {
        if history.shallow || history.commits.is_empty() {
            let name = history.name();
            return Err(Error::input(
                format!("{name} is a shallow clone: what one pull request cost is unknown"),
                hint,
            ));
        }
        let is_asked = |branch: &&BranchFate| branch.names.iter().any(|name| asked.is(None, Some(name)));
        let own = history.branches.iter().flatten().find(is_asked);
        if own.is_some_and(|branch| matches!(branch.fate, Fate::Unrelated | Fate::Unknown)) {
            let branch = asked.branch.as_deref().unwrap_or_default();
            return Err(Error::input(
                format!("{branch} has no commit in common with the main branch in this clone"),
                hint,
            ));
        }
    }
    Ok(())
}

fn sums<'a>(run: &'a Run, linking: &'a Linking, asked: &Asked) -> Sums<'a> {
    let links = &linking.links;
    let number = |link: &Link| {
        let history = &run.histories[link.repository];
        link.landing.and_then(|at| history.commits[at].pull_request)
    };
    let own: Vec<bool> = links.links.iter().map(|link| asked.is(number(link), link.branch.as_deref())).collect();
    let mut parts: BTreeMap<String, (Money, u64)> = BTreeMap::new();
    let mut sums = Sums::default();
    for posting in &links.journal {
        let Account::Link(at) = posting.account else { continue };
        if !own[at] {
            continue;
        }
        let link = &links.links[at];
        let cost = posting.cost.unwrap_or_default();
        sums.any += cost;
        *sums.tiers.entry(link.tier).or_default() += cost;
        if link.tier <= linking.least {
            sums.headline += cost;
            sums.tokens += posting.tokens;
            sums.sessions.insert(&link.session);
            let part = parts.entry(links.records[posting.record].id.to_string()).or_default();
            *part = (part.0 + cost, part.1 + posting.tokens);
            if let Some(sha) = link.sha.as_deref().or(link.commit.as_deref()) {
                *sums.commits.entry(sha).or_default() += cost;
            }
        }
    }
    for row in run.ledger.rows(&Period::all(run.period.tz)) {
        if let Some((cost, tokens)) = parts.get(&row.id()) {
            let model = sums.models.entry(row.text(TextColumn::CanonicalModel).unwrap_or("unknown")).or_default();
            *model = (model.0 + *cost, model.1 + tokens);
        }
    }
    sums
}

/// A table that is folded away, the first rows of it.
fn fold(text: &mut String, title: &str, names: &[&str], rows: Vec<Vec<String>>) {
    if rows.is_empty() {
        return;
    }
    let rule = names.iter().enumerate().map(|(at, _)| if at == 0 { "---" } else { "--:" }).collect::<Vec<_>>();
    let _ = write!(text, "\n<details><summary>{title}</summary>\n\n| {} |\n|{}|\n", names.join(" | "), rule.join("|"));
    let left = rows.len().saturating_sub(MOST);
    for row in rows.into_iter().take(MOST) {
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
    if left > 0 {
        let _ = writeln!(text, "\nand {left} more");
    }
    text.push_str("\n</details>\n");
}
