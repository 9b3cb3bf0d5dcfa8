//! A planned session and its commits → a script: who says what when, and with how many tokens.

use chrono::{DateTime, TimeDelta, Utc};

use super::files::{FileEdit, misplanned};
use super::meter::{Caching, Conversation};
use super::random::Random;
use super::repository::{Made, MadeHistory, instant};
use super::script::{Call, Event, Request, Script, Subagent, Tool, What};
use super::sessions_plan::{HAIKU, Job, PlannedSession, Quirk};
use super::text::Writer;
use crate::error::Result;

/// Writes the script of a session whose agent ran in `cwd`.
pub(super) fn compose(session: &'static PlannedSession, cwd: &str, history: &MadeHistory) -> Result<Script> {
    let mut composer = Composer::new(session, cwd);
    match session.job {
        Job::Commits(keys) => {
            for (nth, key) in keys.iter().enumerate() {
                let made = history.commits.get(key).ok_or_else(|| misplanned(&format!("no commit {key}")))?;
                let ask = if nth == 0 { session.ask.to_owned() } else { format!("Next: {}.", plain(made.subject)) };
                composer.commit(&ask, made, nth == 0, history)?;
            }
        }
        Job::Answers(at, turns) => composer.answers(instant(at)?, turns),
        Job::Leaves(at, branch, path) => composer.leaves(instant(at)?, branch, path),
    }
    Ok(Script { events: composer.events })
}

/// How long a model takes to answer, in milliseconds.
const BRIEF: (u64, u64) = (4_000, 18_000);

/// What subagents report.
const FOUND: &str = "Three places, all in the service; none in the web front.";

struct Composer {
    session: &'static PlannedSession,
    cwd: String,
    random: Random,
    meter: Conversation,
    model: &'static str,
    branch: &'static str,
    /// Milliseconds since the start of the current stretch of work.
    clock_ms: i64,
    /// The events of the current stretch, before their times are known.
    stretch: Vec<(i64, What)>,
    events: Vec<Event>,
}

impl Composer {
    fn new(session: &'static PlannedSession, cwd: &str) -> Self {
        let caching = match (session.source(), session.version) {
            ("codex", _) => Caching::Automatic,
            (_, "2.1.20" | "2.1.39") => Caching::FiveMinutes,
            _ => Caching::OneHour,
        };
        let mut random = Random::named(&format!("session {}", session.key));
        let continues = session.quirks.iter().any(|quirk| matches!(quirk, Quirk::Resumes(_) | Quirk::Forks(_)));
        let meter = if continues { Conversation::continued(caching, &mut random) } else { Conversation::new(caching) };
        Self {
            session,
            cwd: cwd.to_owned(),
            random,
            meter,
            model: session.model,
            branch: "main",
            clock_ms: 0,
            stretch: Vec::new(),
            events: Vec::new(),
        }
    }

    /// The steps to a commit: ask, look, edit, test, commit, answer.
    fn commit(&mut self, ask: &str, made: &Made, first: bool, history: &MadeHistory) -> Result<()> {
        self.branch = made.branch;
        if self.events.last().is_some_and(|last| made.at - last.at > TimeDelta::minutes(75)) {
            self.meter.lose_cache();
        }
        self.prompt(ask);
        if first {
            self.delegate();
        }
        self.look(&made.edits, made.at, history);
        self.halfway(first);
        for edit in &made.edits {
            self.edit(edit);
        }
        self.test(first && self.session.has(Quirk::Retries));
        let (command, output) = commit_call(made);
        self.shell(command, "Commit the change", output, false);
        // The call ends the current stretch: its result has the time of the commit.
        let committed_ms = self.clock_ms;
        if let (true, Some(pull)) = (self.session.has(Quirk::PullLink), made.pull) {
            let repo = self.session.repo.map_or("", super::repo::Repo::name);
            let url = format!("https://github.com/acme/{repo}/pull/{pull}\n");
            self.shell("gh pr create --fill".to_owned(), "Open a pull request", url, false);
            self.push(What::PullLink(pull));
        }
        self.say(format!("Done: {}. The tests pass.", plain(made.subject)));
        self.place(made.at - TimeDelta::milliseconds(committed_ms))
    }

