//! Observations in a fifth of their size: columns without a value take no space.
//!
//! In any one format most columns of a record are unknown, and a run holds millions of records while it reads. Here each
//! is a row of four-byte words: what every record has, a bit per column that is present, and the present columns.

use chrono::{DateTime, Utc};

use super::bill::{Authority, Bill, Coverage};
use super::money::Money;
use super::name::Name;
use super::observation::{Observation, Rest};
use super::origin::{FileId, Origin};
use super::usage::{Grain, NAMES, RecordId, TokenCounts, UsageRecord};

/// Number columns, of two words each.
const NUMBERS: usize = 26;
/// Words of every observation: id (4), bits of present columns (2), flags, format, file, line (2), start (2).
const HEAD: usize = 13;
/// The word of the flags.
const FLAGS: usize = 6;

/// Words of an observation with every column present, without its list.
const MAX_WORDS: usize = HEAD + 2 * NUMBERS + NAMES;
/// Words of the first and of the largest block. Many files hold few records, so the first is small; blocks of several
/// megabytes go back to the system when they are dropped.
const FIRST_BLOCK: usize = 1 << 10;
const BLOCK: usize = 1 << 21;

// The flags. The bits above them hold grain, coverage and authority, four bits each.
const ASSUMED: u32 = 1;
const SUBAGENT: u32 = 1 << 1;
const REVISES: u32 = 1 << 2;
const FINISHED: u32 = 1 << 3;
/// A list of visible output follows the columns.
const LIST: u32 = 1 << 4;
/// The observation was rewritten at a later location.
const MOVED: u32 = 1 << 5;
const HISTORY: u32 = 1 << 6;

/// Packed observations in the order in which they were added.
#[derive(Debug, Default)]
pub(super) struct Packed {
    /// Each as long as its content; the last one is padded with zeros.
    blocks: Vec<Vec<u32>>,
    /// Where the free part of the last block begins.
    end: usize,
    /// The ids of formats; records store an index into this list.
    formats: Vec<&'static str>,
}

/// Where an observation is stored: the block, and the first word in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Location {
    block: u32,
    word: u32,
}

impl Location {
    fn new(block: usize, word: usize) -> Self {
        let [block, word] = [block, word].map(|number| u32::try_from(number).expect("few and small blocks"));
        Self { block, word }
    }
}

impl Packed {
    /// Makes room for the next observation and returns its location.
    pub(super) fn reserve(&mut self, rest: &Rest) -> Location {
        let max = MAX_WORDS + if has_list(rest) { list_words(rest) } else { 0 };
        if self.blocks.last().is_none_or(|block| block.len() - self.end < max) {
            let grown = self.blocks.last().map_or(FIRST_BLOCK, |last| (last.len() * 4).min(BLOCK));
            self.close();
            self.blocks.push(vec![0; grown.max(max)]);
            self.end = 0;
        }
        Location::new(self.blocks.len() - 1, self.end)
    }

    /// Cuts the free part off the last block.
    fn close(&mut self) {
        if let Some(last) = self.blocks.last_mut() {
            last.truncate(self.end);
        }
    }

    /// The words from a location on.
    fn words(&self, location: Location) -> &[u32] {
        &self.blocks[location.block as usize][location.word as usize..]
    }

    /// The id of the observation at a location.
    pub(super) fn id(&self, location: Location) -> RecordId {
        RecordId(self.words(location)[..4].iter().fold(0, |id, word| id << 32 | u128::from(*word)))
    }

