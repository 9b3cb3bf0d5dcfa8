//! How one file writes its numbers and dates: the decimal sign, and whether the day or the month comes first.
//!
//! - In: the cells that a format reads as numbers and times. Out: their values, as soon as the file has shown its conventions.
//! - A cell that can be read in two ways before they are known raises a question: [`Conventions::is_open`]. Whoever reads the
//!   rows holds them until a later cell answers it, or lets [`Conventions::settle`] decide by what is surest.
//! - Refuses: cells that can be read in two ways where nothing decides, or where other cells contradict each other.

use std::cell::Cell;

use crate::diagnostics::Severity;
use crate::sources::Batch;
use crate::sources::rejection::{BAD_COUNT, BAD_TIME, Rejection};
use crate::sources::values::amount;
use crate::sources::values::date::{Order, Ordered, Written};
use crate::sources::values::instant::Instant;
use crate::sources::values::number::{self, Fault, Kind, Mark, Reading};

const UNDECIDED_NUMBER: Rejection = (
    "bad-amount",
    "a number such as 1,234 or 1.234 may have thousands or decimals, and the other cells of the file do not show which",
);
const UNDECIDED_DAY: Rejection = (
    "bad-time",
    "a date such as 5/6/2026 may have the day or the month first, and no date of the file shows which; write 2026-06-05",
);

/// What is known of a file's decimal sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decimal {
    Unknown,
    Known(Mark),
    /// Nothing decided, so the surest was taken.
    Assumed(Mark),
    Refused,
}

/// What the undecided numbers of a file look like.
#[derive(Debug, Clone, Copy, Default)]
struct Lone {
    dot: bool,
    comma: bool,
    dollar_before: bool,
    /// A count that would be written with three zeros after the decimal sign: `1.000`.
    count_dot: bool,
    count_comma: bool,
}

/// What is known of the order of a file's dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DayOrder {
    /// Bits of the orders in which all dates so far are dates.
    Open(u8),
    Assumed(Order),
    Refused,
}

/// The conventions of one file.
pub(in crate::sources) struct Conventions {
    delimiter: u8,
    decimal: Cell<Decimal>,
    lone: Cell<Lone>,
    order: Cell<DayOrder>,
    /// Whether an undecided date was seen that is not written with dots.
    is_undotted: Cell<bool>,
    is_number_open: Cell<bool>,
    is_date_open: Cell<bool>,
    /// Rows are read for what they show, and then thrown away.
    is_trial: Cell<bool>,
    /// What is said at the end of the file, by kind.
    has_asked_number: Cell<bool>,
    has_asked_date: Cell<bool>,
}

impl Conventions {
    /// Nothing is known of the file but what separates its cells.
    pub(in crate::sources) fn unknown(delimiter: u8) -> Self {
        Self {
            delimiter,
            decimal: Cell::new(Decimal::Unknown),
            lone: Cell::default(),
            order: Cell::new(DayOrder::Open(ALL_ORDERS)),
            is_undotted: Cell::default(),
            is_number_open: Cell::default(),
            is_date_open: Cell::default(),
            is_trial: Cell::default(),
            has_asked_number: Cell::default(),
            has_asked_date: Cell::default(),
        }
    }

    /// Programs that write JSON write numbers with a dot, and no other row decides about dates.
    pub(in crate::sources) fn of_json() -> Self {
        let known = Self::unknown(b',');
        known.decimal.set(Decimal::Known(Mark::Dot));
        known.order.set(DayOrder::Refused);
        known
    }

    /// Whether a cell was read that a later one may decide.
    pub(in crate::sources) fn is_open(&self) -> bool {
        self.is_number_open.get() || self.is_date_open.get()
    }

    /// Reads rows only for what they show, until called with `false`.
    pub(in crate::sources) fn set_trial(&self, is_trial: bool) {
        self.is_trial.set(is_trial);
    }

    pub(in crate::sources) fn is_trial(&self) -> bool {
        self.is_trial.get()
    }