    /// Questions and answers about the files, without an edit.
    fn answers(&mut self, at: DateTime<Utc>, turns: u64) {
        self.prompt(self.session.ask);
        let in_repo = self.session.repo.is_some();
        for turn in 0..turns {
            if turn == turns / 2 {
                self.halfway(true);
            }
            if in_repo && turn + 1 < turns {
                let topic = *self.random.pick(&["cart", "price", "stock", "checkout", "notify", "catalog"]);
                let path = self.absolute(&format!("src/{topic}.rs"));
                let output = self.listing(&[], topic);
                self.call(Tool::Read { path }, output, false);
            } else {
                let answer = self.answer();
                self.say(answer);
                if turn + 1 < turns {
                    self.prompt("And in a little more detail?");
                }
            }
        }
        self.place_at(at);
    }

    /// Edits that nobody commits.
    fn leaves(&mut self, at: DateTime<Utc>, branch: &'static str, path: &str) {
        self.branch = branch;
        self.prompt(self.session.ask);
        let mut writer = Writer::default();
        for nth in 0..3 {
            let block = writer.block(path, &mut self.random);
            let new: Vec<String> = block.into_iter().map(|(_, text)| text).collect();
            let path = self.absolute(path);
            let tool = if nth == 0 {
                Tool::Write { path, lines: new }
            } else {
                Tool::Edit { path, kept: vec!["}".to_owned(), String::new()], old: Vec::new(), new }
            };
            self.call(tool, "The file has been updated.".to_owned(), false);
        }
        self.test(true);
        self.say("The tests still fail; I would leave it here for now.".to_owned());
        self.place_at(at);
    }

    fn prompt(&mut self, text: &str) {
        self.push(What::Prompt(text.to_owned()));
    }

    fn say(&mut self, say: String) {
        self.request(say, None, (400, 1_600));
    }

    fn call(&mut self, tool: Tool, output: String, failed: bool) {
        let say = match self.random.between(0, 2) {
            0 => String::new(),
            1 => "Let me look at that.".to_owned(),
            _ => "Next step.".to_owned(),
        };
        let took_ms = self.milliseconds((120, 2_400));
        let grown = (900, 3_600 + output.len() as u64);
        self.request(say, Some(Call { tool, output, failed, took_ms }), grown);
        self.clock_ms += took_ms;
    }

    fn shell(&mut self, command: String, about: &str, output: String, failed: bool) {
        self.call(Tool::Shell { command, about: about.to_owned() }, output, failed);
    }

    fn request(&mut self, say: String, call: Option<Call>, grown: (u64, u64)) {
        let visible = say.len() + call.as_ref().map_or(0, |call| call.tool.visible_chars());
        // About four characters per token; the rest is thinking that the log does not contain.
        let output = if self.session.has(Quirk::PlaceholderOutput) {
            self.random.between(1, 3)
        } else {
            visible as u64 / 4 + self.random.between(30, 420)
        };
        let grown = self.random.between(grown.0, grown.1.max(grown.0));
        let tokens = self.meter.next(grown, output, &mut self.random);
        self.clock_ms += self.milliseconds(BRIEF);
        self.push(What::Request(Request { model: self.model, tokens, say, call }));
    }

    fn look(&mut self, edits: &[FileEdit], at: DateTime<Utc>, history: &MadeHistory) {
        let topic = edits.first().map_or("shop", |edit| edit.path.rsplit('/').next().unwrap_or("shop"));
        let topic = topic.split('.').next().unwrap_or(topic).to_owned();
        let output = format!("src/main.rs:12:    shop.{topic}();\nREADME.md:7:The {topic} of the shop.\n");
        self.call(Tool::Search { pattern: topic }, output, false);
        for edit in edits.iter().filter(|edit| !edit.before.is_empty()).take(2) {
            let path = self.absolute(&edit.path);
            let output = self.listing(&edit.before, "");
            self.call(Tool::Read { path }, output, false);
        }
        for _ in 0..self.random.between(2, 5) {
            self.look_around();
        }
        if self.random.between(0, 2) == 0 {
            // The session only looks at these commits, so their ids are not evidence of work.
            let output = self.recent(history, at);
            self.shell("git log --oneline -3".to_owned(), "See what came before", output, false);
        }
    }

