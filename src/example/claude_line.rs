//! The shape of Claude Code's lines, with keys in the order in which it writes them.

use serde::Serialize;
use serde_json::{Value, json};

use super::script::{Request, Tool};
use super::truth::TokenTruth;

/// The fields of every line of a conversation.
pub(super) struct Envelope {
    pub(super) parent: Option<String>,
    pub(super) uuid: String,
    /// The subagent that wrote the line; its lines are a side chain.
    pub(super) agent: Option<String>,
    pub(super) cwd: String,
    pub(super) session: String,
    pub(super) version: &'static str,
    pub(super) branch: &'static str,
    pub(super) timestamp: String,
}

/// One line of a conversation.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Line {
    pub(super) parent_uuid: Option<String>,
    pub(super) is_sidechain: bool,
    pub(super) user_type: &'static str,
    pub(super) cwd: String,
    pub(super) session_id: String,
    pub(super) version: &'static str,
    pub(super) git_branch: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) agent_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<Message>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) request_id: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) subtype: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) content: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) data: Option<Value>,
    pub(super) uuid: String,
    pub(super) timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tool_use_result: Option<Value>,
    #[serde(rename = "sourceToolAssistantUUID", skip_serializing_if = "Option::is_none")]
    pub(super) source_tool_assistant: Option<String>,
    #[serde(rename = "parentToolUseID", skip_serializing_if = "Option::is_none")]
    pub(super) parent_tool_use: Option<String>,
    #[serde(rename = "isApiErrorMessage", skip_serializing_if = "Option::is_none")]
    pub(super) is_api_error: Option<bool>,
}

impl Line {
    /// A line of this type with only its envelope.
    pub(super) fn new(envelope: Envelope, kind: &'static str) -> Self {
        Self {
            parent_uuid: envelope.parent,
            is_sidechain: envelope.agent.is_some(),
            user_type: "external",
            cwd: envelope.cwd,
            session_id: envelope.session,
            version: envelope.version,
            git_branch: envelope.branch,
            agent_id: envelope.agent,
            message: None,
            request_id: None,
            kind,
            subtype: None,
            content: None,
            data: None,
            uuid: envelope.uuid,
            timestamp: envelope.timestamp,
            tool_use_result: None,
            source_tool_assistant: None,
            parent_tool_use: None,
            is_api_error: None,
        }
    }

    /// The line as text.
    ///
    /// # Panics
    /// Never: strings, numbers and values always serialise.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings, numbers and values always serialise")
    }
}

/// The message inside a line.
#[derive(Serialize)]
pub(super) struct Message {
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    role: &'static str,
    content: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_reason: Option<Option<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Usage>,
}

impl Message {
    /// The message of a person, or of a tool in place of a person.
    pub(super) fn user(content: Value) -> Self {
        Self { model: None, id: None, kind: None, role: "user", content, stop_reason: None, usage: None }
    }

    /// The message of a model.
    pub(super) fn assistant(
        id: &str,
        model: &str,
        content: Vec<Value>,
        usage: Usage,
        stop: Option<&'static str>,
    ) -> Self {
        Self {
            model: Some(model.to_owned()),
            id: Some(id.to_owned()),
            kind: Some("message"),
            role: "assistant",
            content: Value::Array(content),
            stop_reason: Some(stop),
            usage: Some(usage),
        }
    }
}

/// The usage of a message.
#[derive(Serialize, Default)]
pub(super) struct Usage {
    input_tokens: u64,
    cache_creation_input_tokens: u64,
    cache_read_input_tokens: u64,
    cache_creation: CacheCreation,
    output_tokens: u64,
    service_tier: Option<&'static str>,
}

#[derive(Serialize, Default)]
struct CacheCreation {
    ephemeral_5m_input_tokens: u64,
    ephemeral_1h_input_tokens: u64,
}

impl Usage {
    /// The usage of a request of which this much output is written.
    pub(super) fn new(tokens: TokenTruth, output: u64) -> Self {
        Self {
            input_tokens: tokens.input,
            cache_creation_input_tokens: tokens.cache_write_5m + tokens.cache_write_1h,
            cache_read_input_tokens: tokens.cache_read,
            cache_creation: CacheCreation {
                ephemeral_5m_input_tokens: tokens.cache_write_5m,
                ephemeral_1h_input_tokens: tokens.cache_write_1h,
            },
            output_tokens: output,
            service_tier: Some("standard"),
        }
    }
}

/// The content blocks of an answer.
pub(super) fn blocks(request: &Request, tool_use: &str) -> Vec<Value> {
    let mut blocks = Vec::new();
    if !request.say.is_empty() || request.call.is_none() {
        blocks.push(json!({"text": request.say, "type": "text"}));
    }
    if let Some(call) = &request.call {
        let (name, input) = tool(&call.tool);
        blocks.push(json!({"id": tool_use, "input": input, "name": name, "type": "tool_use"}));
    }
    blocks
}

fn tool(tool: &Tool) -> (&'static str, Value) {
    match tool {
        Tool::Read { path } => ("Read", json!({"file_path": path})),
        Tool::Search { pattern } => ("Grep", json!({"output_mode": "content", "pattern": pattern})),
        Tool::Edit { path, kept, old, new } => {
            let both = |lines: &[String]| [kept.as_slice(), lines].concat().join("\n");
            ("Edit", json!({"file_path": path, "new_string": both(new), "old_string": both(old), "replace_all": false}))
        }
        Tool::Write { path, lines } => ("Write", json!({"content": lines.join("\n") + "\n", "file_path": path})),
        Tool::Shell { command, about } => ("Bash", json!({"command": command, "description": about})),
        Tool::Delegate { about, prompt, .. } => {
            ("Task", json!({"description": about, "prompt": prompt, "subagent_type": "Explore"}))
        }
    }
}
