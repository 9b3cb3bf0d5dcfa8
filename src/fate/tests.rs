use super::*;
use crate::company::pull_requests::{Pull, Review};
use crate::ledger::Spent;
use crate::link::{Account, Link, Posting};
use crate::model::assist::Assistance;
use crate::model::commit::{Commit, Identity};
use crate::model::contribution::Contribution;
use crate::model::line_life::{Death, LineLife};
use crate::model::link::Unlinked;
use crate::model::work::Work;

mod ranges;

fn day(day: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_225_600 + day * 86_400, 0).expect("an instant")
}

fn all_time() -> Period {
    Period { from: None, to: None, tz: chrono_tz::UTC }
}

/// A mainline of landings, with one contribution each, to which lives of lines are added.
struct World {
    history: History,
    links: Links,
    reviewed: Reviewed,
}

impl World {
    fn new() -> Self {
        let history = History {
            id: crate::history::RepositoryId::new(None, None, std::path::Path::new("x")),
            git_dir: "x".into(),
            top_level: None,
            common_dir: "x".into(),
            directories: Vec::new(),
            remotes: Vec::new(),
            head: String::new(),
            branch: None,
            commits: Vec::new(),
            branches: None,
            commits_all: 0,
            shallow: false,
            totals: crate::history::Totals::default(),
            lives: Vec::new(),
            paths: vec!["src/a.rs".to_owned()],
            contributions: Vec::new(),
            alive_lines: None,
            observed_until: None,
            diagnostics: crate::diagnostics::Diagnostics::default(),
        };
        Self { history, links: Links::default(), reviewed: Reviewed::default() }
    }

    fn landing(&mut self, on: i64, subject: &str) -> usize {
        let at = self.history.commits.len();
        self.history.observed_until = Some(day(on));
        let who = Identity { name: "Dana".to_owned(), email: "dana@example.org".to_owned() };
        self.history
            .commits
            .push(Commit { subject: subject.to_owned(), ..Commit::blank(format!("{at:040x}"), who.clone(), day(on)) });
        self.history.contributions.push(Contribution {
            id: format!("{at:040x}"),
            landing: index(at),
            author: who,
            commit_time: day(on),
            bot: false,
            assisted: Vec::<Assistance>::new(),
        });
        at
    }

    fn lines(&mut self, born: Option<usize>, died: Option<usize>, lines: u32) {
        self.history.lives.push(LineLife {
            born: born.map(index),
            origin: born.map(index),
            died: died.map(index),
            killer: died.map(index),
            death: died.map(|_| Death::Deleted),
            path: 0,
            lines,
            effective: lines,
            excluded: false,
        });
    }

    fn record(&mut self, on: i64, dollars: &str) -> usize {
        let at = self.links.records.len();
        let cost = Some(Money::parse_usd(dollars).expect("dollars"));
        self.links.records.push(Spent { cost, tokens: 1, ..Spent::blank(at as u128, day(on)) });
        at
    }

    fn post(&mut self, record: usize, account: Account) {
        let cost = self.links.records[record].cost;
        self.links.journal.push(Posting { record, account, context: false, cost, tokens: 1 });
    }

    fn unlinked(&mut self, on: i64, dollars: &str, reason: Unlinked) {
        let record = self.record(on, dollars);
        self.post(record, Account::Unlinked(reason));
    }

    fn linked(&mut self, on: i64, dollars: &str, landing: usize) {
        let record = self.record(on, dollars);
        self.links.links.push(Link {
            session: format!("s{record}"),
            repository: 0,
            sha: None,
            commit: None,
            landing: Some(landing),
            branch: None,
            tier: Tier::Strong,
            rule: "line-overlap",
            rules: Vec::new(),
            cost: Money::ZERO,
            context_cost: Money::ZERO,
            tokens: 0,
            has_log: true,
        });
        self.post(record, Account::Link(self.links.links.len() - 1));
    }

    /// A pull request that landed, with one review.
    fn review(&mut self, landing: usize, on: i64, labels: &[&str]) {
        let review = Review { at: day(on), author: None, approves: true };
        let pull = Pull {
            number: landing as u64,
            landed_by: Some(self.history.commits[landing].id.clone()),
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
            reviews: Some(vec![review]),
            ..Pull::default()
        };
        let histories = std::slice::from_ref(&self.history);
        self.reviewed = Reviewed::of(&[pull], histories, &[Work::default()], &["spike".to_owned()]);
    }

