//! Why a record is not counted: the reasons that formats share, each worded once.

/// Why a record is rejected or ignored: the id of the notice and its sentence.
pub(in crate::sources) type Rejection = (&'static str, &'static str);

pub(in crate::sources) const NO_TIME: Rejection =
    ("no-timestamp", "a record has no timestamp, so it belongs to no day");
pub(in crate::sources) const BAD_TIME: Rejection =
    ("bad-time", "a time is malformed or ambiguous; write it as 2026-05-31T12:00:00Z or 2026-05-31");
pub(in crate::sources) const BAD_COUNT: Rejection = (
    "bad-count",
    "a count of tokens, requests or lines is negative, fractional, or so large (over a trillion) that sums would not hold it",
);
pub(in crate::sources) const BAD_QUANTITY: Rejection =
    ("bad-count", "a quantity is not a decimal number, or is out of range");
pub(in crate::sources) const BAD_AMOUNT: Rejection =
    ("bad-amount", "an amount of money is not a plain decimal number of dollars");
/// For records that are ignored: a provider that counted nothing billed nothing.
pub(in crate::sources) const NO_TOKENS: Rejection = ("no-tokens", "usage without a token was not billed");
/// For usage that something else also reports.
pub(in crate::sources) const REPORTED_TWICE: Rejection = (
    "told-twice",
    "usage that something else also reports was set aside: totals of agents, spans of calls that have events, costs of use whose \
     amounts were read",
);
/// For records that keep the date that they were given for want of a time.
pub(in crate::sources) const UNDATED: Rejection = (
    "undated",
    "records have no time; they are dated and priced at the requested period, or at the date of the run (--since with --until, \
     --month, --as-of)",
);
