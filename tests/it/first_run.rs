//! The first run of a made-up company: bills of seven vendors, one in euros and one a cloud's whole bill, a zip archive, a workbook
//! and laptops' logs in one folder, read without flags. The generator knows the truth before anything is read.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use crate::program;
use crate::random::Random;

/// Teams of the company and their cost centres.
const TEAMS: [(&str, &str); 4] = [("payments", "cc-10"), ("search", "cc-20"), ("data", "cc-30"), ("mobile", "cc-40")];
const PEOPLE: [(&str, &str); 4] = [("dana", "payments"), ("kim", "search"), ("lee", "data"), ("ravi", "mobile")];

/// What was spent, in cents.
#[derive(Default)]
struct Truth {
    total: u64,
    by_vendor: BTreeMap<String, u64>,
    by_team: BTreeMap<String, u64>,
    by_cost_center: BTreeMap<String, u64>,
    euros: u64,
}

impl Truth {
    fn add(&mut self, vendor: &str, team: Option<&str>, cost_center: Option<&str>, cents: u64) {
        self.total += cents;
        *self.by_vendor.entry(vendor.to_owned()).or_default() += cents;
        *self.by_team.entry(team.unwrap_or("").to_owned()).or_default() += cents;
        *self.by_cost_center.entry(cost_center.unwrap_or("").to_owned()).or_default() += cents;
    }
}

fn usd(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

struct Company<'a> {
    folder: &'a Path,
    random: Random,
    truth: Truth,
}

