//! Every marker as the tools write it, with made-up names, and what only looks like a marker.

use super::*;
use crate::history::{bots, message};
use Evidence::{
    AssistedBy, AuthorEmail, AuthorName, BranchName, CoAuthorEmail, CoAuthorName, EntireTrailer, Footer, SessionTrailer,
};

fn identity(text: &str) -> Identity {
    split_person(text)
}

fn of(author: &str, text: &str) -> Vec<Assistance> {
    let author = identity(author);
    assistance(signed(&author).as_ref(), bots::account(&author), &message::parse(text))
}

/// What is found in the body of a commit that a person wrote.
fn of_body(body: &str) -> Vec<(&'static str, Option<String>, Evidence)> {
    let text = format!("Add a\n\n{body}\n");
    let all = of("Ann <ann@example.org>", &text);
    all.into_iter().map(|one| (one.tool, one.model, one.evidence)).collect()
}

/// Bodies with the tool, the model and the evidence that they contain.
const BODIES: &[(&str, &str, Option<&str>, Evidence)] = &[
    ("Co-Authored-By: Claude <noreply@anthropic.com>", "claude-code", None, CoAuthorEmail),
    ("co-authored-by: Claude Code <noreply@anthropic.com>", "claude-code", None, CoAuthorEmail),
    ("Co-authored-by: Claude Opus 4.6 <NoReply@Anthropic.com>", "claude-code", Some("Claude Opus 4.6"), CoAuthorEmail),
    (
        "Co-Authored-By: Claude Opus 4.7 (1M context) <noreply@anthropic.com>",
        "claude-code",
        Some("Claude Opus 4.7 (1M context)"),
        CoAuthorEmail,
    ),
    ("Co-Authored-By: Claude Fable 5 <noreply@anthropic.com)", "claude-code", Some("Claude Fable 5"), CoAuthorEmail),
    ("Co-Authored-By: Claude (GLM-4.7) <noreply@anthropic.com>", "claude-code", Some("GLM-4.7"), CoAuthorEmail),
    ("Co-Authored-By: Claude Sonnet 4.5 <bot@example.org>", "claude-code", Some("Claude Sonnet 4.5"), CoAuthorName),
    ("Co-Authored-By: claude[bot] <41898282+claude[bot]@users.noreply.github.com>", "claude-code", None, CoAuthorEmail),
    ("Co-authored-by: Copilot <223556219+Copilot@users.noreply.github.com>", "copilot", None, CoAuthorEmail),
    ("Co-authored-by: Copilot <175728472+Copilot@users.noreply.github.com>", "copilot", None, CoAuthorEmail),
    (
        "Co-authored-by: Copilot Autofix powered by AI <62310815+github-advanced-security[bot]@users.noreply.github.com>",
        "copilot",
        None,
        CoAuthorName,
    ),
    ("Co-authored-by: Cursor <cursoragent@cursor.com>", "cursor", None, CoAuthorEmail),
    ("Co-authored-by: Codex <noreply@openai.com>", "codex", None, CoAuthorEmail),
    ("Co-authored-by: aider (o3-mini) <aider@aider.chat>", "aider", Some("o3-mini"), CoAuthorEmail),
    (
        "Co-authored-by: aider (openrouter/x/y-large) <noreply@aider.dev>",
        "aider",
        Some("openrouter/x/y-large"),
        CoAuthorEmail,
    ),
    ("Co-authored-by: Amp <amp@ampcode.com>", "amp", None, CoAuthorEmail),
    ("Amp-Thread-ID: https://ampcode.com/threads/T-0123", "amp", None, SessionTrailer),
    (
        "Co-authored-by: gemini-code-assist[bot] <176961590+gemini-code-assist[bot]@users.noreply.github.com>",
        "gemini",
        None,
        CoAuthorEmail,
    ),
    (
        "Co-authored-by: google-labs-jules[bot] <161369871+google-labs-jules[bot]@users.noreply.github.com>",
        "jules",
        None,
        CoAuthorEmail,
    ),
    (
        "Co-authored-by: Devin AI <158243242+devin-ai-integration[bot]@users.noreply.github.com>",
        "devin",
        None,
        CoAuthorEmail,
    ),
    (
        "Co-authored-by: factory-droid[bot] <138933559+factory-droid[bot]@users.noreply.github.com>",
        "droid",
        None,
        CoAuthorEmail,
    ),
    ("Co-Authored-By: Oz <oz-agent@warp.dev>", "warp", None, CoAuthorEmail),
    ("Co-Authored-By: opencode <noreply@opencode.ai>", "opencode", None, CoAuthorEmail),
    ("Co-Authored-By: opencode https://opencode.ai", "opencode", None, CoAuthorName),
    ("Co-authored-by: Roo Code <roomote@roocode.com>", "roo", None, CoAuthorEmail),
    ("Co-authored-by: Windsurf <noreply@windsurf.com>", "windsurf", None, CoAuthorEmail),
    ("Co-authored-by: Windsurf <noreply@codeium.com>", "windsurf", None, CoAuthorEmail),
    ("Co-Authored-By: GLM-5.1 <noreply@z.ai>", "other", Some("GLM-5.1"), CoAuthorName),
    ("Claude-Session: https://claude.ai/code/session_0123", "claude-code", None, SessionTrailer),
    ("https://claude.ai/code/session_0123", "claude-code", None, SessionTrailer),
    ("Entire-Agent: Claude Code\nEntire-Checkpoint: 0123456789ab", "claude-code", None, EntireTrailer),
    (
        "Co-Authored-By: Claude (pa/claude-opus-4-5) <noreply@anthropic.com>",
        "claude-code",
        Some("pa/claude-opus-4-5"),
        CoAuthorEmail,
    ),
    ("Assisted-by: [Claude Code](https://claude.com/claude-code)", "claude-code", None, AssistedBy),
    ("Entire-Agent: Gemini CLI", "gemini", None, EntireTrailer),
    ("Entire-Checkpoint: 0123456789ab", "other", None, EntireTrailer),
    ("Assisted-by: Opus 4.7", "other", Some("Opus 4.7"), AssistedBy),
    ("Assisted-by: Claude Opus 4.6", "claude-code", Some("Claude Opus 4.6"), AssistedBy),
    ("Assisted-by: Opus 4.6 via Claude Code", "claude-code", Some("Opus 4.6"), AssistedBy),
    ("Assisted-by: Claude:claude-opus-4 [sparse]", "claude-code", Some("claude-opus-4"), AssistedBy),
    ("Assisted-by: Google Antigravity with Gemini 3", "antigravity", Some("Gemini 3"), AssistedBy),
    ("Assisted-by: GPT-5.6 Sol", "other", Some("GPT-5.6 Sol"), AssistedBy),
    ("🤖 Generated with [Claude Code](https://claude.ai/code)", "claude-code", None, Footer),
    ("🤖 Generated with [Claude Code](https://claude.com/claude-code)", "claude-code", None, Footer),
    ("Generated with Claude Code", "claude-code", None, Footer),
    ("✨ Generated by Codex.", "codex", None, Footer),
    ("Generated with [OpenCode](https://opencode.ai) & GLM-5.1", "opencode", Some("GLM-5.1"), Footer),
    ("💘 Generated with Crush", "crush", None, Footer),
    ("Generated by Cursor", "cursor", None, Footer),
    ("Built with [Warp](https://www.warp.dev)", "warp", None, Footer),
    ("Assisted by Kiro", "kiro", None, Footer),
    ("Made-with: Cursor", "cursor", None, AssistedBy),
    ("Assisted-by: Claude via Crush", "crush", None, AssistedBy),
    ("Assisted-by: GLM-4.6 via Crush", "crush", Some("GLM-4.6"), AssistedBy),
    ("Assisted-by: Claude Opus 4.5 via OpenCode", "opencode", Some("Claude Opus 4.5"), AssistedBy),
    ("Co-Authored-By: Crush <noreply@crush.charm.land>", "crush", None, CoAuthorEmail),
    ("Co-Authored-By: Claude Opus 4.5 via Crush <ann@example.org>", "crush", Some("Claude Opus 4.5"), CoAuthorName),
    ("Co-authored-by: Cline <noreply@cline.bot>", "cline", None, CoAuthorEmail),
    ("Co-authored-by: Claude <claude@anthropic.com>", "claude-code", None, CoAuthorEmail),
    ("Co-authored-by: Codex", "codex", None, CoAuthorName),
    ("Co-authored-by: Amp &lt;amp@ampcode.com&gt;", "amp", None, CoAuthorEmail),
    ("Signed-off-by: Gemini", "gemini", None, CoAuthorName),
    ("Signed-off-by: Claude <noreply@anthropic.com>", "claude-code", None, CoAuthorEmail),
    ("Co-developed-by: Claude claude-opus-4-6", "claude-code", Some("Claude claude-opus-4-6"), CoAuthorName),
    ("Replit-Commit-Author: Agent", "replit", None, SessionTrailer),
    ("Agent-Logs-Url: https://github.com/acme/shop/sessions/0123", "copilot", None, SessionTrailer),
    (
        "Agent-Logs-Url: https://github.com/acme/shop/sessions/0123\n\
         Co-authored-by: anthropic-code-agent[bot] <242468646+Claude@users.noreply.github.com>",
        "claude-code",
        None,
        CoAuthorEmail,
    ),
];

