//! The reference as Markdown: every metric, format and notice. `docs/` holds what this writes; a test compares them.

use crate::diagnostics::notices::NOTICES;
use crate::error::{Error, Result};
use crate::metrics::METRICS;
use crate::sources::facts::{self, Fact};
use crate::sources::known_unread::KNOWN_UNREAD;
use crate::sources::{SOURCES, Source, places};

/// The page of a topic.
///
/// # Errors
/// When the topic has no page in Markdown.
pub(super) fn page(topic: Option<&str>) -> Result<String> {
    match topic {
        Some("metrics") => Ok(metrics()),
        Some("formats") => Ok(formats()),
        Some("notices") => Ok(notices()),
        _ => Err(Error::usage(
            "--markdown writes whole pages only",
            "tokaudit explain metrics|formats|notices --markdown",
        )),
    }
}

fn metrics() -> String {
    let mut text = String::from(
        "# Metrics\n\n\
         Written by `tokaudit explain metrics --markdown`. Each figure is exact until it is printed and comes with what was divided, by\n\
         what, the number of cases, its coverage and its 95% range. Unknown is `null`, and `missing` says which input would bring it.\n\n\
         | id | what | unit |\n|---|---|---|\n",
    );
    for metric in METRICS {
        text += &format!("| [`{id}`](#{id}) | {} | {} |\n", metric.name, metric.unit, id = metric.id);
    }
    for metric in METRICS {
        text += &format!("\n## {}\n\n{}, in {}.\n\n{}\n", metric.id, metric.name, metric.unit, lines(metric.about));
    }
    text
}

fn formats() -> String {
    let mut text = String::from(
        "# Formats\n\n\
         Written by `tokaudit explain formats --markdown`. Files are recognised by their content, never by their name; `--as ID` forces\n\
         one. The folders are those where the tool keeps its logs under the home folder; a run without paths reads them.\n\n\
         | id | reads | folders |\n|---|---|---|\n",
    );
    for source in SOURCES {
        text += &format!("| [`{id}`](#{id}) | {} | {} |\n", source.title(), folders(*source), id = source.id());
    }
    text += "\n[Known, not read](#known-not-read): agents whose files hold no usage, and what helps instead.\n";
    text += &agents();
    for source in SOURCES {
        text += &format!("\n## {}\n\n{}.\n\n{}\n", source.id(), source.title(), lines(source.about()));
        let columns = source.columns();
        if !columns.is_empty() {
            let names: Vec<String> = columns.iter().map(|name| format!("`{name}`")).collect();
            text += &format!("- Columns that must be there: {}. Others may be missing.\n", names.join(", "));
        }
        let sets: Vec<String> = source.keys().iter().map(|keys| format!("`{}`", keys.join("`, `"))).collect();
        if !sets.is_empty() {
            text += &format!("- Keys that it is recognised by, at any depth: {}.\n", sets.join("; or "));
        }
    }
    text += "\n## Known, not read\n\n\
             A run names such files where it meets them (`known-unread`), and `tokaudit explain NAME` answers for each.\n\n\
             | name | what | folders | why it is not read | instead |\n|---|---|---|---|---|\n";
    for known in KNOWN_UNREAD {
        let places = known.shown().iter().map(|place| format!("`{place}`")).collect::<Vec<_>>().join(", ");
        let names = known.names.join(", ");
        text += &format!("| {names} | {} | {places} | {} | {} |\n", known.title, known.why, known.instead);
    }
    text
}

/// What the log of each agent says, and what it does not.
fn agents() -> String {
    let titles: Vec<&str> = Fact::ALL.iter().map(|(_, title)| *title).collect();
    let mut text = format!(
        "\n## What agents' logs say\n\n\
         `requests`: single ones with their times, rather than sums of a session. `cost`: the tool's own. `edits` have hashes of the added lines,\n\
         `commits` are the ids that `git commit` printed; with a folder, both tie a session to commits.\n\n\
         | id | {} |\n|---|{}\n",
        titles.join(" | "),
        "---|".repeat(titles.len())
    );
    for (id, _) in facts::TABLE {
        let said: Vec<Fact> = facts::of(id).into_iter().flatten().collect();
        let cells = Fact::ALL.iter().map(|(fact, _)| if said.contains(fact) { "x" } else { "" });
        text += &format!("| [`{id}`](#{id}) | {} |\n", cells.collect::<Vec<_>>().join(" | "));
    }
    text
}

/// The default folders of a format, below a home folder.
fn folders(source: &dyn Source) -> String {
    let shown = places::shown(source.id());
    shown.iter().map(|place| format!("`{place}`")).collect::<Vec<_>>().join(", ")
}

fn notices() -> String {
    let mut text = String::from(
        "# Notices\n\n\
         Written by `tokaudit explain notices --markdown`. What a run may report beside its figures, by the id that JSON has as `kind`.\n",
    );
    for notice in NOTICES {
        text += &format!(
            "\n## {}\n\n{}. {}\n\nWhat to do: {}\n",
            notice.id, notice.title, notice.meaning, notice.what_to_do
        );
    }
    text
}

/// A text of the program, each of its lines an item.
fn lines(text: &str) -> String {
    text.lines().map(|line| format!("- {}", line.trim())).collect::<Vec<_>>().join("\n")
}