impl Company<'_> {
    fn cents(&mut self) -> u64 {
        1 + self.random.next() % 99_999
    }

    fn team(&mut self) -> (&'static str, &'static str) {
        *self.random.one(&TEAMS)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.folder.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }

    /// A cloud's whole bill: of eight services two are AI, and tax is a row.
    fn aws(&mut self) {
        let mut text = "identity/LineItemId,lineItem/UsageAccountId,lineItem/LineItemType,lineItem/UsageStartDate,lineItem/UsageEndDate,\
             lineItem/ProductCode,lineItem/UsageType,lineItem/Operation,lineItem/UsageAmount,lineItem/CurrencyCode,\
             lineItem/UnblendedCost,pricing/unit,resourceTags/user:CostCenter,resourceTags/user:Team\n"
            .to_owned();
        for row in 0..60 {
            let day = 1 + row % 28;
            let (cents, (team, cost_center)) = (self.cents(), self.team());
            let is_ai = row % 3 == 0;
            let (product, usage, kind) = match (is_ai, row % 5) {
                (true, _) => ("AmazonBedrock", "USE1-NovaPro-output-tokens", "Usage"),
                (false, 0) => ("AmazonBedrock", "", "Tax"),
                (false, 1) => ("AmazonEC2", "USE1-BoxUsage:m5.large", "Usage"),
                _ => ("AmazonS3", "USE1-TimedStorage-ByteHrs", "Usage"),
            };
            writeln!(
                text,
                "r{row},111,{kind},2026-05-{day:02}T00:00:00Z,2026-05-{day:02}T23:59:59Z,{product},{usage},Invoke,{},USD,{},1K tokens,\
                 {cost_center},{team}",
                row + 1,
                usd(cents)
            )
            .expect("text");
            if is_ai {
                self.truth.add("aws", Some(team), Some(cost_center), cents);
            }
        }
        self.write("bills/aws-cur.csv", text);
    }

    /// Azure's export in a zip archive, with tags as Azure writes them.
    fn azure(&mut self) {
        let mut text =
            "date,metercategory,metersubcategory,metername,quantity,unitofmeasure,costinusd,costCenter,tags,resourceid\n".to_owned();
        for row in 0..20 {
            let (cents, (team, cost_center)) = (self.cents(), self.team());
            let tags = format!("\"\"\"team\"\": \"\"{team}\"\"\"");
            writeln!(
                text,
                "05/{:02}/2026,Cognitive Services,Azure OpenAI,gpt-5 Inp Tokens,1,1K,{},{cost_center},{tags},/r/{row}",
                1 + row,
                usd(cents)
            )
            .expect("text");
            self.truth.add("azure", Some(team), Some(cost_center), cents);
        }
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        archive.start_file("export/part_0_0001.csv", SimpleFileOptions::default()).expect("a file");
        archive.write_all(text.as_bytes()).expect("bytes");
        self.write("bills/azure.zip", archive.finish().expect("an archive").into_inner());
    }

    /// Google Cloud's export as JSON lines, with labels.
    fn google(&mut self) {
        let mut text = String::new();
        for row in 0..20 {
            let (cents, (team, cost_center)) = (self.cents(), self.team());
            let day = format!("2026-05-{:02}", 1 + row);
            let line = json!({
                "service": {"id": "s", "description": "Vertex AI"}, "sku": {"id": format!("k{row}"), "description": "Gemini Input"},
                "usage_start_time": format!("{day} 10:00:00 UTC"), "usage_end_time": format!("{day} 11:00:00 UTC"),
                "cost": usd(cents).parse::<f64>().expect("a number"), "currency": "USD", "credits": [],
                "usage": {"amount": 1.0, "unit": "count"}, "project": {"id": "p"},
                "labels": [{"key": "team", "value": team}, {"key": "cost-center", "value": cost_center}],
            });
            writeln!(text, "{line}").expect("text");
            self.truth.add("google", Some(team), Some(cost_center), cents);
        }
        self.write("bills/gcp.jsonl", text);
    }

    /// Pages of OpenAI's costs, which name no team.
    fn openai(&mut self) {
        let buckets: Vec<Value> = (0..10)
            .map(|day| {
                let start = 1_777_593_600 + day * 86_400;
                let cents = self.cents();
                self.truth.add("openai", None, None, cents);
                let amount = json!({"value": usd(cents).parse::<f64>().expect("a number"), "currency": "usd"});
                json!({"object": "bucket", "start_time": start, "end_time": start + 86_400, "results": [
                    {"object": "organization.costs.result", "amount": amount, "line_item": "gpt-5.4, output_tokens", "project_id": null}]})
            })
            .collect();
        let page = json!({"object": "page", "data": buckets, "has_more": false, "next_page": null});
        self.write("bills/openai-costs.json", page.to_string());
    }

    /// GitHub's usage report, whose cost centres are GitHub's own.
    fn github(&mut self) {
        let mut text =
            "date,product,sku,quantity,unit_type,applied_cost_per_quantity,gross_amount,discount_amount,net_amount,\
                        username,organization,repository,workflow_path,cost_center_name\n"
                .to_owned();
        for row in 0..12 {
            let (cents, (person, team)) = (self.cents(), *self.random.one(&PEOPLE));
            let cost_center = TEAMS.iter().find(|(known, _)| *known == team).expect("a team").1;
            let cost = usd(cents);
            writeln!(
                text,
                "2026-05-{:02},copilot,Copilot Premium Request,1,requests,{cost},{cost},0,{cost},{person},acme,,,{cost_center}",
                1 + row
            )
            .expect("text");
            self.truth.add("github", Some(team), Some(cost_center), cents);
        }
        self.write("bills/github.csv", text);
    }

    /// A vendor's bill in euros: its own total, and never dollars.
    fn mistral(&mut self) {
        let mut text =
            "BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ProviderName,ServiceName,\
                        ServiceCategory\n"
                .to_owned();
        for row in 0..8 {
            let cents = self.cents();
            let day = 1 + row;
            writeln!(
                text,
                "{},EUR,Usage,2026-05-{day:02}T00:00:00Z,2026-05-{:02}T00:00:00Z,Mistral AI,Chat,AI and Machine Learning",
                usd(cents),
                day + 1
            )
            .expect("text");
            self.truth.euros += cents;
        }
        self.write("bills/mistral-focus.csv", text);
    }

    /// A gateway's table in a workbook.
    fn workbook(&mut self) {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for (column, title) in (0..).zip(["date", "model", "provider", "billed_cost_usd", "team", "cost_center"]) {
            sheet.write_string(0, column, title).expect("a cell");
        }
        for row in 1..15_u32 {
            let (cents, (team, cost_center)) = (self.cents(), self.team());
            let texts = [(0, format!("2026-05-{row:02}")), (1, "grok-9".to_owned()), (2, "xai".to_owned())];
            for (column, text) in texts.into_iter().chain([(4, team.to_owned()), (5, cost_center.to_owned())]) {
                sheet.write_string(row, column, text).expect("a cell");
            }
            let number: f64 = usd(cents).parse().expect("a number");
            sheet.write_number(row, 3, number).expect("a cell");
            self.truth.add("xai", Some(team), Some(cost_center), cents);
        }
        self.write("bills/gateway.xlsx", book.save_to_buffer().expect("a workbook"));
    }

    /// Logs of Claude Code on each person's laptop: at $5 a million, 2,000 fresh tokens are a cent.
    fn laptops(&mut self) {
        for (person, team) in PEOPLE {
            let mut text = String::new();
            for request in 0..10 {
                let cents = 1 + self.random.next() % 40;
                let line = json!({
                    "type": "assistant", "sessionId": format!("s-{person}"), "uuid": format!("u-{person}-{request}"),
                    "timestamp": format!("2026-05-{:02}T09:00:00Z", 1 + request), "requestId": format!("r-{person}-{request}"),
                    "cwd": format!("/Users/{person}/shop"),
                    "message": {"id": format!("m-{person}-{request}"), "model": "claude-opus-4-6", "role": "assistant", "content": "Done.",
                                "usage": {"input_tokens": cents * 2_000, "output_tokens": 0}},
                });
                writeln!(text, "{line}").expect("text");
                // A log of Claude Code names no person, but the folder that it was used in is somebody's home.
                self.truth.add("anthropic", Some(team), None, cents);
            }
            self.write(&format!("laptops/{person}-mac/.claude/projects/-Users-{person}-shop/s-{person}.jsonl"), text);
        }
    }
}

