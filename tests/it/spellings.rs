//! Every CSV fixture with its times and numbers in the spellings of people, spreadsheets and programs: each row is read right or
//! refused, and never gives another number.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rayon::prelude::*;
use tokaudit::sources::reading::inputs::InputFile;
use tokaudit::sources::{ReadOptions, Undated, read};

type Table = Vec<Vec<String>>;

/// How a spelling must be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Must {
    /// It means one thing only.
    Read,
    /// It may be refused, because other cells decide.
    ReadOrRefuse,
    /// It means nothing for sure.
    Refuse,
}
use Must::{Read, ReadOrRefuse, Refuse};

/// A spelling of times: a date, what follows it if there is a time of day, and how far east of UTC both are.
type TimeSpelling = (&'static str, &'static str, i64, Must);

/// Formats of chrono. Each names who writes it.
const TIMES: &[TimeSpelling] = &[
    ("%Y-%m-%d", "T%H:%M:%SZ", 0, Read),             // RFC 3339: most vendors' exports
    ("%Y-%m-%d", "T%H:%M:%S.%9fZ", 0, Read),         // Go, Java's Instant
    ("%Y-%m-%d", "T%H:%M:%S,%3fZ", 0, Read),         // Python's logging: a comma before milliseconds
    ("%Y-%m-%d", "T%H:%MZ", 0, Read),                // ISO 8601 without seconds: Google Cloud, AWS Cost Explorer
    ("%Y-%m-%d", " %H:%M:%S+00", 0, Read),           // PostgreSQL, DuckDB
    ("%Y-%m-%d", " %H:%M:%S.%6f+00", 0, Read),       // PostgreSQL's timestamptz with microseconds
    ("%Y-%m-%d", " %H:%M:%S+02", 120, Read),         // PostgreSQL in Berlin
    ("%Y-%m-%d", "T%H:%M:%S+0000", 0, Read),         // JIRA, Facebook, Log4j
    ("%Y-%m-%d", "T%H:%M:%S-0700", -420, Read),      // strftime %z
    ("%Y-%m-%d", "T%H:%M:%S+05:30", 330, Read),      // Python's isoformat in India
    ("%Y-%m-%d", " %H:%M:%S UTC", 0, Read),          // BigQuery, Ruby
    ("%Y-%m-%d", " %H:%M:%S +0000 UTC", 0, Read),    // Go's Time.String
    ("%Y-%m-%d", " %H:%M:%S -0700 PDT", -420, Read), // Go's Time.String in California
    ("%Y-%m-%d", " %H:%M:%S GMT", 0, Read),          // log files
    ("%Y-%m-%d", "T%H:%M:%S+02:00[Europe/Berlin]", 120, Read), // Java's ZonedDateTime
    ("%Y-%m-%d", " %H:%M:%S PDT", -420, Refuse),     // spreadsheets of US companies: a name of a zone is not sure
    ("%Y-%-m-%-d", " %-H:%M:%S", 0, Read),           // JavaScript by hand, LibreOffice without zeros
    ("%Y/%m/%d", " %H:%M:%S", 0, Read),              // Japanese and South African Excel
    ("%Y.%m.%d", " %H:%M:%S", 0, Read),              // Hungarian and Korean Excel
    ("%Y年%-m月%-d日", " %H:%M:%S", 0, Read),        // Chinese and Japanese Excel, long date
    ("%Y%m%d", "T%H%M%SZ", 0, Read),                 // ISO 8601 basic: AWS, iCalendar
    ("%Y%m%d", "%H%M%S", 0, Read),                   // Cloud files, SAP
    ("%m/%d/%Y", " %I:%M:%S %p", 0, ReadOrRefuse),   // US Excel, general date
    ("%-m/%-d/%Y", " %-H:%M", 0, ReadOrRefuse),      // US Excel re-saving a CSV
    ("%-m/%-d/%Y", ", %-I:%M:%S %p", 0, ReadOrRefuse), // JavaScript's toLocaleString in the US
    ("%-m/%-d/%Y", " %-I:%M:%S\u{202f}%p", 0, ReadOrRefuse), // the same with new ICU
    ("%-m/%-d/%y", " %-H:%M", 0, ReadOrRefuse),      // US Excel, short date
    ("%d/%m/%Y", " %H:%M:%S", 0, ReadOrRefuse),      // British, French, Spanish, Brazilian Excel
    ("%d/%m/%y", " %H:%M", 0, ReadOrRefuse),         // the same, short
    ("%y/%m/%d", " %H:%M", 0, ReadOrRefuse),         // Japanese Excel, short
    ("%d-%m-%Y", " %H:%M:%S", 0, ReadOrRefuse),      // Dutch and Indian Excel
    ("%m-%d-%Y", " %H:%M:%S", 0, ReadOrRefuse),      // US programs
    ("%d.%m.%Y", " %H:%M:%S", 0, ReadOrRefuse),      // German, Russian, Polish, Turkish Excel
    ("%-d.%-m.%Y", " %-H:%M", 0, ReadOrRefuse),      // Czech and Finnish Excel
    ("%d-%b-%Y", " %H:%M:%S", 0, Read),              // Oracle, Excel's dd-mmm-yyyy
    ("%-d-%b-%y", " %H:%M", 0, Read),                // Excel's d-mmm-yy
    ("%-d %B %Y", " %H:%M", 0, Read),                // British long date
    ("%B %-d, %Y", " %I:%M %p", 0, Read),            // US long date
    ("%b %-d, %Y", " at %-I:%M:%S %p", 0, Read),     // macOS and Apple Numbers
    ("%a, %d %b %Y", " %H:%M:%S +0000", 0, Read),    // RFC 2822: mail, HTTP
    ("%a, %d %b %Y", " %H:%M:%S GMT", 0, Read),      // JavaScript's toUTCString
    ("%a %b %d %Y", " %H:%M:%S GMT+0200 (Central European Summer Time)", 120, Read), // JavaScript's toString
    ("%A, %B %-d, %Y", " %I:%M:%S %p", 0, Read),     // US Excel's long date
    ("%d/%b/%Y", ":%H:%M:%S +0000", 0, Read),        // Apache's access log
    ("%m/%d/%Y", " %H:%M:%S PDT", -420, Refuse),     // US systems with a zone's name
    ("%G-W%V-%u", "T%H:%M:%SZ", 0, Refuse),          // ISO weeks
    ("%Y-%j", " %H:%M:%S", 0, Refuse),               // ordinal dates of satellites and mainframes
    ("%Y-%m", "", 0, Refuse),                        // months
    ("%b %Y", "", 0, Refuse),                        // months of finance
    ("%d/%m", " %H:%M", 0, Refuse),                  // days without a year
];

