//! Damage: each case has a clear message, the right exit code, no panic, and no lost neighbour.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::program::{self, Ran, arg, claude_line, run_with_input, spend};

/// A folder with one file in it.
fn one(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("a file");
    (folder, path)
}

/// The fresh input tokens counted: a hundred for each line of [`claude_line`].
fn input_tokens(ran: &Ran) -> u64 {
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
    ran.json()["totals"]["tokens"]["input"].as_u64().unwrap_or(0)
}

fn joined(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

#[test]
fn a_damaged_line_is_counted_and_its_neighbours_stay() {
    let (a, b) = (claude_line("a"), claude_line("b"));
    let cut = &claude_line("c")[..90];
    let cases: [(&str, Vec<u8>, &str, u64); 5] = [
        ("cut off at the end", joined(&[a.as_bytes(), b.as_bytes(), cut.as_bytes()]), "bad-line", 200),
        ("cut off inside", joined(&[a.as_bytes(), cut.as_bytes(), b"\n", b.as_bytes()]), "bad-line", 200),
        ("a run of NUL bytes", joined(&[a.as_bytes(), &[0; 4096], b"\n", b.as_bytes()]), "nul-bytes", 200),
        ("NUL bytes before a line", joined(&[a.as_bytes(), &[0; 64], b.as_bytes()]), "nul-bytes", 200),
        ("not JSON at all", joined(&[a.as_bytes(), b"%%%\n", b.as_bytes()]), "bad-line", 200),
    ];
    for (name, bytes, kind, tokens) in cases {
        let (_folder, path) = one("log.jsonl", &bytes);
        let ran = spend(&[&path], &[]);
        assert_eq!(ran.code, Some(0), "{name}: {}", ran.stderr);
        assert_eq!(input_tokens(&ran), tokens, "{name}");
        assert!(ran.noticed(kind) == 1, "{name}: {}", ran.stdout);
    }
}

#[test]
fn invalid_utf8_costs_the_text_and_not_the_usage() {
    let mut bytes = claude_line("a").into_bytes();
    let at = bytes.windows(5).position(|part| part == b"Done.").expect("the text");
    bytes[at] = 0xff;
    bytes.extend(claude_line("b").bytes());
    let (_folder, path) = one("log.jsonl", &bytes);
    let ran = spend(&[&path], &[]);
    assert_eq!((ran.code, input_tokens(&ran), ran.noticed("bad-line")), (Some(0), 200, 0));
}

#[test]
fn a_record_after_the_day_of_the_run_is_counted_and_noted() {
    let (_folder, path) = one("log.jsonl", claude_line("a").as_bytes());
    let ran = spend(&[&path], &["--as-of", "2026-05-03"]);
    assert_eq!((ran.code, input_tokens(&ran), ran.noticed("future-date")), (Some(0), 100, 1));
    assert_eq!(spend(&[&path], &["--as-of", "2026-05-04"]).noticed("future-date"), 0);
}

#[test]
fn a_missing_or_unreadable_input_fails_but_the_rest_is_reported() {
    let (folder, path) = one("log.jsonl", claude_line("a").as_bytes());
    let missing = folder.path().join("missing.jsonl");
    let ran = spend(&[&path, &missing], &[]);
    assert_eq!((ran.code, input_tokens(&ran), ran.noticed("missing-input")), (Some(3), 100, 1));
    assert!(ran.stderr.contains("missing.jsonl"), "{}", ran.stderr);
    let alone = spend(&[&missing], &[]);
    assert_eq!((alone.code, alone.stdout.as_str()), (Some(3), ""));
    assert!(alone.stderr.contains("missing.jsonl") && alone.stderr.contains("try:"), "{}", alone.stderr);
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_no_footnote() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = one("log.jsonl", claude_line("a").as_bytes());
    let closed = folder.path().join("closed.jsonl");
    std::fs::write(&closed, claude_line("b")).expect("a file");
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).expect("permissions");
    if std::fs::read(&closed).is_ok() {
        crate::skip::skip("permissions", "root may read every file");
        return;
    }
    let ran = spend(&[folder.path()], &[]);
    assert_eq!((ran.code, input_tokens(&ran), ran.noticed("unreadable-file")), (Some(3), 100, 1));
    assert!(ran.stderr.contains("closed.jsonl"), "{}", ran.stderr);
    drop(path);
}

#[test]
fn an_empty_folder_says_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ran = spend(&[folder.path()], &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(3), ""));
    assert!(ran.stderr.contains("no file to read") && ran.stderr.contains("--example"), "{}", ran.stderr);
}

