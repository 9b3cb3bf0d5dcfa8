//! Every section of `tokaudit.toml` and every key of it: the one list that readers, error messages and `explain config` take.

/// A key of a section: its name, its default, what it means.
pub(super) type Key = (&'static str, &'static str, &'static str);

/// A section. One without keys takes names of the user's own.
pub struct Section {
    /// Its name; empty for keys at the top.
    pub name: &'static str,
    /// What it is for, with an example.
    pub about: &'static str,
    /// Its keys.
    pub keys: &'static [Key],
}

/// Every section, in the order of `explain config`.
pub static SECTIONS: &[Section] = &[
    Section {
        name: "",
        about: "At the top, named like the flags; a flag wins.",
        keys: &[
            ("tz", "\"UTC\"", "time zone that days are cut in"),
            ("min_tier", "\"strong\"", "the weakest evidence that counts in the headline"),
        ],
    },
    Section {
        name: "teams",
        about: "A team and its users; `*` matches anything: payments = [\"dana@example.org\", \"*@payments.example.org\"]",
        keys: &[],
    },
    Section {
        name: "identity",
        about: "A person's address and what logs call that person: \"dana@example.org\" = [\"dana\", \"dana@old.example\"]",
        keys: &[],
    },
    Section {
        name: "people",
        about: "A person and the folders with that person's logs; `{user}` is any name: \"{user}@example.org\" = [\"laptops/{user}-*\"]",
        keys: &[],
    },
    Section {
        name: "repos",
        about: "A repository and its folders or remotes: \"github.com/acme/shop\" = [\"/home/*/shop*\", \"*acme/shop-fork\"]",
        keys: &[],
    },
    Section {
        name: "scope",
        about: "A product's own traffic, which is not development.",
        keys: &[(
            "application",
            "[]",
            "patterns with a field: user (or key), team, project, source, model, repository; [\"key:sk-prod-*\"]",
        )],
    },
    Section {
        name: "accounts",
        about: "An account at a vendor and what is on it, in the fields of [scope]; what is on different accounts is never the same \
                spend: console = [\"source:anthropic-console-cost\", \"key:prod-*\"], max = [\"source:claude-code\"]",
        keys: &[],
    },
    Section {
        name: "budget",
        about: "A budget over all spend; [budget.NAME] is a further one with the same keys.",
        keys: &[
            ("usd", "none", "dollars, as a number or a text"),
            ("from", "none", "the first day, 2026-01-01"),
            ("until", "none", "the last day, included"),
            ("team", "none", "only this team's spend"),
            ("project", "none", "only this repository's spend"),
        ],
    },
    Section {
        name: "limit",
        about: "A limit that you think of setting; [[limit]] may be repeated. The audit says what it would have stopped in the period, and how \
                much of that became code that lasted.",
        keys: &[
            ("name", "none", "what the report calls it"),
            ("per", "required", "\"session\" (with its subagents), \"person-day\", \"team-month\" or \"model-month\""),
            ("usd", "required", "dollars, as a number or a text"),
            ("model", "none", "only spend on these models counts; `*` matches anything: \"claude-opus-*\""),
        ],
    },
    Section {
        name: "currency",
        about: "What one unit of a currency is in dollars from a day on; without a rate an amount is in no sum of dollars: \
                EUR = { 2026-01-01 = 1.08, 2026-04-01 = 1.1 }",
        keys: &[],
    },
    Section {
        name: "prices",
        about: "Prices over the embedded book.",
        keys: &[
            (
                "file",
                "none",
                "a CSV file in the columns of `ledger --table prices`, or a catalogue of LiteLLM, models.dev or genai-prices",
            ),
            (
                "from",
                "none",
                "the day from which a catalogue holds; without it the day in its name, else that of the file",
            ),
        ],
    },
    Section {
        name: "outcomes",
        about: "Closed issues and other outcomes.",
        keys: &[
            ("files", "[]", "CSV files, as --outcomes takes them"),
            ("definition", "none", "what counts as an outcome; the report has its hash"),
        ],
    },
    Section {
        name: "deployments",
        about: "What was released, instead of tags.",
        keys: &[("files", "[]", "CSV files, as --deployments takes them")],
    },
    Section {
        name: "labels",
        about: "Labels of pull requests, or first parts of branch names, whose unmerged work is not waste: spike = \"not waste\"",
        keys: &[],
    },
    Section {
        name: "reviews",
        about: "Waiting for reviews.",
        keys: &[
            ("hourly_usd", "none", "the cost of an hour of waiting in dollars; it is never added to token costs"),
            ("weekend", "[\"saturday\", \"sunday\"]", "days that do not count as waiting"),
        ],
    },
    Section {
        name: "seats",
        about: "Seats of subscriptions.",
        keys: &[
            ("files", "[]", "CSV files, as --seats takes them"),
            ("monthly_usd", "none", "price of a seat where its file has none"),
        ],
    },
    Section {
        name: "compare",
        about: "Before and after a change.",
        keys: &[("from", "none", "the day of the change, 2026-04-01; six weeks are needed on each side")],
    },
    Section {
        name: "off_task",
        about: "Whether to look at what prompts are about. Ask the people concerned first.",
        keys: &[("enabled", "false", "look at prompts, in memory")],
    },
    Section {
        name: "privacy",
        about: "How names are kept out of figures.",
        keys: &[
            (
                "least_team",
                "1",
                "how many people a team needs before its spend is shown; smaller ones are summed together",
            ),
            ("least_users", "10", "how many users a team needs before its off-task share is shown; 10 or more"),
            ("pseudonym_key", "none", "a secret; with it every output has pseudonyms instead of names"),
        ],
    },
    Section {
        name: "comment",
        about: "Comments on pull requests.",
        keys: &[("min_usd", "0", "no comment when a pull request cost less, in dollars")],
    },
    Section {
        name: "gate",
        about: "A limit that `tokaudit gate report.json` checks; [[gate]] may be repeated. `explain gate` has an example.",
        keys: &[
            ("id", "required", "the name that outcomes are reported under"),
            ("metric", "required", "a metric's id; `explain metrics` lists them"),
            (
                "scope",
                "\"all\"",
                "or \"team:NAME\", \"repo:NAME\", \"model:NAME\"; `*` matches several, each judged separately",
            ),
            ("max", "none", "the largest value that passes; a gate needs max, min or max_increase"),
            ("min", "none", "the smallest value that passes"),
            ("max_increase", "none", "the largest growth over --baseline that passes, \"20%\""),
            ("baseline", "none", "a name for the baseline, for people"),
            ("test", "\"value\"", "or \"ci\": fail only when the 95% interval lies beyond the limit"),
            ("min_coverage", "none", "the share of spend that the value must cover, 0.8; less is `insufficient`"),
            ("min_n", "none", "the number of units the value must rest on; fewer is `insufficient`"),
            ("severity", "\"error\"", "or \"warn\": report a broken limit and pass"),
            ("waive_until", "none", "let a broken limit pass until the end of this day, 2026-07-01; needs a reason"),
            ("reason", "none", "the reason for the waiver"),
        ],
    },
];

/// Every section and key with its default: what `explain config` prints.
#[must_use]
pub fn explained() -> String {
    let mut out = String::from(
        "tokaudit.toml, the nearest one above the current folder, or --config FILE. Unknown keys are errors.\n",
    );
    for section in SECTIONS {
        let title = match section.name {
            "" => String::new(),
            name @ ("gate" | "limit") => format!("\n[[{name}]]"),
            name => format!("\n[{name}]"),
        };
        out += &format!("{title}\n# {}\n", section.about);
        for (key, default, about) in section.keys {
            out += &format!("{key:<12} = {default:<10} # {about}\n");
        }
    }
    out
}
