//! Who asked an agent for what: one long list of sessions with their fates.

use super::people::Actor::{self, Dana, Jonas, Marek, Priya, Sofia};
use super::repo::Repo;
use super::truth::SessionFate::{self, Abandoned, Churned, Merged, OffTask, Open, Question, Reverted};

pub(super) const OPUS: &str = "claude-opus-4-6";
pub(super) const SONNET: &str = "claude-sonnet-4-5-20250929";
pub(super) const HAIKU: &str = "claude-haiku-4-5-20251001";
pub(super) const GPT: &str = "gpt-5.4";
/// A model of the company, without a public price; its endpoint sends no request ids.
pub(super) const INTERNAL: &str = "acme-internal-7b";

/// What a session did.
#[derive(Debug, Clone, Copy)]
pub(super) enum Job {
    /// Made these commits, in this order.
    Commits(&'static [&'static str]),
    /// Read and answered, from this time on, this many times.
    Answers(&'static str, u64),
    /// Edited this file on this branch and left it uncommitted.
    Leaves(&'static str, &'static str, &'static str),
}

/// Something unusual about a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quirk {
    /// A subagent with its own file.
    SubagentFile,
    /// A subagent that appears only in progress lines.
    SubagentProgress,
    /// The file begins with a copy of another session's lines.
    Resumes(&'static str),
    /// A side question that replays messages under new request ids.
    Aside,
    /// A line that no model wrote.
    Synthetic,
    /// A failed request.
    ApiError,
    /// Recorded output is a placeholder.
    PlaceholderOutput,
    /// The last line was cut off in the middle.
    Truncated,
    /// One request above 200,000 tokens, then a compaction.
    LongContext,
    /// The same failing command again and again.
    Retries,
    /// Another model from the middle on.
    Switches(&'static str),
    /// A linked worktree below the home folder.
    Worktree(&'static str),
    /// A pull request opened in the session.
    PullLink,
    /// A pause longer than the lifetime of the cache.
    ColdCache,
    /// The person wrote the second half of each change.
    HalfByHand,
    /// Another session works on the same branch at the same time.
    Parallel,
    /// A Codex total that is written twice.
    RepeatedTotal,
    /// A Codex count without numbers.
    NullInfo,
    /// A Codex file that begins with its parent's history.
    Forks(&'static str),
}

/// One session.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlannedSession {
    /// Its name in other entries.
    pub(super) key: &'static str,
    pub(super) who: Actor,
    pub(super) model: &'static str,
    /// Version of the agent that wrote the log.
    pub(super) version: &'static str,
    /// The repository worked in; `None` is the home folder.
    pub(super) repo: Option<Repo>,
    pub(super) job: Job,
    pub(super) fate: SessionFate,
    pub(super) ask: &'static str,
    pub(super) quirks: &'static [Quirk],
}

impl PlannedSession {
    /// Which agent wrote the log.
    pub(super) fn source(&self) -> &'static str {
        if self.version.starts_with("0.") { "codex" } else { "claude-code" }
    }

    pub(super) fn has(&self, quirk: Quirk) -> bool {
        self.quirks.contains(&quirk)
    }

    const fn with(mut self, quirks: &'static [Quirk]) -> Self {
        self.quirks = quirks;
        self
    }

    const fn on_site(mut self) -> Self {
        self.repo = Some(Repo::Site);
        self
    }

    const fn at_home(mut self) -> Self {
        self.repo = None;
        self
    }
}

/// A session that made commits.
const fn made(
    who: Actor,
    model: &'static str,
    version: &'static str,
    commits: &'static [&'static str],
    fate: SessionFate,
    ask: &'static str,
) -> PlannedSession {
    let job = Job::Commits(commits);
    PlannedSession { key: commits[0], who, model, version, repo: Some(Repo::Shop), job, fate, ask, quirks: &[] }
}

/// A session without a commit.
const fn other(
    key: &'static str,
    who: Actor,
    model: &'static str,
    version: &'static str,
    job: Job,
    fate: SessionFate,
    ask: &'static str,
) -> PlannedSession {
    PlannedSession { key, who, model, version, repo: Some(Repo::Shop), job, fate, ask, quirks: &[] }
}

use Job::{Answers, Leaves};
use Quirk::{
    ApiError, Aside, ColdCache, Forks, HalfByHand, LongContext, NullInfo, Parallel, PlaceholderOutput, PullLink,
    RepeatedTotal, Resumes, Retries, SubagentFile, SubagentProgress, Switches, Synthetic, Truncated, Worktree,
};

#[rustfmt::skip]
pub(super) const SESSIONS: &[PlannedSession] = &[
    // March.
    other("layout", Dana, OPUS, "2.1.49", Answers("2026-03-02T11:20", 5), Question, "How is the catalog laid out, and where would a cart fit in?"),
    made(Dana, OPUS, "2.1.49", &["cart"], Merged, "Add a cart module that keeps the items of a visitor between requests.").with(&[SubagentFile]),
    made(Jonas, SONNET, "2.1.39", &["stock", "stock-tests"], Merged, "We need stock levels: count what is on each shelf and refuse to sell what is not there.").with(&[PullLink]),
    made(Priya, OPUS, "2.1.49", &["prices"], Merged, "Price lists should differ per country; the catalog picks the right one.").with(&[PullLink, Aside]),
    other("oncall", Marek, HAIKU, "2.1.39", Answers("2026-03-06T14:30", 4), Question, "What can go wrong when the price service is slow? I am writing the runbook."),
    made(Sofia, SONNET, "2.1.20", &["web-cart"], Merged, "Build the cart view in the web front with the generated client.").with(&[PlaceholderOutput]),
    made(Dana, OPUS, "2.1.49", &["cart-samples"], Merged, "Free samples are counted once per line, they should count once per cart."),
    made(Jonas, SONNET, "2.1.39", &["checkout"], Merged, "Start the checkout: reserve, pay, confirm.").with(&[SubagentProgress]),
    made(Jonas, SONNET, "2.1.39", &["checkout-main"], Merged, "Continue: wire the checkout into the router.").with(&[Resumes("checkout"), PullLink]),
    made(Priya, GPT, "0.121.0", &["rounding"], Merged, "Round prices to five cents where the country asks for it.").with(&[RepeatedTotal]),
    other("poem", Dana, SONNET, "2.1.49", Answers("2026-03-14T19:05", 4), OffTask, "Write a birthday poem for my aunt Rosa, she turns seventy and keeps bees.").at_home(),
    made(Dana, OPUS, "2.1.49", &["mail", "mail-retry"], Merged, "Send a mail when an order is confirmed, and try again when it bounces."),
    made(Jonas, SONNET, "2.1.39", &["stock-race"], Merged, "Two visitors can buy the last item. Reserve before paying.").with(&[Retries]),
    made(Sofia, OPUS, "2.1.49", &["web-checkout"], Churned, "Build the checkout form.").with(&[ColdCache]),
    made(Sofia, OPUS, "2.1.49", &["web-checkout-2"], Merged, "The form is one long page. Rewrite it in steps."),
    made(Priya, GPT, "0.121.0", &["coupons"], Merged, "Coupons: some take a percentage off, some a fixed amount."),
    other("flaky", Jonas, HAIKU, "2.1.39", Answers("2026-03-20T09:10", 3), Question, "Why does the stock test fail only on the build machine?").with(&[ApiError]),
    made(Marek, SONNET, "2.1.62", &["reports"], Merged, "A report of revenue by week, please.").with(&[HalfByHand]),
    made(Dana, OPUS, "2.1.62", &["search"], Reverted, "Let customers search products by word.").with(&[Worktree("src/shop-wt/feature-search"), PullLink]),
    other("slow-search", Dana, OPUS, "2.1.62", Answers("2026-03-26T14:20", 6), Question, "Search made the start page three times slower in production. Where does the time go?").with(&[LongContext]),
    made(Priya, GPT, "0.121.0", &["coupon-expiry"], Merged, "Coupons expire at midnight in London for everybody. It should be the midnight of the shop.").with(&[NullInfo]),
    other("review-reports", Priya, GPT, "0.121.0", Answers("2026-03-25T07:40", 3), Question, "Review pull request 9 for mistakes around week boundaries."),
    made(Dana, OPUS, "2.1.62", &["search-index"], Merged, "Second try at search, with an index on disk this time.").with(&[SubagentFile, PullLink]),
    // April.
    made(Dana, OPUS, "2.1.62", &["graphql", "graphql-2"], Abandoned, "Spike: could the catalog be served as a graph?"),
    made(Jonas, SONNET, "2.1.39", &["migrations"], Merged, "Tables for orders, as a migration."),
    made(Sofia, OPUS, "2.1.62", &["orders"], Merged, "Customers want to see their past orders: the service part.").with(&[Parallel]),
    made(Sofia, SONNET, "2.1.62", &["web-orders"], Merged, "Past orders: the web part, while the other window does the service.").with(&[Parallel, PullLink]),
    other("names", Priya, GPT, "0.124.0", Answers("2026-04-03T06:30", 3), Question, "List the public functions of the price module that nobody calls."),
    made(Marek, HAIKU, "2.1.62", &["runbook-search"], Merged, "Describe in the runbook how to rebuild the search index."),
    made(Jonas, OPUS, "2.1.62", &["tax"], Merged, "Tax rules: rates per country and product class.").with(&[SubagentProgress]),
    made(Sofia, SONNET, "2.1.62", &["wishlist"], Churned, "A wishlist: save an item for later.").with(&[Synthetic]),
    other("holiday", Marek, HAIKU, "2.1.62", Answers("2026-04-09T18:15", 3), OffTask, "Plan three days in Lisbon with two small children and no museums.").at_home(),
    made(Dana, OPUS, "2.1.62", &["cart-limits"], Merged, "Name the magic numbers in the cart."),
    other("themes", Marek, SONNET, "2.1.62", Leaves("2026-04-13T13:20", "main", "web/src/theme.ts"), Abandoned, "Try dark and light themes for the web front."),
    made(Priya, GPT, "0.124.0", &["invoices"], Merged, "Invoices: number them without gaps and compute the total."),
    made(Priya, GPT, "0.124.0", &["invoices-pdf"], Merged, "Now the print layout of the invoice.").with(&[Forks("invoices")]),
    other("holidays-table", Jonas, SONNET, "2.1.62", Answers("2026-04-15T09:00", 4), Question, "Which tables would public holidays per country need?"),
    made(Sofia, SONNET, "2.1.62", &["wishlist-fix", "client"], Merged, "The wishlist holds items twice. Fix that; after it, regenerate the client on main."),
    made(Marek, INTERNAL, "2.1.62", &["catalog"], Merged, "The catalog walks its products four times per request. Make it one."),
    made(Jonas, OPUS, "2.1.75", &["tax-fix"], Merged, "Books pay the full rate in Germany. They should pay the reduced one.").with(&[Retries, ColdCache]),
    made(Dana, OPUS, "2.1.75", &["gift"], Merged, "Gift cards: issue a card. Jonas redeems them on the same branch.").with(&[Parallel]),
    made(Jonas, OPUS, "2.1.75", &["gift-redeem"], Merged, "Gift cards: redeem a card. Dana issues them on the same branch.").with(&[Parallel, PullLink]),
    other("log-noise", Marek, INTERNAL, "2.1.75", Answers("2026-04-22T07:50", 4), Question, "Which log lines could we drop without losing anything for the people on call?"),
    made(Priya, GPT, "0.124.0", &["invoice-rework"], Merged, "Totals are computed in three places of the invoice. One is enough.").with(&[Switches(INTERNAL)]),
    other("export", Sofia, SONNET, "2.1.75", Leaves("2026-04-28T14:10", "feature/export", "src/export.rs"), Abandoned, "Export orders as a table for the accountants.").with(&[Truncated]),
    made(Sofia, SONNET, "2.1.75", &["newsletter"], Merged, "A monthly newsletter for customers who asked for it."),
    made(Jonas, OPUS, "2.1.75", &["returns"], Merged, "Returns: print a label, refund what came back.").with(&[SubagentFile, PullLink]),
    // May.
    other("sizing", Dana, OPUS, "2.1.75", Answers("2026-05-04T12:40", 4), Question, "How many visitors can one instance of the shop serve, going by the code?").with(&[Switches(HAIKU)]),
    made(Dana, OPUS, "2.1.75", &["stock-alarm"], Merged, "Warn the warehouse before a shelf is empty."),
    made(Marek, INTERNAL, "2.1.75", &["bundles"], Merged, "Sell several products as one bundle.").with(&[Retries]),
    made(Dana, OPUS, "2.1.75", &["search-fast"], Merged, "The index is rebuilt on each start. Once is enough."),
    made(Priya, GPT, "0.124.0", &["alerts"], Merged, "Alerts for the people on call.").with(&[RepeatedTotal, NullInfo]),
    other("review-bundles", Jonas, SONNET, "2.1.75", Answers("2026-05-06T12:30", 3), Question, "Review the bundles branch: does the price of a bundle follow its parts?"),
    made(Jonas, OPUS, "2.1.75", &["returns-fix"], Merged, "Shipping is refunded once per item. Once per order is right."),
    made(Sofia, SONNET, "2.1.75", &["web-bundles"], Merged, "Show bundles in the web front.").with(&[PullLink]),
    made(Priya, GPT, "0.124.0", &["loyalty"], Open, "Loyalty points for each order."),
    made(Dana, OPUS, "2.1.75", &["pickup"], Merged, "Customers may collect their order in the shop.").with(&[Worktree("src/shop-wt/feature-pickup"), PullLink]),
    other("queue", Sofia, HAIKU, "2.1.75", Answers("2026-05-12T15:45", 3), Question, "What happens to a mail when the queue is full?"),
    other("limits", Marek, HAIKU, "2.1.75", Answers("2026-05-14T23:58", 4), Question, "Which requests of the shop have no time limit?"),
    // The site.
    made(Sofia, SONNET, "2.1.39", &["site-about"], Merged, "A page about the company and its people.").on_site(),
    made(Marek, SONNET, "2.1.62", &["site-press"], Merged, "A page for the press with pictures and numbers.").on_site().with(&[PullLink]),
    made(Sofia, HAIKU, "2.1.62", &["site-home"], Merged, "Say on the home page what is new this spring.").on_site(),
    made(Marek, SONNET, "2.1.75", &["site-stores"], Merged, "List our stores with their opening hours.").on_site(),
    other("tone", Sofia, HAIKU, "2.1.62", Answers("2026-04-16T15:20", 3), Question, "Is the tone of the pages the same everywhere?").on_site(),
];