    /// Adds an observation.
    pub(super) fn push(&mut self, record: &UsageRecord, rest: &Rest) -> Location {
        let format = self.format_index(record.source);
        let location = self.reserve(rest);
        // Columns are written in place: copying words that were just written stalls the processor on each of them.
        let words = &mut self.blocks[location.block as usize][location.word as usize..];
        let mut writer = ColumnWriter { words, present: 0, column: 0, end: HEAD };
        writer.numbers(record, rest);
        record.names().into_iter().for_each(|name| writer.name(name));
        let ColumnWriter { words, present, mut end, .. } = writer;
        let [high, low] = record.id.halves();
        [words[0], words[1]] = halves(high);
        [words[2], words[3]] = halves(low);
        [words[4], words[5]] = halves(present);
        words[FLAGS] = flags(record, rest);
        words[7] = format;
        words[8] = record.origin.file.0;
        [words[9], words[10]] = halves(record.origin.line);
        [words[11], words[12]] = halves(record.charge_period_start.timestamp().cast_unsigned());
        if has_list(rest) {
            write_list(&mut words[end..], rest);
            end += list_words(rest);
        }
        self.end += end;
        location
    }

    /// The observation at a location, and how many words it takes.
    pub(super) fn get(&self, location: Location) -> (Observation, usize) {
        let mut words = WordReader { words: self.words(location), at: 0 };
        let id = RecordId(u128::from(words.two()) << 64 | u128::from(words.two()));
        let (present, flags) = (words.two(), words.one());
        let source = self.formats[words.one() as usize];
        let origin = Origin { file: FileId(words.one()), line: words.two() };
        let start = words.two();
        let numbers: [Option<u64>; NUMBERS] =
            std::array::from_fn(|column| (present >> column & 1 == 1).then(|| words.two()));
        let [
            input,
            cache_read,
            cache_write_5m,
            cache_write_1h,
            cache_write_unspecified,
            output,
            reasoning,
            input_estimate,
            output_estimate,
            request_count,
            request,
            quantity,
            billed,
            billed_high,
            reported,
            reported_high,
            gross,
            gross_high,
            currency,
            currency_high,
            end,
            end_nanos,
            revised,
            revised_nanos,
            start_nanos,
            own_repeats,
        ] = numbers;
        let period_start = instant(start, start_nanos).unwrap_or_default();
        let mut record = UsageRecord {
            id,
            grain: Grain::ALL.get(flags as usize >> 8 & 15).map_or(Grain::Request, |(_, grain)| *grain),
            charge_period_end: end.and_then(|end| instant(end, end_nanos)),
            time_zone_assumed: flags & ASSUMED != 0,
            tokens: TokenCounts {
                input,
                cache_read,
                cache_write_5m,
                cache_write_1h,
                cache_write_unspecified,
                output,
                reasoning,
            },
            input_estimate,
            output_estimate,
            request_count,
            billed_cost: money(billed, billed_high),
            reported_cost: money(reported, reported_high),
            bill: Bill {
                gross_cost: money(gross, gross_high),
                currency_cost: money(currency, currency_high),
                quantity_micros: quantity.map(u64::cast_signed),
                revised_at: revised.and_then(|at| instant(at, revised_nanos)),
                ..bill_of(flags)
            },
            request,
            subagent: flags & SUBAGENT != 0,
            is_history: flags & HISTORY != 0,
            ..UsageRecord::blank(source, origin, period_start)
        };
        words.names(&mut record, present);
        let mut rest =
            Rest { own_repeats: own_repeats.unwrap_or(0), finished: flags & FINISHED != 0, ..Rest::default() };
        if flags & LIST != 0 {
            words.list(&mut rest);
        }
        (Observation { record, rest }, words.at)
    }

    /// Replaces the observation of `words` words at `location`: in place if the new one takes as many words, otherwise at
    /// the end. Returns where it is.
    pub(super) fn replace(&mut self, location: Location, words: usize, record: &UsageRecord, rest: &Rest) -> Location {
        let new = self.push(record, rest);
        let [from, to] = [new, location].map(|one| (one.block as usize, one.word as usize));
        if self.end - from.1 != words {
            self.blocks[to.0][to.1 + FLAGS] |= MOVED;
            return new;
        }
        let (before, last) = self.blocks.split_at_mut(from.0);
        match before.get_mut(to.0) {
            Some(block) => block[to.1..to.1 + words].copy_from_slice(&last[0][from.1..self.end]),
            None => last[0].copy_within(from.1..self.end, to.1),
        }
        self.end = from.1;
        location
    }

