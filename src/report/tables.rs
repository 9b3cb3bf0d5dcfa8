//! The canonical tables as data: each column's name, kind and meaning, in the order in which rows have them.
//!
//! `explain ledger` prints it, the JSON Schemas and the types of Parquet files come from it, and every row is checked
//! against it.

use crate::pricing::PriceRow;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// `true` or `false`.
    Flag,
    /// An instant, RFC 3339 in UTC.
    Instant,
    /// A calendar day.
    Day,
    /// A whole number.
    Count,
    /// US dollars, exact to nine decimals.
    Money,
    /// A decimal number.
    Decimal,
}

impl Kind {
    /// What `explain ledger` calls it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Flag => "true or false",
            Self::Instant => "instant",
            Self::Day => "day",
            Self::Count => "count",
            Self::Money => "dollars",
            Self::Decimal => "decimal",
        }
    }
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct ColumnSpec {
    /// Its name in every format.
    pub name: &'static str,
    /// What it holds; every column may be unknown.
    pub kind: Kind,
    /// What it means.
    pub about: &'static str,
}

/// A table.
#[derive(Debug, Clone, Copy)]
pub struct TableSpec {
    /// The value of `--table`.
    pub name: &'static str,
    /// What a row is.
    pub about: &'static str,
    /// Its columns.
    pub columns: &'static [ColumnSpec],
}

const fn column(name: &'static str, kind: Kind, about: &'static str) -> ColumnSpec {
    ColumnSpec { name, kind, about }
}

const fn text(name: &'static str, about: &'static str) -> ColumnSpec {
    column(name, Kind::Text, about)
}

const fn flag(name: &'static str, about: &'static str) -> ColumnSpec {
    column(name, Kind::Flag, about)
}

const fn instant(name: &'static str, about: &'static str) -> ColumnSpec {
    column(name, Kind::Instant, about)
}

const fn count(name: &'static str, about: &'static str) -> ColumnSpec {
    column(name, Kind::Count, about)
}

const fn money(name: &'static str, about: &'static str) -> ColumnSpec {
    column(name, Kind::Money, about)
}

const fn decimal(name: &'static str, about: &'static str) -> ColumnSpec {
    column(name, Kind::Decimal, about)
}

/// Every table, in the order of `--help`.
pub static TABLES: &[&TableSpec] = &[
    &USAGE,
    &SESSIONS,
    &COMMITS,
    &CHANGES,
    &LINES,
    &LINKS,
    &JOURNAL,
    &VERDICTS,
    &SESSION_VERDICTS,
    &VALUES,
    &FOCUS,
    &PRICES,
];

/// The table of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static TableSpec> {
    TABLES.iter().copied().find(|table| table.name == name)
}

