//! What was committed in the two repositories, by whom and when: one long list, oldest first.
//!
//! Times are UTC. The text of the files is not here; the writer makes it from templates.

use super::people::Actor::{self, Dana, DanaAtHome, Dependabot, Ines, Jonas, Marek, Priya, Sofia};
use super::repo::Repo;
use Change::{Add, Image, Move, Revert, Rework, Text};

/// What a commit does to one file.
#[derive(Debug, Clone, Copy)]
pub(super) enum Change {
    /// Appends this many blocks (functions, sections, packages) and creates the file if it is missing.
    Add(&'static str, u64),
    /// Appends these lines.
    Text(&'static str, &'static [&'static str]),
    /// Rewrites up to this many statements that the commit with that key added.
    Rework(&'static str, &'static str, usize),
    /// Renames a file without changing it.
    Move(&'static str, &'static str),
    /// Writes a binary file of this many bytes.
    Image(&'static str, usize),
    /// Reverts everything that the commit with that key added.
    Revert(&'static str),
}

/// One commit as its author made it.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlannedCommit {
    /// Its name in the other lists.
    pub(super) key: &'static str,
    /// When, `YYYY-MM-DDTHH:MM` in UTC.
    pub(super) at: &'static str,
    pub(super) who: Actor,
    pub(super) subject: &'static str,
    pub(super) changes: &'static [Change],
    /// Whether the message ends with the agent's co-author trailer.
    pub(super) co_authored: bool,
    /// The commit whose bug this repairs, named in a `Fixes:` trailer.
    pub(super) fixes: Option<&'static str>,
}

impl PlannedCommit {
    const fn fixing(mut self, key: &'static str) -> Self {
        self.fixes = Some(key);
        self
    }
}

/// How commits reached main, or did not.
#[derive(Debug, Clone, Copy)]
pub(super) enum PlanStep {
    /// Committed on main.
    Direct(PlannedCommit),
    /// A branch landed by a pull request.
    Land {
        branch: &'static str,
        pull: u32,
        how: How,
        /// When it landed, and who merged it.
        at: &'static str,
        by: Actor,
        works: &'static [PlannedCommit],
    },
    /// A branch that never landed but still exists.
    Branch { branch: &'static str, pull: u32, fate: BranchFate, works: &'static [PlannedCommit] },
}

/// How a pull request landed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// A merge commit.
    Merge,
    /// One commit in place of the branch; the branch is gone, as after a fresh clone.
    Squash,
    /// The same, but the branch still exists.
    SquashKept,
}

/// What became of a branch that is not on main.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BranchFate {
    /// Its pull request was closed.
    Closed(&'static str),
    /// Its pull request is open.
    Open,
}

const fn by_hand(
    key: &'static str,
    at: &'static str,
    who: Actor,
    subject: &'static str,
    changes: &'static [Change],
) -> PlannedCommit {
    PlannedCommit { key, at, who, subject, changes, co_authored: false, fixes: None }
}

const fn assisted(
    key: &'static str,
    at: &'static str,
    who: Actor,
    subject: &'static str,
    changes: &'static [Change],
) -> PlannedCommit {
    PlannedCommit { key, at, who, subject, changes, co_authored: true, fixes: None }
}

const fn merge(
    branch: &'static str,
    pull: u32,
    at: &'static str,
    by: Actor,
    works: &'static [PlannedCommit],
) -> PlanStep {
    PlanStep::Land { branch, pull, how: How::Merge, at, by, works }
}

const fn squash(
    branch: &'static str,
    pull: u32,
    at: &'static str,
    by: Actor,
    works: &'static [PlannedCommit],
) -> PlanStep {
    PlanStep::Land { branch, pull, how: How::Squash, at, by, works }
}

/// The history of a repository, in the order of landing.
pub(super) fn steps(repo: Repo) -> &'static [PlanStep] {
    match repo {
        Repo::Shop => SHOP,
        Repo::Site => SITE,
    }
}

#[rustfmt::skip]
const SHOP: &[PlanStep] = &[
    // Week of 2 March: the service begins.
    PlanStep::Direct(by_hand("init", "2026-03-02T08:30", Ines, "Start the shop service", &[
        Text("Cargo.toml", &["[package]", "name = \"shop\"", "version = \"0.1.0\"", "edition = \"2024\"", "", "[dependencies]", "log = \"0.4\""]),
        Text(".gitattributes", &["*.generated.ts linguist-generated", "*.png binary"]),
        Text("README.md", &["# Shop", "", "The service behind the Acme shop.", ""]), Add("README.md", 1), Add("src/main.rs", 1), Add("src/catalog.rs", 4)])),
    PlanStep::Direct(assisted("cart", "2026-03-02T13:10", Dana, "feat(cart): keep the items of a visitor", &[Add("src/cart.rs", 5)])),
    PlanStep::Direct(by_hand("lock", "2026-03-03T09:05", Ines, "Add the lock file", &[Add("Cargo.lock", 28)])),
    merge("feature/stock-levels", 1, "2026-03-05T10:00", Ines, &[
        assisted("stock", "2026-03-03T14:40", Jonas, "feat(stock): count what is on the shelf", &[Add("src/stock.rs", 4)]),
        assisted("stock-tests", "2026-03-04T09:20", Jonas, "test(stock): cover empty shelves", &[Add("tests/stock.rs", 3)])]),
    PlanStep::Direct(by_hand("mailmap", "2026-03-05T11:15", Ines, "Join two addresses of one author", &[
        Text(".mailmap", &["Dana Reyes <dana@acme.example> dana <dana.reyes@home.example>"])])),
    squash("feature/price-lists", 2, "2026-03-06T15:20", Jonas, &[
        assisted("prices", "2026-03-06T11:00", Priya, "feat(price): lists per country", &[Add("src/price.rs", 4), Add("src/catalog.rs", 2)])]),
    PlanStep::Direct(by_hand("runbook", "2026-03-06T16:45", Marek, "docs: a first runbook", &[Add("docs/runbook.md", 3)])),
    // Week of 9 March.
    merge("feature/web-cart", 3, "2026-03-10T13:30", Dana, &[
        by_hand("web-setup", "2026-03-09T09:10", Sofia, "build(web): generated client and lock file", &[
            Text("web/src/api.generated.ts", &["// Code generated by acme-openapi. DO NOT EDIT."]),
            Add("web/src/api.generated.ts", 24), Add("web/package-lock.json", 20)]),
        assisted("web-cart", "2026-03-09T15:35", Sofia, "feat(web): show the cart", &[Add("web/src/cart.ts", 5)])]),
    PlanStep::Direct(assisted("cart-samples", "2026-03-10T16:20", Dana, "fix(cart): count free samples once", &[Rework("src/cart.rs", "cart", 4)])),
    squash("dependabot/cargo/log-0.4.29", 4, "2026-03-11T06:10", Ines, &[
        by_hand("bump-log", "2026-03-11T05:02", Dependabot, "build(deps): bump log from 0.4.28 to 0.4.29", &[Rework("Cargo.lock", "lock", 6)])]),
    squash("feature/checkout", 5, "2026-03-12T14:05", Dana, &[
        assisted("checkout", "2026-03-11T13:30", Jonas, "feat(checkout): reserve, pay, confirm", &[Add("src/checkout.rs", 4)]),
        assisted("checkout-main", "2026-03-12T09:15", Jonas, "feat(checkout): reach it from the router", &[Add("src/checkout.rs", 2), Add("src/main.rs", 1)])]),
    PlanStep::Direct(by_hand("rounding", "2026-03-13T08:50", Priya, "feat(price): round to five cents", &[Add("src/price.rs", 2)])),
    PlanStep::Direct(by_hand("logo", "2026-03-13T15:00", Marek, "Add the logo", &[Image("web/public/logo.png", 2_400)])),
    // Week of 16 March.
    merge("feature/mail", 6, "2026-03-17T12:00", Priya, &[
        assisted("mail", "2026-03-16T10:25", Dana, "feat(mail): confirm orders", &[Add("src/mail.rs", 3)]),
        assisted("mail-retry", "2026-03-16T11:10", Dana, "feat(mail): try again after a bounce", &[Add("src/mail.rs", 2)])]),
    squash("fix/stock-race", 7, "2026-03-17T15:45", Dana, &[
        assisted("stock-race", "2026-03-17T13:20", Jonas, "fix(stock): reserve before paying", &[Rework("src/stock.rs", "stock", 6)])]),
    PlanStep::Direct(assisted("web-checkout", "2026-03-18T14:30", Sofia, "feat(web): checkout form", &[Add("web/src/checkout.ts", 4)])),
    PlanStep::Direct(assisted("web-checkout-2", "2026-03-19T10:40", Sofia, "refactor(web): checkout form in steps", &[Rework("web/src/checkout.ts", "web-checkout", 18), Add("web/src/checkout.ts", 1)])),
    squash("feature/coupons", 8, "2026-03-20T13:10", Jonas, &[
        by_hand("coupons", "2026-03-20T09:45", Priya, "feat(coupon): percent and fixed coupons", &[Add("src/coupon.rs", 5)])]),
    // Week of 23 March.
    PlanStep::Direct(by_hand("main-tidy", "2026-03-24T09:30", Ines, "refactor: name the routes", &[Rework("src/main.rs", "init", 2)])),
    merge("feature/reports", 9, "2026-03-25T10:20", Dana, &[
        assisted("reports", "2026-03-24T15:05", Marek, "feat(report): revenue by week", &[Add("src/report.rs", 5)])]),
    squash("feature/search", 10, "2026-03-26T11:40", Jonas, &[
        assisted("search", "2026-03-25T16:15", Dana, "feat(search): find products by word", &[Add("src/search.rs", 5)])]),
    PlanStep::Direct(by_hand("revert-search", "2026-03-27T07:55", Ines, "Revert \"feat(search): find products by word (#10)\"", &[Revert("search")])),
    PlanStep::Direct(by_hand("coupon-expiry", "2026-03-27T12:30", Priya, "fix(coupon): expire at midnight of the shop", &[Rework("src/coupon.rs", "coupons", 4)])),
    // Week of 30 March: a second search lands, a spike does not.
    merge("feature/search-index", 11, "2026-04-01T13:00", Jonas, &[
        assisted("search-index", "2026-03-31T14:50", DanaAtHome, "feat(search): an index on disk", &[Add("src/search.rs", 6)])]),
    PlanStep::Branch { branch: "spike/graphql", pull: 12, fate: BranchFate::Closed("2026-04-10T09:00"), works: &[
        assisted("graphql", "2026-04-01T16:05", Dana, "spike: a graph of the catalog", &[Add("src/graph.rs", 5)]),
        assisted("graphql-2", "2026-04-02T10:30", Dana, "spike: resolve prices in the graph", &[Add("src/graph.rs", 3)])] },
    PlanStep::Direct(by_hand("notify", "2026-04-01T15:10", Priya, "refactor: mail becomes notify", &[Move("src/mail.rs", "src/notify.rs")])),
    PlanStep::Direct(assisted("migrations", "2026-04-02T12:45", Jonas, "feat: tables for orders", &[Add("migrations/0001_orders.sql", 3)])),
    PlanStep::Land { branch: "feature/order-history", pull: 13, how: How::SquashKept, at: "2026-04-03T12:15", by: Jonas, works: &[
        assisted("orders", "2026-04-02T15:20", Sofia, "feat(order): history of a customer", &[Add("src/order.rs", 4)]),
        assisted("web-orders", "2026-04-02T15:50", Sofia, "feat(web): list past orders", &[Add("web/src/order.ts", 4)])] },
    squash("dependabot/cargo/tokio-1.50", 14, "2026-04-03T14:00", Ines, &[
        by_hand("bump-tokio", "2026-04-03T05:02", Dependabot, "build(deps): bump tokio from 1.49 to 1.50", &[Rework("Cargo.lock", "lock", 8), Add("Cargo.lock", 1)])]),
    // Week of 6 April.
    PlanStep::Direct(assisted("runbook-search", "2026-04-07T08:40", Marek, "docs: rebuild the search index", &[Add("docs/runbook.md", 2)])),
    merge("feature/tax-rules", 15, "2026-04-08T09:30", Priya, &[
        assisted("tax", "2026-04-07T14:10", Jonas, "feat(tax): rates per country and class", &[Add("src/tax.rs", 6)])]),
    squash("feature/wishlist", 16, "2026-04-09T14:35", Dana, &[
        assisted("wishlist", "2026-04-09T10:05", Sofia, "feat(wishlist): save for later", &[Add("src/wishlist.rs", 4), Add("web/src/wishlist.ts", 2)])]),
    PlanStep::Direct(assisted("cart-limits", "2026-04-10T13:50", Dana, "refactor(cart): name the limits", &[Rework("src/cart.rs", "cart", 5)])),
    // Week of 13 April.
    PlanStep::Direct(by_hand("price-comment", "2026-04-14T08:20", Ines, "refactor(price): one way to round", &[Rework("src/price.rs", "prices", 3)])),
    merge("feature/invoices", 17, "2026-04-15T14:00", Jonas, &[
        by_hand("invoices", "2026-04-14T09:35", Priya, "feat(invoice): number and total", &[Add("src/invoice.rs", 4)]),
        by_hand("invoices-pdf", "2026-04-15T08:10", Priya, "feat(invoice): print layout", &[Add("src/invoice.rs", 3)])]),
    squash("fix/wishlist-duplicates", 18, "2026-04-16T12:25", Dana, &[
        assisted("wishlist-fix", "2026-04-16T09:30", Sofia, "fix(wishlist): no item twice", &[Rework("src/wishlist.rs", "wishlist", 20)])]),
    PlanStep::Direct(assisted("client", "2026-04-16T13:15", Sofia, "build(web): regenerate the client", &[Rework("web/src/api.generated.ts", "web-setup", 8), Add("web/src/api.generated.ts", 6)])),
    // Week of 20 April: the tax bug of two weeks ago.
    squash("refactor/catalog", 19, "2026-04-21T15:10", Jonas, &[
        assisted("catalog", "2026-04-21T10:20", Marek, "refactor(catalog): fewer passes", &[Rework("src/catalog.rs", "init", 9)])]),
    PlanStep::Direct(assisted("tax-fix", "2026-04-23T15:00", Jonas, "fix(tax): the reduced rate for books", &[Rework("src/tax.rs", "tax", 7)]).fixing("tax")),
    merge("feature/gift-cards", 20, "2026-04-24T13:40", Priya, &[
        assisted("gift", "2026-04-23T12:10", Dana, "feat(gift): issue a card", &[Add("src/gift.rs", 4)]),
        assisted("gift-redeem", "2026-04-23T12:25", Jonas, "feat(gift): redeem a card", &[Add("src/redeem.rs", 3)])]),
    squash("dependabot/npm/vite-8.1", 21, "2026-04-24T14:30", Ines, &[
        by_hand("bump-vite", "2026-04-24T05:02", Dependabot, "build(deps): bump vite from 8.0 to 8.1", &[Rework("web/package-lock.json", "web-setup", 7)])]),
    // Week of 27 April.
    PlanStep::Direct(by_hand("invoice-rework", "2026-04-28T10:55", Priya, "refactor(invoice): totals in one place", &[Rework("src/invoice.rs", "invoices", 7)])),
    PlanStep::Direct(by_hand("readme-run", "2026-04-29T09:00", Ines, "docs: how to run the shop", &[Add("README.md", 1)])),
    squash("feature/newsletter", 22, "2026-04-30T14:20", Dana, &[
        assisted("newsletter", "2026-04-30T10:45", Sofia, "feat(notify): monthly newsletter", &[Add("src/notify.rs", 4)])]),
    merge("feature/returns", 23, "2026-05-01T12:50", Dana, &[
        assisted("returns", "2026-04-30T15:30", Jonas, "feat(returns): labels and refunds", &[Add("src/returns.rs", 5)])]),
    // Weeks of 4 and 11 May.
    PlanStep::Direct(assisted("stock-alarm", "2026-05-05T09:25", DanaAtHome, "feat(stock): warn before a shelf is empty", &[Add("src/stock.rs", 3)])),
    squash("feature/bundles", 24, "2026-05-06T14:15", Jonas, &[
        assisted("bundles", "2026-05-06T09:50", Marek, "feat(bundle): sell several as one", &[Add("src/bundle.rs", 5)])]),
    PlanStep::Direct(assisted("search-fast", "2026-05-07T14:35", Dana, "perf(search): index once", &[Rework("src/search.rs", "search-index", 6)])),
    merge("feature/alerts", 25, "2026-05-08T13:05", Jonas, &[
        by_hand("alerts", "2026-05-07T11:20", Priya, "feat(alert): tell people on call", &[Add("src/alert.rs", 4), Add("src/notify.rs", 1)])]),
    PlanStep::Direct(assisted("returns-fix", "2026-05-12T10:10", Jonas, "fix(returns): refund shipping once", &[Rework("src/returns.rs", "returns", 4)])),
    squash("feature/web-bundles", 26, "2026-05-13T12:40", Dana, &[
        assisted("web-bundles", "2026-05-13T09:30", Sofia, "feat(web): show bundles", &[Add("web/src/bundle.ts", 5)])]),
    PlanStep::Direct(by_hand("readme-links", "2026-05-14T08:15", Ines, "docs: where to ask", &[Add("README.md", 1)])),
    PlanStep::Branch { branch: "feature/loyalty", pull: 28, fate: BranchFate::Open, works: &[
        by_hand("loyalty", "2026-05-14T11:45", Priya, "feat(loyalty): points for orders", &[Add("src/loyalty.rs", 4)])] },
    merge("feature/pickup", 27, "2026-05-15T13:20", Jonas, &[
        assisted("pickup", "2026-05-14T15:40", Dana, "feat(pickup): collect in the shop", &[Add("src/pickup.rs", 4)])]),
];

#[rustfmt::skip]
const SITE: &[PlanStep] = &[
    PlanStep::Direct(by_hand("site-init", "2026-03-04T10:00", Sofia, "Start the site", &[
        Text("README.md", &["# Acme on the web", ""]), Add("pages/home.md", 3), Add("style/base.css", 4)])),
    PlanStep::Direct(assisted("site-about", "2026-03-12T13:25", Sofia, "Add a page about us", &[Add("pages/about.md", 4)])),
    PlanStep::Direct(by_hand("site-jobs", "2026-03-20T08:30", Ines, "Add open jobs", &[Add("pages/jobs.md", 2)])),
    squash("feature/press", 1, "2026-04-08T12:00", Ines, &[
        assisted("site-press", "2026-04-08T09:40", Marek, "Add a page for the press", &[Add("pages/press.md", 4), Add("style/press.css", 3)])]),
    PlanStep::Direct(assisted("site-home", "2026-04-17T09:15", Sofia, "Say what is new on the home page", &[Rework("pages/home.md", "site-init", 5), Add("pages/home.md", 1)])),
    PlanStep::Direct(by_hand("site-colours", "2026-04-29T14:00", Ines, "Softer colours", &[Rework("style/base.css", "site-init", 4)])),
    merge("feature/stores", 2, "2026-05-11T10:30", Ines, &[
        assisted("site-stores", "2026-05-08T15:10", Marek, "List our stores", &[Add("pages/stores.md", 4), Add("src/stores.ts", 2)])]),
    PlanStep::Direct(by_hand("site-typo", "2026-05-13T07:40", Ines, "Fix a typo about us", &[Rework("pages/about.md", "site-about", 1)])),
];
