//! Bills beside logs of 200 made-up companies: what can be known is counted exactly, and what cannot is said.
//!
//! A company has one to three vendors, each written under random aliases on its bill and in its logs. Its billed account has
//! usage that is logged and usage that is not; some companies have a second account without a bill. Before anything is read,
//! the generator decides whether bill and logs determine the total: they do not if the second account used a model on a day on
//! which the bill holds unlogged usage of the same model, and nothing names the accounts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use chrono_tz::Tz;
use tokaudit::diagnostics::Diagnostics;
use tokaudit::ledger::{GroupKey, Ledger, LedgerContext, Rules};
use tokaudit::model::money::Money;
use tokaudit::model::period::Period;
use tokaudit::pricing::PriceBook;
use tokaudit::sources::reading::inputs::InputFile;
use tokaudit::sources::{ReadOptions, read};

use crate::random::Random;

const COMPANIES: u64 = 200;

/// A vendor as bills and as logs write it.
struct Vendor {
    id: &'static str,
    on_bills: &'static [&'static str],
    in_logs: &'static [&'static str],
    /// The price of a token in nano-dollars, and the names on bills and in logs.
    models: &'static [(i128, &'static [&'static str], &'static [&'static str])],
}

const VENDORS: &[Vendor] = &[
    Vendor {
        id: "anthropic",
        on_bills: &["anthropic", "Anthropic", "Anthropic, PBC"],
        in_logs: &["anthropic", "Anthropic", "anthropic_text", "anthropic.messages"],
        models: &[
            (5_000, &["Claude Opus 4.6", "claude-opus-4-6"], &["claude-opus-4-6", "claude-4.6-opus"]),
            (
                1_000,
                &["Claude Haiku 4.5", "claude-haiku-4-5-20251001"],
                &["claude-haiku-4-5-20251001", "claude-haiku-4-5"],
            ),
            (3_000, &["Claude Sonnet 4.5", "claude-sonnet-4-5"], &["claude-sonnet-4-5-20250929", "claude-4.5-sonnet"]),
        ],
    },
    Vendor {
        id: "aws",
        on_bills: &["AWS", "Amazon Web Services", "Amazon Web Services, Inc.", "amazon"],
        in_logs: &["bedrock", "bedrock_converse", "aws.bedrock", "aws-bedrock", "amazon_bedrock", "amazon-bedrock"],
        models: &[
            (5_000, &["Claude4.6Opus", "Claude Opus 4.6 (Amazon Bedrock Edition)"], &["anthropic.claude-opus-4-6-v1"]),
            (3_000, &["Claude4.5Sonnet", "Claude Sonnet 4.5"], &["global.anthropic.claude-sonnet-4-5-20250929-v1:0"]),
            (1_000, &["Claude4.5Haiku", "Claude Haiku 4.5"], &["anthropic.claude-haiku-4-5-20251001-v1:0"]),
        ],
    },
    Vendor {
        id: "openai",
        on_bills: &["openai", "OpenAI", "OpenAI, L.L.C."],
        in_logs: &["openai", "text-completion-openai", "OpenAI", "openai.responses"],
        models: &[
            (2_500, &["gpt-5.4", "GPT-5.4", "gpt-5.4, input"], &["gpt-5.4", "GPT-5.4"]),
            (250, &["gpt-5-mini-2025-08-07, input", "gpt-5-mini"], &["gpt-5-mini-2025-08-07", "gpt-5-mini"]),
            (2_000, &["gpt-4.1-2025-04-14, input"], &["gpt-4.1", "gpt-4.1-2025-04-14"]),
        ],
    },
    Vendor {
        id: "azure",
        on_bills: &["Microsoft", "azure", "Microsoft Azure", "Microsoft Corporation"],
        in_logs: &["azure", "azure_ai", "az.ai.openai", "azure.ai.openai", "azure_openai", "azure.ai.inference"],
        models: &[
            (2_500, &["gpt-5.4 inp glbl Tokens", "gpt 5.4 Inp glbl"], &["gpt-5.4", "azure/gpt-5.4"]),
            (250, &["gpt-5-mini inp glbl Tokens"], &["gpt-5-mini-2025-08-07", "azure/gpt-5-mini"]),
            (2_000, &["gpt 4.1 Inp glbl Tokens"], &["gpt-4.1-2025-04-14"]),
        ],
    },
    Vendor {
        id: "google",
        on_bills: &["google", "Google Cloud", "Google Cloud Platform", "GCP"],
        in_logs: &[
            "vertex_ai",
            "gemini",
            "gcp.vertex_ai",
            "gcp.gemini",
            "google-vertex",
            "google_genai",
            "vertex_ai_beta",
        ],
        models: &[
            (
                300,
                &["Gemini 2.5 Flash Text Input", "gemini-2.5-flash"],
                &["gemini-2.5-flash", "gemini/gemini-2.5-flash"],
            ),
            (1_250, &["Gemini 2.5 Pro Text Input - Predictions"], &["gemini-2.5-pro", "models/gemini-2.5-pro"]),
            (100, &["Gemini 2.5 Flash Lite Text Input"], &["gemini-2.5-flash-lite"]),
        ],
    },
];

/// What a company has of a vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scene {
    BillAlone,
    LogsAlone,
    /// A part of the billed usage is logged.
    Partly,
    /// All of it is logged, at a gateway, too.
    GatewayToo,
    /// The second account uses models that the bill does not name.
    OtherModels,
    /// The second account uses the bill's models, and all billed usage is logged.
    SameModels,
    /// The second account uses the bill's models, and bill and logs name the workspaces.
    Workspaces,
    /// The bill has one row a month for each model.
    Month,
    /// The same with models of a second account that it does not name.
    MonthAndOthers,
    /// The bill names no models.
    NoModels,
    /// The bill is rounded to cents.
    Cents,
    /// A discount of 15% on every row.
    Discount,
    /// The second account uses models of which the bill holds unlogged usage: nobody can know.
    Mixed,
}

