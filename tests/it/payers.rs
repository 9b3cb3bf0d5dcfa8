//! Who pays: every export's cost centre, team and tags, the keys that group by them, and the chargeback table.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::program::{self, Ran};

/// Exports of seven kinds, each with a cost centre under the vendor's name for it.
fn plant(folder: &Path) {
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("a file");
    write(
        "cur.csv",
        "identity/LineItemId,lineItem/UsageAccountId,lineItem/LineItemType,lineItem/UsageStartDate,lineItem/UsageEndDate,\
         lineItem/ProductCode,lineItem/UsageType,lineItem/Operation,lineItem/UsageAmount,lineItem/CurrencyCode,\
         lineItem/UnblendedCost,pricing/unit,resourceTags/user:CostCenter,resourceTags/user:env\n\
         b1,1,Usage,2026-05-04T00:00:00Z,2026-05-05T00:00:00Z,AmazonBedrock,USE1-NovaPro-output-tokens,I,10,USD,1,1K tokens,cc-1,prod\n\
         b2,1,Usage,2026-05-04T00:00:00Z,2026-05-05T00:00:00Z,AmazonBedrock,USE1-NovaPro-output-tokens,I,10,USD,2,1K tokens,,\n",
    );
    write(
        "azure.csv",
        "date,metercategory,metersubcategory,metername,quantity,unitofmeasure,costinusd,costCenter,tags\n\
         05/04/2026,Cognitive Services,Azure OpenAI,gpt-5 Inp Tokens,1,1K,4,cc-2,\"\"\"env\"\": \"\"dev\"\"\"\n",
    );
    write(
        "focus.csv",
        "BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ProviderName,ServiceName,ServiceCategory,Tags\n\
         8,USD,Usage,2026-05-04T00:00:00Z,2026-05-05T00:00:00Z,Mistral AI,Chat,AI and Machine Learning,\
         \"{\"\"cost_centre\"\":\"\"cc-1\"\",\"\"Team\"\":\"\"search\"\"}\"\n",
    );
    write(
        "github.csv",
        "date,product,sku,quantity,unit_type,applied_cost_per_quantity,gross_amount,discount_amount,net_amount,username,\
         organization,repository,workflow_path,cost_center_name\n\
         2026-05-04,copilot,Copilot Premium Request,1,requests,16,16,0,16,dana,acme,,,cc-2\n",
    );
    let row = json!({
        "service": {"id": "s", "description": "Vertex AI"}, "sku": {"id": "k", "description": "Gemini Input"},
        "usage_start_time": "2026-05-04 10:00:00 UTC", "usage_end_time": "2026-05-04 11:00:00 UTC", "cost": 32.0,
        "currency": "USD", "credits": [], "usage": {"amount": 1.0, "unit": "count"}, "project": {"id": "p"},
        "labels": [{"key": "cost-center", "value": "cc-3"}, {"key": "env", "value": "prod"}],
    });
    write("gcp.jsonl", &format!("{row}\n"));
    let call = json!({
        "request_id": "r1", "startTime": "2026-05-04T10:00:00Z", "model": "made-up", "custom_llm_provider": "groq",
        "spend": 64.0, "prompt_tokens": 0, "completion_tokens": 0, "request_tags": ["cost_center:cc-3", "env:prod"],
        "metadata": {"user_api_key_alias": "search-bot", "note": "words of a prompt"},
    });
    write("litellm.jsonl", &format!("{call}\n"));
    write(
        "own.csv",
        "date,model,billed_cost_usd,provider,team,cost_center\n2026-06-04,made-up,128,xai,data,\n2026-06-04,made-up-2,256,xai,data,cc-1\n",
    );
}

fn run(folder: &Path, arguments: &[&str]) -> Ran {
    let (command, rest) = arguments.split_first().expect("a command");
    let whole: Vec<&str> = [*command, program::arg(folder), "-q", "--as-of", "2026-07-01", "--no-cache"]
        .into_iter()
        .chain(rest.iter().copied())
        .collect();
    // Outside of a repository, whose history would be read as well.
    let ran = program::finish(program::command(&whole).current_dir(folder));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    ran
}

/// Dollars by the value of a key.
fn by(folder: &Path, key: &str, more: &[&str]) -> BTreeMap<String, String> {
    let document = run(folder, &[&["spend", "--by", key, "--format", "json"], more].concat()).json();
    let rows = document["rows"].as_array().expect("rows").iter().map(|row| {
        let name = row["key"].as_object().and_then(|keys| keys.values().next()).and_then(Value::as_str);
        (name.unwrap_or("").to_owned(), row["cost_usd"].as_str().unwrap_or("").to_owned())
    });
    rows.collect()
}

fn expected(rows: &[(&str, &str)]) -> BTreeMap<String, String> {
    rows.iter().map(|(name, cost)| ((*name).to_owned(), (*cost).to_owned())).collect()
}

