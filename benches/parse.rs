//! Bytes per second of each format, on seeded synthetic logs read from a temporary folder: `cargo bench --bench parse`.

use std::fmt::Write as _;
use std::path::PathBuf;

use divan::counter::BytesCount;
use tokaudit::sources::inputs::{self, Input};
use tokaudit::sources::{ReadOptions, read};

/// How much of each format is made.
const BYTES: usize = 8 << 20;

fn main() {
    divan::main();
}

/// A small generator with a fixed seed (xorshift), so that every run reads the same bytes.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn prose(&mut self, words: u64) -> String {
        let vocabulary = ["parse", "the", "ledger", "fn main()", "let x = 1;", "\\n", "\\\"quoted\\\"", "→"];
        (0..words).map(|_| vocabulary[usize::try_from(self.below(8)).unwrap_or(0)]).collect::<Vec<_>>().join(" ")
    }
}

fn claude(seed: &mut Seeded, at: u64) -> String {
    let stamp = format!("2026-05-{:02}T10:{:02}:{:02}.000Z", 1 + at / 90_000 % 28, at / 60 % 60, at % 60);
    let head =
        format!("\"sessionId\":\"s{}\",\"uuid\":\"u{at}\",\"timestamp\":\"{stamp}\",\"cwd\":\"/src/shop\"", at / 400);
    if at.is_multiple_of(3) {
        let text = seed.prose(60);
        return format!(
            "{{\"type\":\"assistant\",{head},\"requestId\":\"r{at}\",\"message\":{{\"id\":\"m{}\",\"model\":\"claude-opus-4-6\",\
             \"role\":\"assistant\",\"content\":[{{\"type\":\"text\",\"text\":\"{text}\"}}],\"usage\":{{\"input_tokens\":{},\
             \"cache_read_input_tokens\":{},\"cache_creation_input_tokens\":900,\"output_tokens\":{}}}}}}}",
            at / 6,
            seed.below(50),
            seed.below(90_000),
            seed.below(900)
        );
    }
    let text = seed.prose(400);
    format!(
        "{{\"type\":\"user\",{head},\"message\":{{\"role\":\"user\",\"content\":[{{\"type\":\"tool_result\",\
         \"tool_use_id\":\"t{at}\",\"content\":\"{text}\"}}]}}}}"
    )
}

fn codex(seed: &mut Seeded, at: u64) -> String {
    let stamp = format!("2026-05-{:02}T10:{:02}:{:02}.000Z", 1 + at / 90_000 % 28, at / 60 % 60, at % 60);
    match at % 4 {
        0 if at == 0 => format!(
            "{{\"timestamp\":\"{stamp}\",\"type\":\"session_meta\",\"payload\":{{\"id\":\"s\",\"cwd\":\"/src/shop\"}}}}\n\
             {{\"timestamp\":\"{stamp}\",\"type\":\"turn_context\",\"payload\":{{\"model\":\"gpt-5.4\"}}}}"
        ),
        1 => format!(
            "{{\"timestamp\":\"{stamp}\",\"type\":\"event_msg\",\"payload\":{{\"type\":\"token_count\",\"info\":{{\
             \"total_token_usage\":{{\"input_tokens\":{0},\"cached_input_tokens\":{0},\"output_tokens\":{at}}},\
             \"last_token_usage\":{{\"input_tokens\":1000,\"cached_input_tokens\":900,\"output_tokens\":4}}}}}}}}",
            at * 1000
        ),
        _ => format!(
            "{{\"timestamp\":\"{stamp}\",\"type\":\"response_item\",\"payload\":{{\"type\":\"function_call_output\",\
             \"call_id\":\"c{at}\",\"output\":\"{}\"}}}}",
            seed.prose(300)
        ),
    }
}

fn csv(seed: &mut Seeded, at: u64) -> String {
    let mut row = String::new();
    if at == 0 {
        row.push_str("record_id,timestamp,model,input_uncached_tokens,cache_read_tokens,output_tokens,session_id\n");
    }
    let (input, cached, output) = (seed.below(2_000), seed.below(90_000), seed.below(900));
    let day = 1 + at % 28;
    write!(row, "r{at},2026-05-{day:02}T10:00:00Z,gpt-5.4,{input},{cached},{output},s{}", at / 40)
        .expect("a string grows");
    row
}

fn jsonl(seed: &mut Seeded, at: u64) -> String {
    format!(
        "{{\"record_id\":\"r{at}\",\"timestamp\":\"2026-05-{:02}T10:00:00Z\",\"model\":\"gpt-5.4\",\"session_id\":\"s{}\",\
         \"input_uncached_tokens\":{},\"cache_read_tokens\":{},\"output_tokens\":{}}}",
        1 + at % 28,
        at / 40,
        seed.below(2_000),
        seed.below(90_000),
        seed.below(900)
    )
}

fn console_usage(seed: &mut Seeded, at: u64) -> String {
    let mut row = String::new();
    if at == 0 {
        row.push_str(
            "usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,\
             usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,\
             usage_output_tokens,web_search_count,inference_geo,speed\n",
        );
    }
    let (input, cached, output) = (seed.below(200_000), seed.below(90_000_000), seed.below(90_000));
    write!(
        row,
        "2026-03-{:02} {:02}:00,claude-haiku-4-5,key-{at},Default,standard,≤ 200k,{input},1000,0,{cached},{output},0,global,",
        1 + at % 28,
        at % 24
    )
    .expect("a string grows");
    row
}

