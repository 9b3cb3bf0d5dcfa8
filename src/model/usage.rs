//! One usage fact: what a request (or the smallest billed item) used and cost.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::bill::Bill;
use super::hash::IdHasher;

use super::money::Money;
use super::name::{Name, NameMap};
use super::origin::Origin;

/// Token counts in disjoint buckets.
///
/// - Unit: tokens. `None` means that the source does not say; it is never taken for zero.
/// - `input` excludes everything cached. `output` includes `reasoning`, which is a part of it and not added.
/// - `cache_write_unspecified` is writes whose lifetime is not in the log; reports add it to the 5-minute writes.
/// - Source: the meaning differs per provider; each format's file says how it maps. Bucket names follow
///   OpenTelemetry `gen_ai.usage.*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct TokenCounts {
    /// Input tokens that were neither read from nor written to a cache.
    pub input: Option<u64>,
    /// Input tokens read from a prompt cache.
    pub cache_read: Option<u64>,
    /// Input tokens written to a cache with a five-minute lifetime.
    pub cache_write_5m: Option<u64>,
    /// Input tokens written to a cache with a one-hour lifetime.
    pub cache_write_1h: Option<u64>,
    /// Input tokens written to a cache for an unknown time.
    pub cache_write_unspecified: Option<u64>,
    /// Output tokens, reasoning included.
    pub output: Option<u64>,
    /// The part of `output` spent on reasoning.
    pub reasoning: Option<u64>,
}

impl TokenCounts {
    /// Input, read from a cache, written to it for five minutes, for an hour and for an unknown time, output, and of it reasoning.
    #[must_use]
    pub fn by_kind(&self) -> [Option<u64>; 7] {
        let Self { input, cache_read, cache_write_5m, cache_write_1h, cache_write_unspecified, output, reasoning } =
            *self;
        [input, cache_read, cache_write_5m, cache_write_1h, cache_write_unspecified, output, reasoning]
    }

    /// The larger count per bucket: how two copies of the same message combine.
    ///
    /// Streaming writes a message several times with growing counts, so the maximum is the last and does not
    /// depend on the order of reading. Writes to a cache are taken together, for one copy may have their whole and another
    /// its parts.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        let writes = if other.written() > self.written() { other } else { self };
        Self {
            input: self.input.max(other.input),
            cache_read: self.cache_read.max(other.cache_read),
            cache_write_5m: writes.cache_write_5m,
            cache_write_1h: writes.cache_write_1h,
            cache_write_unspecified: writes.cache_write_unspecified,
            output: self.output.max(other.output),
            reasoning: self.reasoning.max(other.reasoning),
        }
    }

    /// Orders writes to a cache: by how many there are, then by how many have a known lifetime, and the longer one is the better known.
    fn written(&self) -> impl Ord + use<> {
        let split = [self.cache_write_1h, self.cache_write_5m];
        let known = split.into_iter().flatten().fold(0, u64::saturating_add);
        (known.saturating_add(self.cache_write_unspecified.unwrap_or(0)), known, split, self.cache_write_unspecified)
    }

    /// The sum per bucket; of an unknown and a known count, the known one.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let add = |own: Option<u64>, other: Option<u64>| own.into_iter().chain(other).reduce(u64::saturating_add);
        Self {
            input: add(self.input, other.input),
            cache_read: add(self.cache_read, other.cache_read),
            cache_write_5m: add(self.cache_write_5m, other.cache_write_5m),
            cache_write_1h: add(self.cache_write_1h, other.cache_write_1h),
            cache_write_unspecified: add(self.cache_write_unspecified, other.cache_write_unspecified),
            output: add(self.output, other.output),
            reasoning: add(self.reasoning, other.reasoning),
        }
    }

    /// What is left per bucket without `other`, at least nothing.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        let less = |own: Option<u64>, other: Option<u64>| own.map(|own| own.saturating_sub(other.unwrap_or(0)));
        Self {
            input: less(self.input, other.input),
            cache_read: less(self.cache_read, other.cache_read),
            cache_write_5m: less(self.cache_write_5m, other.cache_write_5m),
            cache_write_1h: less(self.cache_write_1h, other.cache_write_1h),
            cache_write_unspecified: less(self.cache_write_unspecified, other.cache_write_unspecified),
            output: less(self.output, other.output),
            reasoning: less(self.reasoning, other.reasoning),
        }
    }

    /// Takes away from both counts what they have in common per bucket; writes to a cache match whatever their lifetime.
    /// Returns whether there was anything.
    pub fn take_common(&mut self, other: &mut Self) -> bool {
        let mut any = false;
        let mut take = |own: &mut Option<u64>, other: &mut Option<u64>| {
            if let (Some(own), Some(other)) = (own, other) {
                let common = (*own).min(*other);
                (*own, *other) = (*own - common, *other - common);
                any |= common > 0;
            }
        };
        take(&mut self.input, &mut other.input);
        take(&mut self.cache_read, &mut other.cache_read);
        take(&mut self.output, &mut other.output);
        let mut ours = [&mut self.cache_write_5m, &mut self.cache_write_1h, &mut self.cache_write_unspecified];
        let mut theirs = [&mut other.cache_write_5m, &mut other.cache_write_1h, &mut other.cache_write_unspecified];
        ours.iter_mut().zip(&mut theirs).for_each(|(own, other)| take(own, other));
        for own in &mut ours {
            theirs.iter_mut().for_each(|other| take(own, other));
        }
        take(&mut self.reasoning, &mut other.reasoning);
        any
    }

    /// All tokens of the request: fresh, cached and written input, and output. Unknown buckets count as zero.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.prompt().saturating_add(self.output.unwrap_or(0))
    }

    /// All input tokens, cached or not; long-context price tiers depend on them.
    #[must_use]
    pub fn prompt(&self) -> u64 {
        [self.input, self.cache_read, self.cache_write_5m, self.cache_write_1h, self.cache_write_unspecified]
            .into_iter()
            .flatten()
            .fold(0, u64::saturating_add)
    }
}