/// How a program writes a time.
type WriteTime = fn(DateTime<Utc>) -> String;

/// Numbers for times. Each names who writes it.
const NUMBERS_FOR_TIMES: &[(WriteTime, Must)] = &[
    (|at| at.timestamp().to_string(), Read),        // Unix seconds: SQLite, OpenAI
    (|at| format!("{}.0", at.timestamp()), Read),   // Python's time.time, pandas
    (|at| at.timestamp_millis().to_string(), Read), // JavaScript's Date.now
    (|at| at.timestamp_micros().to_string(), Read), // BigQuery's UNIX_MICROS, Chrome
    (|at| format!("{}000", at.timestamp_micros()), Read), // OpenTelemetry, pandas
    (|at| serial(at, 5), Read),                     // Excel with the format "General"
    (|at| serial(at, 5).replace('.', ","), Read),   // the same in German
    (|at| format!("{:.5E}", seconds_of(at)), Refuse), // Excel, a narrow column: digits are lost
    (|at| format!("{}", (at.timestamp() + 62_135_596_800) * 10_000_000), Refuse), // .NET ticks
    (|at| format!("{}", (at.timestamp() + 11_644_473_600) * 10_000_000), Refuse), // Windows file times
    (|at| format!("{}", at.timestamp() - 978_307_200), Refuse), // Cocoa: seconds since 2001
    (|at| at.format("%Y%m%d%H%M").to_string(), Refuse), // could be milliseconds of 1976
];