    /// The last commits on main, as `git log --oneline` prints them.
    fn recent(&self, history: &MadeHistory, at: DateTime<Utc>) -> String {
        let is_ours = |made: &&Made| Some(made.repo) == self.session.repo && made.branch == "main" && made.at < at;
        let mut landed: Vec<&Made> = history.commits.values().filter(is_ours).collect();
        landed.sort_by_key(|made| std::cmp::Reverse(made.at));
        let line = |made: &&Made| format!("{} {}\n", made.produced.printed.get(..7).unwrap_or_default(), made.subject);
        landed.iter().take(3).map(line).collect()
    }

    fn look_around(&mut self) {
        let topic = *self.random.pick(&["cart", "price", "stock", "checkout", "notify", "catalog", "main"]);
        if self.random.between(0, 1) == 0 {
            let output = format!("src/{topic}.rs:41:    shop.rate();\nsrc/main.rs:9:    shop.{topic}();\n");
            self.call(Tool::Search { pattern: format!("{topic}\\(") }, output, false);
        } else {
            let path = self.absolute(&format!("src/{topic}.rs"));
            let output = self.listing(&[], topic);
            self.call(Tool::Read { path }, output, false);
        }
    }

    /// One change of a file, in two calls if it is long.
    fn edit(&mut self, edit: &FileEdit) {
        let path = self.absolute(&edit.path);
        let mut new = edit.new.clone();
        if self.session.has(Quirk::HalfByHand) {
            new.truncate(new.len() / 2);
        }
        if edit.before.is_empty() {
            let later = new.split_off(new.len().min(40));
            self.call(
                Tool::Write { path: path.clone(), lines: new.clone() },
                "The file has been created.".to_owned(),
                false,
            );
            if !later.is_empty() {
                let kept = new[new.len() - 2..].to_vec();
                let tool = Tool::Edit { path, kept, old: Vec::new(), new: later };
                self.call(tool, "The file has been updated.".to_owned(), false);
            }
        } else {
            let tool = Tool::Edit { path, kept: edit.anchor.clone(), old: edit.old.clone(), new };
            self.call(tool, "The file has been updated.".to_owned(), false);
        }
    }

    fn test(&mut self, failing: bool) {
        let command = "cargo test --quiet".to_owned();
        if failing {
            for _ in 0..4 {
                let output = "running 14 tests\n....F.........\nfailures:\n    holds_the_last_item\n\
                              test result: FAILED. 13 passed; 1 failed\n";
                self.shell(command.clone(), "Run the tests", output.to_owned(), true);
            }
        }
        if !matches!(self.session.job, Job::Leaves(..)) {
            let output =
                format!("running {0} tests\ntest result: ok. {0} passed; 0 failed\n", self.random.between(12, 60));
            self.shell(command, "Run the tests", output, false);
        }
    }

    /// Delegates a search to a subagent on a smaller model, where the plan says so.
    fn delegate(&mut self) {
        let own_file = self.session.has(Quirk::SubagentFile);
        if !own_file && !self.session.has(Quirk::SubagentProgress) {
            return;
        }
        let (requests, took_ms) = self.subagent(own_file);
        let prompt = format!("Find every place that touches the {}.", self.session.key);
        let subagent = Subagent { own_file, requests };
        let tool = Tool::Delegate { about: "Find the places".to_owned(), prompt, subagent };
        let call = Call { tool, output: FOUND.to_owned(), failed: false, took_ms };
        self.request("I will have the places looked up.".to_owned(), Some(call), (200, 600));
        self.clock_ms += took_ms;
    }

    /// The requests of a subagent, with times from the call on, and how long it takes.
    fn subagent(&mut self, own_file: bool) -> (Vec<(i64, Request)>, i64) {
        let mut meter = Conversation::new(Caching::FiveMinutes);
        let mut at_ms = 0;
        let mut requests = Vec::new();
        for turn in 0..4 {
            at_ms += self.milliseconds((1_500, 4_000));
            let call = (turn < 3).then(|| {
                let topic = *self.random.pick(&["cart", "stock", "price", "main"]);
                let output = self.listing(&[], topic);
                let tool = Tool::Read { path: self.absolute(&format!("src/{topic}.rs")) };
                Call { tool, output, failed: false, took_ms: 300 }
            });
            let say = if turn < 3 { String::new() } else { FOUND.to_owned() };
            // Progress lines are written before the answer is complete, so their output is a placeholder.
            let output = if own_file { self.random.between(60, 400) } else { self.random.between(1, 8) };
            let grown = self.random.between(1_500, 6_000);
            let tokens = meter.next(grown, output, &mut self.random);
            requests.push((at_ms, Request { model: HAIKU, tokens, say, call }));
        }
        (requests, at_ms + 1_500)
    }

