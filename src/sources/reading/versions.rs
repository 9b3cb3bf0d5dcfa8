//! What the names of files say about exports: parts of one export, its date and period, and older versions of a bill.
//!
//! - In: the paths of all inputs. Out: a [`FileVersion`] for each.
//! - AWS keeps earlier assemblies of a month in folders beside the current one, and Azure a folder for each run: the manifest
//!   names the current one, else the newest by name counts. The others are not read, because their rows have other ids.
//! - Refuses: to tell versions by a file's time on disk, which a copy changes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};

use crate::model::hash::hash_text;
use crate::sources::file_version::FileVersion;
use crate::sources::reading::inputs::InputFile;

/// A manifest is read up to this size.
const MANIFEST_BYTES: u64 = 1 << 22;

/// The versions of all inputs, in their order.
pub(super) fn of_inputs(inputs: &[InputFile]) -> Vec<FileVersion> {
    let mut sets: BTreeMap<(&Path, String), BTreeSet<String>> = BTreeMap::new();
    let labels: Vec<Option<(String, String)>> = inputs.iter().map(|input| part_label(name_of(&input.path))).collect();
    for (input, label) in inputs.iter().zip(&labels) {
        if let (Some((stem, label)), Some(folder)) = (label, input.path.parent()) {
            sets.entry((folder, stem.clone())).or_default().insert(label.clone());
        }
    }
    let superseded = superseded(inputs);
    let version = |at: usize, input: &InputFile, label: Option<(String, String)>| {
        let part = label.and_then(|(stem, label)| {
            let set = sets.get(&(input.path.parent()?, stem))?;
            (set.len() > 1).then(|| hash_text(&label))
        });
        let own = dates(name_of(&input.path));
        let dates = own.or_else(|| dates(name_of(input.path.parent()?)));
        let (period, exported) = dates.map_or((None, None), |(period, last)| (period, Some(last)));
        FileVersion { part, exported, period, superseded_by: superseded.get(&at).cloned() }
    };
    inputs.iter().zip(labels).enumerate().map(|(at, (input, label))| version(at, input, label)).collect()
}

fn name_of(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or("")
}

/// The name without the number of its part, and that number: `-000000000000`, `part_0_`, `part-00000`, `-00001`, `_1_of_4`.
fn part_label(name: &str) -> Option<(String, String)> {
    let stem = name.split('.').next().unwrap_or(name);
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let rest = &name[stem.len()..];
    if let Some(at) = stem.to_ascii_lowercase().find("part").filter(|at| stem.is_char_boundary(*at)) {
        let behind = stem[at + 4..].trim_start_matches(['-', '_']);
        let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
        let more =
            behind[digits..].strip_prefix('_').map_or(0, |more| more.bytes().take_while(u8::is_ascii_digit).count());
        let end = digits + if more > 0 { more + 1 } else { 0 };
        if digits > 0 {
            return Some((format!("{}#{}{rest}", &stem[..at], &behind[end..]), behind[..end].to_owned()));
        }
    }
    let tail = stem.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (head, number) = stem.split_at(stem.len() - tail);
    if number.len() == 12 || (number.len() == 5 && head.ends_with(['-', '_'])) {
        return Some((format!("{head}#{rest}"), number.to_owned()));
    }
    let (head, of) = stem.rsplit_once("of")?;
    let head = head.trim_end_matches(['-', '_']);
    let of = of.trim_start_matches(['-', '_']);
    let tail = head.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (head, number) = head.split_at(head.len() - tail);
    (is_digits(of) && !number.is_empty()).then(|| (format!("{head}#{of}{rest}"), number.to_owned()))
}

type Span = (DateTime<Utc>, DateTime<Utc>);

