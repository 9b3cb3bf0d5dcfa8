//! Sightings in a fifth of their room: what a record tells, and nothing for what it does not.
//!
//! Most columns of a record are unknown in any one format, and a run holds millions of records while it reads. Here they
//! stand end to end as words of four bytes: what every record has, which columns are told, and those.

use chrono::{DateTime, Utc};

use super::bill::{Authority, Bill, Coverage};
use super::money::Money;
use super::name::Name;
use super::origin::{FileId, Origin};
use super::sighting::{Rest, Seen, Sighting};
use super::usage::{Grain, NAMES, RecordId, TokenCounts, UsageRecord};

/// Columns of two words each.
const NUMBERS: usize = 23;
/// Words of every sighting: its id (4), the columns that are told (2), marks, format, file, line (2), start (2).
const HEAD: usize = 13;

/// Words of a sighting that tells everything, its lists aside.
const MOST_WORDS: usize = HEAD + 2 * NUMBERS + NAMES;
/// Words of the first block and of the largest: many files hold few records, and blocks of some megabytes go back to the
/// system as they are given up.
const FIRST_BLOCK: usize = 1 << 10;
const BLOCK: usize = 1 << 21;

// The marks; above them stand grain, coverage and authority, four bits each.
const ASSUMED: u32 = 1;
const SUBAGENT: u32 = 1 << 1;
const REVISES: u32 = 1 << 2;
const FINISHED: u32 = 1 << 3;
/// Lists of other sightings and of visible output stand behind the columns.
const LISTS: u32 = 1 << 4;
/// It stands further behind now.
const MOVED: u32 = 1 << 5;

/// Sightings in the order in which they were added.
#[derive(Debug, Default)]
pub(super) struct Packed {
    /// Each as long as what it holds, the last with zeros behind it.
    blocks: Vec<Vec<u32>>,
    /// Where the last block is free.
    end: usize,
    /// The ids of formats, which records name by their place here.
    formats: Vec<&'static str>,
}

/// Where a sighting stands: the block, and the word in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    block: u32,
    word: u32,
}

impl Place {
    fn new(block: usize, word: usize) -> Self {
        let [block, word] = [block, word].map(|number| u32::try_from(number).expect("few and small blocks"));
        Self { block, word }
    }
}

impl Packed {
    /// Where the next sighting will stand, which is made room for.
    pub(super) fn next(&mut self, rest: &Rest) -> Place {
        let most = MOST_WORDS + if is_listed(rest) { list_words(rest) } else { 0 };
        if self.blocks.last().is_none_or(|block| block.len() - self.end < most) {
            let grown = self.blocks.last().map_or(FIRST_BLOCK, |last| (last.len() * 4).min(BLOCK));
            self.close();
            self.blocks.push(vec![0; grown.max(most)]);
            self.end = 0;
        }
        Place::new(self.blocks.len() - 1, self.end)
    }

    /// Cuts what is free off the last block.
    fn close(&mut self) {
        if let Some(last) = self.blocks.last_mut() {
            last.truncate(self.end);
        }
    }

    /// The words from a place on.
    fn at(&self, place: Place) -> &[u32] {
        &self.blocks[place.block as usize][place.word as usize..]
    }

    /// The id of the sighting at a place.
    pub(super) fn id(&self, place: Place) -> RecordId {
        RecordId(self.at(place)[..4].iter().fold(0, |id, word| id << 32 | u128::from(*word)))
    }

    /// Adds a sighting.
    pub(super) fn push(&mut self, record: &UsageRecord, rest: &Rest) -> Place {
        let format = self.format(record.source);
        let place = self.next(rest);
        // Written where they stay: whoever copies words that were just written waits for each of them.
        let words = &mut self.blocks[place.block as usize][place.word as usize..];
        let mut told = Told { words, bits: 0, bit: 0, end: HEAD };
        told.numbers(record, rest);
        record.names().into_iter().for_each(|name| told.name(name));
        let Told { words, bits, mut end, .. } = told;
        let [high, low] = record.id.halves();
        [words[0], words[1]] = halves(high);
        [words[2], words[3]] = halves(low);
        [words[4], words[5]] = halves(bits);
        words[6] = marks(record, rest);
        words[7] = format;
        words[8] = record.origin.file.0;
        [words[9], words[10]] = halves(record.origin.line);
        [words[11], words[12]] = halves(record.charge_period_start.timestamp().cast_unsigned());
        if is_listed(rest) {
            put_lists(&mut words[end..], rest);
            end += list_words(rest);
        }
        self.end += end;
        place
    }