    /// The number times 10^places; `bad` is why it is refused if it is none.
    pub(in crate::sources) fn number(
        &self,
        text: &str,
        places: u32,
        kind: Kind,
        bad: Rejection,
    ) -> Result<i128, Rejection> {
        let is_plain = match self.decimal.get() {
            Decimal::Known(Mark::Dot) => true,
            Decimal::Unknown => !text.as_bytes().contains(&b'.'),
            _ => false,
        };
        // `$1.50` is as plain as `1.50`.
        let bare = if kind == Kind::Money { text.strip_prefix('$').unwrap_or(text) } else { text };
        if let Some(number) = Some(bare).filter(|_| is_plain).and_then(|bare| amount::plain(bare.as_bytes(), places)) {
            return Ok(number);
        }
        match number::read(text, places, kind) {
            Ok(Reading::Sure { value, mark: None }) => Ok(value),
            Ok(Reading::Sure { value, mark: Some(mark) }) => Ok(self.shows(mark, value)),
            Ok(Reading::Either { dot, comma, written, dollar_before }) => {
                let is_whole = |value: i128| kind != Kind::Whole || value % 10_i128.pow(places) == 0;
                match (self.decimal.get(), is_whole(dot), is_whole(comma)) {
                    (Decimal::Unknown, true, false) => Ok(self.shows(Mark::Dot, dot)),
                    (Decimal::Unknown, false, true) => Ok(self.shows(Mark::Comma, comma)),
                    (Decimal::Unknown, ..) => {
                        self.ask_number(written, dollar_before, kind);
                        if self.is_trial() { Ok(dot) } else { Err(bad) }
                    }
                    (Decimal::Known(Mark::Dot) | Decimal::Assumed(Mark::Dot), ..) => Ok(dot),
                    (Decimal::Known(Mark::Comma) | Decimal::Assumed(Mark::Comma), ..) => Ok(comma),
                    (Decimal::Refused, ..) => Err(UNDECIDED_NUMBER),
                }
            }
            Err(Fault::Foreign(foreign)) => Err(foreign),
            Err(Fault::Unreadable) => Err(bad),
        }
    }

    /// The value of a cell that can be read in one way only, with this decimal sign.
    fn shows(&self, mark: Mark, value: i128) -> i128 {
        match self.decimal.get() {
            Decimal::Unknown => self.decimal.set(Decimal::Known(mark)),
            Decimal::Known(known) | Decimal::Assumed(known) if known == mark => {}
            // Both signs are in one file: only cells that cannot be misread are sure from here on.
            Decimal::Known(_) | Decimal::Assumed(_) | Decimal::Refused => self.decimal.set(Decimal::Refused),
        }
        self.is_number_open.set(false);
        value
    }

    fn ask_number(&self, written: Mark, dollar_before: bool, kind: Kind) {
        self.is_number_open.set(true);
        self.has_asked_number.set(true);
        let mut lone = self.lone.get();
        let is_count = kind == Kind::Whole;
        lone.dollar_before |= dollar_before;
        match written {
            Mark::Dot => (lone.dot, lone.count_dot) = (true, lone.count_dot || is_count),
            Mark::Comma => (lone.comma, lone.count_comma) = (true, lone.count_comma || is_count),
        }
        self.lone.set(lone);
    }

    /// The count of a cell.
    pub(in crate::sources) fn count(&self, text: &str) -> Result<u64, Rejection> {
        let millionths = self.number(text, 6, Kind::Whole, BAD_COUNT)?;
        let whole = (millionths % 1_000_000 == 0).then(|| u64::try_from(millionths / 1_000_000).ok()).flatten();
        whole.ok_or(BAD_COUNT)
    }

    /// The time of a cell.
    pub(in crate::sources) fn instant(&self, text: &str) -> Result<Instant, Rejection> {
        match Instant::read(text) {
            Some(Written::Sure(instant)) => Ok(instant),
            Some(Written::Ordered(date)) => self.ordered(&date),
            None => Err(BAD_TIME),
        }
    }

