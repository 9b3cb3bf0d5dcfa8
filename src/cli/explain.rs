//! `explain`: what a format, a metric, a notice or a word of the report means. Texts are kept beside the code they describe.

use super::args::ExplainArgs;
use super::exit_code::Exit;
use super::output::Output;
use super::reference;
use super::run::Prepared;
use crate::audit;
use crate::classify;
use crate::company::config::SECTIONS;
use crate::diagnostics::notices::NOTICES;
use crate::error::{Error, Result};
use crate::metrics::{self, METRICS, Metric};
use crate::model::edit_distance::nearest;
use crate::model::sanitise::sanitise_lines;
use crate::options::RunOptions;
use crate::pricing::PriceBook;
use crate::report::chain;
use crate::sources::known_unread::{self, KNOWN_UNREAD, KnownUnread};
use crate::sources::{SOURCES, Source};

/// The topic of waste.
const WASTE: &str = "waste";

/// The topics whose pages are put together when they are asked for.
const PAGES: &[&str] = &[
    "formats", "metrics", "prices", "links", "rules", "ledger", "schema", "config", "gate", "notices", "off-task",
    WASTE,
];

/// A topic with its text.
type Topic = (&'static str, &'static str);

const TOPICS: &[Topic] = &[
    (
        "coverage",
        "Unknown is never zero.\n\
         no price             the price book does not have the model, kind of tokens or service tier; counted in tokens, in no dollar figure.\n\
         under-reported       the count of output tokens is a placeholder; it is used as it is, with an estimate beside it.\n\
         everything included  all spend of the period over all merged lines of the period, traced or not.\n\
         traced               only what evidence links to a merged change; the rest is listed by reason, never dropped.\n\
         read                 = kept + repeats + copies made by forked sessions + rejected + ignored, in each file and in all,\n\
         \x20                    or the run stops.",
    ),
    (
        "lines",
        "The life of a line on the main branch, which is the first parents of its tip. A merge is one merged change.\n\
         born        added by a merged change, as git's histogram difference has it, hunks placed as git places them.\n\
         died        deleted or replaced by a merged change. Age is between the commit times of both, never negative.\n\
         lives on    in a renamed file: equal content; the only files of one name, three quarters alike; else half alike,\n\
                     up to 1,000 files squared. Where white space alone changed, within one hunk. In a block of three\n\
                     lines or more, one of them with a letter or digit, that the same merged change took from one place\n\
                     and put in another. Rewritten by a commit of .git-blame-ignore-revs, line for line.\n\
         restored    when a file returns to earlier content, or when a commit that names what it reverts adds back what that\n\
                     commit deleted: the line keeps its first birth, and its death no longer counts.\n\
         reverted    a merged change that a later one, or a commit that it merged, says it takes back (by id, number or quoted\n\
                     subject), or that a later one undoes exactly.\n\
         written in  inside a merge, the commit of the branch that wrote the line; a resolved conflict is the merge's own.\n\
         counts      in the shares gone and alive: lines outside excluded files (lock, generated, vendored, minified, snapshots,\n\
                     build output), not by bots, not by ignored commits. Symbolic links are one line and excluded.\n\
         gone(N)     died within N days over born and watched for N days, up to the head's commit time.\n\
         alive       Kaplan-Meier; lines alive at the head, or gone with a file that turned binary, are censored.\n\
                     The 95% ranges are Greenwood's, which takes lines for independent.\n\
         rework      lines that died younger than 21 days over lines that died, in the period.\n\
         never merged  a branch or pull-request head that is not reachable, whose patches, tree, whole patch or 80% of lines are\n\
                     in no commit of the main branch and whose number no landing names, without a commit for 30 days\n\
                     before the newest one there.",
    ),
    (
        "exit-codes",
        "0   done\n1   a gate failed\n2   flags or configuration cannot be used, an output cannot be written, or two reports cannot be compared\n\
         3   an input is missing, unreadable or not recognised; the report of the rest was written if there was one\n\
         4   too little data, or figures that are not read, under --strict\n70  an internal sum did not reconcile: a bug, please report it",
    ),
];

pub(super) fn run(args: &ExplainArgs) -> Result<Exit> {
    if args.markdown {
        return print(&reference::page(args.topic.as_deref())?);
    }
    if let Some(topic) = args.topic.as_deref().filter(|topic| chain::is_unit(topic) && !is_known(topic)) {
        return unit(args, topic);
    }
    if let Some(topic) = args.topic.as_deref().filter(|topic| *topic == WASTE || is_kind(topic)) {
        return waste(args, Some(topic).filter(|topic| *topic != WASTE));
    }
    let text = match args.topic.as_deref() {
        None => overview(),
        Some("formats") => formats(),
        Some("metrics") => metrics(),
        Some("prices") => prices()?,
        Some("links") => links(),
        Some("rules") => crate::report::verdicts::explained(),
        Some("ledger") => crate::report::tables::explained(),
        Some("schema") => schema(args.document())?,
        Some("off-task") => off_task()?,
        Some("config") => crate::company::config::explained(),
        Some("gate") => gate(),
        Some("notices") => notices(),
        // A branch may be called like any word; asking for logs or a repository says that it is one.
        Some(topic) if args.has_inputs() => match one(topic) {
            Ok(text) => text,
            Err(_) => return unit(args, topic),
        },
        Some(topic) => one(topic)?,
    };
    print(&text)
}

