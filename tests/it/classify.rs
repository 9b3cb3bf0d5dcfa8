//! `classify`: verdicts for prompts from anywhere, and nothing of the prompts.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::program::{arg, run};

/// Stands in every prompt and may stand nowhere else.
const CANARY: &str = "xylophone-canary-4711";

fn file(folder: &tempfile::TempDir, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, content).expect("a file");
    path
}

fn verdicts(stdout: &str) -> Vec<Value> {
    stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn verdicts_have_the_promised_shape() {
    let folder = tempfile::tempdir().expect("a folder");
    let input = "{\"id\":\"a\",\"text\":\"fix the failing test in src/lib.rs\"}\n{\"id\":2,\"text\":\"a recipe for banana bread with walnuts please\"}\n\
                 {\"id\":3,\"text\":\"a recipe for banana bread with walnuts please\",\"context\":{\"edit\":true}}\n";
    let path = file(&folder, "prompts", input.as_bytes());
    let found = verdicts(&run(&["classify", arg(&path), "-q"]).stdout);
    let bands: Vec<&str> = found.iter().map(|one| one["band"].as_str().expect("a band")).collect();
    assert_eq!(bands, ["on_task", "off_task_likely", "on_task"]);
    for one in &found {
        let keys: Vec<&String> = one.as_object().expect("an object").keys().collect();
        assert_eq!(keys.len(), 5, "{keys:?}");
        let score = one["score"].as_f64().expect("a score");
        assert!((0.0..=1.0).contains(&score));
        assert!(one["work_type"].is_string() && !one["reasons"].as_array().expect("reasons").is_empty());
    }
    assert_eq!(found[0]["work_type"], "bugfix");
    assert_eq!(found[2]["reasons"][0], "veto:edit");
    let csv = run(&["classify", arg(&path), "-q", "--format", "csv"]).stdout;
    assert!(csv.starts_with("id,band,score,work_type,reasons\n\"a\",on_task,"), "{csv}");
}

#[test]
fn threads_blocks_and_compression_change_no_byte() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut input = Vec::new();
    for at in 0..30_000 {
        let text =
            ["fix the parser", "what is a good film for tonight", "weiter", "add a test for the 天気 widget"][at % 4];
        writeln!(input, "{{\"id\":{at},\"text\":\"{text} {}\"}}", "x".repeat(at % 300)).expect("a line");
    }
    let path = file(&folder, "prompts", &input);
    let first = run(&["classify", arg(&path), "-q", "--threads", "1"]).stdout;
    assert_eq!(verdicts(&first).len(), 30_000);
    assert_eq!(first, run(&["classify", arg(&path), "-q", "--threads", "8"]).stdout);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&input).expect("packed");
    let packed = file(&folder, "packed", &packed.finish().expect("packed"));
    assert_eq!(first, run(&["classify", arg(&packed), "-q"]).stdout);
}

#[test]
fn bad_lines_are_told_with_their_number_and_nothing_of_a_prompt_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let input = format!(
        "{{\"id\":1,\"text\":\"{CANARY} dinner recipe\"}}\n{{\"text\":\"{CANARY}\n{CANARY}\n{{\"id\":2,\"body\":\"{CANARY}\"}}\n\
         {{\"id\":3,\"text\":[\"{CANARY}\"]}}\n\u{feff}{{\"id\":4,\"text\":\"\\u0000\\ud83d {CANARY}\"}}\n"
    );
    let path = file(&folder, "prompts", input.as_bytes());
    for format in ["jsonl", "csv"] {
        let ran = run(&["classify", arg(&path), "--format", format]);
        let (out, err) = (ran.stdout, ran.stderr);
        assert!(!out.contains("canary") && !err.contains("canary"), "{out}{err}");
        assert!(err.contains(":2 (") && err.contains("hold no prompt"), "{err}");
    }
    let path = file(&folder, "noise", CANARY.as_bytes());
    let ran = run(&["classify", arg(&path)]);
    assert_eq!(ran.code, Some(3));
    let err = ran.stderr;
    assert!(!err.contains("canary") && err.contains("try:"), "{err}");
}

#[test]
fn a_missing_file_is_named() {
    let ran = run(&["classify", "/nowhere/prompts.jsonl"]);
    assert_eq!(ran.code, Some(3));
    assert!(ran.stderr.contains("/nowhere/prompts.jsonl"), "{}", ran.stderr);
}

#[test]
fn flags_of_prompts_written_before_the_weights_are_right_in_nine_languages_and_three_abstain() {
    let folder = tempfile::tempdir().expect("a folder");
    let rows: Vec<Vec<&str>> = include_str!("classify/prompts.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.splitn(4, '|').collect())
        .collect();
    assert_eq!(rows.len(), 200);
    let lines: String = rows.iter().map(|row| format!("{}\n", serde_json::json!({ "text": row[3] }))).collect();
    let path = file(&folder, "prompts", lines.as_bytes());
    let found = verdicts(&run(&["classify", arg(&path), "-q"]).stdout);
    let (mut right, mut flagged, mut off_task) = (0, 0, 0);
    for (row, one) in rows.iter().zip(&found) {
        let is_flagged = one["band"] == "off_task_likely";
        let is_judged = !matches!(row[0], "zh" | "ja" | "ko");
        assert!(!is_flagged || is_judged, "{row:?}");
        flagged += u32::from(is_flagged);
        right += u32::from(is_flagged && row[1] == "off");
        off_task += u32::from(is_judged && row[1] == "off");
    }
    // At least 95% right, and at least 45% of what can be judged found.
    assert!(
        right * 20 >= flagged * 19 && right * 20 >= off_task * 9,
        "{right} of {flagged} flags, {off_task} off task"
    );
}

#[test]
fn prompts_of_real_agents_are_hardly_ever_flagged() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/offtask/dev.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        crate::skip::skip("corpora", "../shared/data/offtask");
        return;
    };
    let labels: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let found = verdicts(&run(&["classify", arg(&path), "-q"]).stdout);
    assert_eq!(found.len(), labels.len());
    let flagged = |is_wanted: &dyn Fn(&Value) -> bool| {
        let both = labels.iter().zip(&found);
        both.filter(|(label, one)| is_wanted(label) && one["band"] == "off_task_likely").count()
    };
    let agents = flagged(&|label| matches!(label["group"].as_str(), Some("continuation" | "on_agent_real")));
    assert_eq!(agents, 0);
    let wrong = flagged(&|label| label["label"] == "on_task");
    let right = flagged(&|label| label["label"] == "off_task");
    assert!(wrong * 100 <= right, "{wrong} wrong, {right} right");
}
