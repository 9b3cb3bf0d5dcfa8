//! Markdown: for comments on pull requests and the summaries of CI jobs. A hidden mark on top lets a job find its comment again.

use std::io::{self, Write};

use super::{Look, Renderer};
use crate::model::sanitise::sanitise;
use crate::report::Report;
use crate::report::page::{Cell, SectionId, Table, dollars, grouped};
use crate::report::story::Story;

/// The first line of every comment.
pub(in crate::report) const MARK: &str = "<!-- tokaudit -->";

/// The renderer of `--format markdown`.
pub(super) struct MarkdownRenderer;

impl Renderer for MarkdownRenderer {
    fn id(&self) -> &'static str {
        "markdown"
    }

    fn extension(&self) -> &'static str {
        "md"
    }

    fn describe(&self) -> &'static str {
        "a page for comments and job summaries"
    }

    fn render(&self, report: &Report, look: &Look, out: &mut dyn Write) -> io::Result<()> {
        let page = &report.page;
        if let Some(story) = report.story.as_ref().filter(|_| !look.details) {
            return summary(report, story, out);
        }
        writeln!(out, "{MARK}\n## {}\n", escaped(&page.title))?;
        for alarm in &report.document.alarms {
            writeln!(out, "> **!** {}\n", escaped(&alarm.text))?;
        }
        writeln!(out, "| | | |\n|---|--:|---|")?;
        for fact in &page.facts {
            writeln!(out, "| {} | **{}** | {} |", fact.label(), escaped(&fact.value), escaped(&fact.detail))?;
        }
        let mut written = 0;
        for (at, section) in page.sections.iter().enumerate() {
            let mut part = Vec::new();
            // The first table is what the page is about; the others are folded.
            if at == 0 {
                writeln!(part, "\n### {}\n", escaped(&section.title))?;
            } else {
                writeln!(part, "\n<details><summary>{}</summary>\n", in_html(&section.title))?;
            }
            table(&section.table.cut(MOST_ROWS), &mut part)?;
            for rest in section.rest.iter().flat_map(|rest| rest.lines()) {
                writeln!(part, "\n{}", escaped(rest))?;
            }
            if at > 0 {
                writeln!(part, "\n</details>")?;
            }
            if written + part.len() > MOST_BYTES {
                writeln!(
                    out,
                    "\n{} of {} tables are left out for their size; --format html has them.",
                    page.sections.len() - at,
                    page.sections.len()
                )?;
                break;
            }
            written += part.len();
            out.write_all(&part)?;
        }
        if !page.notes.is_empty() {
            writeln!(out)?;
        }
        for note in &page.notes {
            writeln!(out, "- {}", escaped(&note.text))?;
        }
        Ok(())
    }
}

/// The first screen of an audit, for the summary of a job.
fn summary(report: &Report, story: &Story, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{MARK}\n### {}\n", escaped(story.heading.trim_end_matches('.')))?;
    for alarm in &report.document.alarms {
        writeln!(out, "> **!** {}\n", escaped(&alarm.text))?;
    }
    if !story.below.is_empty() {
        writeln!(out, "{}\n", escaped(&story.below))?;
    }
    let scope = if story.scope.is_empty() { String::new() } else { format!(" · {}", escaped(&story.scope)) };
    writeln!(out, "**{}** · {}{scope}", escaped(&story.spent), escaped(&story.period))?;
    if !story.became.is_empty() {
        writeln!(out, "\n| what it became | spend | of all | of a judged $1 |\n|---|--:|--:|--:|")?;
        for row in &story.became {
            let cents = row.cents.map_or_else(|| "–".to_owned(), |cents| format!("{cents}¢"));
            writeln!(out, "| {} | {} | {} | {cents} |", row.outcome.title(), dollars(row.cost), escaped(&row.of_all))?;
        }
    }
    if !story.models.is_empty() {
        writeln!(out, "\n| model | spend |\n|---|--:|")?;
        for (model, cost) in &story.models {
            writeln!(out, "| {} | {} |", escaped(model), dollars(*cost))?;
        }
    }
    writeln!(out, "\n**Worth doing:** {}", escaped(&story.to_save))?;
    for (at, action) in story.actions.iter().enumerate() {
        writeln!(out, "{}. **{}**, {}: {}.", at + 1, action.what, escaped(&action.saves), escaped(&action.how))?;
    }
    if !story.became.is_empty() {
        let (head, text) = &story.better;
        writeln!(out, "\n**Is it getting better?** {}: {}.", escaped(head), escaped(text))?;
    }
    writeln!(out, "\n**How sure:** {}", escaped(&story.sure.join(" · ")))?;
    let section = report.page.sections.iter().find(|section| section.id == SectionId::Landings);
    if let Some(section) = section {
        writeln!(out, "\n<details><summary>{}</summary>\n", in_html(&section.title))?;
        table(&section.table.cut(MOST_CHANGES), out)?;
        writeln!(out, "\n</details>")?;
    }
    Ok(())
}