    fn fall(&self, limits: Thresholds) -> Waterfall {
        self.fall_with(limits, None)
    }

    fn fall_with(&self, limits: Thresholds, off_task: Option<&HashSet<usize>>) -> Waterfall {
        self.fall_at(limits, off_task, day(200))
    }

    fn fall_at(&self, limits: Thresholds, off_task: Option<&HashSet<usize>>, as_of: DateTime<Utc>) -> Waterfall {
        let histories = std::slice::from_ref(&self.history);
        let input = FateInput {
            links: &self.links,
            histories,
            period: &all_time(),
            least: Tier::Strong,
            off_task,
            reviewed: &self.reviewed,
            as_of,
        };
        Waterfall::compute(&input, limits).expect("sums that agree")
    }
}

fn usd(text: &str) -> Money {
    Money::parse_usd(text).expect("dollars")
}

/// A worked example: $100.00, to the cent, every cell brought by its own inputs.
#[test]
fn the_worked_example_is_reproduced_to_the_cent() {
    let mut world = World::new();
    let old = world.landing(0, "feat: begin");
    let assisted = world.landing(100, "feat: report");
    let reverted = world.landing(101, "feat: export");
    let revert = world.landing(102, "Take the export back");
    let fix = world.landing(110, "fix: report of empty months");
    let other_fix = world.landing(111, "fix: begin");
    let rewrite = world.landing(115, "feat: report, anew");
    let churned = world.landing(120, "feat: chart");
    let upkeep = world.landing(121, "docs: how to run it");
    let product = world.landing(122, "feat: search");
    let replacing = world.landing(130, "feat: chart, smaller");
    let young = world.landing(190, "feat: young");
    world.landing(200, "head");
    world.history.commits[reverted].reverted_by = Some(world.history.commits[revert].id.clone());
    // The fix replaces lines of the assisted landing only, the other one lines nobody is known to be assisted with.
    world.lines(Some(old), Some(other_fix), 10);
    world.lines(Some(assisted), Some(fix), 10);
    // All that the rewrite changed was assisted and fifteen days old.
    world.lines(Some(assisted), Some(rewrite), 20);
    world.lines(Some(rewrite), None, 20);
    world.lines(Some(churned), Some(replacing), 40);
    world.lines(Some(product), None, 100);
    world.linked(100, "0.00", assisted);
    let failed = world.record(90, "2.10");
    world.links.records[failed].errored = true;
    world.post(failed, Account::Unlinked(Unlinked::NoSession));
    world.unlinked(90, "9.00", Unlinked::NoEdits);
    world.unlinked(90, "18.50", Unlinked::NoRepository);
    world.linked(190, "20.00", young);
    world.unlinked(195, "2.00", Unlinked::Uncommitted);
    world.unlinked(100, "6.00", Unlinked::Uncommitted);
    world.linked(101, "1.00", reverted);
    world.linked(110, "5.25", fix);
    world.linked(111, "3.75", other_fix);
    world.linked(115, "4.00", rewrite);
    world.linked(120, "4.00", churned);
    world.linked(121, "5.00", upkeep);
    // The search answered its review before it landed.
    world.linked(118, "15.00", product);
    world.linked(121, "3.00", product);
    world.review(product, 120, &[]);
    let off_task = world.record(90, "1.40");
    world.post(off_task, Account::Unlinked(Unlinked::NoEdits));
    let found = world.fall_with(Thresholds::DEFAULT, Some(&HashSet::from([off_task])));
    assert_eq!((found.total, found.answering), (usd("100.00"), usd("3.00")));

    let expected = [
        (Class::Failed, "2.10"),
        (Class::OffTask, "1.40"),
        (Class::Explore, "9.00"),
        (Class::Unattributed, "18.50"),
        (Class::InFlight, "22.00"),
        (Class::Abandoned, "6.00"),
        (Class::Reverted, "1.00"),
        (Class::AiBugFix, "5.25"),
        (Class::OtherFix, "3.75"),
        (Class::Rewrite, "4.00"),
        (Class::ReviewResponse, "3.00"),
        (Class::Churned, "4.00"),
        (Class::Maintenance, "5.00"),
        (Class::Product, "15.00"),
    ];
    for (class, dollars) in expected {
        assert_eq!(found.class(class), usd(dollars), "{class:?}");
    }
    assert_eq!(found.cells.values().copied().sum::<Money>(), usd("100.00"));
    assert_eq!(found.known_fate(), usd("59.50"));
    assert_eq!(found.of_tone(Tone::Avoidable), usd("23.75"));
    assert_eq!(found.of_tone(Tone::Value), usd("15.00"));
}

