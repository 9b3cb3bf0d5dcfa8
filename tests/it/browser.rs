//! The HTML page in a browser: nothing overflows, nothing fails, nothing is asked of a network. The workbook in an office
//! program: its live sum is the total. Without these programs the tests say that they are skipped.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::program::{arg, run};
use crate::skip::skip;

/// Where a program of one of these names is.
fn installed(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}

/// A browser that is spoken to over two pipes, in messages of JSON that end in a zero byte.
struct Browser {
    child: Child,
    to: std::fs::File,
    from: BufReader<std::fs::File>,
    number: u64,
    events: Vec<Value>,
}

impl Browser {
    fn start(program: &Path, folder: &Path) -> Self {
        let pipes = [folder.join("to"), folder.join("from")];
        assert!(Command::new("mkfifo").args(&pipes).status().expect("mkfifo").success());
        let script = "exec \"$0\" --headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run \
                      --disable-background-networking --disable-component-update --disable-sync \
                      --user-data-dir=\"$1\" --remote-debugging-pipe about:blank 3<\"$2\" 4>\"$3\"";
        let child = Command::new("bash")
            .args(["-c", script])
            .arg(program)
            .arg(folder.join("profile"))
            .args(&pipes)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the browser starts");
        let to = std::fs::OpenOptions::new().write(true).open(&pipes[0]).expect("a pipe");
        let from = BufReader::new(std::fs::File::open(&pipes[1]).expect("a pipe"));
        Self { child, to, from, number: 0, events: Vec::new() }
    }

    fn message(&mut self) -> Value {
        let mut bytes = Vec::new();
        self.from.read_until(0, &mut bytes).expect("the browser answers");
        assert_eq!(bytes.pop(), Some(0), "the browser has ended");
        serde_json::from_slice(&bytes).expect("JSON")
    }

    fn call(&mut self, session: Option<&str>, method: &str, parameters: &Value) -> Value {
        self.number += 1;
        let mut message = json!({"id": self.number, "method": method, "params": parameters});
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        self.to.write_all(format!("{message}\0").as_bytes()).expect("the browser listens");
        loop {
            let mut answer = self.message();
            if answer["id"] == self.number {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].take();
            }
            self.events.push(answer);
        }
    }

    fn happened(&self, method: &str) -> usize {
        self.events.iter().filter(|event| event["method"] == method).count()
    }

    /// Opens a page at a width and answers how wide it would like to be.
    fn width(&mut self, page: &Path, width: u32) -> u64 {
        let target = self.call(None, "Target.createTarget", &json!({"url": "about:blank"}))["targetId"].take();
        let attached = self.call(None, "Target.attachToTarget", &json!({"targetId": target, "flatten": true}));
        let session = attached["sessionId"].as_str().expect("a session").to_owned();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            self.call(Some(&session), &format!("{domain}.enable"), &json!({}));
        }
        let screen = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 800});
        self.call(Some(&session), "Emulation.setDeviceMetricsOverride", &screen);
        self.events.clear();
        let url = format!("file://{}", page.display());
        self.call(Some(&session), "Page.navigate", &json!({"url": url}));
        while self.happened("Page.loadEventFired") == 0 {
            let event = self.message();
            self.events.push(event);
        }
        let asked = json!({"expression": "document.documentElement.scrollWidth"});
        self.call(Some(&session), "Runtime.evaluate", &asked)["result"]["value"].as_u64().expect("a width")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_page_neither_overflows_nor_fails_nor_asks_a_network() {
    let Some(program) = installed(&["google-chrome", "chromium", "chromium-browser"]) else {
        return skip("chromium", "the page in a browser");
    };
    let folder = tempfile::tempdir().expect("a folder");
    let usage = folder.path().join("usage.csv");
    let long = "<script>alert(1)</script>".repeat(40);
    std::fs::write(
        &usage,
        format!("timestamp,model,input_tokens,output_tokens,project,branch\n2026-05-04T09:00:00Z,claude-opus-4-6,9,9,\"{long}\",{}\n", "x".repeat(500)),
    )
    .expect("a file");
    let pages =
        [folder.path().join("example.html"), folder.path().join("hostile.html"), folder.path().join("bad.html")];
    assert_eq!(run(&["audit", "--example", "-q", "--format", "html", "--out", arg(&pages[0])]).code, Some(0));
    let flags = ["audit", arg(&usage), "--as-of", "2026-06-01", "-q", "--format", "html", "--out", arg(&pages[1])];
    assert_eq!(run(&flags).code, Some(0));
    // A page that does all that is forbidden, to see that it is seen.
    let bad = "<div style=\"width:3000px\">x</div><img src=\"http://127.0.0.1:9/x.png\"><script>nothing()</script>";
    std::fs::write(&pages[2], bad).expect("a file");
    let mut browser = Browser::start(&program, folder.path());
    for page in &pages {
        for width in [1280, 390] {
            let wanted = browser.width(page, width);
            let failed = browser.happened("Log.entryAdded") + browser.happened("Runtime.exceptionThrown");
            let asked = browser.happened("Network.requestWillBeSent");
            let shown = page.display();
            if page.ends_with("bad.html") {
                assert!(wanted >= 3000 && failed > 0 && asked > 1, "{wanted} {failed} {asked}");
            } else {
                assert!(wanted <= u64::from(width), "{shown} is {wanted} wide at {width}");
                assert_eq!(failed, 0, "{shown}: {:?}", browser.events);
                assert_eq!(asked, 1, "{shown}: only the page itself");
            }
        }
    }
}