/// Characters per token in an estimate. It is coarse, and called an estimate wherever it is shown.
const CHARS_PER_TOKEN: u64 = 4;

/// About how many tokens a text of this many characters is.
#[must_use]
pub fn estimated_tokens(chars: u64) -> u64 {
    chars / CHARS_PER_TOKEN
}

/// The time span that one record stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// One provider request.
    Request,
    /// A whole session.
    Session,
    /// One minute, in a vendor's roll-up.
    Minute,
    /// One hour.
    Hour,
    /// One day.
    Day,
    /// A period that the export does not divide.
    Period,
}

impl Grain {
    /// All grains with their machine names, finest first.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("request", Self::Request),
        ("session", Self::Session),
        ("minute", Self::Minute),
        ("hour", Self::Hour),
        ("day", Self::Day),
        ("period", Self::Period),
    ];

    /// The machine name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, grain)| *grain == self).map_or("request", |(name, _)| name)
    }
}

/// Identity of a record: a 128-bit hash of the source format and the record's natural key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub u128);

impl RecordId {
    /// Hashes the parts of a natural key; a part's boundaries count, so `["ab"]` differs from `["a", "b"]`.
    #[must_use]
    pub fn of(parts: &[&str]) -> Self {
        Self::of_each(parts.iter().copied())
    }

    /// The same for parts that are not in one slice.
    #[must_use]
    pub fn of_each<'a>(parts: impl Iterator<Item = &'a str> + Clone) -> Self {
        // Short keys are hashed at once: the same result without setting up a stream.
        match parts.clone().map(|part| 8 + part.len()).sum() {
            0..=256 => Self::of_short::<256>(parts),
            257..=512 => Self::of_short::<512>(parts),
            _ => Self::of_long(parts),
        }
    }

    fn of_short<'a, const ROOM: usize>(parts: impl Iterator<Item = &'a str>) -> Self {
        let mut bytes = [0_u8; ROOM];
        let mut end = 0;
        // `for_each` is three times as fast as `for` over chained iterators.
        parts.for_each(|part| {
            // Most parts of a wide row are empty, and their bytes are zero already.
            if !part.is_empty() {
                let (length, text) = bytes[end..end + 8 + part.len()].split_at_mut(8);
                length.copy_from_slice(&(part.len() as u64).to_le_bytes());
                text.copy_from_slice(part.as_bytes());
            }
            end += 8 + part.len();
        });
        Self(xxhash_rust::xxh3::xxh3_128(&bytes[..end]))
    }

    /// Hashes a key that is written as bytes already.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(xxhash_rust::xxh3::xxh3_128(bytes))
    }

    /// The id of a repeated row with this id; `before` is the number of earlier ones.
    #[must_use]
    pub fn again(self, before: u64) -> Self {
        let mut bytes = [0; 24];
        bytes[..16].copy_from_slice(&self.0.to_le_bytes());
        bytes[16..].copy_from_slice(&before.to_le_bytes());
        Self(xxhash_rust::xxh3::xxh3_128(&bytes))
    }

    fn of_long<'a>(parts: impl Iterator<Item = &'a str>) -> Self {
        let mut hash = xxhash_rust::xxh3::Xxh3::new();
        for part in parts {
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        Self(hash.digest128())
    }

    /// The upper and the lower 64 bits.
    #[must_use]
    pub fn halves(self) -> [u64; 2] {
        let bytes = self.0.to_be_bytes();
        let half = |at: usize| bytes[at..at + 8].iter().fold(0, |half, byte| half << 8 | u64::from(*byte));
        [half(0), half(8)]
    }
}