    /// The quirks that happen in the middle of a session.
    fn halfway(&mut self, once: bool) {
        for &quirk in self.session.quirks.iter().filter(|_| once) {
            match quirk {
                Quirk::ColdCache => {
                    self.clock_ms += 71 * 60_000;
                    self.meter.lose_cache();
                }
                Quirk::Switches(model) => {
                    self.model = model;
                    self.meter.lose_cache();
                }
                Quirk::LongContext => {
                    let path = self.absolute("logs/start-page.log");
                    let output = "1\tGET / 1840ms\n2\tGET / 1911ms\n".to_owned();
                    self.call(Tool::Read { path }, output, false);
                    // The answer to a very long result: the one request above 200,000 tokens.
                    self.request("The index is opened on every request.".to_owned(), None, (204_000, 208_000));
                    self.push(What::Compaction);
                    self.meter.compact(&mut self.random);
                }
                Quirk::Synthetic => self.push(What::Synthetic),
                Quirk::ApiError => self.push(What::ApiError),
                Quirk::RepeatedTotal => self.push(What::RepeatedTotal),
                Quirk::NullInfo => self.push(What::NullInfo),
                _ => {}
            }
        }
    }

    fn answer(&mut self) -> String {
        let parts = [
            "It comes down to two places.",
            "The short answer is yes, with one exception.",
            "Here is a list, most important first.",
            "I would start with the smallest of the three.",
            "Nothing in the code forbids it.",
        ];
        let count = self.random.between(2, 4);
        (0..count).map(|_| *self.random.pick(&parts)).collect::<Vec<_>>().join(" ")
    }

    /// A file as the tool for reading prints it.
    fn listing(&mut self, lines: &[String], topic: &str) -> String {
        let made_up = [format!("//! The {topic} of the shop."), String::new(), "use crate::shop::Shop;".to_owned()];
        let lines = if lines.is_empty() { &made_up[..] } else { lines };
        lines.iter().zip(1..).map(|(line, number): (_, u32)| format!("{number:>6}\t{line}\n")).collect()
    }

    fn absolute(&self, path: &str) -> String {
        format!("{}/{path}", self.cwd)
    }

    fn milliseconds(&mut self, range: (u64, u64)) -> i64 {
        i64::try_from(self.random.between(range.0, range.1)).unwrap_or(0)
    }

    fn push(&mut self, what: What) {
        self.clock_ms += 1_000;
        self.stretch.push((self.clock_ms, what));
    }

    /// Places the current stretch so that it begins at `start`, which must not be before the end of the last one.
    fn place(&mut self, start: DateTime<Utc>) -> Result<()> {
        let first = start + TimeDelta::milliseconds(self.stretch.first().map_or(0, |(ms, _)| *ms));
        if self.events.last().is_some_and(|last| last.at > first) {
            return Err(misplanned(&format!("session {} works on two things at once", self.session.key)));
        }
        self.place_at(start);
        Ok(())
    }

    fn place_at(&mut self, start: DateTime<Utc>) {
        for (ms, what) in std::mem::take(&mut self.stretch) {
            self.events.push(Event { at: start + TimeDelta::milliseconds(ms), branch: self.branch, what });
        }
        self.clock_ms = 0;
    }
}

/// The commit command and what git prints after it.
fn commit_call(made: &Made) -> (String, String) {
    let plural = |count: usize, word: &str| if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") };
    let (files, added, deleted) = made.stat;
    let mut summary = format!(" {} changed", plural(files, "file"));
    if added > 0 {
        summary.push_str(&format!(", {}(+)", plural(added, "insertion")));
    }
    if deleted > 0 {
        summary.push_str(&format!(", {}(-)", plural(deleted, "deletion")));
    }
    let short = made.produced.printed.get(..7).unwrap_or_default();
    let output = format!("[{} {short}] {}\n{summary}\n", made.branch, made.subject);
    (format!("git add -A && git commit -m \"{}\"", made.subject), output)
}

/// A subject without its prefix.
fn plain(subject: &str) -> &str {
    subject.split_once(": ").map_or(subject, |(_, rest)| rest)
}