#[test]
fn every_form_of_a_body_is_recognised() {
    for (body, tool, model, evidence) in BODIES {
        assert_eq!(of_body(body), [(*tool, model.map(str::to_owned), *evidence)], "{body}");
    }
}

#[test]
fn trailers_mid_body_after_a_squash_count_too() {
    let body = "* one\n\nCo-Authored-By: Claude Opus 4.5 <noreply@anthropic.com>\n\n* two\n\n    \
                Co-authored-by: Cursor <cursoragent@cursor.com>\n\n---------\n\nCo-authored-by: Bo <bo@example.org>";
    let tools: Vec<_> = of_body(body).into_iter().map(|(tool, _, _)| tool).collect();
    assert_eq!(tools, ["claude-code", "cursor"]);
}

#[test]
fn people_and_automation_are_not_markers() {
    for body in [
        "Co-authored-by: Claude Abbott <claude@example.org>",
        "Co-authored-by: Claude <claude@example.org>",
        "Co-authored-by: claude <12345+claude@users.noreply.github.com>",
        "Co-authored-by: Jules Example <jules@example.org>",
        "Co-authored-by: Devin J. Example <devin@example.org>",
        "Co-authored-by: Ann Example <ann@openai.com>",
        "Co-authored-by: Ann Example <ann@anthropic.com>",
        "Co-authored-by: Paul Example <paul@paulg.org>",
        "Co-authored-by: Ann <1+ann-devin@users.noreply.github.com>",
        "Co-authored-by: Mistral Example <7+m@users.noreply.github.com>",
        "Co-authored-by: github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>",
        "Co-authored-by: renovate[bot] <29139614+renovate[bot]@users.noreply.github.com>",
        "Assisted-by: Bo Example <bo@example.org>",
        "Assisted-by: Claude Example <claude@example.org>",
        "Assisted-by: Claude Example",
        "Assisted-by: my cat",
        "Generated with: npx sourcebook init",
        "generated by Claude Code when nobody looks, so it is prose",
        "Generated by our tests.",
        "Docs: https://claude.ai/code/session_x is a link",
        "https://claude.ai/code",
        "Claude-Session: lost",
        "Built with warp",
        "Created by Jules",
        "Generated by cursor.",
        "Made with amp",
        "Signed-off-by: Devin Example <devin@example.org>",
        "Signed-off-by: Devin <devin@example.org>",
        "Co-authored-by: Claude Example",
        "Replit-Commit-Author: Deployment",
        "Agent-Id: agent-7",
        "Agent-Logs-Url: lost",
        "This was written by hand, not with Claude Code",
    ] {
        assert_eq!(of_body(body), [], "{body}");
    }
}