/// Days since the end of 1899, as spreadsheets show them.
fn serial(at: DateTime<Utc>, places: usize) -> String {
    let epoch = NaiveDate::from_ymd_opt(1899, 12, 30).expect("a day");
    let days = (at.date_naive() - epoch).num_days();
    if at.timestamp().rem_euclid(86_400) == 0 {
        return days.to_string();
    }
    let epoch = epoch.and_time(chrono::NaiveTime::MIN).and_utc();
    format!("{:.places$}", (seconds_of(at) - seconds_of(epoch)) / 86_400.0)
}

#[expect(clippy::cast_precision_loss, reason = "these seconds are few")]
fn seconds_of(at: DateTime<Utc>) -> f64 {
    at.timestamp() as f64
}

/// A spelling of a number of whole and decimal digits, which may be negative.
type NumberSpelling = (fn(&Parts) -> String, Must);

struct Parts {
    is_negative: bool,
    whole: String,
    decimals: String,
}

impl Parts {
    fn minus(&self) -> &str {
        if self.is_negative { "-" } else { "" }
    }

    /// The digits in groups of three.
    fn grouped(&self, sign: &str) -> String {
        let first = self.whole.len() % 3;
        let (head, tail) = self.whole.split_at(first);
        let threes = tail.as_bytes().chunks(3).map(|three| String::from_utf8_lossy(three).into_owned());
        let groups: Vec<String> =
            Some(head.to_owned()).filter(|head| !head.is_empty()).into_iter().chain(threes).collect();
        groups.join(sign)
    }

    fn with(&self, group: &str, decimal: &str) -> String {
        if self.decimals.is_empty() {
            self.grouped(group)
        } else {
            format!("{}{decimal}{}", self.grouped(group), self.decimals)
        }
    }

    fn plain(&self) -> String {
        self.with("", ".")
    }

    fn indian(&self) -> String {
        let three = self.whole.len().saturating_sub(3);
        let (head, last) = self.whole.split_at(three);
        let mut groups: Vec<&str> = Vec::new();
        let mut rest = head;
        while !rest.is_empty() {
            let (before, two) = rest.split_at(rest.len().saturating_sub(2));
            groups.insert(0, two);
            rest = before;
        }
        groups.push(last);
        let whole = groups.join(",");
        if self.decimals.is_empty() { whole } else { format!("{whole}.{}", self.decimals) }
    }

    /// `1.2345E+03`.
    fn scientific(&self, decimal: &str) -> String {
        let digits = format!("{}{}", self.whole, self.decimals);
        let decimal = if digits.len() > 1 { decimal } else { "" };
        format!("{}{}{decimal}{}E+{:02}", self.minus(), &digits[..1], &digits[1..], self.whole.len() - 1)
    }
}