const SCENES: &[Scene] = &[
    Scene::BillAlone,
    Scene::LogsAlone,
    Scene::Partly,
    Scene::Partly,
    Scene::GatewayToo,
    Scene::OtherModels,
    Scene::OtherModels,
    Scene::SameModels,
    Scene::Workspaces,
    Scene::Month,
    Scene::MonthAndOthers,
    Scene::NoModels,
    Scene::Cents,
    Scene::Discount,
];

/// What the files of a company hold, and what is true.
#[derive(Default)]
struct Company {
    bill: String,
    monthly: String,
    transcripts: String,
    gateway: String,
    total: i128,
    separate: BTreeSet<&'static str>,
    is_known: bool,
    /// Vendors of whose doubt nobody can say whether it shows.
    mixed: BTreeSet<&'static str>,
    requests: u32,
}

/// A use of tokens that is one request.
#[derive(Clone, Copy)]
struct Use {
    day: usize,
    model: usize,
    tokens: u64,
}

impl Company {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let mut company = Self { is_known: true, ..Self::default() };
        company.bill.push_str("charge_period_start,provider,model,billed_cost_usd,workspace\n");
        company.monthly.push_str("charge_period_start,charge_period_end,grain,provider,model,billed_cost_usd\n");
        company.transcripts.push_str("timestamp,request_id,provider,model,input_uncached_tokens,workspace\n");
        let first = random.below(VENDORS.len());
        let vendors = 1 + random.below(3);
        let is_mixed = seed % 16 == 7;
        for at in 0..vendors {
            let scene = if is_mixed && at == 0 { Scene::Mixed } else { *random.one(SCENES) };
            company.add(&VENDORS[(first + at) % VENDORS.len()], scene, &mut random);
        }
        company
    }

    fn add(&mut self, vendor: &Vendor, scene: Scene, random: &mut Random) {
        // The billed account uses the first two models, the second one as the scene says.
        let uses = |models: std::ops::Range<usize>, random: &mut Random| -> Vec<Use> {
            let mut uses = Vec::new();
            for day in 1..=8 {
                for model in models.clone() {
                    for _ in 0..=random.below(3) {
                        let tokens = 1_000 * (30 + random.next() % 70);
                        uses.push(Use { day, model, tokens });
                    }
                }
            }
            uses
        };
        let mut billed = if scene == Scene::LogsAlone { Vec::new() } else { uses(0..2, random) };
        let other = match scene {
            Scene::LogsAlone | Scene::SameModels | Scene::Workspaces | Scene::Mixed => uses(0..2, random),
            Scene::OtherModels | Scene::MonthAndOthers => uses(2..3, random),
            _ => Vec::new(),
        };
        let is_logged: Vec<bool> = billed
            .iter()
            .map(|_| match scene {
                Scene::BillAlone => false,
                Scene::SameModels | Scene::GatewayToo | Scene::Discount | Scene::Cents => true,
                _ => random.below(3) > 0,
            })
            .collect();
        let price = |one: &Use| i128::from(one.tokens) * vendor.models[one.model].0;
        for (one, is_logged) in billed.iter().zip(&is_logged) {
            if *is_logged {
                self.log(vendor, one, if scene == Scene::Workspaces { "main" } else { "" }, random);
                if scene == Scene::GatewayToo {
                    self.gateway(vendor, one, random);
                }
            }
        }
        for one in &other {
            self.log(vendor, one, if scene == Scene::Workspaces { "lab" } else { "" }, random);
        }
        if scene == Scene::Workspaces {
            // The bill has a second workspace, so that both sides write the same names.
            billed.push(Use { day: 3, model: 0, tokens: 1_000 });
        }
        self.total += other.iter().map(price).sum::<i128>();
        self.total += self.write_bill(vendor, scene, &billed, random);
        if !other.is_empty() && scene != Scene::LogsAlone {
            if scene == Scene::Mixed {
                self.is_known = false;
                self.mixed.insert(vendor.id);
            } else {
                self.separate.insert(vendor.id);
            }
        }
    }

    /// Writes the bill and returns its sum.
    fn write_bill(&mut self, vendor: &Vendor, scene: Scene, billed: &[Use], random: &mut Random) -> i128 {
        let provider = *random.one(vendor.on_bills);
        let monthly = matches!(scene, Scene::Month | Scene::MonthAndOthers);
        let mut rows: BTreeMap<(usize, usize), i128> = BTreeMap::new();
        for one in billed {
            let day = if monthly { 0 } else { one.day };
            let model = if scene == Scene::NoModels { usize::MAX } else { one.model };
            *rows.entry((day, model)).or_default() += i128::from(one.tokens) * vendor.models[one.model].0;
        }
        let mut sum = 0;
        for ((day, model), mut nanos) in rows {
            match scene {
                Scene::Cents => nanos = (nanos + 5_000_000) / 10_000_000 * 10_000_000,
                Scene::Discount => nanos = nanos * 85 / 100,
                _ => {}
            }
            sum += nanos;
            let money = Money::from_nanos(nanos);
            let model = vendor.models.get(model).map_or("", |model| *random.one(model.1));
            let model = format!("\"{model}\"");
            let provider = format!("\"{provider}\"");
            let written = if monthly {
                writeln!(self.monthly, "2026-05-01,2026-06-01,period,{provider},{model},{money}")
            } else {
                let workspace = if scene == Scene::Workspaces { "main" } else { "" };
                writeln!(self.bill, "2026-05-{day:02},{provider},{model},{money},{workspace}")
            };
            written.expect("text");
        }
        sum
    }

    fn log(&mut self, vendor: &Vendor, one: &Use, workspace: &str, random: &mut Random) {
        self.requests += 1;
        let (provider, model) = (random.one(vendor.in_logs), random.one(vendor.models[one.model].2));
        let (day, tokens, at) = (one.day, one.tokens, self.requests);
        writeln!(self.transcripts, "2026-05-{day:02}T10:00:00Z,r{at},{provider},{model},{tokens},{workspace}")
            .expect("text");
    }

    fn gateway(&mut self, vendor: &Vendor, one: &Use, random: &mut Random) {
        let (provider, model) = (random.one(vendor.in_logs), random.one(vendor.models[one.model].2));
        let (day, tokens, at) = (one.day, one.tokens, self.requests);
        let time = format!("2026-05-{day:02}T10:00:01Z");
        let line = serde_json::json!({"request_id": format!("g{at}"), "spend": 0.0, "total_tokens": tokens,
            "prompt_tokens": tokens, "completion_tokens": 0, "startTime": time, "endTime": time, "model": model,
            "custom_llm_provider": provider, "user": "u", "metadata": {}});
        writeln!(self.gateway, "{line}").expect("text");
    }

    /// The ledger of its files, and what was noticed.
    fn ledger(&self, book: &PriceBook) -> (Ledger, Diagnostics) {
        let files = [
            ("bill.csv", &self.bill),
            ("monthly.csv", &self.monthly),
            ("transcripts.csv", &self.transcripts),
            ("gateway.jsonl", &self.gateway),
        ];
        let filled = files.into_iter().filter(|(_, text)| text.lines().count() > 1);
        let inputs: Vec<InputFile> = filled
            .map(|(name, text)| {
                let bytes = text.clone().into_bytes();
                InputFile::from_content(name.to_owned(), bytes.len() as u64, Arc::new(move || Ok(bytes.clone())))
            })
            .collect();
        let reading = read(&inputs, &ReadOptions::default(), &|_| {});
        let context = LedgerContext { book, rules: &Rules::default(), repositories: &[], as_of: None };
        let mut diagnostics = Diagnostics::default();
        let ledger = Ledger::build(reading, &context, &mut diagnostics).expect("a ledger");
        (ledger, diagnostics)
    }
}