fn document(folder: &Path, arguments: &[&str]) -> (Value, program::Ran) {
    let ran = program::finish(program::command(arguments).current_dir(folder));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    (ran.json(), ran)
}

/// Cents by the value of a key; every sum has to be whole cents.
fn by(folder: &Path, key: &str) -> BTreeMap<String, u64> {
    let (document, _) = document(folder, &["spend", ".", "--by", key, "--format", "json"]);
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    for row in document["rows"].as_array().expect("rows") {
        let name = row["key"].as_object().and_then(|keys| keys.values().next()).and_then(Value::as_str).unwrap_or("");
        if let Some(cost) = row["cost_usd"].as_str() {
            sums.insert(name.to_owned(), cents_of(cost));
        }
    }
    sums
}

fn cents_of(text: &str) -> u64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    assert!(fraction.len() <= 2, "{text} is not whole cents");
    format!("{whole}{fraction:0<2}").parse().expect("cents")
}

#[test]
fn the_first_run_of_a_company_without_flags_is_right_to_the_cent() {
    for seed in 1..=3 {
        let folder = tempfile::tempdir().expect("a folder");
        let mut company = Company { folder: folder.path(), random: Random(seed), truth: Truth::default() };
        let named: Vec<String> = PEOPLE.iter().map(|(person, team)| format!("{team} = [\"{person}\"]")).collect();
        company.write("tokaudit.toml", format!("[teams]\n{}\n", named.join("\n")));
        company.aws();
        company.azure();
        company.google();
        company.openai();
        company.github();
        company.mistral();
        company.workbook();
        company.laptops();
        let truth = company.truth;
        let (audit, ran) = document(folder.path(), &["audit", ".", "--format", "json"]);
        let total = audit["totals"]["cost_usd"].as_str().expect("a total");
        assert_eq!(cents_of(total), truth.total, "seed {seed}: {}", ran.stderr);
        assert_eq!(by(folder.path(), "vendor"), truth.by_vendor, "seed {seed}");
        assert_eq!(by(folder.path(), "team"), truth.by_team, "seed {seed}");
        assert_eq!(by(folder.path(), "cost-center"), truth.by_cost_center, "seed {seed}");
        let euros = &audit["other_currencies"][0];
        assert_eq!(
            (&euros["currency"], cents_of(euros["amount"].as_str().expect("euros"))),
            (&json!("EUR"), truth.euros)
        );
        // Everything but the euros can be known beforehand, so nothing else is an alarm.
        let alarms: Vec<&str> =
            audit["alarms"].as_array().expect("alarms").iter().filter_map(|alarm| alarm["id"].as_str()).collect();
        assert_eq!(alarms, ["other-currency"], "seed {seed}: {}", audit["alarms"]);
    }
}