    fn ordered(&self, date: &Ordered) -> Result<Instant, Rejection> {
        if let DayOrder::Open(orders) = self.order.get()
            && orders.is_power_of_two()
            && let Some(instant) = date.among(orders)
        {
            return Ok(instant);
        }
        let possible = date.orders();
        match self.order.get() {
            DayOrder::Open(_) if possible == 0 => Err(BAD_TIME),
            DayOrder::Open(orders) if orders & possible == 0 => {
                // Dates of two orders are in one file: only those that cannot be misread are sure.
                self.order.set(DayOrder::Refused);
                self.is_date_open.set(false);
                date.sure().ok_or(UNDECIDED_DAY)
            }
            DayOrder::Open(orders) => {
                let orders = orders & possible;
                self.order.set(DayOrder::Open(orders));
                if orders.is_power_of_two() {
                    self.is_date_open.set(false);
                }
                date.among(orders).map_or_else(|| self.ask_date(date), Ok)
            }
            DayOrder::Assumed(order) => date.sure().or_else(|| date.at(order)).ok_or(BAD_TIME),
            DayOrder::Refused => date.sure().ok_or(UNDECIDED_DAY),
        }
    }

    fn ask_date(&self, date: &Ordered) -> Result<Instant, Rejection> {
        self.is_date_open.set(true);
        self.has_asked_date.set(true);
        self.is_undotted.set(self.is_undotted.get() || !date.is_dotted);
        let any = Order::ALL.iter().find_map(|order| date.at(*order));
        any.filter(|_| self.is_trial()).ok_or(UNDECIDED_DAY)
    }

    /// Decides what is open by what is surest, or refuses it from here on.
    pub(in crate::sources) fn settle(&self) {
        if self.is_number_open.replace(false) {
            self.decimal.set(self.surest_decimal());
        }
        if self.is_date_open.replace(false) {
            // With dots the day comes first wherever dates are written so.
            let is_dotted = !self.is_undotted.get();
            self.order.set(if is_dotted { DayOrder::Assumed(Order::DayMonthYear) } else { DayOrder::Refused });
        }
    }

    fn surest_decimal(&self) -> Decimal {
        let lone = self.lone.get();
        let assumed = match (self.delimiter, lone.dot, lone.comma) {
            (_, true, true) => None,
            // `$1,234` is English.
            _ if lone.dollar_before => Some(Mark::Dot),
            // Spreadsheets separate cells by semicolons because the comma is their decimal sign.
            (b';', false, true) => Some(Mark::Comma),
            (b';' | b'\t', ..) => None,
            // Where the comma separates cells it is seldom the decimal sign.
            _ => Some(Mark::Dot),
        };
        match assumed {
            // A count with three zeros as decimals is as likely as one with thousands.
            Some(Mark::Dot) if lone.count_dot => Decimal::Refused,
            Some(Mark::Comma) if lone.count_comma => Decimal::Refused,
            Some(mark) => Decimal::Assumed(mark),
            None => Decimal::Refused,
        }
    }