#[test]
fn what_is_no_log_is_an_error_when_named_and_a_note_beside_logs() {
    let (folder, path) = one("log.jsonl", claude_line("a").as_bytes());
    let binary = folder.path().join("image.png");
    std::fs::write(&binary, [0x89, b'P', b'N', b'G', 0, 1, 2, 3, 0xff]).expect("a file");
    std::fs::write(folder.path().join("empty.jsonl"), "").expect("a file");
    let beside = spend(&[folder.path()], &[]);
    assert_eq!((beside.code, input_tokens(&beside)), (Some(0), 100));
    assert_eq!((beside.noticed("unrecognised-file"), beside.noticed("empty-file")), (1, 1));
    let named = spend(&[&path, &binary], &[]);
    assert_eq!((named.code, input_tokens(&named), named.noticed("unrecognised-input")), (Some(3), 100, 1));
    let alone = spend(&[&binary], &[]);
    assert_eq!(alone.code, Some(3));
    assert!(alone.stderr.contains("image.png (binary)"), "{}", alone.stderr);
}

#[test]
fn a_table_that_comes_close_is_told_what_it_lacks() {
    let (_folder, path) = one("usage.csv", b"timestamp,model,input_tokens,cache_read_tokens\n2026-05-04,x,1,2\n");
    let ran = spend(&[&path], &[]);
    assert_eq!(ran.code, Some(3));
    assert!(ran.stderr.contains("generic") && ran.stderr.contains("input_uncached_tokens"), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn links_are_followed_once() {
    let (folder, path) = one("log.jsonl", claude_line("a").as_bytes());
    std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).expect("a link");
    std::os::unix::fs::symlink(folder.path().join("gone"), folder.path().join("dangling")).expect("a link");
    std::os::unix::fs::symlink(&path, folder.path().join("again.jsonl")).expect("a link");
    let ran = spend(&[folder.path(), &path], &[]);
    assert_eq!((ran.code, input_tokens(&ran)), (Some(0), 100));
    assert!(ran.noticed("link-loop") == 1 && ran.noticed("dangling-link") == 1 && ran.noticed("same-file") == 2);
    assert_eq!(ran.json()["reconciliation"]["duplicate"], 0);
}

#[test]
fn compressed_logs_read_like_plain_ones() {
    let (a, b) = (claude_line("a"), claude_line("b"));
    let gzip = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).expect("memory");
        encoder.finish().expect("memory")
    };
    let frame = |text: &str| zstd::encode_all(text.as_bytes(), 1).expect("memory");
    for (name, bytes) in
        [("two members", joined(&[&gzip(&a), &gzip(&b)])), ("two frames", joined(&[&frame(&a), &frame(&b)]))]
    {
        // The name says nothing: the content does.
        let (_folder, path) = one("log.dat", &bytes);
        let ran = spend(&[&path], &[]);
        assert_eq!((ran.code, input_tokens(&ran)), (Some(0), 200), "{name}: {}", ran.stderr);
    }
    // Random content keeps the compressor from holding both lines back to the end.
    let long: String =
        (0..200_000_u32).map(|n| char::from(b'a' + (n.wrapping_mul(2_654_435_761) >> 27) as u8 % 26)).collect();
    let whole = gzip(&(a.clone() + &b.replace("Done.", &long)));
    let (_folder, path) = one("log.gz", &whole[..whole.len() / 2]);
    let ran = spend(&[&path], &[]);
    assert_eq!((ran.code, input_tokens(&ran)), (Some(3), 100), "cut off: {}", ran.stderr);
    assert_eq!(ran.noticed("unreadable-file"), 1);
}

#[test]
fn standard_input_marks_and_line_ends() {
    let text = format!("\u{feff}{}", (claude_line("a") + &claude_line("b")).replace('\n', "\r\n"));
    let ran = run_with_input(&["spend", "-", "--format", "json", "-q"], text.as_bytes());
    assert_eq!((ran.code, input_tokens(&ran)), (Some(0), 200), "{}", ran.stderr);
    assert_eq!(ran.json()["inputs"][0]["path"], "stdin");
}

/// Text without end, as a reader.
struct Filler(u64);

impl Read for Filler {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = usize::try_from(self.0).unwrap_or(usize::MAX).min(out.len());
        out[..count].fill(b'x');
        self.0 -= count as u64;
        Ok(count)
    }
}