#[test]
fn an_author_is_recognised_by_address_first_and_by_name_second() {
    for (author, tool, evidence) in [
        ("Claude <noreply@anthropic.com>", "claude-code", AuthorEmail),
        ("claude[bot] <41898282+claude[bot]@users.noreply.github.com>", "claude-code", AuthorEmail),
        ("anthropic-code-agent[bot] <242468646+Claude@users.noreply.github.com>", "claude-code", AuthorEmail),
        ("copilot-swe-agent[bot] <198982749+Copilot@users.noreply.github.com>", "copilot", AuthorEmail),
        ("Cursor Agent <cursoragent@cursor.com>", "cursor", AuthorEmail),
        ("Codex <codex@openai.com>", "codex", AuthorEmail),
        ("openai-code-agent[bot] <242516109+Codex@users.noreply.github.com>", "codex", AuthorEmail),
        ("Ann Example (aider) <a@x.org>", "aider", AuthorName),
        ("gemini-cli-robot <gemini-cli-robot@google.com>", "gemini", AuthorEmail),
        ("gpt-engineer-app[bot] <159125892+gpt-engineer-app[bot]@users.noreply.github.com>", "lovable", AuthorEmail),
        ("roomote-v0[bot] <5+roomote-v0[bot]@users.noreply.github.com>", "roo", AuthorEmail),
        ("acme-claude[bot] <5+acme-claude[bot]@users.noreply.github.com>", "claude-code", AuthorEmail),
        ("openhands-ai[bot] <bots@acme.example>", "openhands", AuthorName),
        ("GLM-4.6 via Crush <ann@x.org>", "crush", AuthorName),
    ] {
        let found: Vec<_> = of(author, "Add a").into_iter().map(|one| (one.tool, one.evidence)).collect();
        assert_eq!(found, [(tool, evidence)], "{author}");
    }
    assert_eq!(of("GitHub Actions <41898282+github-actions[bot]@users.noreply.github.com>", "Add a"), []);
    assert_eq!(of("Codex <5+codex@users.noreply.github.com>", "Add a"), [], "a person's account");
}