/// The cells of each sheet after an office program has computed all formulas anew.
fn recalculated(program: &Path, folder: &Path, book: &Path, sheet: &str) -> Vec<csv::StringRecord> {
    let profile = folder.join("office");
    std::fs::create_dir_all(profile.join("user")).expect("a folder");
    // 0 is "always": without it, the results that a file carries are shown.
    let always = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<oor:items xmlns:oor=\"http://openoffice.org/2001/registry\">\
                  <item oor:path=\"/org.openoffice.Office.Calc/Formula/Load\"><prop oor:name=\"OOXMLRecalcMode\" oor:op=\"fuse\">\
                  <value>0</value></prop></item></oor:items>";
    std::fs::write(profile.join("user/registrymodifications.xcu"), always).expect("settings");
    let profile = format!("-env:UserInstallation=file://{}", profile.display());
    let filter = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1";
    let done = Command::new(program)
        .args([&profile, "--headless", "--convert-to", filter, "--outdir", arg(folder), arg(book)])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("the office program starts");
    assert!(done.success());
    let name = format!("{}-{sheet}.csv", book.file_stem().expect("a name").to_string_lossy());
    let text = std::fs::read_to_string(folder.join(name)).expect(sheet);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    reader.records().map(|row| row.expect("a row")).collect()
}

#[test]
fn the_live_sum_of_the_workbook_is_the_total() {
    let Some(program) = installed(&["soffice", "libreoffice"]) else {
        return skip("soffice", "the workbook in an office program");
    };
    let folder = tempfile::tempdir().expect("a folder");
    // A workbook that carries a wrong result shows that the program computes its own.
    let wrong = folder.path().join("wrong.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("Sum").expect("a name");
    for (row, value) in [(0, 1.0), (1, 2.0)] {
        sheet.write_number(row, 0, value).expect("a cell");
    }
    let sum = rust_xlsxwriter::Formula::new("=SUM(A1:A2)").set_result("99");
    sheet.write_formula(2, 0, sum).expect("a formula");
    book.save(&wrong).expect("a workbook");
    assert_eq!(&recalculated(&program, folder.path(), &wrong, "Sum")[2][0], "3");

    let book = folder.path().join("report.xlsx");
    assert_eq!(run(&["audit", "--example", "-q", "--format", "xlsx", "--out", arg(&book)]).code, Some(0));
    let rows = recalculated(&program, folder.path(), &book, "Where each dollar went");
    let cell = |name: &str| rows.iter().find(|row| &row[0] == name).map(|row| row[2].to_owned()).expect(name);
    let report = run(&["audit", "--example", "-q", "--format", "json"]).json();
    let dollars = |text: &str| text.replace(['$', ','], "").parse::<f64>().expect("dollars");
    let total = dollars(report["fates"]["total_usd"].as_str().expect("dollars"));
    let classes = rows.iter().skip(1).take_while(|row| &row[0] != "sum of the classes");
    let summed: f64 = classes.filter(|row| !row[2].is_empty()).map(|row| dollars(&row[2])).sum();
    assert!((dollars(&cell("sum of the classes")) - total).abs() < 1e-6, "{rows:?}");
    assert!((summed - total).abs() < 1e-5, "{rows:?}");
    assert_eq!(cell("check"), "ok");
}