/// See [`super::export::usage`].
pub static USAGE: TableSpec = TableSpec {
    name: "usage",
    about: "one row per kept usage record",
    columns: &[
        text("record_id", "id of the record, 32 hex digits, the same in every run"),
        text("source_format", "format of the log"),
        text("source_file", "the log"),
        count("source_row", "line, or row, of the log"),
        text("grain", "what the log counts in: a request, an hour, a day, a month"),
        instant("charge_period_start", "when it was used, or the first instant of the grain"),
        instant("charge_period_end", "the first instant after the grain; for a request, its start"),
        flag("time_zone_assumed", "whether the log names no zone and UTC was taken"),
        text("provider_name", "who is paid, under one name for each vendor: Claude on Bedrock is paid to aws"),
        text("response_model", "the model, as the log spells it"),
        text("model_key", "the model, as the price book spells it"),
        text("canonical_model", "the model under one name, priced or not, as tables group it"),
        text("logged_provider", "the provider, as the log spells it"),
        count("request_count", "requests that the record sums"),
        count("input_uncached_tokens", "fresh input tokens"),
        count("cache_read_input_tokens", "input tokens read from a cache"),
        count("cache_write_5m_tokens", "tokens written to a cache for five minutes"),
        count("cache_write_1h_tokens", "tokens written to a cache for an hour"),
        count("cache_write_unspecified_tokens", "tokens written to a cache for a time that the log does not state"),
        count("output_tokens", "output tokens, reasoning included"),
        count("reasoning_output_tokens", "the part of the output spent on reasoning"),
        count("input_tokens_estimate", "input as estimated from the prompt's text, where the log counts no tokens"),
        count(
            "output_tokens_estimate",
            "output as estimated from its text, where the log holds a placeholder or no count",
        ),
        money("list_cost_usd", "tokens times list price"),
        money("billed_cost_usd", "what a bill says"),
        money("reported_cost_usd", "what the tool itself estimates"),
        money("gross_cost_usd", "what a bill says before credits and discounts"),
        text("other_currency", "the currency of a bill that is not in dollars"),
        money(
            "other_currency_cost",
            "what such a bill says, in its currency; in no sum of dollars unless a rate converts it",
        ),
        text("coverage", "how a bill covers it: on demand, by a plan, by credits, by a seat"),
        text("authority", "who says so: an invoice, a provider, a gateway, a tool"),
        money("counted_cost_usd", "what the record adds to sums of spend: each dollar once"),
        text("overlap", "what it is where several sources saw the same spend"),
        decimal("consumed_quantity", "what was consumed where it is not counted in tokens"),
        text("consumed_unit", "the unit of that"),
        text("cost_basis", "which cost is the best known: invoice, gateway, seat, computed, tool_estimate, none"),
        text("unpriced_reason", "why there is no list price"),
        text("service_tier", "the tier that priced it: standard, batch, priority"),
        text("speed", "the speed that priced it"),
        text("inference_geo", "the region that priced it"),
        text("session_id", "the session"),
        text("parent_session_id", "the session that it was started from"),
        text("cwd", "the folder that it was used in"),
        text("project", "the repository, else the folder"),
        text("branch", "the branch checked out"),
        text("user_key", "the user, as a pseudonym where the policy has a key"),
        text("user_evidence", "what says who that is: record, log_folder by [people], home_folder"),
        text("team", "the user's team"),
        text("vendor_project", "the project, workspace or key that the vendor bills it to"),
        text("tag", "the tag that a gateway put on it"),
        text("client_version", "version of the tool"),
        flag("subagent", "whether a helper of the session made the request"),
        text("cost_center", "the cost centre that pays, as a bill or a tag names it"),
        text("tags", "JSON: tags, labels, workspace, key, project and organisation, by name"),
    ],
};

/// See [`super::export::sessions`].
pub static SESSIONS: TableSpec = TableSpec {
    name: "sessions",
    about: "one row per session: what it used, and what it did as counts without text",
    columns: &[
        text("session_id", "the session"),
        text("parent_session_id", "the session that it was started from"),
        text("source_format", "format of its log"),
        text("projects", "repositories or folders that it worked in, separated by blanks"),
        text("branches", "branches that it stood on, separated by blanks"),
        instant("first", "its first request"),
        instant("last", "its last request"),
        count("requests", "requests"),
        count("subagent_requests", "of these, requests of helpers"),
        count("tokens", "tokens of all kinds"),
        money("list_cost_usd", "tokens times list price, where there is one"),
        count("unpriced_records", "requests without a list price"),
        count("prompts", "prompts of a person"),
        count("prompt_chars", "characters of these"),
        count("tool_calls", "tool calls"),
        count("tool_errors", "tool calls that failed"),
        count("edits", "edits of files"),
        count("edited_files", "files edited"),
        count("added_lines", "lines that edits added"),
        count("deleted_lines", "lines that edits deleted"),
        text("commits", "commits that its output names, separated by blanks"),
        text("pull_requests", "pull requests that it opened, separated by blanks"),
        count("compactions", "times that its context was shortened"),
    ],
};