#[test]
fn a_landing_is_split_by_lines_and_the_parts_sum() {
    let mut world = World::new();
    let first = world.landing(0, "feat: one");
    let second = world.landing(10, "feat: two");
    world.landing(100, "head");
    world.lines(Some(first), Some(second), 1);
    world.lines(Some(first), None, 2);
    world.lines(Some(second), None, 3);
    world.linked(0, "1.00", first);
    world.linked(10, "0.10", second);
    let found = world.fall(Thresholds::DEFAULT);
    // A third of the first landing's lines died within 30 days; a third of the second's replaced recent assisted ones.
    assert_eq!(found.class(Class::Churned), usd("0.333333333"));
    assert_eq!(found.class(Class::Rewrite), usd("0.033333333"));
    assert_eq!(found.class(Class::Product), usd("0.733333334"));
    // The same accident from both sides: the smaller one is not counted again.
    assert_eq!(found.paired, usd("0.333333333"));
    assert_eq!(found.net_avoidable, usd("0.333333333"));
}

#[test]
fn removals_are_judged_by_what_they_removed() {
    let mut world = World::new();
    let old = world.landing(0, "feat: begin");
    let assisted = world.landing(300, "feat: export");
    let cleanup = world.landing(310, "Drop the old importer");
    let redo = world.landing(311, "Drop the export");
    let mixed = world.landing(312, "Make the page smaller");
    let later = world.landing(320, "feat: later");
    world.landing(400, "head");
    world.linked(300, "0", assisted);
    // A cleanup of old code, some of it older than what was read.
    world.lines(Some(old), Some(cleanup), 90);
    world.lines(None, Some(cleanup), 30);
    world.linked(310, "1.00", cleanup);
    // AI-assisted code that was eleven days old: that is work which was thrown away.
    world.lines(Some(assisted), Some(redo), 50);
    world.linked(311, "2.00", redo);
    // Of 40 lines 10 were replaced, 4 of which did not last, and 30 removed, a quarter of them recent and assisted.
    world.lines(Some(old), Some(mixed), 30);
    world.lines(Some(assisted), Some(mixed), 10);
    world.lines(Some(mixed), Some(later), 4);
    world.lines(Some(mixed), None, 6);
    world.linked(312, "4.00", mixed);
    let found = world.fall_at(Thresholds::DEFAULT, None, day(400));
    let parts = |at| -> Vec<(Rule, Money)> {
        found.units[&Cluster::Landing(0, at)].parts.iter().map(|(one, cost)| (one.rule, *cost)).collect()
    };
    assert_eq!(parts(cleanup), [(Rule::Removed, usd("1.00"))]);
    assert_eq!(parts(redo), [(Rule::RewroteAssisted, usd("2.00"))]);
    let mut of_mixed: BTreeMap<Rule, Money> = BTreeMap::new();
    parts(mixed).into_iter().for_each(|(rule, cost)| *of_mixed.entry(rule).or_default() += cost);
    let expected = [
        (Rule::RewroteAssisted, usd("1.00")),
        (Rule::GoneEarly, usd("0.30")),
        (Rule::Removed, usd("2.25")),
        (Rule::Lasted, usd("0.45")),
    ];
    assert_eq!(of_mixed, BTreeMap::from(expected));
    assert_eq!(found.class(Class::Maintenance), usd("3.25"));
    assert_eq!(found.class(Class::Rewrite), usd("3.00"));
}