fn table(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    let is_bar = |at: usize| matches!(table.rows.first().and_then(|row| row.get(at)), Some(Cell::Bar(_)));
    let shown: Vec<usize> = (0..table.columns.len()).filter(|at| !is_bar(*at)).collect();
    let titles: Vec<&str> = shown.iter().map(|at| table.columns[*at].title).collect();
    writeln!(out, "| {} |", titles.join(" | "))?;
    let sides = shown.iter().map(|at| match table.rows.first().and_then(|row| row.get(*at)) {
        Some(Cell::Count(_) | Cell::Money(_) | Cell::Number(_) | Cell::Figure(..)) => "--:",
        _ => "---",
    });
    writeln!(out, "|{}|", sides.collect::<Vec<_>>().join("|"))?;
    for row in &table.rows {
        let cells: Vec<String> = shown.iter().filter_map(|at| row.get(*at)).map(cell).collect();
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    Ok(())
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(Some(text)) if text.chars().nth(LONGEST_NAME).is_some() => {
            escaped(&text.chars().take(LONGEST_NAME).collect::<String>()) + "…"
        }
        Cell::Text(text) => text.as_deref().map_or_else(|| "(unknown)".to_owned(), escaped),
        Cell::Count(count) => count.map_or_else(|| "-".to_owned(), grouped),
        Cell::Money(money) => money.map_or_else(|| "no price".to_owned(), dollars),
        Cell::Number(number) => number.as_deref().map_or_else(|| "-".to_owned(), escaped),
        Cell::Figure(shown, _) => escaped(shown),
        Cell::Bar(_) => String::new(),
    }
}

/// A longer text is cut, and so is a longer name in a table; the documents have them whole.
const LONGEST: usize = 800;
const LONGEST_NAME: usize = 80;
/// A longer table ends in a row for the rest.
const MOST_ROWS: usize = 60;
/// Changes that a summary lists.
const MOST_CHANGES: usize = 10;
/// Bytes of tables: GitHub refuses comments of more than 65,536 characters, and summaries of more than a mebibyte.
const MOST_BYTES: usize = 48_000;

/// Escapes a text for Markdown: no mark-up, no line breaks, no new table cells, and no `@` that would notify a person.
pub(in crate::report) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in sanitise(text).chars().take(LONGEST) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '|' => out.push_str("\\|"),
            '@' => out.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '#' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// The same for text inside an HTML element, where a backslash is not an escape and would be shown.
fn in_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in sanitise(text).chars().take(LONGEST) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("&#64;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_text() {
        assert_eq!(escaped("<script>|a|\n`b` @team \u{202e}x"), "&lt;script&gt;\\|a\\| \\`b\\` &#64;team  x");
        assert_eq!(escaped(&"x".repeat(10_000)).len(), LONGEST);
        assert_eq!(in_html("my_shop <b> @team"), "my_shop &lt;b&gt; &#64;team");
    }
}