/// Spellings of any number. Each names who writes it.
const NUMBERS: &[NumberSpelling] = &[
    (|n| format!("{}{}", n.minus(), n.plain()), Read),        // programs
    (|n| format!("{}{}", n.minus(), n.with(",", ".")), Read), // US and British Excel
    (|n| format!("{}{}", n.minus(), n.with(".", ",")), Read), // German, Spanish, Brazilian Excel
    (|n| format!("{}{}", n.minus(), n.with(" ", ",")), Read), // people in Europe, SAP
    (|n| format!("{}{}", n.minus(), n.with("\u{a0}", ",")), Read), // Swedish, Czech, Russian Excel: a no-break space
    (|n| format!("{}{}", n.minus(), n.with("\u{202f}", ",")), Read), // French Excel: a narrow no-break space
    (|n| format!("{}{}", n.minus(), n.with("\u{2009}", ".")), Read), // the SI: a thin space
    (|n| format!("{}{}", n.minus(), n.with("'", ".")), Read), // Swiss Excel
    (|n| format!("{}{}", n.minus(), n.with("\u{2019}", ".")), Read), // Swiss Excel: a typographic apostrophe
    (|n| format!("{}{}", n.minus(), n.indian()), Read),       // Indian Excel: lakhs
    (|n| format!("{}{}", n.minus(), n.with("", ",")), Read),  // German exports without groups
    (|n| format!(" {}{} ", n.minus(), n.plain()), Read),      // fixed-width reports
    (|n| n.scientific("."), Read),                            // Excel, a narrow column
    (|n| n.scientific(","), Read),                            // the same in German
    (|n| format!("{}{}", if n.is_negative { "\u{2212}" } else { "" }, n.plain()), Read), // ICU, LibreOffice: a minus sign
    (|n| format!("{}{}", n.plain(), n.minus()), Read),                                   // SAP: the minus behind
    (|n| if n.is_negative { format!("({})", n.plain()) } else { n.plain() }, Read),      // accounting
    (|n| format!("{}{}", if n.is_negative { "-" } else { "+" }, n.plain()), Read),       // COBOL, Excel's +0.00
    (|n| format!("{}{}k", n.minus(), n.plain()), Refuse),                                // dashboards
    (|n| format!("{}{}M", n.minus(), n.plain()), Refuse),                                // dashboards
    (|n| format!("{}{}%", n.minus(), n.plain()), Refuse),                                // shares
    (|n| format!("{}{}", n.minus(), n.with("_", ".")), Refuse),                          // source code
    (|n| format!("--{}", n.plain()), Refuse),                                            // typing errors
    (|n| format!("{}e2147483647", n.plain()), Refuse),                                   // hostile exponents
    (|n| format!("~{}", n.plain()), Refuse),                                             // people, about
    (|n| format!("{} / {}", n.plain(), n.plain()), Refuse),                              // two figures in one cell
    (|_| "#VALUE!".to_owned(), Refuse),                                                  // Excel's errors
];

/// Spellings of amounts of money. Each names who writes it.
const AMOUNTS: &[NumberSpelling] = &[
    (|n| format!("{}${}", n.minus(), n.with(",", ".")), Read), // US Excel, currency
    (|n| format!("${}{}", n.minus(), n.with(",", ".")), Read), // Google Sheets, $-1.50
    (|n| if n.is_negative { format!("(${})", n.with(",", ".")) } else { format!("${}", n.with(",", ".")) }, Read), // US Excel, accounting
    (|n| if n.is_negative { format!(" $({})", n.with(",", ".")) } else { format!(" $ {} ", n.with(",", ".")) }, Read), // US Excel, accounting, aligned
    (|n| format!("{}{} $", n.minus(), n.with("\u{a0}", ",")), Read), // French Excel in dollars
    (|n| format!("{}{} $", n.minus(), n.with(".", ",")), Read),      // German Excel in dollars
    (|n| format!("US$ {}{}", n.minus(), n.with(".", ",")), Read),    // Brazilian Excel in dollars
    (|n| format!("{}US${}", n.minus(), n.with(",", ".")), Read),     // Australian, Canadian, Asian systems
    (|n| format!("{}{} USD", n.minus(), n.plain()), Read),           // vendors' invoices
    (|n| format!("USD {}{}", n.minus(), n.with(",", ".")), Read),    // banks
    (|n| format!("{}{} $US", n.minus(), n.with(" ", ",")), Read),    // Canadian French
    (|n| format!("{}€{}", n.minus(), n.with(",", ".")), Refuse),     // Irish Excel
    (|n| format!("{}{} €", n.minus(), n.with(".", ",")), Refuse),    // German Excel
    (|n| format!("{}£{}", n.minus(), n.with(",", ".")), Refuse),     // British Excel
    (|n| format!("CHF {}{}", n.minus(), n.with("'", ".")), Refuse),  // Swiss Excel
    (|n| format!("{}CA${}", n.minus(), n.with(",", ".")), Refuse),   // ICU: Canadian dollars
    (|n| format!("¥{}{}", n.minus(), n.with(",", ".")), Refuse),     // Chinese and Japanese consoles
    (|n| format!("{}{}元", n.minus(), n.plain()), Refuse),           // Chinese bills
    (|n| format!("R$ {}{}", n.minus(), n.with(".", ",")), Refuse),   // Brazilian Excel
    (|n| format!("{}₹{}", n.minus(), n.indian()), Refuse),           // Indian Excel
    (|n| format!("{}{} EUR", n.minus(), n.with(".", ",")), Refuse),  // vendors' invoices
    (|n| format!("{}{}¢", n.minus(), n.plain()), Refuse),            // cents
];