/// See [`super::export::commits`].
pub static COMMITS: TableSpec = TableSpec {
    name: "commits",
    about: "one row per first-parent commit of the period, oldest first; people are left out",
    columns: &[
        text("repo", "normalised remote, else the folder's name"),
        text("sha", "the commit"),
        instant("landed_at", "its commit time"),
        count("parents", "parents; two or more are a merge"),
        count("pull_request", "the pull request that it names"),
        flag("bot", "whether a bot made it"),
        count("files", "changed files"),
        count("added", "text lines added"),
        count("deleted", "text lines deleted"),
        count("added_effective", "of the added lines, those that count"),
        count("deleted_effective", "of the deleted lines, those that count"),
        count("born", "lines born"),
        count("died", "lines that died"),
        count("moved", "lines taken from one place to another"),
        count("restored", "lines brought back"),
        count("respaced", "lines changed in white space alone"),
        count("reworked_before_landing", "lines written and rewritten before the merge"),
        text("assisted", "tools that its commits name, separated by blanks"),
        text("reverts", "commits that it takes back, separated by blanks"),
        text("reverted_by", "the commit that takes it back"),
        text("subject", "first line of its message"),
    ],
};

/// See [`super::export::changes`].
pub static CHANGES: TableSpec = TableSpec {
    name: "changes",
    about: "one row per path that a first-parent commit of the period changed",
    columns: &[
        text("repo", "normalised remote, else the folder's name"),
        text("sha", "the commit"),
        text("path", "the path"),
        text("renamed_from", "the path before"),
        count("added", "text lines added; unknown for binary files"),
        count("deleted", "text lines deleted; unknown for binary files"),
        count("born", "lines born"),
        count("died", "lines that died"),
        count("moved", "lines taken from one place to another"),
        count("restored", "lines brought back"),
        count("respaced", "lines changed in white space alone"),
        count("added_effective", "of the added lines, those that count"),
        count("deleted_effective", "of the deleted lines, those that count"),
        text("excluded", "why its lines do not count"),
    ],
};

/// See [`super::export::lines`].
pub static LINES: TableSpec = TableSpec {
    name: "lines",
    about: "one row per group of lines with the same birth and death that stood together; people are left out",
    columns: &[
        text("repo", "normalised remote, else the folder's name"),
        text("path", "the path at birth"),
        count("lines", "lines of the group"),
        count("effective", "of these, those that count"),
        flag("excluded", "whether they are in a file that does not count"),
        text("born", "the merged change that brought them; unknown when older than what was read"),
        instant("born_at", "its commit time"),
        text("written_in", "the commit that wrote them"),
        text("assisted", "tools that this commit names, separated by blanks"),
        flag("bot", "whether a bot wrote them; they count in no figure of merged lines"),
        text("died", "the merged change that ended them; unknown while they live"),
        instant("died_at", "its commit time"),
        text("deleted_in", "the commit that ended them"),
        text("death", "how: deleted, reverted, binary, ignored"),
        flag("same_author", "whether one person wrote and ended them"),
    ],
};

/// See [`super::export::links`].
pub static LINKS: TableSpec = TableSpec {
    name: "links",
    about: "one row per session and the commit, merged change or branch that it is traced to",
    columns: &[
        text("session_id", "the session"),
        text("sha", "the commit on the mainline, or one merged into it"),
        text("landing", "the first-parent commit that brought it in"),
        text(
            "tier",
            "how sure the link is: explicit (recorded), strong (matched), medium (same branch), weak (same time)",
        ),
        text("rule", "the kind of evidence that decided"),
        decimal("share", "the part of the session's cost, else of its tokens"),
        money("cost_usd", "the session's part; unknown without a log"),
        count("tokens", "the session's part; unknown without a log"),
        money("context_cost_usd", "of the cost, thinking before or after the work"),
        text("evidence", "all kinds of evidence found, separated by blanks"),
        text("repo", "normalised remote, else the folder's name"),
        text("branch", "the branch, where it is known"),
        text("commit", "the commit as the session made it"),
        count("pull_request", "the pull request that the merged change names"),
    ],
};

