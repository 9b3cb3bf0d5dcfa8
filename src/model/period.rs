//! Periods: half-open spans of time cut at whole days of a declared time zone.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, SecondsFormat, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// How long work is watched before it is judged, in days: merged changes after the merge, everything else after its last activity.
pub const HORIZON_DAYS: u32 = 30;
/// The same as a span of time.
pub const HORIZON: TimeDelta = TimeDelta::days(HORIZON_DAYS as i64);

/// A half-open span `[from, to)` in UTC with the zone its days were cut in; an open end is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First instant inside.
    pub from: Option<DateTime<Utc>>,
    /// First instant after.
    pub to: Option<DateTime<Utc>>,
    /// The zone in which days begin and end.
    pub tz: Tz,
}

impl Period {
    /// All of time.
    #[must_use]
    pub fn all(tz: Tz) -> Self {
        Self { from: None, to: None, tz }
    }

    /// Whole days, both included, as `--since D --until E` mean them.
    #[must_use]
    pub fn days(since: Option<NaiveDate>, until: Option<NaiveDate>, tz: Tz) -> Self {
        let from = since.map(|day| day_start(day, tz));
        let to = until.and_then(|day| day.checked_add_days(Days::new(1))).map(|day| day_start(day, tz));
        Self { from, to, tz }
    }

    /// The first day inside; `None` when that end is open.
    #[must_use]
    pub fn first_day(&self) -> Option<NaiveDate> {
        self.from.map(|from| day_of(from, self.tz))
    }

    /// The last day inside; `None` when that end is open.
    #[must_use]
    pub fn last_day(&self) -> Option<NaiveDate> {
        self.to.map(|to| day_of(to - TimeDelta::nanoseconds(1), self.tz))
    }

    /// Whether the instant lies inside.
    #[must_use]
    pub fn contains(&self, at: DateTime<Utc>) -> bool {
        self.from.is_none_or(|from| at >= from) && self.to.is_none_or(|to| at < to)
    }

    /// Whether both ends are open.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }
}

/// The first instant of a day in a zone; where a clock change skips midnight, the first instant that exists.
#[must_use]
pub fn day_start(day: NaiveDate, tz: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    // Clock changes are at most a few hours, so a quarter-hour search ends soon.
    (0..=96)
        .find_map(|quarter| {
            let local = midnight + TimeDelta::minutes(15 * quarter);
            tz.from_local_datetime(&local).earliest()
        })
        .map_or_else(|| midnight.and_utc(), |at| at.with_timezone(&Utc))
}

/// The day of an instant in a zone.
#[must_use]
pub fn day_of(at: DateTime<Utc>, tz: Tz) -> NaiveDate {
    at.with_timezone(&tz).date_naive()
}

/// An instant as machine output writes it.
#[must_use]
pub fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// How a time axis is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Granularity {
    /// Calendar days, `2026-05-01`.
    Day,
    /// ISO weeks from Monday, `2026-W18`.
    Week,
    /// Calendar months, `2026-05`.
    Month,
}

impl Granularity {
    /// The label of the cell that holds `day`; labels sort in time order.
    #[must_use]
    pub fn label(self, day: NaiveDate) -> String {
        match self {
            Self::Day => day.format("%Y-%m-%d").to_string(),
            Self::Week => {
                let week = day.iso_week();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            Self::Month => day.format("%Y-%m").to_string(),
        }
    }
}

/// The first and last day of a month written `YYYY-MM`.
///
/// # Errors
/// Returns a sentence that shows the expected form.
pub fn month_days(text: &str) -> Result<(NaiveDate, NaiveDate), String> {
    let first = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d")
        .map_err(|_| format!("`{text}` is not a month; write it as 2026-05"))?;
    let last = first
        .checked_add_months(Months::new(1))
        .and_then(|next| next.pred_opt())
        .ok_or_else(|| format!("`{text}` is out of range"))?;
    Ok((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn since_and_until_are_whole_days_both_included() {
        let period = Period::days(Some(day("2026-05-01")), Some(day("2026-05-31")), Tz::UTC);
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("an instant");
        assert!(period.contains(at("2026-05-01T00:00:00Z")));
        assert!(period.contains(at("2026-05-31T23:59:59.999Z")));
        assert!(!period.contains(at("2026-06-01T00:00:00Z")));
    }

    #[test]
    fn a_day_follows_the_zone_through_clock_changes() {
        let zone = Tz::Europe__Berlin;
        assert_eq!(day_start(day("2026-03-30"), zone).to_rfc3339(), "2026-03-29T22:00:00+00:00");
        assert_eq!(day_start(day("2026-03-29"), zone).to_rfc3339(), "2026-03-28T23:00:00+00:00");
        // Midnight of this day does not exist in this zone.
        let skipped = day_start(day("2018-11-04"), Tz::America__Sao_Paulo);
        assert_eq!(day_of(skipped, Tz::America__Sao_Paulo), day("2018-11-04"));
        assert_eq!(skipped.to_rfc3339(), "2018-11-04T03:00:00+00:00");
    }

    #[test]
    fn weeks_are_iso_weeks() {
        assert_eq!(Granularity::Week.label(day("2027-01-01")), "2026-W53");
        assert_eq!(Granularity::Month.label(day("2027-01-01")), "2027-01");
    }

    #[test]
    fn months_end_on_their_last_day() {
        assert_eq!(month_days("2028-02"), Ok((day("2028-02-01"), day("2028-02-29"))));
        assert!(month_days("2028-13").is_err());
    }
}