/// Line → the start and the figures of its records.
type Lines = BTreeMap<u64, Vec<String>>;

struct Outcome {
    lines: Lines,
    /// Rows that were refused, or the whole file.
    refused: u64,
}

fn read_table(table: &Table, delimiter: u8) -> Outcome {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    table.iter().for_each(|row| writer.write_record(row).expect("a row in memory"));
    let bytes = writer.into_inner().expect("bytes in memory");
    let input = InputFile::from_content("t".to_owned(), bytes.len() as u64, Arc::new(move || Ok(bytes.clone())));
    let undated = Some(Undated { at: DateTime::from_timestamp_secs(1_780_000_000).expect("a time"), period: None });
    let reading = read(&[input], &ReadOptions { undated, ..ReadOptions::default() }, &|_| {});
    let mut lines = Lines::new();
    for record in reading.usage.into_all().map(|observation| observation.record) {
        let figures = (record.charge_period_start, record.tokens, record.bill.quantity_micros);
        let amounts = [record.billed_cost, record.reported_cost, record.bill.gross_cost];
        lines.entry(record.origin.line).or_default().push(format!("{figures:?} {amounts:?}"));
    }
    for fact in reading.values.into_sorted() {
        let counts = (fact.lines_added, fact.lines_removed, fact.ai_lines_tab, fact.ai_lines_agent, fact.non_ai_lines);
        lines.entry(fact.origin.line).or_default().push(format!("{:?} {counts:?}", fact.at));
    }
    lines.values_mut().for_each(|records| records.sort());
    Outcome { lines, refused: reading.files[0].counts.rejected + reading.failed }
}

/// The tables of all formats that are CSV.
fn tables() -> Vec<(String, Table)> {
    let cases = crate::formats::cases();
    let inputs = cases.iter().map(|case| case.join("input.csv")).filter(|path| path.exists());
    inputs
        .filter(|path| !path.to_string_lossy().contains("csv-semicolon"))
        .map(|path| (shown(&path), parse(&path)))
        .collect()
}

fn shown(path: &Path) -> String {
    path.components()
        .rev()
        .skip(1)
        .take(2)
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" of ")
}

fn parse(path: &Path) -> Table {
    let text = std::fs::read_to_string(path).expect("a table");
    let text = text.trim_start_matches('\u{feff}').to_owned();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect()
}

/// A time in one of the forms that fixtures have, and whether it has a time of day.
fn time(cell: &str) -> Option<(DateTime<Utc>, bool)> {
    if let Ok(day) = cell.parse::<NaiveDate>() {
        return Some((day.and_hms_opt(0, 0, 0)?.and_utc(), false));
    }
    let bare = cell.trim_end_matches(" UTC").trim_end_matches("+00:00").trim_end_matches('Z');
    let forms = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M"];
    forms.iter().find_map(|form| chrono::NaiveDateTime::parse_from_str(bare, form).ok()).map(|at| (at.and_utc(), true))
}