    /// Calls `each` with every observation.
    pub(super) fn each(&self, mut each: impl FnMut(Observation)) {
        for (block, words) in self.blocks.iter().enumerate() {
            let end = if block + 1 == self.blocks.len() { self.end } else { words.len() };
            let mut word = 0;
            while word < end {
                let is_moved = words[word + FLAGS] & MOVED != 0;
                let (observation, length) = self.get(Location::new(block, word));
                word += length;
                if !is_moved {
                    each(observation);
                }
            }
        }
    }

    /// Hands out the observations, and drops each block as soon as it is empty.
    pub(super) fn into_all(mut self) -> impl Iterator<Item = Observation> {
        self.close();
        let (mut block, mut word) = (0, 0);
        std::iter::from_fn(move || {
            loop {
                let at = self.blocks.get(block)?.get(word..)?;
                if at.is_empty() {
                    self.blocks[block] = Vec::new();
                    (block, word) = (block + 1, 0);
                    continue;
                }
                let is_moved = at[FLAGS] & MOVED != 0;
                let (observation, words) = self.get(Location::new(block, word));
                word += words;
                if !is_moved {
                    return Some(observation);
                }
            }
        })
    }

    /// The index of a format.
    fn format_index(&mut self, id: &'static str) -> u32 {
        let known = self.formats.iter().position(|known| *known == id);
        let at = known.unwrap_or_else(|| {
            self.formats.push(id);
            self.formats.len() - 1
        });
        u32::try_from(at).expect("few formats")
    }
}

/// What the flags say of a bill.
fn bill_of(flags: u32) -> Bill {
    Bill {
        authority: Authority::ALL.get(flags as usize >> 16 & 15).copied().unwrap_or_default(),
        coverage: Coverage::ALL.get(flags as usize >> 12 & 15).copied().unwrap_or_default(),
        revises: flags & REVISES != 0,
        ..Bill::default()
    }
}

/// Writes the columns of an observation behind its head.
struct ColumnWriter<'a> {
    words: &'a mut [u32],
    /// A bit per column that is present.
    present: u64,
    /// The next column.
    column: u32,
    end: usize,
}

impl ColumnWriter<'_> {
    /// The number columns, in the order in which [`Packed::get`] reads them. A zero is absent where zero is usual.
    ///
    /// They are written one by one: an array would be copied in pairs of words just written, which stalls the processor.
    fn numbers(&mut self, record: &UsageRecord, rest: &Rest) {
        let some = |number: u64| Some(number).filter(|number| *number > 0);
        let tokens = &record.tokens;
        self.number(tokens.input);
        self.number(tokens.cache_read);
        self.number(tokens.cache_write_5m);
        self.number(tokens.cache_write_1h);
        self.number(tokens.cache_write_unspecified);
        self.number(tokens.output);
        self.number(tokens.reasoning);
        self.number(record.input_estimate);
        self.number(record.output_estimate);
        self.number(record.request_count);
        self.number(record.request);
        self.number(record.bill.quantity_micros.map(i64::cast_unsigned));
        for money in [&record.billed_cost, &record.reported_cost, &record.bill.gross_cost, &record.bill.currency_cost] {
            let halves = money.map(zigzag);
            self.number(halves.map(|[_, low]| low));
            self.number(halves.and_then(|[high, _]| some(high)));
        }
        for at in [&record.charge_period_end, &record.bill.revised_at] {
            self.number(at.map(|at| at.timestamp().cast_unsigned()));
            self.number(at.and_then(|at| some(u64::from(at.timestamp_subsec_nanos()))));
        }
        self.number(some(u64::from(record.charge_period_start.timestamp_subsec_nanos())));
        self.number(some(rest.own_repeats));
    }

    // Without inlining, the call costs more than its body.
    #[inline(always)]
    fn number(&mut self, number: Option<u64>) {
        if let Some(number) = number {
            self.present |= 1 << self.column;
            [self.words[self.end], self.words[self.end + 1]] = halves(number);
            self.end += 2;
        }
        self.column += 1;
    }

    #[inline]
    fn name(&mut self, name: Option<Name>) {
        if let Some(name) = name {
            self.present |= 1 << self.column;
            self.words[self.end] = name.code();
            self.end += 1;
        }
        self.column += 1;
    }
}