/// See [`super::export::journal`].
pub static JOURNAL: TableSpec = TableSpec {
    name: "journal",
    about: "one row per part of a usage record and where it went; the parts of a record sum to it",
    columns: &[
        text("record_id", "the record, as in the usage table"),
        instant("at", "when it was used"),
        text("session_id", "the session"),
        text("account", "`linked` or `unlinked`"),
        text("reason", "why there is no link"),
        text("repo", "normalised remote, else the folder's name"),
        text("sha", "the commit on the mainline"),
        text("landing", "the first-parent commit that brought it in"),
        text("branch", "the branch, where nothing was merged"),
        count("pull_request", "the pull request that the merged change names"),
        text("tier", "how sure the link is"),
        text("rule", "the kind of evidence, or `context`"),
        money("cost_usd", "this part of the record's cost; unknown without a price"),
        count("tokens", "this part of its tokens"),
    ],
};

/// The columns of verdicts.
pub(super) const VERDICT_COLUMNS: &[ColumnSpec] = &[
    text(
        "of",
        "what the money bought: `change` (merged), `branch` (not merged); else `session`, or `requests` without one",
    ),
    text("repo", "normalised remote, else the folder's name"),
    text("landing", "the first-parent commit of a merged change"),
    instant("landed_at", "its commit time"),
    count("pull_request", "the pull request that it names"),
    text("branch", "the branch, or a commit, that was not merged"),
    instant("last_activity", "when work on it ended"),
    text("session_id", "the session; in `verdicts` only where nothing was bought"),
    text("class", "the class of the bar"),
    text("tone", "what the class says about the money: avoidable, open, neutral, value"),
    text("purpose", "what it was for"),
    text("fate", "what became of it"),
    text("rule", "what decided; `explain rules` has them all"),
    text("why", "the rule in words, with the numbers that it rests on"),
    money("cost_usd", "the spend; the rows of a class sum to it in the bar"),
    count("lines_born", "lines that count which the merged change brought"),
    count("lines_gone", "of these, lines gone within 30 days"),
    count("lines_replaced", "lines that count which it deleted or replaced"),
    count("lines_replaced_known", "of these, lines of known origin"),
    count("lines_replaced_assisted", "of those, AI-assisted lines young enough for a fix to blame"),
    count("lines_replaced_recent", "AI-assisted lines among them that are young enough to make it a rewrite"),
];

/// See [`super::verdicts::rows`].
pub static VERDICTS: TableSpec = TableSpec {
    name: "verdicts",
    about: "one row per class of what a merged change, unmerged branch or session cost, and what decided it",
    columns: VERDICT_COLUMNS,
};

/// See [`super::verdicts::rows`].
pub static SESSION_VERDICTS: TableSpec = TableSpec {
    name: "session-verdicts",
    about: "one row per class of what a session spent on a merged change, on a branch or on neither, and what decided it",
    columns: VERDICT_COLUMNS,
};

/// See [`super::export::values`].
pub static VALUES: TableSpec = TableSpec {
    name: "values",
    about: "what vendors count on the value side: lines, commits, pull requests, accepts",
    columns: &[
        text("record_id", "id of the fact"),
        text("source_format", "format of the export"),
        text("source_file", "the export"),
        instant("at", "the day or hour"),
        text("user_key", "the user, as a pseudonym where the policy has a key"),
        text("repository", "the repository"),
        text("commit_sha", "the commit"),
        count("lines_added", "lines added"),
        count("lines_removed", "lines removed"),
        count("ai_lines_tab", "of the added lines, completions"),
        count("ai_lines_agent", "of the added lines, an agent's"),
        count("non_ai_lines", "of the added lines, a person's"),
        count("sessions", "sessions"),
        count("commits", "commits"),
        count("pull_requests", "pull requests"),
        count("accepts", "suggestions accepted"),
        count("rejects", "suggestions rejected"),
    ],
};