    /// The sighting at a place, and how many words it takes.
    pub(super) fn get(&self, place: Place) -> (Sighting, usize) {
        let mut words = Words { words: self.at(place), at: 0 };
        let id = RecordId(u128::from(words.two()) << 64 | u128::from(words.two()));
        let (told, marks) = (words.two(), words.one());
        let source = self.formats[words.one() as usize];
        let origin = Origin { file: FileId(words.one()), line: words.two() };
        let start = words.two();
        let numbers: [Option<u64>; NUMBERS] = std::array::from_fn(|bit| (told >> bit & 1 == 1).then(|| words.two()));
        let [
            input,
            cache_read,
            cache_write_5m,
            cache_write_1h,
            cache_write_unspecified,
            output,
            reasoning,
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
            end,
            end_nanos,
            revised,
            revised_nanos,
            start_nanos,
            again,
        ] = numbers;
        let period_start = instant(start, start_nanos).unwrap_or_default();
        let mut record = UsageRecord {
            id,
            grain: Grain::ALL.get(marks as usize >> 8 & 15).map_or(Grain::Request, |(_, grain)| *grain),
            charge_period_end: end.and_then(|end| instant(end, end_nanos)),
            time_zone_assumed: marks & ASSUMED != 0,
            tokens: TokenCounts {
                input,
                cache_read,
                cache_write_5m,
                cache_write_1h,
                cache_write_unspecified,
                output,
                reasoning,
            },
            output_estimate,
            request_count,
            billed_cost: money(billed, billed_high),
            reported_cost: money(reported, reported_high),
            bill: Bill {
                authority: Authority::ALL.get(marks as usize >> 16 & 15).copied().unwrap_or_default(),
                coverage: Coverage::ALL.get(marks as usize >> 12 & 15).copied().unwrap_or_default(),
                gross_cost: money(gross, gross_high),
                quantity_micros: quantity.map(u64::cast_signed),
                unit: None,
                revises: marks & REVISES != 0,
                revised_at: revised.and_then(|at| instant(at, revised_nanos)),
            },
            request,
            subagent: marks & SUBAGENT != 0,
            ..UsageRecord::blank(source, origin, period_start)
        };
        for (bit, name) in record.names_mut().into_iter().enumerate() {
            if told >> (NUMBERS + bit) & 1 == 1 {
                *name = Name::from_code(words.one());
            }
        }
        let (mut others, mut visible) = (Vec::new(), Vec::new());
        if marks & LISTS != 0 {
            let counts = [words.two(), words.two()];
            others.extend((0..counts[0]).map(|_| {
                let file = FileId(words.low());
                let is_told = words.two() == 1;
                Seen { file, request: Some(words.two()).filter(|_| is_told), count: words.two() }
            }));
            visible.extend((0..counts[1]).map(|_| (words.two(), words.low())));
        }
        let (again, finished) = (again.unwrap_or(0), marks & FINISHED != 0);
        (Sighting { record, rest: Rest { again, others, visible, finished } }, words.at)
    }

    /// Puts what became of the sighting of so many words at `place` there if it takes as many, else at the end of all;
    /// returns its place.
    pub(super) fn replace(&mut self, place: Place, words: usize, record: &UsageRecord, rest: &Rest) -> Place {
        let new = self.push(record, rest);
        let [from, to] = [new, place].map(|place| (place.block as usize, place.word as usize));
        if self.end - from.1 != words {
            self.blocks[to.0][to.1 + 6] |= MOVED;
            return new;
        }
        let (before, last) = self.blocks.split_at_mut(from.0);
        match before.get_mut(to.0) {
            Some(block) => block[to.1..to.1 + words].copy_from_slice(&last[0][from.1..self.end]),
            None => last[0].copy_within(from.1..self.end, to.1),
        }
        self.end = from.1;
        place
    }

    /// Gives up the sightings, and each block once its own are out.
    pub(super) fn into_all(mut self) -> impl Iterator<Item = Sighting> {
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
                let is_moved = at[6] & MOVED != 0;
                let (sighting, words) = self.get(Place::new(block, word));
                word += words;
                if !is_moved {
                    return Some(sighting);
                }
            }
        })
    }

    /// The number of a format.
    fn format(&mut self, id: &'static str) -> u32 {
        let known = self.formats.iter().position(|known| *known == id);
        let at = known.unwrap_or_else(|| {
            self.formats.push(id);
            self.formats.len() - 1
        });
        u32::try_from(at).expect("few formats")
    }
}