#[test]
fn the_spend_of_companies_with_bills_and_logs_is_exact_where_it_can_be_known() {
    let book = PriceBook::embedded().expect("the book");
    let period = Period::all(Tz::UTC);
    let (mut known, mut dollars, mut known_dollars) = (0, 0_i128, 0_i128);
    for seed in 0..COMPANIES {
        let company = Company::new(seed);
        let (ledger, diagnostics) = company.ledger(&book);
        let found = ledger.total(&period).expect("a total").cost.unwrap_or_default().nanos();
        dollars += company.total;
        let alarm = diagnostics.all().into_iter().find(|one| one.kind == "separate-spend");
        let named: BTreeSet<&str> = alarm
            .iter()
            .flat_map(|alarm| &alarm.examples)
            .filter_map(|example| example.split_once(": ").map(|(payee, _)| payee))
            .collect();
        if company.is_known {
            (known, known_dollars) = (known + 1, known_dollars + company.total);
            assert_eq!(Money::from_nanos(found), Money::from_nanos(company.total), "company {seed}");
        }
        let named: BTreeSet<&str> = named.into_iter().filter(|payee| !company.mixed.contains(payee)).collect();
        assert_eq!(named, company.separate, "company {seed}");
        for keys in [
            &[GroupKey::Provider][..],
            &[GroupKey::Model],
            &[GroupKey::Source],
            &[GroupKey::Day, GroupKey::Model, GroupKey::Source],
        ] {
            let groups = ledger.group(keys, &period).expect("groups");
            let least = groups.iter().filter_map(|group| group.spend.cost).min().unwrap_or_default();
            assert!(least >= Money::ZERO, "company {seed} by {keys:?}: {least}");
        }
        let vendors = ledger.group(&[GroupKey::Provider], &period).expect("groups");
        assert!(vendors.len() <= 3, "company {seed} has {} vendors", vendors.len());
    }
    assert!(known * 10 >= COMPANIES * 9, "{known} of {COMPANIES} companies can be known");
    assert!(known_dollars * 10 >= dollars * 9, "{known_dollars} of {dollars}");
}