/// See [`super::export::focus`].
pub static FOCUS: TableSpec = TableSpec {
    name: "focus",
    about: "one row per record that counts, in the columns of FOCUS 1.2; BilledCost sums to what bills say, x_CountedCostInUsd to the \
            spend of the report",
    columns: &[
        money("BilledCost", "what a bill says, in BillingCurrency; 0 where no bill does"),
        text("BillingAccountId", "the project or account that the vendor bills, else `unknown`"),
        text("BillingAccountName", "the same, where it is known"),
        text("BillingCurrency", "USD, or the currency of a bill that no rate converts"),
        instant("BillingPeriodStart", "first instant of the month, UTC"),
        instant("BillingPeriodEnd", "first instant of the next month"),
        text("ChargeCategory", "`Usage`, or `Credit` for a negative amount"),
        text("ChargeClass", "always unknown: nothing says which charges are corrections"),
        text("ChargeDescription", "model and format of the log"),
        text("ChargeFrequency", "always `Usage-Based`"),
        instant("ChargePeriodStart", "when it was used"),
        instant("ChargePeriodEnd", "the first instant after; a request takes one second"),
        decimal("ConsumedQuantity", "tokens of all kinds, else what the bill counts, else requests"),
        text("ConsumedUnit", "`Tokens`, else the bill's unit, else `Requests`"),
        money("ContractedCost", "BilledCost, else ListCost: no contract is known"),
        money("EffectiveCost", "as BilledCost: what a plan costs is not spread over its use"),
        text("InvoiceId", "unknown to usage logs and exports"),
        text("InvoiceIssuerName", "as ProviderName"),
        money(
            "ListCost",
            "tokens times list price, else the bill's gross cost, else BilledCost; 0 where `x_CostBasis` is `none`",
        ),
        decimal("PricingQuantity", "as ConsumedQuantity"),
        text("PricingUnit", "as ConsumedUnit"),
        text("ProviderName", "who sold it, else `unknown`"),
        text("PublisherName", "as ProviderName"),
        text("RegionId", "the region that priced it"),
        text("RegionName", "the same"),
        text("ResourceId", "the session"),
        text("ResourceName", "the same"),
        text("ResourceType", "`Session`, where there is one"),
        text("ServiceCategory", "always `AI and Machine Learning`"),
        text("ServiceName", "who sold it and what"),
        text("ServiceSubcategory", "always `Generative AI`"),
        text("SkuId", "the model, as the price book spells it"),
        text("SubAccountId", "the repository, else the folder"),
        text("SubAccountName", "the same"),
        text("Tags", "JSON: the owner's tags, record, branch, team, service tier, speed and tokens by kind"),
        text("x_CostBasis", "invoice, gateway, computed, tool_estimate, none"),
        text("x_CostCenter", "the cost centre that pays"),
        money("x_CountedCostInUsd", "what the record adds to sums of spend: each dollar once"),
        text("x_Model", "the model, as the log spells it"),
    ],
};

/// See [`super::export::prices`].
pub static PRICES: TableSpec = TableSpec {
    name: "prices",
    about: "the price book, in the columns that --prices reads; dollars per million tokens",
    columns: &PRICE_COLUMNS,
};

/// The columns of the price book, as `--prices` reads them back; dollars, days and counts have their types.
static PRICE_COLUMNS: [ColumnSpec; PriceRow::COLUMNS.len()] = {
    let mut columns = [text("", "as --prices reads it"); PriceRow::COLUMNS.len()];
    let mut at = 0;
    while at < columns.len() {
        columns[at].name = PriceRow::COLUMNS[at];
        columns[at].kind = price_kind(at);
        at += 1;
    }
    columns
};

/// What a column of the price book holds, by its place in [`PriceRow::COLUMNS`].
const fn price_kind(at: usize) -> Kind {
    match at {
        2 | 3 | 14 => Kind::Day,
        5 => Kind::Count,
        7..=11 => Kind::Money,
        _ => Kind::Text,
    }
}

/// Every table with its columns: what `explain ledger` prints.
#[must_use]
pub fn explained() -> String {
    let mut text = String::from(
        "The tables of `tokaudit ledger --table NAME --format jsonl|csv|parquet`. Any value may be unknown: null in JSON and\n\
         Parquet, empty in CSV. In Parquet, dollars are DECIMAL(38, 9), instants microseconds in UTC, counts 64-bit integers.\n",
    );
    for table in TABLES {
        text += &format!("\n{}: {}\n", table.name, table.about);
        let width = table.columns.iter().map(|one| one.name.len()).max().unwrap_or(0);
        for one in table.columns {
            text += &format!("  {:width$}  {:13}  {}\n", one.name, one.kind.word(), one.about);
        }
    }
    text
}