/// Every cell of the columns that `chosen` takes as a whole, by `change`.
fn changed(table: &Table, chosen: impl Fn(&str, &str) -> bool, change: impl Fn(&str) -> String) -> (Table, usize) {
    let mut changed = table.clone();
    let mut count = 0;
    for column in 0..table[0].len() {
        let cells = || table[1..].iter().filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty());
        if cells().next().is_none() || !cells().all(|cell| chosen(&table[0][column].to_lowercase(), cell)) {
            continue;
        }
        count += 1;
        for cell in changed[1..].iter_mut().filter_map(|row| row.get_mut(column)).filter(|cell| !cell.is_empty()) {
            *cell = change(cell);
        }
    }
    (changed, count)
}

/// Compares a rewritten table with the plain one, line by line.
fn compare(what: &str, must: Must, plain: &Outcome, written: &Outcome) -> Vec<String> {
    let mut wrong = Vec::new();
    for (line, records) in &written.lines {
        if plain.lines.get(line) != Some(records) {
            wrong.push(format!("{what}, line {line}: {records:?} for {:?}", plain.lines.get(line)));
        }
    }
    let missing = plain.lines.keys().filter(|line| !written.lines.contains_key(line)).count();
    if missing > 0 && written.refused <= plain.refused {
        wrong.push(format!("{what}: {missing} lines are lost without a word"));
    }
    match must {
        Read if missing > 0 => wrong.push(format!("{what}: {missing} lines are refused, and are sure")),
        Refuse if missing == 0 => wrong.push(format!("{what}: nothing is refused, and nothing is sure")),
        _ => {}
    }
    wrong
}

/// Whole seconds, since not every spelling has more, and times of day that are not midnight.
fn seconds(at: DateTime<Utc>) -> DateTime<Utc> {
    let at = DateTime::from_timestamp_secs(at.timestamp()).expect("a time");
    at - TimeDelta::seconds(at.timestamp() % 60)
}

#[test]
fn a_time_in_any_spelling_is_the_same_time_or_refused() {
    assert!(TIMES.len() + NUMBERS_FOR_TIMES.len() >= 30);
    let wrong: Vec<String> = tables()
        .into_par_iter()
        .flat_map_iter(|(shown, table)| {
            let is_time = |_: &str, cell: &str| time(cell).is_some();
            let minutes = |cell: &str| match time(cell) {
                Some((at, true)) => seconds(at).format("%Y-%m-%dT%H:%M:%SZ").to_string(),
                _ => cell.to_owned(),
            };
            let (table, columns) = changed(&table, is_time, minutes);
            let plain = read_table(&table, b',');
            let mut wrong = Vec::new();
            if columns == 0 || plain.lines.is_empty() {
                return wrong;
            }
            for (date, of_day, east, must) in TIMES {
                let spell = |cell: &str| {
                    let (at, has_time) = time(cell).expect("a time");
                    if has_time {
                        (at + TimeDelta::minutes(*east)).format(&format!("{date}{of_day}")).to_string()
                    } else {
                        at.format(date).to_string()
                    }
                };
                let (written, _) = changed(&table, is_time, spell);
                // A date without a time of day has no zone that could be wrong.
                let has_times =
                    table[1..].iter().flatten().any(|cell| time(cell).is_some_and(|(_, has_time)| has_time));
                let must = if *must == Refuse && of_day.contains("PDT") && !has_times { ReadOrRefuse } else { *must };
                wrong.extend(compare(&format!("{shown}: {date}{of_day}"), must, &plain, &read_table(&written, b',')));
            }
            for (at, (spell, must)) in NUMBERS_FOR_TIMES.iter().enumerate() {
                let is_instant = |_: &str, cell: &str| time(cell).is_some_and(|(_, has_time)| has_time);
                let (written, columns) = changed(&table, is_instant, |cell| spell(time(cell).expect("a time").0));
                if columns > 0 {
                    wrong.extend(compare(&format!("{shown}: number {at}"), *must, &plain, &read_table(&written, b',')));
                }
            }
            wrong
        })
        .collect();
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') && digits.matches('.').count() < 2
}