#[test]
fn a_landing_without_lines_that_count_is_not_said_to_have_lasted() {
    let mut world = World::new();
    let moved = world.landing(0, "Move the page");
    world.landing(100, "head");
    world.linked(0, "1.00", moved);
    let found = world.fall(Thresholds::DEFAULT);
    assert_eq!((found.class(Class::Maintenance), found.class(Class::Product)), (usd("1.00"), usd("0")));
    let parts: Vec<Rule> = found.units[&Cluster::Landing(0, moved)].parts.keys().map(|one| one.rule).collect();
    assert_eq!(parts, [Rule::NoLines]);
}

#[test]
fn merged_and_unmerged_work_is_judged_after_the_same_days() {
    for (days, open) in [(29, true), (30, false)] {
        let mut world = World::new();
        let merged = world.landing(100 - days, "feat: one");
        world.landing(100, "head");
        world.lines(Some(merged), None, 5);
        world.linked(100 - days, "1.00", merged);
        world.linked(100 - days, "1.00", merged);
        let link = world.links.links.last_mut().expect("a link");
        (link.landing, link.branch) = (None, Some("feature/x".to_owned()));
        world.unlinked(100 - days, "1.00", Unlinked::Uncommitted);
        let found = world.fall(Thresholds::DEFAULT);
        assert_eq!(found.class(Class::InFlight), if open { usd("3.00") } else { usd("0") }, "{days}");
        let judged = (found.class(Class::Product), found.class(Class::Abandoned));
        assert_eq!(judged, if open { (usd("0"), usd("0")) } else { (usd("1.00"), usd("2.00")) }, "{days}");
    }
}

#[test]
fn bad_news_about_a_young_landing_is_not_heard_before_its_time() {
    let mut world = World::new();
    let young = world.landing(80, "feat: one");
    let fix = world.landing(81, "fix: one");
    let revert = world.landing(82, "Revert \"fix: one\"");
    world.history.commits[fix].reverted_by = Some(world.history.commits[revert].id.clone());
    world.lines(Some(young), Some(fix), 5);
    world.landing(100, "head");
    world.linked(80, "1.00", young);
    world.linked(81, "1.00", fix);
    assert_eq!(world.fall(Thresholds::DEFAULT).class(Class::InFlight), usd("2.00"));
}

#[test]
fn a_reverted_revert_takes_nothing_back() {
    let mut world = World::new();
    let one = world.landing(0, "feat: one");
    let revert = world.landing(1, "Revert \"feat: one\"");
    let again = world.landing(2, "Reapply \"feat: one\"");
    world.landing(100, "head");
    world.history.commits[one].reverted_by = Some(world.history.commits[revert].id.clone());
    world.lines(Some(one), None, 3);
    world.linked(0, "1.00", one);
    assert_eq!(world.fall(Thresholds::DEFAULT).class(Class::Reverted), usd("1.00"));
    world.history.commits[revert].reverted_by = Some(world.history.commits[again].id.clone());
    assert_eq!(world.fall(Thresholds::DEFAULT).class(Class::Product), usd("1.00"));
}

#[test]
fn what_landed_twice_and_was_taken_back_twice_is_reverted() {
    let mut world = World::new();
    let all = ["feat: one", "Revert \"feat: one\"", "Reapply \"feat: one\"", "Take it back for good"];
    let all: Vec<usize> = all.into_iter().zip(0..).map(|(subject, day)| world.landing(day, subject)).collect();
    world.landing(100, "head");
    for pair in all.windows(2) {
        world.history.commits[pair[0]].reverted_by = Some(world.history.commits[pair[1]].id.clone());
    }
    world.lines(Some(all[0]), Some(all[3]), 5);
    world.linked(0, "1.00", all[0]);
    world.linked(2, "1.00", all[2]);
    assert_eq!(world.fall(Thresholds::DEFAULT).class(Class::Reverted), usd("2.00"));
}

