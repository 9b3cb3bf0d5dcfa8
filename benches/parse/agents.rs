//! Seeded lines of the two agents whose logs hold far more text than counts.

/// A small generator with a fixed seed (xorshift), so that every run reads the same bytes.
pub(crate) struct Seeded(pub(crate) u64);

impl Seeded {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    /// Prose of about so many bytes.
    pub(crate) fn text(&mut self, bytes: usize) -> String {
        // A word and its blank are eight bytes on average.
        self.prose(bytes as u64 / 8)
    }

    fn prose(&mut self, words: u64) -> String {
        let vocabulary = ["parse", "the", "ledger", "fn main()", "let x = 1;", "\\n", "\\\"quoted\\\"", "→"];
        (0..words).map(|_| vocabulary[usize::try_from(self.below(8)).unwrap_or(0)]).collect::<Vec<_>>().join(" ")
    }
}

pub(crate) fn claude(seed: &mut Seeded, at: u64) -> String {
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

pub(crate) fn codex(seed: &mut Seeded, at: u64) -> String {
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
