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
    words: Vec<u32>,
    /// The ids of formats, which records name by their place here.
    formats: Vec<&'static str>,
}

impl Packed {
    /// Where the next sighting will stand.
    pub(super) fn end(&self) -> usize {
        self.words.len()
    }

    /// The id of the sighting at a place.
    pub(super) fn id(&self, place: usize) -> RecordId {
        let words = &self.words[place..place + 4];
        RecordId(words.iter().fold(0, |id, word| id << 32 | u128::from(*word)))
    }

    /// Adds a sighting.
    pub(super) fn push(&mut self, record: &UsageRecord, rest: &Rest) {
        let format = self.format(record.source);
        let start = self.end();
        // Written where they stay: whoever copies words that were just written waits for each of them.
        self.words.resize(start + MOST_WORDS, 0);
        let mut told = Told { words: &mut self.words[start..], bits: 0, bit: 0, end: HEAD };
        told.numbers(record, rest);
        record.names().into_iter().for_each(|name| told.name(name));
        let Told { words, bits, end, .. } = told;
        let marks = marks(record, rest);
        let [high, low] = record.id.halves();
        [words[0], words[1]] = halves(high);
        [words[2], words[3]] = halves(low);
        [words[4], words[5]] = halves(bits);
        words[6] = marks;
        words[7] = format;
        words[8] = record.origin.file.0;
        [words[9], words[10]] = halves(record.origin.line);
        [words[11], words[12]] = halves(record.charge_period_start.timestamp().cast_unsigned());
        self.words.truncate(start + end);
        if marks & LISTS != 0 {
            self.push_lists(rest);
        }
    }

    fn push_lists(&mut self, rest: &Rest) {
        let mut put = |number: u64| self.words.extend_from_slice(&halves(number));
        put(rest.others.len() as u64);
        put(rest.visible.len() as u64);
        for seen in &rest.others {
            put(u64::from(seen.file.0));
            put(u64::from(seen.request.is_some()));
            put(seen.request.unwrap_or(0));
            put(seen.count);
        }
        for (hash, chars) in &rest.visible {
            put(*hash);
            put(u64::from(*chars));
        }
    }

    /// The sighting at a place, and where it ends.
    pub(super) fn get(&self, place: usize) -> (Sighting, usize) {
        let mut words = Words { words: &self.words, at: place };
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

    /// Puts what became of the sighting from `place` to `end` there if it takes as much room, else at the end of all;
    /// returns its place.
    pub(super) fn replace(&mut self, place: usize, end: usize, record: &UsageRecord, rest: &Rest) -> usize {
        let new = self.end();
        self.push(record, rest);
        if self.end() - new != end - place {
            self.words[place + 6] |= MOVED;
            return new;
        }
        self.words.copy_within(new.., place);
        self.words.truncate(new);
        place
    }

    /// Gives up the sightings.
    pub(super) fn into_all(self) -> impl Iterator<Item = Sighting> {
        let mut at = 0;
        std::iter::from_fn(move || {
            while at < self.end() {
                let is_moved = self.words[at + 6] & MOVED != 0;
                let (sighting, end) = self.get(at);
                at = end;
                if !is_moved {
                    return Some(sighting);
                }
            }
            None
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

fn marks(record: &UsageRecord, rest: &Rest) -> u32 {
    let marks = [
        (record.time_zone_assumed, ASSUMED),
        (record.subagent, SUBAGENT),
        (record.bill.revises, REVISES),
        (rest.finished, FINISHED),
        (!rest.others.is_empty() || !rest.visible.is_empty(), LISTS),
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