#[test]
fn a_line_of_two_hundred_megabytes_is_counted_like_any_other() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("log.jsonl.zst");
    let file = std::fs::File::create(&path).expect("a file");
    let mut encoder = zstd::stream::write::Encoder::new(file, 1).expect("an encoder").auto_finish();
    let long = claude_line("long");
    let (before, after) = long.split_once("Done.").expect("the text");
    encoder.write_all(claude_line("a").as_bytes()).expect("a file");
    encoder.write_all(before.as_bytes()).expect("a file");
    io::copy(&mut Filler(200 << 20), &mut encoder).expect("a file");
    encoder.write_all(after.as_bytes()).expect("a file");
    encoder.write_all(claude_line("b").as_bytes()).expect("a file");
    drop(encoder);
    let ran = spend(&[&path], &[]);
    assert_eq!((ran.code, input_tokens(&ran)), (Some(0), 300), "{}", ran.stderr);
    assert_eq!(ran.noticed("long-line"), 1);
    assert_eq!(ran.json()["reconciliation"]["lines_read"], 3);
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_name_need_not_be_utf8() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let name = std::ffi::OsStr::from_bytes(b"log-\xff.jsonl");
    std::fs::write(folder.path().join(name), claude_line("a")).expect("a file");
    let ran = spend(&[folder.path()], &[]);
    assert_eq!((ran.code, input_tokens(&ran)), (Some(0), 100));
}

#[test]
fn a_broken_price_file_names_the_line() {
    let (folder, path) = one("log.jsonl", claude_line("a").as_bytes());
    let prices = folder.path().join("prices.csv");
    std::fs::write(&prices, "model,input,output\nclaude-opus-4-6,5,cheap\n").expect("a file");
    let ran = spend(&[Path::new(&path)], &["--prices", arg(&prices)]);
    assert!(matches!(ran.code, Some(2 | 3)) && ran.stdout.is_empty(), "{:?}", ran.code);
    assert!(ran.stderr.contains("prices.csv") && ran.stderr.contains('2'), "{}", ran.stderr);
    let gone = program::run(&["spend", arg(&path), "--prices", "/nowhere/prices.csv"]);
    assert!(gone.code == Some(3) && gone.stderr.contains("/nowhere/prices.csv"), "{}", gone.stderr);
}

#[test]
fn a_vendors_table_that_passes_for_a_canonical_one_is_called_out() {
    let header = "Date,User,Kind,Model,Input,Input (w/o Cache Write),Cache Read,Output Tokens,Cost";
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("x.csv");
    std::fs::write(&path, format!("{header}\n2026-03-04T08:00:00Z,kim,On-Demand,gpt-5.4,1,2,3,4,0.12\n"))
        .expect("a table");
    let ran = program::spend(&[&path], &[]);
    assert_eq!(ran.noticed("near-format"), 1, "{}", ran.stdout);
    assert!(ran.stdout.contains("cursor-usage, without input (w/ cache write)"), "{}", ran.stdout);
    std::fs::write(&path, "date,model,output_tokens\n2026-03-04,gpt-5.4,4\n").expect("a table");
    assert_eq!(program::spend(&[&path], &[]).noticed("near-format"), 0);
}

#[test]
fn a_vendors_rows_that_pass_for_canonical_ones_are_called_out_and_their_cents_are_no_dollars() {
    let row =
        r#"{"created_at":"2026-03-04T01:00:00Z","ai_org":"openai","ai_model":"gpt-5.4","res_units":100,"cost":2.5}"#;
    // Once read as $2.5 of usage without tokens.
    let (_folder, path) = one("x.jsonl", row.as_bytes());
    let ran = spend(&[&path], &[]);
    assert_eq!(ran.code, Some(3), "{}", ran.stdout);
    assert!(ran.stderr.contains("closest is portkey, without req_units"), "{}", ran.stderr);

    let renamed = row.replace("res_units", "req_units").replace('}', ",\"completion_tokens\":100}");
    let (_folder, path) = one("x.jsonl", renamed.as_bytes());
    let ran = spend(&[&path], &[]);
    assert_eq!((ran.code, ran.noticed("near-format"), ran.noticed("cents")), (Some(0), 1, 1), "{}", ran.stderr);
    assert!(ran.stdout.contains("portkey, without res_units"), "{}", ran.stdout);
    assert_eq!(ran.json()["totals"]["reported_cost_usd"], serde_json::Value::Null);

    let table =
        "created_at,ai_org,model,req_units,completion_tokens,cost\n2026-03-04T01:00:00Z,openai,gpt-5.4,1,100,2.5\n";
    let (_folder, path) = one("x.csv", table.as_bytes());
    let ran = spend(&[&path], &[]);
    assert_eq!((ran.code, ran.noticed("cents")), (Some(0), 1), "{}", ran.stderr);
    assert_eq!(ran.json()["totals"]["reported_cost_usd"], serde_json::Value::Null);
    let (_folder, path) = one("x.csv", table.replace(",cost", ",cost_usd").as_bytes());
    assert_eq!(spend(&[&path], &[]).json()["totals"]["reported_cost_usd"], "2.5");

    // Words that many logs use tell no vendor.
    let plain = r#"{"timestamp":"2026-03-04T01:00:00Z","trace_id":"t","role":"assistant","model":"gpt-5.4","prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"cost":2.5}"#;
    let (_folder, path) = one("x.jsonl", plain.as_bytes());
    let ran = spend(&[&path], &[]);
    assert_eq!((ran.noticed("near-format"), ran.noticed("cents")), (0, 0), "{}", ran.stdout);
    assert_eq!(ran.json()["totals"]["reported_cost_usd"], "2.5");
}

