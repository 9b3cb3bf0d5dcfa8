//! Matches the rows of one kind of source with those of another: by model, and by key, workspace and account.
//!
//! - In: rows with what is left of their costs and tokens. Out: how much of each row the other side explains.
//! - Rows of the same model and marks come first, then those that lack one of them, then those without a model.
//! - Of two amounts the smaller one is matched, so nothing becomes negative. Negative amounts (credits) are not matched.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::cases::{Days, Level, Longer, LongerCase, is_included};
use super::discount::{discounted, share_of};
use super::groups::{Group, PASSES, is_default, is_same_spend, mean_the_same, pair, shape};
use super::{Left, State};
use crate::ledger::{Entry, Identity};
use crate::model::bill::Authority;
use crate::model::money::Money;
use crate::model::name::{Name, Names};
use crate::model::usage::TokenCounts;

/// A vendor and a kind of source.
type Kind<'a> = (&'a str, Authority, Option<&'static str>);

fn kind<'a>(payee: &'a str, entry: &Entry) -> Kind<'a> {
    let authority = entry.record.bill.authority;
    (payee, authority, (authority >= Authority::VendorUsage).then_some(entry.record.source))
}

/// The marks that each kind of source names, to find out which of them mean the same thing.
type Named<'a> = BTreeMap<Kind<'a>, [BTreeSet<&'a str>; 2]>;

/// Matches the levels of cases.
pub(super) struct Matcher<'a, 'e> {
    pub(super) entries: &'e mut [Entry],
    names: &'a Names,
    named: Named<'a>,
    discounted: BTreeSet<&'a str>,
    pub(super) state: State,
}

impl<'a, 'e> Matcher<'a, 'e> {
    pub(super) fn new(entries: &'e mut [Entry], names: &'a Names, days: &Days<'a>, longer: &Longer<'a>) -> Self {
        let mut codes: BTreeMap<Kind<'_>, [HashSet<Name>; 2]> = BTreeMap::new();
        let all = days.iter().map(|((payee, _), rows)| (*payee, rows));
        let all = all.chain(longer.iter().map(|((_, _, payee), rows)| (*payee, rows)));
        for (payee, rows) in all {
            for at in rows {
                let (user, project) = (entries[*at].named_user(), entries[*at].record.project);
                if user.is_some() || project.is_some() {
                    let sets = codes.entry(kind(payee, &entries[*at])).or_default();
                    sets[0].extend(user);
                    sets[1].extend(project);
                }
            }
        }
        let texts = |sets: [HashSet<Name>; 2]| sets.map(|set| set.into_iter().map(|name| names.text(name)).collect());
        let named = codes.into_iter().map(|(kind, sets)| (kind, texts(sets))).collect();
        let discounted = discounted(entries, names, days);
        Self { entries, names, named, discounted, state: State::default() }
    }

    /// Matches the levels of a day.
    pub(super) fn day(&mut self, payee: &str, levels: &[Level]) {
        for at in 1..levels.len() {
            let (before, level) = (&levels[..at], &levels[at]);
            self.stage(payee, before, level);
        }
        let top = levels.iter().map(|level| level.authority).max().unwrap_or_default();
        if top >= Authority::VendorUsage {
            let below = levels.iter().filter(|level| level.authority < top).flat_map(|level| &level.rows);
            self.state.below_bill.extend(below.copied());
        }
    }

    /// Marks usage on days on which the vendor's report, which covers days before and after them, shows nothing.
    pub(super) fn uncovered_days(&mut self, days: &Days<'_>) {
        let entries = &*self.entries;
        let top = |rows: &[usize]| rows.iter().map(|at| entries[*at].record.bill.authority).max().unwrap_or_default();
        let mut spans: BTreeMap<&str, (chrono::NaiveDate, chrono::NaiveDate, Authority)> = BTreeMap::new();
        for ((payee, day), rows) in days {
            let top = top(rows);
            if top >= Authority::VendorUsage {
                let span = spans.entry(payee).or_insert((*day, *day, top));
                *span = (span.0, *day, span.2.max(top));
            }
        }
        for ((payee, day), rows) in days {
            let covers = |span: &&(chrono::NaiveDate, chrono::NaiveDate, Authority)| span.0 < *day && *day < span.1;
            if top(rows) < Authority::VendorUsage && spans.get(payee).filter(covers).is_some() {
                self.state.below_bill.extend(rows.iter().copied());
            }
        }
    }

    /// Matches rows of a longer period with the rows inside it.
    pub(super) fn longer(&mut self, case: LongerCase<'_>) -> Option<String> {
        let LongerCase { payee, levels, inside, .. } = case;
        if inside.is_empty() {
            for at in 1..levels.len() {
                self.stage(payee, &levels[..at], &levels[at]);
            }
            return None;
        }
        let nearest = inside.iter().map(|at| self.entries[*at].record.bill.authority).max();
        let is_near = |level: &&Level| Some(level.authority) >= nearest && level.money(self.entries).is_some();
        let bill = levels.iter().rfind(is_near);
        let text = bill.map(|level| format!("{} ${}", level.authority.as_str(), level.sum(self.entries)));
        let authority = bill.map(|level| level.authority);
        let explained: Money = inside.iter().filter_map(|at| self.entries[*at].cost).sum();
        let mut all = vec![Level { authority: Authority::Transcript, source: None, rows: inside, is_finest: true }];
        for level in levels {
            if authority.is_some_and(|authority| level.authority >= authority) {
                all.push(Level { is_finest: false, ..level });
            } else {
                self.set_aside(&level);
            }
        }
        for at in 1..all.len() {
            self.stage(payee, &all[..at], &all[at]);
        }
        if let Some(authority) = authority {
            for at in &all[0].rows {
                let is_below = self.entries[*at].record.bill.authority < authority;
                let marked = if is_below { &mut self.state.below_bill } else { &mut self.state.within };
                marked.insert(*at);
            }
        }
        Some(format!(
            "{}, its days ${explained}",
            text.unwrap_or_else(|| "a period without money of its own".to_owned())
        ))
    }

    /// Leaves the rows of a level out of all sums.
    fn set_aside(&mut self, level: &Level) {
        for at in &level.rows {
            self.entries[*at].cost = Some(Money::ZERO);
            self.state.left.insert(*at, Left { is_reduced: true, ..Left::default() });
        }
    }

    /// Matches what came before with one more level.
    fn stage(&mut self, payee: &str, before: &[Level], level: &Level) {
        let comparable = self.comparable(payee, before, level);
        let mut ours: Vec<Group<'a>> = Vec::new();
        for one in before {
            let wins = one.is_finest || (one.authority == level.authority && !level.is_finest);
            let same_report = one.source.filter(|source| level.source == Some(source));
            ours.extend(self.groups(one, comparable, wins, same_report, false));
        }
        let same_report = level.source.filter(|source| before.iter().any(|one| one.source == Some(source)));
        let mut theirs = self.groups(level, comparable, false, same_report, true);
        self.unname_what_is_not_understood(&ours, &mut theirs);
        let mut by_model: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
        for (at, group) in theirs.iter().enumerate() {
            by_model.entry(group.model).or_default().push(at);
        }
        for pass in PASSES {
            for x in &mut ours {
                let same = by_model.get(&x.model).filter(|_| pass.same_model);
                let unnamed = by_model.get(&None).filter(|_| !pass.same_model);
                let any = (!pass.same_model && x.model.is_none()).then(|| by_model.values().flatten());
                let candidates = same.into_iter().chain(unnamed).flatten().chain(any.into_iter().flatten());
                for at in candidates {
                    let y = &mut theirs[*at];
                    if pass.fits(x, y) {
                        pair(x, y);
                    }
                }
            }
        }
        let is_vendor = level.authority >= Authority::VendorUsage;
        let is_discounted = self.discounted.contains(payee) && level.authority == Authority::Invoice;
        for x in &mut ours {
            let is_same = x.matched > Money::ZERO
                && x.money > Money::ZERO
                && (is_discounted || is_same_spend(x, &theirs, self.entries));
            if x.wins {
                self.keep(x, is_same, is_vendor);
            } else {
                x.taken = if is_same { x.matched + x.money } else { x.matched };
                (x.taken_list, x.taken_tokens) =
                    (self.list_of(&x.rows) - x.list, self.tokens_of(&x.rows).less(x.tokens));
                self.reduce(x);
            }
        }
        if ours.iter().any(|x| x.wins) {
            let is_second = before.iter().any(|one| one.authority == level.authority);
            for y in &theirs {
                self.reduce(y);
                if !is_second {
                    self.state.billing.extend(y.rows.iter().copied());
                    continue;
                }
                for at in &y.rows {
                    self.state.left.entry(*at).and_modify(|left| left.is_second = true);
                }
            }
        }
    }

    /// Which marks the two sides write in the same way: they share a value that is more than a default, or an id's form.
    fn comparable(&self, payee: &str, before: &[Level], level: &Level) -> [bool; 2] {
        let kinds =
            |one: &Level| -> BTreeSet<Kind<'_>> { one.rows.iter().map(|at| kind(payee, &self.entries[*at])).collect() };
        let ours: BTreeSet<Kind<'_>> = before.iter().flat_map(kinds).collect();
        let theirs = kinds(level);
        [0, 1].map(|mark| {
            ours.iter().filter_map(|kind| self.named.get(kind)).any(|ours| {
                theirs
                    .iter()
                    .filter_map(|kind| self.named.get(kind))
                    .any(|theirs| mean_the_same(&ours[mark], &theirs[mark]))
            })
        })
    }

    /// The rows of a level by model and marks, in the order of their texts.
    fn groups(
        &self,
        level: &Level,
        comparable: [bool; 2],
        wins: bool,
        report: Option<&'static str>,
        may_include: bool,
    ) -> Vec<Group<'a>> {
        let mut known: HashMap<_, usize> = HashMap::new();
        let mut groups: Vec<Group<'a>> = Vec::new();
        for at in &level.rows {
            let entry = &self.entries[*at];
            let record = &entry.record;
            let model = entry.canonical_model.filter(|_| entry.identity > Identity::Unnamed);
            let marks =
                [entry.named_user().filter(|_| comparable[0]), record.project.filter(|_| comparable[1]), entry.account];
            let shape = report.map(|source| (source, shape(&record.tokens)));
            let is_plan = may_include && is_included(record.bill.coverage);
            let new = groups.len();
            let found = *known.entry((model, marks, shape, is_plan)).or_insert(new);
            if found == new {
                let text = |name: Option<Name>| self.names.text_of(name).filter(|text| !is_default(text));
                let marks = marks.map(text);
                groups.push(Group { model: text(model), marks, shape, wins, is_plan, ..Group::default() });
            }
            groups[found].rows.push(*at);
            groups[found].money += entry.cost.filter(|cost| *cost > Money::ZERO).unwrap_or_default();
        }
        groups.sort_by(|a, b| (a.model, a.marks, a.shape, a.is_plan).cmp(&(b.model, b.marks, b.shape, b.is_plan)));
        for group in &mut groups {
            group.tokens = self.tokens_of(&group.rows);
            group.list = self.list_of(&group.rows);
        }
        groups
    }

    fn tokens_of(&self, rows: &[usize]) -> TokenCounts {
        rows.iter().fold(TokenCounts::default(), |sum, at| sum.plus(self.left(*at).tokens))
    }

    fn list_of(&self, rows: &[usize]) -> Money {
        rows.iter().filter_map(|at| self.left(*at).list).sum()
    }

    /// What no other record counts of a row so far.
    fn left(&self, at: usize) -> Left {
        let whole = || {
            let entry = &self.entries[at];
            Left { tokens: entry.record.tokens, list: entry.list_cost, ..Left::default() }
        };
        self.state.left.get(&at).copied().unwrap_or_else(whole)
    }

    /// Items of a bill of which no name is understood may be any model.
    fn unname_what_is_not_understood(&self, ours: &[Group<'a>], theirs: &mut [Group<'a>]) {
        let identity = |group: &Group<'_>| group.rows.iter().map(|at| self.entries[*at].identity).max();
        if theirs.iter().any(|group| identity(group) == Some(Identity::Known)) {
            return;
        }
        for group in theirs {
            if group.model.is_some() && !ours.iter().any(|x| x.model == group.model) {
                group.model = None;
            }
        }
    }

    /// Rows that keep their cost: notes how much of each the other side covers, and scales them if both are the same spend.
    fn keep(&mut self, x: &Group<'_>, is_same: bool, is_vendor: bool) {
        if is_same {
            self.scale(&x.rows, x.matched);
        }
        let mut covered = if x.on_plan { x.matched + x.money } else { x.matched };
        for at in &x.rows {
            let cost = self.entries[*at].cost.unwrap_or_default().max(Money::ZERO);
            let part = covered.min(cost);
            covered = covered - part;
            let known = self.state.explained.entry(*at).or_insert((is_vendor, Money::ZERO));
            // The vendor knows better than a gateway.
            *known = if known.0 == is_vendor { (is_vendor, known.1.max(part)) } else { (is_vendor, part) };
            if part > Money::ZERO {
                self.state.explaining.insert(*at);
            }
        }
    }

    /// Scales positive costs so that they sum to an amount.
    fn scale(&mut self, rows: &[usize], to: Money) {
        let costs = || rows.iter().filter(|at| self.entries[**at].cost.is_some_and(|cost| cost > Money::ZERO)).copied();
        let positive: Vec<usize> = costs().collect();
        let total: i128 = positive.iter().filter_map(|at| self.entries[*at].cost).map(Money::nanos).sum();
        let (mut seen, mut given) = (0_i128, 0_i128);
        for at in positive {
            seen += self.entries[at].cost.unwrap_or_default().nanos();
            // Each takes its share of the whole so far, so that the shares sum to the amount to the nano-dollar.
            let share = share_of(to.nanos(), seen, total);
            self.entries[at].cost = Some(Money::from_nanos(share - given));
            given = share;
        }
    }

    /// Rows whose spend others count: takes away what was taken over, from the first rows on.
    fn reduce(&mut self, group: &Group<'_>) {
        let (mut money, mut list, mut tokens) = (group.taken, group.taken_list, group.taken_tokens);
        for at in &group.rows {
            let before = self.left(*at);
            let mut left = before;
            let mut is_reduced = before.is_reduced;
            if let Some(cost) = self.entries[*at].cost.filter(|cost| *cost > Money::ZERO) {
                let part = money.min(cost);
                money = money - part;
                self.entries[*at].cost = Some(cost - part);
                is_reduced |= part > Money::ZERO;
            }
            let part = list.min(left.list.unwrap_or_default().max(Money::ZERO));
            list = list - part;
            left.list = left.list.map(|own| own - part);
            let matched = left.tokens.take_common(&mut tokens);
            is_reduced |= matched;
            left.is_reduced = is_reduced;
            self.state.left.insert(*at, left);
        }
    }
}