/// Whether a list follows the columns of an observation.
fn has_list(rest: &Rest) -> bool {
    !rest.visible.is_empty()
}

/// How many words the list of an observation takes.
fn list_words(rest: &Rest) -> usize {
    2 + 4 * rest.visible.len()
}

/// Writes the list of an observation.
fn write_list(words: &mut [u32], rest: &Rest) {
    let visible = rest.visible.iter().flat_map(|(hash, chars)| [*hash, u64::from(*chars)]);
    let numbers = std::iter::once(rest.visible.len() as u64).chain(visible);
    for (pair, number) in words.chunks_exact_mut(2).zip(numbers) {
        pair.copy_from_slice(&halves(number));
    }
}

fn flags(record: &UsageRecord, rest: &Rest) -> u32 {
    let flags = [
        (record.time_zone_assumed, ASSUMED),
        (record.subagent, SUBAGENT),
        (record.is_history, HISTORY),
        (record.bill.revises, REVISES),
        (rest.finished, FINISHED),
        (has_list(rest), LIST),
    ];
    let flags: u32 = flags.into_iter().filter(|(is, _)| *is).map(|(_, flag)| flag).sum();
    flags | (record.grain as u32) << 8 | (record.bill.coverage as u32) << 12 | (record.bill.authority as u32) << 16
}

/// Reads words one after the other.
struct WordReader<'a> {
    words: &'a [u32],
    at: usize,
}

impl WordReader<'_> {
    fn one(&mut self) -> u32 {
        self.at += 1;
        self.words[self.at - 1]
    }

    fn two(&mut self) -> u64 {
        u64::from(self.one()) << 32 | u64::from(self.one())
    }

    /// The lower one of two words.
    fn low(&mut self) -> u32 {
        self.at += 1;
        self.one()
    }

    /// The names of a record that are present.
    fn names(&mut self, record: &mut UsageRecord, present: u64) {
        for (column, name) in record.names_mut().into_iter().enumerate() {
            if present >> (NUMBERS + column) & 1 == 1 {
                *name = Name::from_code(self.one());
            }
        }
    }

    /// The list that [`write_list`] wrote.
    fn list(&mut self, rest: &mut Rest) {
        let count = self.two();
        rest.visible.extend((0..count).map(|_| (self.two(), self.low())));
    }
}

/// The upper and the lower half.
fn halves(number: u64) -> [u32; 2] {
    [number >> 32, number & u64::from(u32::MAX)].map(|half| u32::try_from(half).unwrap_or(u32::MAX))
}

/// An amount with its sign in the last bit, so that the upper half of a usual amount is zero.
fn zigzag(money: Money) -> [u64; 2] {
    let nanos = money.nanos();
    RecordId((nanos << 1 ^ nanos >> 127).cast_unsigned()).halves()
}

fn money(low: Option<u64>, high: Option<u64>) -> Option<Money> {
    let bits = u128::from(high.unwrap_or(0)) << 64 | u128::from(low?);
    Some(Money::from_nanos((bits >> 1).cast_signed() ^ -((bits & 1).cast_signed())))
}

fn instant(seconds: u64, nanos: Option<u64>) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds.cast_signed(), u32::try_from(nanos.unwrap_or(0)).ok()?)
}
