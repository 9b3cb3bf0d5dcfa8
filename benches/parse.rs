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

/// A log of one format: a function that writes its n-th line.
type Format = (&'static str, fn(&mut Seeded, u64) -> String);

const FORMATS: &[Format] = &[("claude-code", claude), ("codex", codex), ("generic.csv", csv), ("generic.jsonl", jsonl)];

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