#[test]
fn a_canonical_cost_in_another_currency_is_no_dollars() {
    let line = |currency: &str, cost: &str| {
        format!(
            "{{\"timestamp\":\"2026-03-04T01:00:00Z\",\"model\":\"gpt-5.4\",\"output_tokens\":1{cost},\"currency\":\"{currency}\"}}\n"
        )
    };
    let cost = ",\"cost\":2.5";
    let text = [line("EUR", cost), line("usd", cost), line("EUR", "")].concat();
    let (_folder, path) = one("x.jsonl", text.as_bytes());
    let ran = spend(&[&path], &[]);
    let document = ran.json();
    assert_eq!((ran.noticed("other-currency"), &document["reconciliation"]["kept"]), (1, &3.into()), "{}", ran.stdout);
    assert_eq!(document["totals"]["reported_cost_usd"], "2.5");
    let euros = serde_json::json!([{"currency": "EUR", "amount": "2.5", "records": 1}]);
    assert_eq!(document["other_currencies"], euros);
}

#[test]
fn a_file_that_lost_a_name_is_told_which() {
    let text = |path: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sources").join(path);
        std::fs::read_to_string(path).expect("a fixture")
    };
    let said = |text: &str| {
        let (_folder, path) = one("x7q", text.as_bytes());
        let ran = spend(&[&path], &[]);
        // A table that passes for one of the canonical columns is read, and the name is in the report.
        if ran.code == Some(0) && ran.noticed("near-format") == 1 {
            return ran.stdout;
        }
        assert_eq!(ran.code, Some(3), "{}", ran.stdout);
        ran.stderr
    };
    for (path, name, near) in [
        // Once read as a range of `openai-dashboard-usage` without usage.
        ("openai-dashboard-cost/blank-day/input.csv", "amount_value", "openai-dashboard-cost, without amount_value"),
        ("openai-dashboard-usage/floats/input.csv", "input_tokens", "openai-dashboard-usage, without input_tokens"),
        ("cursor-usage/kinds/input.csv", "Kind", "cursor-usage, without kind or cost to you"),
        ("cursor-events/cents/input.json", "\"usageEvents\"", "cursor-events, without usageEvents"),
        ("openai-costs/day/input.json", "\"amount\"", "openai-costs, without amount"),
        ("anthropic-usage-report/revised/input.json", "\"starting_at\"", "anthropic-usage-report, without starting_at"),
        ("otlp/claude-code/input.jsonl", "\"resourceLogs\"", "otlp, without resourceLogs"),
        ("codex/plain/input.jsonl", "\"timestamp\"", "codex, without timestamp"),
        ("langfuse/generation/input.jsonl", "\"usage_details\"", "langfuse, without usage_details"),
    ] {
        let whole = text(path);
        assert!(whole.contains(name), "{path}");
        let other = if name.starts_with('"') { "\"renamed\"" } else { "renamed" };
        let stderr = said(&whole.replace(name, other));
        assert!(stderr.contains(near), "{path}: {stderr}");
    }
    let line = r#"{"type": "user", "message": {"role": "user", "content": "x"}}"#;
    assert!(said(line).contains("claude-code, without sessionId, timestamp"));
    assert!(said("{\"a\": 1}").contains("no format matches: the file has fewer than half of the keys of each"));
    assert!(said("a,b\n1,2\n").contains("no format matches: the file has fewer than half of the columns of each"));
}

#[test]
fn a_format_that_is_forced_names_what_the_file_lacks() {
    let text = "Date,Kind,Model,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Cost\n\
                2026-03-04T08:00:00Z,On-Demand,gpt-5.4,1,2,3,0.12\n";
    let (_folder, path) = one("x7q", text.as_bytes());
    let ran = spend(&[&path], &["--as", "cursor-usage"]);
    assert_eq!((ran.code, ran.noticed("missing-names")), (Some(0), 1), "{}", ran.stderr);
    assert!(ran.stdout.contains("cursor-usage, without output tokens"), "{}", ran.stdout);
    let (_folder, path) =
        one("x7q", text.replace(",Cost", ",Output Tokens,Cost").replace(",0.12", ",4,0.12").as_bytes());
    assert_eq!(spend(&[&path], &["--as", "cursor-usage"]).noticed("missing-names"), 0);
}