/// What the bands mean and how far they can be trusted, with the figures of the embedded weights.
fn off_task() -> Result<String> {
    let bug = |err: &dyn std::fmt::Display| Error::Unreconciled { message: format!("figures of the weights: {err}") };
    let figures: serde_json::Value = serde_json::from_str(classify::FIGURES).map_err(|err| bug(&err))?;
    let off = &figures["off_task"];
    let limits = classify::Thresholds::get();
    let kinds = || off["on_task_by_kind"].as_object().into_iter().flatten();
    let work: u64 = kinds().filter_map(|(_, row)| row["n"].as_u64()).sum();
    let prompts = work + off["off_task"]["n"].as_u64().unwrap_or(0);
    let mut text = format!(
        "off-task: how far a prompt is from work; `tokaudit classify` classifies prompts line by line.\n\n\
         on_task          work, as far as the text shows\n\
         unclear          score from {:.3}, a greeting, hardly any letters, redacted, or a script without training data:\n\
         \x20                a measure of size, not an accusation\n\
         off_task_likely  score from {:.3}, and no word of office work or of code\n\n\
         Context comes before text: in `context` a line may say linked_commit, edit (both settle it), repo_tool_call,\n\
         shares_identifiers, in_repo, continues_on_task. Office work other than development is work: `business`.\n\
         Reasons are codes with their log-odds: text, surface, topic:…, context:…, veto:…, abstain:…, disagree:….\n\
         Health, love, money and faith are one topic, `personal`. No feature knows language, length or time of day, and\n\
         no output holds anything of a prompt. Chinese, Japanese, Korean and scripts other than Latin, Greek and Cyrillic\n\
         have few prompts to learn from: what would be flagged there is unclear (abstain:language).\n\n\
         A flag without context, from a text alone, is a statistic and no finding: such prompts count in the share and cost\n\
         nothing in the classes of spend.\n\n\
         Rates below are of prompts of sources that the training had not seen, {} of {} off task: F1 {}, in the band\n\
         precision {}, and recall {} in the languages that are judged, {} in all. Shares are corrected with them, by kind\n\
         of source. Types of work from text alone: macro-F1 {}.\n",
        limits.unclear,
        limits.likely,
        off["off_task"]["n"],
        prompts,
        off["f1"],
        off["precision_likely"],
        off["recall_likely"],
        off["recall_of_all_languages"],
        figures["work_type"]["dev_macro_f1"],
    );
    let count = |row: &serde_json::Value, key: &str| row[key].as_f64().unwrap_or(0.0);
    let rate = |row| count(row, "flagged") / (count(row, "n") - count(row, "abstained"));
    let hits = rate(&off["off_task"]);
    text.push_str("\nWork that was flagged, by kind, and how often a flag without context is right if 2% of prompts are off task:\n");
    for (name, row) in kinds() {
        let alarms = rate(row);
        let right = 0.02 * hits / (0.02 * hits + 0.98 * alarms);
        text.push_str(&format!("  {name:24} {} of {}, right {:.0}%\n", row["flagged"], row["n"], right * 100.0));
    }
    for (title, key) in [
        ("Work that was flagged, by source", "on_task_by_source"),
        ("Work that was flagged, by language", "on_task_by_language"),
        ("Off-task prompts that were flagged, by source", "off_task_by_source"),
        ("Off-task prompts that were flagged, by language", "off_task_by_language"),
    ] {
        text.push_str(&format!("\n{title}:\n"));
        for (name, row) in off[key].as_object().into_iter().flatten() {
            text.push_str(&format!(
                "  {name:24} {} of {}, unclear {}, abstained {}\n",
                row["flagged"], row["n"], row["unclear"], row["abstained"]
            ));
        }
    }
    text.push_str("\n200 prompts written before the weights, by language, off task and work:\n");
    for (name, row) in off["prompts_of_no_source"].as_object().into_iter().flatten() {
        let (found, off_task) = (&row["found"], &row["off_task"]);
        let (wrong, work, abstained) = (&row["work_flagged"], &row["work"], &row["abstained"]);
        text.push_str(&format!("  {name:24} {found} of {off_task}, {wrong} of {work}, abstained {abstained}\n"));
    }
    Ok(text)
}