/// A map by record id: the id is a hash already.
pub type IdMap<V> = std::collections::HashMap<RecordId, V, std::hash::BuildHasherDefault<IdHasher>>;

impl std::fmt::Display for RecordId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// Number of names in a record.
pub(super) const NAMES: usize = 19;

/// One usage fact at one grain, modelled on FOCUS and OpenTelemetry.
///
/// It cannot hold message text. A column is added with the first format that fills it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRecord {
    /// Identity for de-duplication across files.
    pub id: RecordId,
    /// Where it was read.
    pub origin: Origin,
    /// The format's id, for example `claude-code`.
    pub source: &'static str,
    /// What the record stands for.
    pub grain: Grain,
    /// Start of the charge period (for a request: when it was answered), UTC.
    pub charge_period_start: DateTime<Utc>,
    /// End of the charge period when it differs from the start.
    pub charge_period_end: Option<DateTime<Utc>>,
    /// Whether the source named no time zone and UTC was assumed.
    pub time_zone_assumed: bool,
    /// Who bills, if the source says; otherwise it is found by the model.
    pub provider: Option<Name>,
    /// The model that answered, as logged.
    pub model: Option<Name>,
    /// Tokens by bucket.
    pub tokens: TokenCounts,
    /// Input tokens estimated from the length of the prompt, if the source counts no tokens.
    pub input_estimate: Option<u64>,
    /// Output tokens estimated from the visible content, if the recorded count is a placeholder or there is none.
    pub output_estimate: Option<u64>,
    /// Requests in this record; `None` is unknown.
    pub request_count: Option<u64>,
    /// Net amount invoiced, if the source is a bill.
    pub billed_cost: Option<Money>,
    /// The tool's own estimate of the cost, if it logs one.
    pub reported_cost: Option<Money>,
    /// The billing side, if the source has one.
    pub bill: Bill,
    /// Service tier as logged (`standard`, `batch`, `flex`, `priority`).
    pub service_tier: Option<Name>,
    /// Speed as logged (`standard`, `fast`).
    pub speed: Option<Name>,
    /// Where inference ran, if that changes the price.
    pub inference_geo: Option<Name>,
    /// The session (`gen_ai.conversation.id`).
    pub session: Option<Name>,
    /// The session that started this one.
    pub parent_session: Option<Name>,
    /// Hash of the provider's request id: enough for joining, at a fifth of the size.
    pub request: Option<u64>,
    /// Working directory of the agent.
    pub cwd: Option<Name>,
    /// Branch checked out when the request was made.
    pub branch: Option<Name>,
    /// Remote or name of the repository, if the log has it.
    pub repository: Option<Name>,
    /// Who used it, as logged.
    pub user: Option<Name>,
    /// Team, if the source has one.
    pub team: Option<Name>,
    /// Project or workspace of the vendor.
    pub project: Option<Name>,
    /// The commit, pull request or issue for which it was made, in the form of [`tag`](super::tag).
    pub tag: Option<Name>,
    /// The cost centre that pays for it, if the source has one.
    pub cost_center: Option<Name>,
    /// What its owner marked it with: a JSON object of texts, by key; see [`tags`](super::tags).
    pub tags: Option<Name>,
    /// Version of the client that wrote the log.
    pub client_version: Option<Name>,
    /// Whether a subagent made the request.
    pub subagent: bool,
    /// Whether the log shows that its session repeats it from its parent.
    pub is_history: bool,
}