#[test]
fn a_landing_is_what_the_title_of_its_pull_request_says() {
    for (subject, title, class) in [
        ("Merge pull request #7 from ann/fix-login", Some("Add a login page"), Class::Product),
        ("Merge pull request #7 from ann/login", Some("Fix the login page"), Class::OtherFix),
        ("Merge pull request #7 from ann/login", Some("docs: explain the login page"), Class::Maintenance),
        ("Merge pull request #7 from ann/login", Some("Take the login page back out"), Class::OtherFix),
        ("Merge pull request #7 from ann/fix-login", None, Class::OtherFix),
        ("Reapply \"Add a login page\"", None, Class::Product),
        ("Revert \"Revert \"Add a login page\"\"", None, Class::Product),
    ] {
        let mut world = World::new();
        let old = world.landing(0, "feat: begin");
        let landing = world.landing(40, subject);
        world.landing(100, "head");
        world.history.commits[landing].title = title.map(str::to_owned);
        // Each has a commit that takes something back.
        world.history.commits[landing].reverts =
            if title.is_some() { vec![world.history.commits[old].id.clone()] } else { Vec::new() };
        world.lines(Some(old), Some(landing), 5);
        world.lines(Some(landing), None, 20);
        world.linked(40, "1.00", landing);
        assert_eq!(world.fall(Thresholds::DEFAULT).class(class), usd("1.00"), "{subject}: {title:?}");
    }
}

#[test]
fn stricter_thresholds_accuse_less() {
    let mut world = World::new();
    let one = world.landing(0, "feat: one");
    let two = world.landing(10, "feat: two");
    let fix = world.landing(50, "Handle a crash of the parser");
    world.landing(100, "head");
    world.lines(Some(one), Some(two), 4);
    world.lines(Some(two), Some(fix), 4);
    world.linked(0, "1.00", one);
    world.linked(10, "1.00", two);
    world.linked(50, "1.00", fix);
    let avoidable = |limits| world.fall(limits).of_tone(Tone::Avoidable);
    assert_eq!(avoidable(Thresholds::STRICT), usd("1.00"));
    assert_eq!(avoidable(Thresholds::DEFAULT), usd("2.00"));
    assert_eq!(avoidable(Thresholds::BROAD), usd("3.00"));
}

#[test]
fn weaker_evidence_and_unpriced_records_are_told_apart() {
    let mut world = World::new();
    let one = world.landing(0, "feat: one");
    world.landing(100, "head");
    world.linked(0, "1.00", one);
    world.links.links[0].tier = Tier::Medium;
    world.unlinked(1, "0", Unlinked::NoEdits);
    world.links.records[1].cost = None;
    world.links.journal[1].cost = None;
    let found = world.fall(Thresholds::DEFAULT);
    assert_eq!((found.class(Class::Unattributed), found.unpriced), (usd("1.00"), 1));
}

#[test]
fn answers_to_a_review_are_split_by_what_became_of_them() {
    let mut world = World::new();
    let one = world.landing(10, "feat: one");
    let two = world.landing(20, "feat: two");
    world.landing(100, "head");
    world.lines(Some(one), Some(two), 1);
    world.lines(Some(one), None, 3);
    world.linked(5, "0.80", one);
    world.linked(9, "0.20", one);
    world.review(one, 8, &[]);
    let found = world.fall(Thresholds::DEFAULT);
    assert_eq!(found.cells[&(Purpose::ReviewResponse, Fate::Churned)], usd("0.05"));
    assert_eq!(found.cells[&(Purpose::ReviewResponse, Fate::Surviving)], usd("0.15"));
    assert_eq!((found.class(Class::ReviewResponse), found.class(Class::Churned)), (usd("0.20"), usd("0.20")));
    // What came after the merge answers nothing.
    world.linked(11, "1.00", one);
    assert_eq!(world.fall(Thresholds::DEFAULT).answering, usd("0.20"));
}

#[test]
fn a_label_makes_a_fix_and_its_money_stays_in_it() {
    let mut world = World::new();
    let one = world.landing(10, "Say good day");
    world.landing(100, "head");
    world.linked(9, "1.00", one);
    world.review(one, 8, &["Bug"]);
    let found = world.fall(Thresholds::STRICT);
    // It replaced no line, so nobody knows whose fault it was.
    assert_eq!(found.fixes, BTreeMap::from([(FixedCode::Unknown, (1, usd("1.00")))]));
    assert_eq!((found.class(Class::OtherFix), found.answering), (usd("1.00"), usd("1.00")));
}