fn cursor_usage(seed: &mut Seeded, at: u64) -> String {
    let mut row = String::new();
    if at == 0 {
        row.push_str(
            "Date,User,Kind,Model,Max Mode,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,\
             Total Tokens,Cost\n",
        );
    }
    let [written, input, read, output] = [9_000, 9_000, 900_000, 9_000].map(|limit| seed.below(limit));
    let (total, cents) = (written + input + read + output, seed.below(90));
    write!(
        row,
        "\"2026-03-{:02}T{:02}:{:02}:{:02}.{:03}Z\",\"kim{}@example.com\",\"On-Demand\",\"claude-haiku-4-5\",\"No\",\"{written}\",\
         \"{input}\",\"{read}\",\"{output}\",\"{total}\",\"0.{cents:02}\"",
        1 + at % 28,
        at / 3600 % 24,
        at / 60 % 60,
        at % 60,
        at % 1000,
        at % 50
    )
    .expect("a string grows");
    row
}

fn litellm(seed: &mut Seeded, at: u64) -> String {
    let (input, cached, output) = (100_000 + seed.below(2_000), seed.below(90_000), seed.below(900));
    format!(
        "{{\"request_id\":\"r{at}\",\"call_type\":\"acompletion\",\"api_key\":\"88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b\",\
         \"spend\":0.0034{},\"total_tokens\":{},\"prompt_tokens\":{input},\"completion_tokens\":{output},\
         \"startTime\":\"2026-03-{:02}T10:00:00.123Z\",\"endTime\":\"2026-03-04T10:00:01.123Z\",\"model\":\"gpt-5.4\",\
         \"custom_llm_provider\":\"openai\",\"user\":\"u{}\",\"session_id\":\"s{}\",\"cache_hit\":\"False\",\"metadata\":{{\"usage_object\":{{\
         \"prompt_tokens\":{input},\"completion_tokens\":{output},\"prompt_tokens_details\":{{\"cached_tokens\":{cached}}}}}}},\
         \"request_tags\":[\"User-Agent: a\",\"team: shop\"],\"messages\":{{}},\"response\":{{}}}}",
        seed.below(99),
        input + output,
        1 + at % 28,
        at % 50,
        at / 40
    )
}

fn otlp(seed: &mut Seeded, at: u64) -> String {
    let text = |key: &str, value: &str| format!("{{\"key\":\"{key}\",\"value\":{{\"stringValue\":\"{value}\"}}}}");
    let attributes = [
        text("event.name", "api_request"),
        text("session.id", &format!("s{}", at / 40)),
        text("model", "claude-haiku-4-5"),
        text("request_id", &format!("req_{at}")),
        text("input_tokens", &seed.below(2_000).to_string()),
        text("output_tokens", &seed.below(900).to_string()),
        text("cache_read_tokens", &seed.below(90_000).to_string()),
        text("cost_usd", "0.0123"),
    ]
    .join(",");
    format!(
        "{{\"resourceLogs\":[{{\"resource\":{{\"attributes\":[{}]}},\"scopeLogs\":[{{\"scope\":{{\"name\":\
         \"com.anthropic.claude_code.events\"}},\"logRecords\":[{{\"timeUnixNano\":\"17726112{:02}000000000\",\"body\":{{\
         \"stringValue\":\"claude_code.api_request\"}},\"attributes\":[{attributes}]}}]}}]}}]}}",
        text("service.name", "claude-code"),
        at % 100
    )
}

/// A log of one format: a function that writes its n-th line.
type Format = (&'static str, fn(&mut Seeded, u64) -> String);

const FORMATS: &[Format] = &[
    ("claude-code", claude),
    ("codex", codex),
    ("generic.csv", csv),
    ("generic.jsonl", jsonl),
    ("anthropic-console-usage.csv", console_usage),
    ("cursor-usage.csv", cursor_usage),
    ("litellm.jsonl", litellm),
    ("otlp.jsonl", otlp),
];

#[divan::bench(args = FORMATS.iter().map(|(name, _)| *name), sample_count = 10)]
fn bytes_per_second(bencher: divan::Bencher<'_, '_>, name: &str) {
    let line = FORMATS.iter().find(|(known, _)| *known == name).expect("a listed format").1;
    let mut seed = Seeded(0x5eed);
    let mut log = String::with_capacity(BYTES + 4096);
    for at in 0.. {
        log.push_str(&line(&mut seed, at));
        log.push('\n');
        if log.len() >= BYTES {
            break;
        }
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path: PathBuf = folder.path().join(name);
    std::fs::write(&path, &log).expect("a log that can be written");
    let files: Vec<Input> = inputs::find(&[path], None).files;
    bencher.counter(BytesCount::new(log.len())).bench_local(|| {
        let reading = read(&files, &ReadOptions::default(), &|_| {});
        assert!(reading.usage.len() > 100, "{} records", reading.usage.len());
        reading.usage.len()
    });
}