impl UsageRecord {
    /// A record of one request with nothing but its source, origin and time.
    #[must_use]
    pub fn blank(source: &'static str, origin: Origin, charge_period_start: DateTime<Utc>) -> Self {
        Self {
            id: RecordId(0),
            origin,
            source,
            grain: Grain::Request,
            charge_period_start,
            charge_period_end: None,
            time_zone_assumed: false,
            provider: None,
            model: None,
            tokens: TokenCounts::default(),
            input_estimate: None,
            output_estimate: None,
            request_count: None,
            billed_cost: None,
            reported_cost: None,
            bill: Bill::default(),
            service_tier: None,
            speed: None,
            inference_geo: None,
            session: None,
            parent_session: None,
            request: None,
            cwd: None,
            branch: None,
            repository: None,
            user: None,
            team: None,
            project: None,
            tag: None,
            cost_center: None,
            tags: None,
            client_version: None,
            subagent: false,
            is_history: false,
        }
    }

    /// Maps every name into another table.
    pub fn rename(&mut self, map: &NameMap) {
        for name in self.names_mut() {
            *name = map.get_some(*name);
        }
    }

    /// Its names …
    pub(super) fn names(&self) -> [Option<Name>; NAMES] {
        [
            self.provider,
            self.model,
            self.service_tier,
            self.speed,
            self.inference_geo,
            self.session,
            self.parent_session,
            self.cwd,
            self.branch,
            self.repository,
            self.user,
            self.team,
            self.project,
            self.tag,
            self.client_version,
            self.bill.unit,
            self.bill.currency,
            self.cost_center,
            self.tags,
        ]
    }

    /// … and references to them, in the same order.
    pub(super) fn names_mut(&mut self) -> [&mut Option<Name>; NAMES] {
        [
            &mut self.provider,
            &mut self.model,
            &mut self.service_tier,
            &mut self.speed,
            &mut self.inference_geo,
            &mut self.session,
            &mut self.parent_session,
            &mut self.cwd,
            &mut self.branch,
            &mut self.repository,
            &mut self.user,
            &mut self.team,
            &mut self.project,
            &mut self.tag,
            &mut self.client_version,
            &mut self.bill.unit,
            &mut self.bill.currency,
            &mut self.cost_center,
            &mut self.tags,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_of_cache_writes_and_its_parts_are_one_in_two_copies() {
        let whole = TokenCounts { cache_write_unspecified: Some(200), output: Some(9), ..TokenCounts::default() };
        let parts = TokenCounts { cache_write_5m: Some(0), cache_write_1h: Some(200), ..TokenCounts::default() };
        let both = TokenCounts { output: Some(9), ..parts };
        assert_eq!((whole.max(parts), parts.max(whole)), (both, both));
        let more = TokenCounts { cache_write_unspecified: Some(201), ..TokenCounts::default() };
        assert_eq!(parts.max(more).cache_write_unspecified, Some(201));
        assert_eq!(parts.max(more).cache_write_1h, None);
    }

    #[test]
    fn a_key_keeps_the_boundaries_of_its_parts() {
        assert_ne!(RecordId::of(&["ab"]), RecordId::of(&["a", "b"]));
        assert_eq!(RecordId::of(&["a", "b"]), RecordId::of(&["a", "b"]));
    }

    #[test]
    fn repeated_rows_of_an_id_have_different_ids() {
        let ids = [RecordId(0xab), RecordId(0xab << 64)];
        let mut all = ids.to_vec();
        all.extend(ids.iter().flat_map(|id| [1, 2, u64::MAX].map(|before| id.again(before))));
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 8);
        assert_eq!(ids[0].again(1), ids[0].again(1));
    }

    #[test]
    fn short_and_long_keys_are_hashed_alike() {
        let long = "x".repeat(600);
        let cut = [232, 239, 240, 300, 495, 496].map(|end| vec![&long[..end], "b"]);
        for parts in [vec!["generic", "r1"], vec![], vec!["", "a"], vec![&long, "c"]].into_iter().chain(cut) {
            assert_eq!(RecordId::of(&parts), RecordId::of_long(parts.iter().copied()), "{parts:?}");
        }
    }

    #[test]
    fn the_larger_count_wins_and_unknown_stays_unknown() {
        let first = TokenCounts { output: Some(1), input: Some(7), ..TokenCounts::default() };
        let last = TokenCounts { output: Some(345), ..TokenCounts::default() };
        let both = first.max(last);
        assert_eq!((both.output, both.input, both.reasoning), (Some(345), Some(7), None));
    }
}