    /// Says what was decided, where it was not plain.
    pub(in crate::sources) fn report(&self, line: u64, out: &mut Batch) {
        let asked = self.has_asked_number.get();
        let decimal = match self.decimal.get() {
            Decimal::Known(Mark::Comma) => {
                Some((Severity::Note, "the decimal sign of a file is the comma, as its cells show"))
            }
            Decimal::Known(Mark::Dot) if asked => {
                Some((Severity::Note, "the decimal sign of a file is the dot, as its cells show"))
            }
            Decimal::Assumed(Mark::Dot) => Some((
                Severity::Warning,
                "no cell of a file shows its decimal sign; 1.234 was read with decimals and 1,234 as thousands",
            )),
            Decimal::Assumed(Mark::Comma) => Some((
                Severity::Warning,
                "no cell of a file shows its decimal sign; 1,234 was read with decimals, because semicolons separate cells",
            )),
            Decimal::Known(Mark::Dot) | Decimal::Unknown | Decimal::Refused => None,
        };
        if let Some((severity, message)) = decimal {
            out.notice(severity, "decimal-convention", message, line);
        }
        let order = match self.order.get() {
            _ if !self.has_asked_date.get() => None,
            DayOrder::Open(MONTH_FIRST) => {
                Some("dates of a file have the month first, as one with a day above 12 shows")
            }
            DayOrder::Open(DAY_FIRST) => Some("dates of a file have the day first, as one with a day above 12 shows"),
            DayOrder::Open(YEAR_FIRST) => Some("dates of a file have the year first, as one of them shows"),
            DayOrder::Assumed(_) => Some("dates of a file are written with dots and were read with the day first"),
            DayOrder::Open(_) | DayOrder::Refused => None,
        };
        if let Some(message) = order {
            out.notice(Severity::Note, "date-order", message, line);
        }
    }
}

const MONTH_FIRST: u8 = Order::MonthDayYear as u8;
const DAY_FIRST: u8 = Order::DayMonthYear as u8;
const YEAR_FIRST: u8 = Order::YearMonthDay as u8;
const ALL_ORDERS: u8 = MONTH_FIRST | DAY_FIRST | YEAR_FIRST;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::rejection::BAD_AMOUNT;

    fn read(file: &Conventions, text: &str) -> Option<i128> {
        file.number(text, 3, Kind::Money, BAD_AMOUNT).ok()
    }

    #[test]
    fn a_lone_sign_waits_for_a_cell_that_shows_the_decimal_sign() {
        for (shown, wanted) in [("1,234.5", 1_234_000), ("0,5", 1_234)] {
            let file = Conventions::unknown(b',');
            assert_eq!((read(&file, "1,234"), file.is_open()), (None, true));
            assert!(read(&file, shown).is_some() && !file.is_open());
            assert_eq!(read(&file, "1,234"), Some(wanted), "{shown}");
        }
    }

    #[test]
    fn counts_have_no_decimals_so_they_show_the_sign_of_thousands() {
        let file = Conventions::unknown(b';');
        assert_eq!((file.count("1.234"), read(&file, "2.500")), (Ok(1_234), Some(2_500_000)));
    }

    #[test]
    fn where_nothing_decides_the_surest_is_taken_or_none() {
        let settled = |delimiter: u8, text: &str| {
            let file = Conventions::unknown(delimiter);
            let _ = read(&file, text);
            file.settle();
            read(&file, text)
        };
        assert_eq!((settled(b',', "1,234"), settled(b',', "1.234")), (Some(1_234_000), Some(1_234)));
        assert_eq!((settled(b';', "1,234"), settled(b';', "1.234")), (Some(1_234), None));
        assert_eq!((settled(b'\t', "$1,234"), settled(b'\t', "1,234")), (Some(1_234_000), None));
    }

    #[test]
    fn two_decimal_signs_in_one_file_leave_only_what_cannot_be_misread() {
        let file = Conventions::unknown(b',');
        let cells = ["1.50", "1,50", "1,234", "2.75"].map(|text| read(&file, text));
        assert_eq!(cells, [Some(1_500), Some(1_500), None, Some(2_750)]);
    }

    #[test]
    fn a_day_above_twelve_shows_the_order_of_a_column_and_two_orders_none() {
        let day = |file: &Conventions, text: &str| file.instant(text).ok().map(|at| at.at.date_naive().to_string());
        let file = Conventions::unknown(b',');
        assert_eq!((day(&file, "5/6/2026"), file.is_open()), (None, true));
        assert_eq!(day(&file, "31/5/2026").as_deref(), Some("2026-05-31"));
        assert_eq!(day(&file, "5/6/2026").as_deref(), Some("2026-06-05"));
        assert_eq!(day(&file, "5/31/2026").as_deref(), Some("2026-05-31"));
        assert_eq!(day(&file, "5/6/2026"), None);
    }
}