#[test]
fn every_export_says_who_pays_under_its_own_name_for_it() {
    let folder = tempfile::tempdir().expect("a folder");
    plant(folder.path());
    let all = by(folder.path(), "cost-center", &["--no-config"]);
    assert_eq!(all, expected(&[("", "130"), ("cc-1", "265"), ("cc-2", "20"), ("cc-3", "96")]));
    let by_env = by(folder.path(), "tag:Env", &["--no-config"]);
    assert_eq!(by_env, expected(&[("", "410"), ("prod", "97"), ("dev", "4")]));
    assert_eq!(by(folder.path(), "team", &["--no-config"]), expected(&[("", "119"), ("data", "384"), ("search", "8")]));
    assert_eq!(by(folder.path(), "tag:key", &["--no-config"]), expected(&[("", "447"), ("search-bot", "64")]));
    let rows = run(folder.path(), &["ledger", "--no-config", "--format", "jsonl"]).stdout;
    assert!(rows.contains(r#""cost_center":"cc-2""#) && !rows.contains("words of a prompt"), "{rows}");
}

#[test]
fn charges_by_vendor_and_month_sum_to_the_spend_with_a_row_of_what_is_unassigned() {
    let folder = tempfile::tempdir().expect("a folder");
    plant(folder.path());
    let document = run(folder.path(), &["audit", "--no-config", "--format", "json"]).json();
    let charges = document["chargeback"].as_array().expect("charges");
    let cost = |of: &Value| of["cost_usd"].as_str().and_then(|text| text.parse::<f64>().ok()).unwrap_or_default();
    let sum: f64 = charges.iter().map(cost).sum();
    assert!((sum - 511.0).abs() < 1e-9 && (cost(&document["totals"]) - sum).abs() < 1e-9, "{sum}");
    let charge = |month: &str, to: &str, payer: &str, vendor: &str| {
        let is_it = |one: &&Value| {
            one["month"] == month && one["charged_to"] == to && one["payer"] == payer && one["vendor"] == vendor
        };
        charges.iter().find(is_it).map(cost)
    };
    assert_eq!(charge("2026-05", "cc-1", "cost_center", "aws"), Some(1.0));
    assert_eq!(charge("2026-05", "unassigned", "unassigned", "aws"), Some(2.0));
    assert_eq!(charge("2026-06", "data", "team", "xai"), Some(128.0));
    assert_eq!(charge("2026-06", "cc-1", "cost_center", "xai"), Some(256.0));
    let csv = run(folder.path(), &["audit", "--no-config", "--format", "csv", "--table", "chargeback"]);
    assert_eq!(csv.stdout.lines().count(), charges.len() + 1);
    let page = run(folder.path(), &["audit", "--details", "--no-config"]).stdout;
    assert!(page.contains("All charges sum to $511.00.") && page.contains("what one person spent"), "{page}");
}

#[test]
fn small_cost_centres_are_hidden_in_every_output_where_the_configuration_asks_for_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("tokaudit.toml");
    std::fs::write(&config, "[privacy]\nleast_team = 3\n").expect("a file");
    let people = |team: &str, count: usize| -> String {
        (0..count).map(|one| format!("2026-06-04,m,1,{team}-{one},{team},c-{team},\"env={team}\"\n")).collect()
    };
    let rows = ["large", "larger", "tiny", "small"].iter().zip([3, 4, 1, 2]).map(|(team, count)| people(team, count));
    let header = "date,model,billed_cost_usd,user,team,cost_center,tags\n";
    std::fs::write(folder.path().join("all.csv"), header.to_owned() + &rows.collect::<String>()).expect("a file");
    let with = ["--config", program::arg(&config)];
    for (key, prefix) in [("cost-center", "c-"), ("tag:env", "")] {
        let all = by(folder.path(), key, &with);
        let own = |team: &str| format!("{prefix}{team}");
        let want = BTreeMap::from([
            (own("large"), "3".to_owned()),
            (own("larger"), "4".to_owned()),
            ("2 others together".to_owned(), "3".to_owned()),
        ]);
        assert_eq!(all, want, "{key}");
    }
    for arguments in [
        vec!["audit", "--format", "json"],
        vec!["audit", "--format", "csv", "--table", "chargeback"],
        vec!["audit", "--details"],
        vec!["ledger", "--format", "csv", "--table", "focus"],
    ] {
        let whole: Vec<&str> = arguments.iter().copied().chain(with).collect();
        let text = run(folder.path(), &whole).stdout;
        assert!(!text.contains("c-tiny") && !text.contains("env=tiny"), "{arguments:?}: {text}");
    }
}

#[test]
fn one_small_team_alone_is_charged_to_nobody() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("tokaudit.toml");
    std::fs::write(&config, "[privacy]\nleast_team = 5\n").expect("a file");
    let row = "date,model,billed_cost_usd,user,team\n2026-06-04,m,5.4,dana,alpha\n";
    std::fs::write(folder.path().join("all.csv"), row).expect("a file");
    let text =
        |arguments: &[&str]| run(folder.path(), &[arguments, &["--config", program::arg(&config)]].concat()).stdout;
    let page = text(&["audit", "--details"]);
    assert!(!page.contains("others together") && !page.contains("alpha"), "{page}");
    let charges = text(&["audit", "--format", "csv", "--table", "chargeback"]);
    assert!(charges.contains("unassigned") && charges.contains("5.4") && !charges.contains("others"), "{charges}");
}
