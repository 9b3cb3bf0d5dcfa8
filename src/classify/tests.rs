use std::io::Cursor;

use serde::Deserialize;

use super::lines::{OutputFormat, judge_lines};
use super::*;

#[derive(Deserialize)]
struct Golden {
    text: String,
    score: f64,
    work_type: String,
}

#[test]
fn the_scripts_scores_are_reproduced() {
    let golden: Vec<Golden> = serde_json::from_str(include_str!("golden.json")).expect("the script's scores");
    assert!(golden.len() > 20);
    let mut classifier = Classifier::default();
    for one in golden {
        let (score, kind) = classifier.raw_score(&one.text);
        assert!((score - one.score).abs() < 2e-6, "{}: {score} is not {}", one.text, one.score);
        assert_eq!(kind.word(), one.work_type, "{}", one.text);
    }
}

fn band(text: &str) -> Band {
    Classifier::default().judge(text, PromptContext::default()).band
}

#[test]
fn private_matters_are_distinguished_from_work_about_them() {
    for text in [
        "what's a good recipe for banana bread with walnuts",
        "what should I cook for my girlfriend's birthday",
        "will it rain in Lisbon this weekend?",
        "recommend me a funny movie for tonight",
    ] {
        assert_eq!(band(text), Band::OffTaskLikely, "{text}");
    }
    for text in [
        "the weather widget shows yesterday's forecast, fix the cache key in src/forecast.ts",
        "add a birthday column to the users table and a migration",
        "why does the recipe parser fail on empty ingredients?",
        "修复天气组件的错误",
        "Warum schlägt der Test der Rezeptsuche fehl?",
    ] {
        assert_eq!(band(text), Band::OnTask, "{text}");
    }
}

#[test]
fn a_long_specification_without_marks_of_code_is_not_flagged() {
    let sentence = "The dispatcher sees who is late, and what was promised stays visible until the end of the shift.\n";
    let long = sentence.repeat(5);
    assert!(band(&long) < Band::OffTaskLikely);
    let surface = |text: &str| Classifier::default().read(text).surface;
    assert!((surface(sentence) - surface(&long)).abs() < 1e-9, "neither length nor lines count");
}

#[test]
fn words_of_work_keep_a_private_matter_from_being_flagged() {
    let reasons = |text: &str| {
        let verdict = Classifier::default().judge(text, PromptContext::default());
        (verdict.band, verdict.reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
    };
    let private = "what should I cook for my girlfriend's birthday dinner";
    assert_eq!(band(private), Band::OffTaskLikely);
    for more in ["and for our customers", "and for the endpoint"] {
        let (band, why) = reasons(&format!("{private} {more}"));
        assert_ne!(band, Band::OffTaskLikely, "{more}: {why}");
        assert!(why.contains("topic:food"), "{why}");
    }
    for verb in ["summarise", "summarize", "write", "translate", "rewrite"] {
        assert!(!reasons(verb).1.contains("topic:office"), "{verb}");
    }
}

#[test]
fn languages_with_few_prompts_for_training_abstain() {
    for text in ["今天晚上给女朋友做什么菜", "明日の京都の天気はどう", "오늘 저녁 뭐 먹지"]
    {
        let verdict = Classifier::default().judge(text, PromptContext::default());
        assert_eq!((verdict.band, verdict.abstains()), (Band::Unclear, true), "{text}: {:?}", verdict.reasons);
    }
}

#[test]
fn a_prompt_that_says_nothing_is_not_flagged() {
    for (text, expected, reason) in [
        ("yes, go ahead!", Band::OnTask, "text"),
        ("continue", Band::OnTask, "veto:continuation"),
        ("继续", Band::OnTask, "veto:continuation"),
        ("Hello!", Band::Unclear, "abstain:greeting"),
        ("??", Band::Unclear, "abstain:too_short"),
        ("", Band::Unclear, "abstain:too_short"),
        ("[REDACTED]", Band::Unclear, "abstain:redacted"),
        ("สวัสดีครับ วันนี้อากาศเป็นอย่างไร", Band::Unclear, "abstain:script"),
    ] {
        let verdict = Classifier::default().judge(text, PromptContext::default());
        assert_eq!(verdict.band, expected, "{text}");
        assert!(verdict.reasons[0].to_string().starts_with(reason), "{text}: {:?}", verdict.reasons);
    }
}

#[test]
fn context_decides_before_text() {
    let text = "what's a good recipe for banana bread with walnuts";
    let judge = |context| Classifier::default().judge(text, context);
    let words = |verdict: PromptVerdict| verdict.reasons.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(words(judge(PromptContext { linked_commit: true, ..PromptContext::default() })), ["veto:linked_commit"]);
    assert_eq!(judge(PromptContext { edit: true, ..PromptContext::default() }).band, Band::OnTask);
    let alone = judge(PromptContext::default());
    let in_repo = judge(PromptContext { repo_tool_call: true, in_repo: true, ..PromptContext::default() });
    assert!(in_repo.score < alone.score && in_repo.band < alone.band);
    assert!(words(in_repo).contains(&"context:repo_tool_call:-4.0".to_owned()));
}

#[test]
fn a_verdict_does_not_depend_on_the_prompt_before() {
    let mut classifier = Classifier::default();
    let texts = ["fix `src/main.rs`", "tell me a joke about cats", "fix `src/main.rs`"];
    let verdicts: Vec<PromptVerdict> =
        texts.iter().map(|text| classifier.judge(text, PromptContext::default())).collect();
    assert_eq!(verdicts[0], verdicts[2]);
    assert_ne!(verdicts[0], verdicts[1]);
}

#[test]
fn bad_lines_are_counted_and_never_quoted() {
    let input = "{\"id\":\"a\",\"text\":\"fix the build\"}\n{\"id\":\"b\"\nnull\n\n{\"id\":7,\"prompt\":\"hello\"}\n{\"id\":{\"x\":\"secret\"},\"text\":\"run the tests\"}";
    let mut out = Vec::new();
    let counts = judge_lines(&mut Cursor::new(input), OutputFormat::Jsonl, &mut out, &|work| work()).expect("verdicts");
    assert_eq!((counts.judged, counts.rejected), (3, 2));
    assert_eq!(counts.examples.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 3]);
    let out = String::from_utf8(out).expect("text");
    let ids: Vec<serde_json::Value> =
        out.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["id"].clone()).collect();
    assert_eq!(ids, [serde_json::json!("a"), serde_json::json!(7), serde_json::Value::Null]);
    assert!(!out.contains("secret") && !out.contains("build"));
}