/// Columns of money in dollars.
fn is_money(name: &str, cell: &str) -> bool {
    let named = ["cost", "amount", "spend", "usage", "price"].iter().any(|word| name.contains(word));
    let other =
        ["quantity", "token", "usageamount", "usage_amount", "usage.amount", "usage/amount", "usage amount", "aic_"]
            .iter()
            .any(|word| name.contains(word));
    named && !other && is_number(cell)
}

fn is_tokens(name: &str, cell: &str) -> bool {
    name.contains("token") && is_number(cell) && !cell.contains('.')
}

fn parts(cell: &str) -> Parts {
    let (is_negative, digits) = cell.strip_prefix('-').map_or((false, cell), |digits| (true, digits));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    Parts { is_negative, whole: whole.to_owned(), decimals: decimals.to_owned() }
}

/// Whether a table has numbers with decimals or a currency beside the chosen columns, which may show another decimal sign.
fn has_other_decimals(table: &Table) -> bool {
    let chosen = |name: &str, cell: &str| is_money(name, cell) || is_tokens(name, cell);
    let (rest, _) = changed(table, chosen, |_| String::new());
    let decimal =
        |cell: &String| is_number(cell.trim_start_matches('$').replace(',', "").as_str()) && cell.contains('.');
    rest[1..].iter().flatten().any(decimal)
}

/// What is wrong with the spellings of the numbers of a table, for one delimiter and one sign of its amounts.
fn wrong_numbers(shown: &str, table: &Table, delimiter: u8, sign: &str) -> Vec<String> {
    // Numbers of some size, with decimals that show the decimal sign.
    let (table, _) = changed(table, is_money, |cell| format!("{sign}12{:0>5}.25", parts(cell).whole));
    let larger = |cell: &str| if cell == "0" { cell.to_owned() } else { format!("{cell}5000") };
    let (table, _) = changed(&table, is_tokens, larger);
    let plain = read_table(&table, b',');
    // A column may be one that the format does not read.
    let is_read = |chosen: fn(&str, &str) -> bool| {
        let (without, count) = changed(&table, chosen, |_| String::new());
        count > 0 && read_table(&without, b',').lines != plain.lines
    };
    let (reads_money, reads_counts) = (is_read(is_money), is_read(is_tokens));
    let is_mixed = has_other_decimals(&table);
    let mut wrong = Vec::new();
    for (kind, spellings) in [("number", NUMBERS), ("amount", AMOUNTS)] {
        let with_counts = kind == "number";
        if !(reads_money || with_counts && reads_counts) {
            continue;
        }
        for (at, (spell, must)) in spellings.iter().enumerate() {
            let (mut written, _) = changed(&table, is_money, |cell| spell(&parts(cell)));
            if with_counts {
                written = changed(&written, is_tokens, |cell| spell(&parts(cell))).0;
            }
            let must = if is_mixed && *must == Read { ReadOrRefuse } else { *must };
            let what = format!("{shown}: {kind} {at}, like {}", spell(&parts("-1234567.25")));
            wrong.extend(compare(&what, must, &plain, &read_table(&written, delimiter)));
        }
    }
    wrong
}

#[test]
fn a_number_in_any_spelling_is_the_same_number_or_refused() {
    assert!(NUMBERS.len() + AMOUNTS.len() >= 30);
    let variants = [(b',', ""), (b';', ""), (b'\t', "-")];
    let each = |(shown, table): (String, Table)| {
        variants.into_iter().flat_map(move |(delimiter, sign)| wrong_numbers(&shown, &table, delimiter, sign))
    };
    let wrong: Vec<String> = tables().into_par_iter().flat_map_iter(each).collect();
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