/// The words of a sighting while its columns are put behind its head.
struct Told<'a> {
    words: &'a mut [u32],
    /// Which columns are told.
    bits: u64,
    /// The next column.
    bit: u32,
    end: usize,
}

impl Told<'_> {
    /// The columns that are numbers, in the order in which [`Packed::get`] reads them. What is mostly zero is untold then.
    ///
    /// One by one: an array of them is copied in pairs of words that the processor must wait for, as they were just written.
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
        self.number(record.output_estimate);
        self.number(record.request_count);
        self.number(record.request);
        self.number(record.bill.quantity_micros.map(i64::cast_unsigned));
        for money in [&record.billed_cost, &record.reported_cost, &record.bill.gross_cost] {
            let halves = money.map(zigzag);
            self.number(halves.map(|[_, low]| low));
            self.number(halves.and_then(|[high, _]| some(high)));
        }
        for at in [&record.charge_period_end, &record.bill.revised_at] {
            self.number(at.map(|at| at.timestamp().cast_unsigned()));
            self.number(at.and_then(|at| some(u64::from(at.timestamp_subsec_nanos()))));
        }
        self.number(some(u64::from(record.charge_period_start.timestamp_subsec_nanos())));
        self.number(some(rest.again));
    }

    // Called for every column, it costs more than what it does.
    #[inline(always)]
    fn number(&mut self, number: Option<u64>) {
        if let Some(number) = number {
            self.bits |= 1 << self.bit;
            [self.words[self.end], self.words[self.end + 1]] = halves(number);
            self.end += 2;
        }
        self.bit += 1;
    }

    #[inline]
    fn name(&mut self, name: Option<Name>) {
        if let Some(name) = name {
            self.bits |= 1 << self.bit;
            self.words[self.end] = name.code();
            self.end += 1;
        }
        self.bit += 1;
    }
}

/// Whether lists stand behind the columns of a sighting.
fn is_listed(rest: &Rest) -> bool {
    !rest.others.is_empty() || !rest.visible.is_empty()
}

/// How many words its lists take.
fn list_words(rest: &Rest) -> usize {
    4 + 8 * rest.others.len() + 4 * rest.visible.len()
}

/// Puts the lists behind the columns.
fn put_lists(words: &mut [u32], rest: &Rest) {
    let others = rest
        .others
        .iter()
        .map(|seen| [u64::from(seen.file.0), u64::from(seen.request.is_some()), seen.request.unwrap_or(0), seen.count]);
    let visible = rest.visible.iter().map(|(hash, chars)| [*hash, u64::from(*chars)]);
    let counts = [rest.others.len() as u64, rest.visible.len() as u64];
    let numbers = counts.into_iter().chain(others.flatten()).chain(visible.flatten());
    for (pair, number) in words.chunks_exact_mut(2).zip(numbers) {
        pair.copy_from_slice(&halves(number));
    }
}

fn marks(record: &UsageRecord, rest: &Rest) -> u32 {
    let marks = [
        (record.time_zone_assumed, ASSUMED),
        (record.subagent, SUBAGENT),
        (record.bill.revises, REVISES),
        (rest.finished, FINISHED),
        (is_listed(rest), LISTS),
    ];
    let marks: u32 = marks.into_iter().filter(|(is, _)| *is).map(|(_, mark)| mark).sum();
    marks | (record.grain as u32) << 8 | (record.bill.coverage as u32) << 12 | (record.bill.authority as u32) << 16
}

/// Reads words one after the other.
struct Words<'a> {
    words: &'a [u32],
    at: usize,
}

impl Words<'_> {
    fn one(&mut self) -> u32 {
        self.at += 1;
        self.words[self.at - 1]
    }

    fn two(&mut self) -> u64 {
        u64::from(self.one()) << 32 | u64::from(self.one())
    }

    /// A number that was one word, out of two.
    fn low(&mut self) -> u32 {
        self.at += 1;
        self.one()
    }
}

/// The upper and the lower half.
fn halves(number: u64) -> [u32; 2] {
    [number >> 32, number & u64::from(u32::MAX)].map(|half| u32::try_from(half).unwrap_or(u32::MAX))
}

/// An amount with its sign as the last bit, so that the upper half of a usual one is zero.
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