/// The period in a name, if it has two days or a month, and its last day: `2026-05-01_2026-05-31`, `20260501-20260531`, `2026-05`.
fn dates(name: &str) -> Option<(Option<Span>, DateTime<Utc>)> {
    let bytes = name.as_bytes();
    let number = |at: usize, length: usize| -> Option<u32> {
        let digits = bytes.get(at..at + length)?;
        digits
            .iter()
            .all(u8::is_ascii_digit)
            .then(|| digits.iter().fold(0, |n, digit| n * 10 + u32::from(digit - b'0')))
    };
    let is_mark = |at: usize| bytes.get(at).is_some_and(|byte| matches!(byte, b'-' | b'_'));
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    let (mut days, mut months): (Vec<NaiveDate>, Vec<NaiveDate>) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at + 6 < bytes.len() {
        let starts = bytes[at..].starts_with(b"20") && (at == 0 || !is_digit(at - 1));
        let year = if starts { number(at, 4).and_then(|year| i32::try_from(year).ok()) } else { None };
        let found = year.and_then(|year| {
            let marked = is_mark(at + 4).then(|| {
                let month = number(at + 5, 2)?;
                let day = if is_mark(at + 7) { number(at + 8, 2).filter(|_| !is_digit(at + 10)) } else { None };
                match day.and_then(|day| NaiveDate::from_ymd_opt(year, month, day)) {
                    Some(day) => Some((day, true, 10)),
                    None if !is_digit(at + 7) => Some((NaiveDate::from_ymd_opt(year, month, 1)?, false, 7)),
                    None => None,
                }
            });
            let plain = || {
                let day = NaiveDate::from_ymd_opt(year, number(at + 4, 2)?, number(at + 6, 2)?)?;
                (!is_digit(at + 8)).then_some((day, true, 8))
            };
            marked.flatten().or_else(plain)
        });
        match found {
            Some((day, is_day, length)) => {
                if is_day {
                    days.push(day)
                } else {
                    months.push(day)
                }
                at += length;
            }
            None => at += 1,
        }
    }
    let month_after = |day: NaiveDate| day.with_day(1)?.checked_add_months(chrono::Months::new(1));
    match (&days[..], &months[..]) {
        ([from, .., to], _) if from <= to => {
            let end = to.succ_opt()?;
            Some((Some((midnight(*from), midnight(end))), midnight(*to)))
        }
        ([.., last], _) => Some((None, midnight(*last))),
        ([], [from, .., to]) if from <= to => {
            let end = midnight(month_after(*to)?);
            Some((Some((midnight(*from), end)), end))
        }
        ([], [month, ..]) => {
            let end = midnight(month_after(*month)?);
            Some((Some((midnight(*month), end)), end))
        }
        ([], []) => None,
    }
}

/// The files of older versions of a bill, each with the folder of the current one.
fn superseded(inputs: &[InputFile]) -> BTreeMap<usize, String> {
    // The folder of the period → the folders of its versions → their files.
    let mut bills: BTreeMap<String, BTreeMap<String, Vec<usize>>> = BTreeMap::new();
    for (at, input) in inputs.iter().enumerate() {
        let parts: Vec<&str> = input.path.iter().filter_map(|part| part.to_str()).collect();
        let is_period = |part: &&str| is_period_folder(part);
        if let Some(period) = parts.iter().rposition(is_period).filter(|period| period + 2 < parts.len()) {
            let key = parts[..=period].join("/");
            bills.entry(key).or_default().entry(parts[period + 1].to_owned()).or_default().push(at);
        }
    }
    let mut found = BTreeMap::new();
    for (period, versions) in bills.iter().filter(|(_, versions)| versions.len() > 1) {
        let names =
            |files: &Vec<usize>| -> BTreeSet<&str> { files.iter().map(|at| name_of(&inputs[*at].path)).collect() };
        let Some(current) = current_version(inputs, period, versions) else { continue };
        let of_current = versions.get(current).map(names).unwrap_or_default();
        for (_, files) in versions.iter().filter(|(name, _)| name.as_str() != current) {
            // Folders that do not hold the same files are no versions of each other.
            if names(files).iter().any(|name| of_current.contains(name)) {
                found.extend(files.iter().map(|at| (*at, current.to_owned())));
            }
        }
    }
    found
}

/// `20260501-20260601` of AWS and Azure, `BILLING_PERIOD=2026-05` of AWS.
fn is_period_folder(part: &str) -> bool {
    let digits = |text: &str| text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    part.starts_with("BILLING_PERIOD=") || part.split_once('-').is_some_and(|(from, to)| digits(from) && digits(to))
}

/// The folder of the current version: the one that a manifest of the period names, the run that was submitted last, or, if all
/// are named by ids or times, the last by name.
fn current_version<'a>(
    inputs: &[InputFile],
    period: &str,
    versions: &'a BTreeMap<String, Vec<usize>>,
) -> Option<&'a str> {
    let last = period.rsplit('/').next().unwrap_or(period);
    let mut submitted: Option<(String, &str)> = None;
    for input in inputs {
        let name = name_of(&input.path).to_ascii_lowercase();
        let is_of_period = input.path.iter().any(|part| part.to_str() == Some(last));
        if !(is_of_period && name.ends_with("manifest.json")) {
            continue;
        }
        let Some(manifest) = read_json(input) else { continue };
        let names = ["assemblyId", "executionId"].into_iter().filter_map(|key| manifest.get(key)?.as_str());
        if let Some((version, _)) = names.into_iter().find_map(|id| versions.iter().find(|(one, _)| one.contains(id))) {
            return Some(version);
        }
        let time = manifest.pointer("/runInfo/submittedTime").and_then(serde_json::Value::as_str);
        let folder = input.path.parent().map(name_of);
        let version = versions.keys().find(|version| Some(version.as_str()) == folder);
        if let (Some(time), Some(version)) = (time, version) {
            let newer = (time.to_owned(), version.as_str());
            submitted = Some(submitted.map_or(newer.clone(), |known| known.max(newer)));
        }
    }
    let is_id = |name: &&String| {
        name.len() >= 8
            && name.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'-' | b':' | b'.' | b'T' | b'Z'))
    };
    let by_name = || versions.keys().all(|name| is_id(&name)).then(|| versions.keys().next_back())?;
    submitted.map(|(_, version)| version).or_else(|| by_name().map(String::as_str))
}

