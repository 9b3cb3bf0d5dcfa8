//! A plain recount of the written logs, which knows the formats but not the plan, to check the truth.

use std::collections::BTreeMap;

use serde_json::Value;

use super::truth::TokenTruth;

/// One observation of a request in a log.
pub(super) struct Observation {
    pub(super) time: String,
    request: Option<String>,
    pub(super) model: String,
    pub(super) session: String,
    pub(super) tokens: TokenTruth,
}

/// Counts over every line of every file.
#[derive(Default)]
pub(super) struct Recount {
    /// Observations by the id of Claude's message.
    messages: BTreeMap<String, Vec<Observation>>,
    pub(super) kept: Vec<Observation>,
    pub(super) lines: u64,
    pub(super) duplicate: u64,
    pub(super) replayed: u64,
    pub(super) ignored: u64,
    pub(super) rejected: u64,
}

impl Recount {
    pub(super) fn claude(&mut self, text: &str) {
        for line in text.lines() {
            self.lines += 1;
            let Ok(line) = serde_json::from_str::<Value>(line) else {
                self.rejected += 1;
                continue;
            };
            let holder = if line["type"] == "progress" { &line["data"]["message"] } else { &line };
            let usage = &holder["message"]["usage"];
            if usage.is_null() {
                continue;
            }
            if holder["message"]["model"] == "<synthetic>" || line["isApiErrorMessage"] == true {
                self.ignored += 1;
                continue;
            }
            let count = |name: &str| usage[name].as_u64().expect("a count");
            let tokens = TokenTruth {
                input: count("input_tokens"),
                cache_read: count("cache_read_input_tokens"),
                cache_write_5m: usage["cache_creation"]["ephemeral_5m_input_tokens"].as_u64().expect("a count"),
                cache_write_1h: usage["cache_creation"]["ephemeral_1h_input_tokens"].as_u64().expect("a count"),
                output: count("output_tokens"),
                reasoning: 0,
            };
            assert_eq!(tokens.cache_write_5m + tokens.cache_write_1h, count("cache_creation_input_tokens"));
            let text = |value: &Value| value.as_str().expect("a string").to_owned();
            let id = text(&holder["message"]["id"]);
            let observation = Observation {
                time: text(&holder["timestamp"]),
                request: holder["requestId"].as_str().map(str::to_owned),
                model: text(&holder["message"]["model"]),
                session: text(&line["sessionId"]),
                tokens,
            };
            self.messages.entry(id).or_default().push(observation);
        }
    }

    pub(super) fn resolve_claude_messages(&mut self) {
        for mut observations in std::mem::take(&mut self.messages).into_values() {
            observations.sort_by(|a, b| a.time.cmp(&b.time));
            let mut first = observations.remove(0);
            for other in observations {
                if other.request.is_some() && other.request != first.request {
                    self.replayed += 1;
                } else {
                    self.duplicate += 1;
                }
                // Only the output grows from line to line.
                first.tokens.output = first.tokens.output.max(other.tokens.output);
            }
            self.kept.push(first);
        }
    }

    pub(super) fn codex(&mut self, text: &str) {
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        self.lines += lines.len() as u64;
        let meta = &lines[0]["payload"];
        let session = meta["id"].as_str().expect("an id").to_owned();
        let forked = !meta["forked_from_id"].is_null();
        let began = lines[0]["timestamp"].clone();
        let (mut model, mut before) = (String::new(), (0, 0, 0, 0));
        for line in &lines {
            let payload = &line["payload"];
            if line["type"] == "turn_context" {
                model = payload["model"].as_str().expect("a model").to_owned();
            }
            if payload["type"] != "token_count" {
                continue;
            }
            let total = &payload["info"]["total_token_usage"];
            if total.is_null() {
                self.ignored += 1;
                continue;
            }
            let count = |name: &str| total[name].as_u64().expect("a count");
            let now = (
                count("input_tokens"),
                count("cached_input_tokens"),
                count("output_tokens"),
                count("reasoning_output_tokens"),
            );
            let tokens = TokenTruth {
                input: now.0 - before.0 - (now.1 - before.1),
                cache_read: now.1 - before.1,
                output: now.2 - before.2,
                reasoning: now.3 - before.3,
                ..TokenTruth::default()
            };
            if now == before {
                self.duplicate += 1;
            } else if forked && line["timestamp"] == began {
                self.replayed += 1;
            } else {
                let time = line["timestamp"].as_str().expect("a time").to_owned();
                self.kept.push(Observation {
                    time,
                    request: None,
                    model: model.clone(),
                    session: session.clone(),
                    tokens,
                });
            }
            before = now;
        }
    }
}