#[test]
fn a_tool_is_named_once_with_its_best_evidence_and_first_model() {
    let body = "🤖 Generated with [Claude Code](https://claude.ai/code)\n\nAssisted-by: Copilot\n\
                Claude-Session: https://claude.ai/code/session_1\nAssisted-by: Opus 4.6 via Claude Code\n\
                Co-Authored-By: Claude <noreply@anthropic.com>\nEntire-Checkpoint: 0123456789ab";
    let expected = [
        ("other", None, EntireTrailer),
        ("claude-code", Some("Opus 4.6".to_owned()), CoAuthorEmail),
        ("copilot", None, AssistedBy),
    ];
    assert_eq!(of_body(body), expected);
    let body = "Co-Authored-By: Claude <noreply@anthropic.com>\nEntire-Checkpoint: 0123456789ab";
    assert_eq!(of_body(body), [("claude-code", None, EntireTrailer)]);
}

#[test]
fn a_merge_counts_by_the_branch_that_it_names() {
    for (subject, tool) in [
        ("Merge pull request #12 from ann/claude/add-a", Some("claude-code")),
        ("Merge pull request #12 from claude/add-a", None),
        ("Merge branch 'codex/add-a'", Some("codex")),
        ("Merge pull request 12 from claude/add-a into main", Some("claude-code")),
        ("Merge branch 'main' into codex/add-a", None),
        ("Merge remote-tracking branch 'origin/cursor/add-a-7f3c'", Some("cursor")),
        ("Merge pull request #12 from ann/cursor/blink", None),
        ("Merged in devin/1782038638-add-a (pull request #9)", Some("devin")),
        ("Merged in devin/add-a (pull request #9)", None),
        ("Merge branch 'entire/checkpoints'", None),
    ] {
        let found = of("Ann <a@x.org>", subject);
        let expected = tool.map(|tool| Assistance { tool, model: None, evidence: BranchName });
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{subject}");
    }
}

#[test]
fn an_updater_quotes_the_messages_of_others() {
    let dependabot = "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>";
    let quoted = "Bump a\n\nNotes:\n\nCo-authored-by: Claude <noreply@anthropic.com>\n\
                  🤖 Generated with [Claude Code](https://claude.com/claude-code)\n\nSigned-off-by: dependabot[bot] <x@y>\n";
    assert_eq!(of(dependabot, quoted), []);
    assert_eq!(of("Ann <a@x.org>", quoted).len(), 1);
    let mended = format!("{quoted}Co-authored-by: Claude <noreply@anthropic.com>\n");
    assert_eq!(of(dependabot, &mended).len(), 1);
}

#[test]
fn subjects_that_aider_begins_with_its_name_are_its_own() {
    let found = of("Ann <a@x.org>", "aider: Added a cart.");
    assert_eq!(found, [Assistance { tool: "aider", model: None, evidence: Footer }]);
    assert_eq!(of("Ann <a@x.org>", "aider-chat: 1.0 -> 1.1"), []);
}