fn read_json(input: &InputFile) -> Option<serde_json::Value> {
    let mut text = Vec::new();
    input.open().ok()?.take(MANIFEST_BYTES).read_to_end(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(paths: &[&str]) -> Vec<FileVersion> {
        let file = |path: &&str| {
            InputFile::from_content(
                (*path).to_owned(),
                0,
                std::sync::Arc::new(|| Ok(b"{\"assemblyId\": \"a1a1\"}".to_vec())),
            )
        };
        of_inputs(&paths.iter().map(file).collect::<Vec<_>>())
    }

    #[test]
    fn shards_are_parts_and_single_files_are_not() {
        for names in [
            ["b/bill-000000000000.csv", "b/bill-000000000001.csv"],
            ["b/part_0_0001.csv", "b/part_1_0001.csv"],
            ["b/part-00000-x.c000.snappy.parquet", "b/part-00001-x.c000.snappy.parquet"],
            ["b/cur-00001.csv.gz", "b/cur-00002.csv.gz"],
            ["b/x_1_of_2.csv", "b/x_2_of_2.csv"],
        ] {
            let parts: Vec<_> = of(&names).into_iter().map(|version| version.part).collect();
            assert!(parts[0].is_some() && parts[1].is_some() && parts[0] != parts[1], "{names:?}");
            assert_eq!(of(&names[..1])[0].part, None);
        }
        assert!(of(&["a/usage.csv", "a/usage2.csv", "a/2026-05.csv"]).iter().all(|version| version.part.is_none()));
    }

    #[test]
    fn a_name_gives_the_period_and_the_date_of_an_export() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day").and_time(NaiveTime::MIN).and_utc();
        for (name, period, exported) in [
            ("2026-05.csv", Some(("2026-05-01", "2026-06-01")), "2026-06-01"),
            ("spend-report-2026-05-01-to-2026-05-31.csv", Some(("2026-05-01", "2026-06-01")), "2026-05-31"),
            ("cost_2026-05-01_2026-05-20.csv", Some(("2026-05-01", "2026-05-21")), "2026-05-20"),
            ("u_20260501-20260531.csv", Some(("2026-05-01", "2026-06-01")), "2026-05-31"),
            ("export 2026-06-02.csv", None, "2026-06-02"),
            ("claude_api_tokens_2026_05.csv", Some(("2026-05-01", "2026-06-01")), "2026-06-01"),
        ] {
            let version = of(&[name]).remove(0);
            assert_eq!(version.period, period.map(|(from, to)| (day(from), day(to))), "{name}");
            assert_eq!(version.exported, Some(day(exported)), "{name}");
        }
        for name in ["usage.csv", "gpt-4o-2026.csv", "2026-13.csv", "x-120260501.csv"] {
            assert_eq!(of(&[name])[0], FileVersion::default(), "{name}");
        }
    }

    #[test]
    fn only_the_current_version_of_a_bill_is_read() {
        let stale = |paths: &[&str]| -> Vec<bool> {
            of(paths).into_iter().map(|version| version.superseded_by.is_some()).collect()
        };
        let (a, b) = ("c/20260501-20260601/a1a1/c-1.csv", "c/20260501-20260601/b2b2/c-1.csv");
        assert_eq!(stale(&[a, b, "c/20260501-20260601/c-Manifest.json"]), [false, true, false]);
        // Nothing says which is current, and the names are too short for ids.
        assert_eq!(stale(&[a, b]), [false, false]);
        let runs = ["2026-06-01T00:00:00.000Z-0a", "2026-06-02T00:00:00.000Z-0b"];
        let paths = runs.map(|run| format!("c/data/BILLING_PERIOD=2026-05/{run}/c.parquet"));
        assert_eq!(stale(&[&paths[0], &paths[1]]), [true, false]);
        // Other folders below a period are no versions.
        assert_eq!(stale(&["e/20260501-20260531/openai/x.csv", "e/20260501-20260531/azure/y.csv"]), [false, false]);
    }
}