#[test]
fn fixes_are_told_by_whose_lines_they_replaced() {
    let mut world = World::new();
    let one = world.landing(0, "feat: one");
    let two = world.landing(1, "feat: two");
    let fixes = [2, 3, 4].map(|day| world.landing(day, "fix: it"));
    world.landing(100, "head");
    world.lines(Some(one), Some(fixes[0]), 3);
    world.lines(Some(two), Some(fixes[1]), 3);
    world.lines(None, Some(fixes[2]), 3);
    world.linked(0, "1.00", one);
    for fix in fixes {
        world.linked(5, "0.10", fix);
    }
    let found = world.fall(Thresholds::DEFAULT).fixes;
    assert_eq!(found.into_iter().collect::<Vec<_>>(), FixedCode::ALL.map(|origin| (origin, (1, usd("0.10")))));
}

#[test]
fn what_was_tried_out_on_purpose_is_no_waste() {
    let mut world = World::new();
    let one = world.landing(0, "feat: one");
    world.landing(100, "head");
    for (branch, dollars) in [("spike/graphql", "1.00"), ("feature/loyalty", "2.00")] {
        world.linked(10, dollars, one);
        let link = world.links.links.last_mut().expect("a link");
        (link.landing, link.branch) = (None, Some(branch.to_owned()));
    }
    let classes = |world: &World| {
        let found = world.fall(Thresholds::DEFAULT);
        (found.class(Class::Abandoned), found.class(Class::Explore), found.tried_out)
    };
    assert_eq!(classes(&world), (usd("3.00"), usd("0"), usd("0")));
    world.review(one, 0, &[]);
    assert_eq!(classes(&world), (usd("2.00"), usd("1.00"), usd("1.00")));
}

#[test]
fn what_decided_is_kept_for_each_unit_with_its_lines() {
    let mut world = World::new();
    let one = world.landing(0, "feat: one");
    let two = world.landing(10, "feat: two");
    let fix = world.landing(50, "fix: two");
    world.landing(100, "head");
    world.lines(Some(one), Some(two), 1);
    world.lines(Some(one), None, 3);
    world.lines(Some(two), Some(fix), 4);
    world.lines(Some(two), None, 4);
    world.linked(0, "1.00", one);
    world.linked(10, "0.80", two);
    world.linked(50, "0.20", fix);
    world.unlinked(1, "0.05", Unlinked::NoEdits);
    world.unlinked(95, "0.03", Unlinked::Uncommitted);
    world.linked(20, "0.50", one);
    let link = world.links.links.last_mut().expect("a link");
    (link.landing, link.branch) = (None, Some("feature/x".to_owned()));
    let found = world.fall(Thresholds::DEFAULT);
    let rules = |cluster: Cluster| -> Vec<(Rule, Class, Money)> {
        found.units[&cluster].parts.iter().map(|(one, cost)| (one.rule, one.class(), *cost)).collect()
    };
    // A quarter of its lines was gone after ten days.
    assert_eq!(
        rules(Cluster::Landing(0, one)),
        [(Rule::Lasted, Class::Product, usd("0.75")), (Rule::GoneEarly, Class::Churned, usd("0.25"))]
    );
    // One of the eight lines that it changed replaced an AI-assisted one.
    assert_eq!(
        rules(Cluster::Landing(0, two)),
        [(Rule::RewroteAssisted, Class::Rewrite, usd("0.10")), (Rule::Lasted, Class::Product, usd("0.70"))]
    );
    assert_eq!(rules(Cluster::Landing(0, fix)), [(Rule::FixOfAssisted, Class::AiBugFix, usd("0.20"))]);
    assert_eq!(
        found.units[&Cluster::Landing(0, fix)].lines,
        Some(LineCounts { killed: 4, killed_known: 4, killed_assisted: 4, ..LineCounts::default() })
    );
    assert_eq!(rules(Cluster::Open(0, 0)), [(Rule::NotMerged, Class::Abandoned, usd("0.50"))]);
    let open = &found.units[&Cluster::Open(0, 0)];
    assert_eq!((open.name.as_deref(), open.last), (Some("feature/x"), Some(day(20))));
    assert_eq!(
        rules(Cluster::NO_SESSION),
        [(Rule::NoEdits, Class::Explore, usd("0.05")), (Rule::UncommittedRecently, Class::InFlight, usd("0.03"))]
    );
    let sum: Money = found.units.values().flat_map(|judged| judged.parts.values()).copied().sum();
    assert_eq!(sum, found.total);
}