fn print(text: &str) -> Result<Exit> {
    // Pages name commits, branches and sessions, whatever these hold.
    let text = sanitise_lines(text);
    Output::stdout().write(|out| out.write_all(text.as_bytes())).map(|()| Exit::Done)
}

/// Whether it is a topic or an id, even if it looks like a commit.
fn is_known(topic: &str) -> bool {
    PAGES.contains(&topic)
        || TOPICS.iter().chain(metrics::TOPICS).any(|(name, _)| *name == topic)
        || NOTICES.iter().any(|notice| notice.id == topic)
        || SOURCES.iter().any(|source| source.id() == topic)
        || known_unread::find(topic).is_some()
        || METRICS.iter().any(|metric| metric.id == topic)
}

/// The chain of evidence of a commit, a session, a branch or a pull request.
fn unit(args: &ExplainArgs, topic: &str) -> Result<Exit> {
    let input = args.input();
    let prepared = Prepared::new(&input, &args.run)?;
    let (material, verdicts) = prepared
        .install(|options, watcher| audit::run_verdicts(&RunOptions { explain: true, ..options.clone() }, watcher))?;
    let Some(linking) = &material.links else {
        return Err(Error::usage("this folder is not in a git repository", "add --repo PATH"));
    };
    match chain::explain(&material.run, linking, &verdicts, topic) {
        Some(text) => print(&text),
        None => Err(Error::input(
            format!("these logs and repositories have no commit, session, branch or pull request `{topic}`"),
            "pass the logs and --repo PATH; `tokaudit ledger --table links` lists what is linked",
        )),
    }
}

/// The kinds of waste, with the amounts in these logs.
fn waste(args: &ExplainArgs, kind: Option<&str>) -> Result<Exit> {
    let input = args.input();
    let prepared = Prepared::new(&input, &args.run)?;
    let material = prepared.install(|options, watcher| audit::run_links(options, watcher))?;
    print(&crate::report::waste(&material, kind))
}

/// Whether it is the id of a kind of waste.
fn is_kind(topic: &str) -> bool {
    crate::sessions::waste::KINDS.iter().any(|kind| kind.id() == topic)
}

/// How to write a policy, with every key of a gate.
fn gate() -> String {
    let mut text = String::from(
        "gate: limits for `tokaudit gate report.json`, as [[gate]] tables in tokaudit.toml or the file of --policy.\n\n\
         \x20 [[gate]]\n\
         \x20 id = \"cost\"\n\
         \x20 metric = \"cost-per-pull-request-median\"\n\
         \x20 scope = \"repo:*\"\n\
         \x20 max = 40\n\
         \x20 max_increase = \"20%\"          # over --baseline last-month.json\n\
         \x20 test = \"ci\"\n\
         \x20 min_n = 20\n\
         \x20 waive_until = \"2026-07-01\"\n\
         \x20 reason = \"migration to the new checkout\"\n\nKeys:\n",
    );
    for section in SECTIONS.iter().filter(|section| section.name == "gate") {
        for (key, default, about) in section.keys {
            text += &format!("  {key:<13} {about} [{default}]\n");
        }
    }
    text += "\nOutcomes: pass, fail (exit code 1), warn, waived, insufficient (too little data; exit code 4 under --strict),\n\
             refused (two reports that cannot be compared; exit code 2).\n";
    text
}

/// Every notice in a line.
fn notices() -> String {
    let mut text =
        String::from("notices: what a run may report beside its figures; `tokaudit explain ID` has more.\n\n");
    for notice in NOTICES {
        text += &format!("  {:<28}  {}\n", notice.id, notice.title);
    }
    text
}

/// The kinds of evidence, surest first.
fn links() -> String {
    let mut text = String::from(
        "Each session is cut into parts (at its own commits, other branches, compaction, half an hour's pause); each part's\n\
         cost goes to its surest evidence, by the weight of what was done in it, and the parts sum to the nano-dollar.\n\
         recorded     a tool's record, or the session's own output, names the commit\n\
         matched      the session wrote lines of the commit, or edited its files just before it\n\
         same branch  the session worked on the branch that was merged\n\
         context      a part without edits: it counts with the next part that has edits, else with the one before\n\
         Headlines take recorded and matched links; --min-tier (explicit, strong, medium, weak) moves that. `explain #12`, `explain SHA`,\n\
         `explain BRANCH` and `explain SESSION` show one chain of evidence, what was rejected, and what the money became.\n\n",
    );
    for (id, about) in crate::link::kinds() {
        text += &format!("{id}\n{}\n", indented(about));
    }
    text
}

/// The JSON Schema of a document, or the names of all documents.
fn schema(of: Option<&str>) -> Result<String> {
    let Some(of) = of else {
        let names = crate::schema::names();
        return Ok(format!("tokaudit explain schema DOCUMENT\n\n  {}\n", names.join("\n  ")));
    };
    crate::schema::of(of).ok_or_else(|| {
        let names = crate::schema::names();
        let near = nearest(of, names.iter().map(String::as_str)).map(|near| format!("did you mean `{near}`?"));
        Error::usage(format!("there is no document `{of}`"), near.unwrap_or_else(|| names.join(", ")))
    })
}

fn overview() -> String {
    let mut text = String::from("tokaudit explain TOPIC\n\n");
    let topics = TOPICS.iter().chain(metrics::TOPICS).map(|(name, _)| name);
    for name in PAGES.iter().chain(topics) {
        text += &format!("  {name}\n");
    }
    text += "\nFormats: ";
    text += &SOURCES.iter().map(|source| source.id()).collect::<Vec<_>>().join(", ");
    text += "\nMetrics: ";
    text += &METRICS.iter().map(|metric| metric.id).collect::<Vec<_>>().join(", ");
    text.push('\n');
    text
}

fn formats() -> String {
    let one = |source: &&dyn Source| format!("{} ({})\n{}\n", source.id(), source.title(), about(*source));
    let read = SOURCES.iter().map(one);
    read.chain(KNOWN_UNREAD.iter().map(not_read)).collect::<Vec<_>>().join("\n")
}

/// The text of a format, with the columns of a table.
fn about(source: &dyn Source) -> String {
    let columns = source.columns();
    if columns.is_empty() {
        return indented(source.about());
    }
    let columns = format!("Columns that must be there: {}. Others may be missing.", columns.join("; "));
    indented(&format!("{}\n{columns}", source.about()))
}

fn metrics() -> String {
    METRICS.iter().map(|metric| metric_text(metric)).collect::<Vec<_>>().join("\n")
}

fn metric_text(metric: &Metric) -> String {
    format!("{} ({}; {})\n{}\n", metric.id, metric.name, metric.unit, indented(metric.about))
}

fn prices() -> Result<String> {
    let book = PriceBook::embedded()?;
    Ok(format!(
        "List prices in USD per million tokens, with the dates between which they held, observed up to {}.\n\
         A record is priced by the row of its day, model, service tier and prompt length; multipliers for batch, speed\n\
         and region stack. A name that no rule explains has no price. `tokaudit ledger --table prices --format csv`\n\
         writes the book ({} rows); edit a copy and pass it with --prices FILE.\n",
        book.date(),
        book.rows().count()
    ))
}

fn one(topic: &str) -> Result<String> {
    if let Some(source) = SOURCES.iter().find(|source| source.id() == topic) {
        return Ok(format!("{}\n{}\n", source.title(), about(*source)));
    }
    if let Some(known) = known_unread::find(topic) {
        return Ok(not_read(known));
    }
    // A topic and a metric can share a name, and several metrics one of the codes that machine output has.
    let topics = TOPICS.iter().chain(metrics::TOPICS).filter(|(name, _)| *name == topic);
    let named = METRICS.iter().filter(|metric| metric.id == topic || metric.code.eq_ignore_ascii_case(topic));
    let found: Vec<String> =
        topics.map(|(_, text)| format!("{text}\n")).chain(named.map(|metric| metric_text(metric))).collect();
    if !found.is_empty() {
        return Ok(found.join("\n"));
    }
    if let Some(notice) = crate::diagnostics::notices::find(topic) {
        return Ok(format!(
            "{}\n{}.\n\n{}\n\nWhat to do: {}\n",
            notice.id, notice.title, notice.meaning, notice.what_to_do
        ));
    }
    let ids = SOURCES.iter().map(|source| source.id()).chain(METRICS.iter().map(|metric| metric.id));
    let kinds = crate::sessions::waste::KINDS.iter().map(|kind| kind.id());
    let unread = KNOWN_UNREAD.iter().flat_map(|known| known.names.iter().copied());
    let known = ids
        .chain(kinds)
        .chain(unread)
        .chain(TOPICS.iter().chain(metrics::TOPICS).map(|(name, _)| *name))
        .chain(NOTICES.iter().map(|notice| notice.id))
        .chain(PAGES.iter().copied());
    let hint = match nearest(topic, known) {
        Some(near) => format!("did you mean `tokaudit explain {near}`?"),
        None => "`tokaudit explain` lists the topics".to_owned(),
    };
    Err(Error::usage(format!("there is nothing to explain about `{topic}`"), hint))
}

/// What is known of an agent that is not read.
fn not_read(known: &KnownUnread) -> String {
    let shown = known.shown();
    let places = if shown.is_empty() { String::new() } else { format!("Where: {}.\n", shown.join(", ")) };
    let about = format!("Known, not read.\n{places}Why: {}.\nInstead: {}.", known.why, known.instead);
    format!("{} ({})\n{}\n", known.names.join(", "), known.title, indented(&about))
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}
