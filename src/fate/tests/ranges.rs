//! What other thresholds say: broader ones never accuse less, whatever the history.

use super::*;

/// Avoidable spend under strict, usual and broad thresholds.
fn avoidable(world: &World) -> [Money; 3] {
    all(world).map(|found| found.of_tone(Tone::Avoidable))
}

fn all(world: &World) -> [Waterfall; 3] {
    [Thresholds::STRICT, Thresholds::DEFAULT, Thresholds::BROAD].map(|limits| world.fall_at(limits, None, day(2000)))
}

#[test]
fn a_fix_that_strict_thresholds_do_not_believe_accuses_nobody() {
    let mut world = World::new();
    let one = world.landing(0, "feat: one");
    // Its subject has a word for a fix, and no type. It replaces lines that are three days old.
    let fix = world.landing(3, "Fix the first one");
    let later = world.landing(10, "feat: later");
    world.landing(100, "head");
    world.lines(Some(one), Some(fix), 4);
    world.lines(Some(fix), Some(later), 4);
    world.linked(0, "1.00", one);
    world.linked(3, "2.00", fix);
    // All lines of the first landing died. For strict thresholds the second is neither blame nor a rewrite.
    let [strict, usual, broad] = all(&world);
    assert_eq!(strict.class(Class::OtherFix), usd("2.00"));
    assert_eq!((strict.class(Class::Rewrite), strict.class(Class::Churned)), (usd("0"), usd("1.00")));
    assert_eq!([&usual, &broad].map(|found| found.class(Class::AiBugFix)), [usd("2.00"); 2]);
    assert_eq!(avoidable(&world), ["1.00", "3.00", "3.00"].map(usd));
}

#[test]
fn what_only_a_hint_calls_a_fix_is_one_where_it_blames() {
    let mut world = World::new();
    let old = world.landing(0, "feat: old");
    let recent = world.landing(300, "feat: recent");
    let hint = world.landing(310, "Handle a crash of the parser");
    let later = world.landing(320, "feat: later");
    world.landing(400, "head");
    // A fifth of what it replaced is assisted and ten days old: too little for blame under any thresholds.
    world.lines(Some(old), Some(hint), 8);
    world.lines(Some(recent), Some(hint), 2);
    world.lines(Some(hint), Some(later), 10);
    world.linked(300, "1.00", recent);
    world.linked(310, "10.00", hint);
    let found = |world: &World| world.fall_at(Thresholds::BROAD, None, day(400));
    assert_eq!((found(&world).class(Class::OtherFix), found(&world).class(Class::AiBugFix)), (usd("0"), usd("0")));
    assert_eq!(found(&world).class(Class::Rewrite), usd("2.00"));
    // One more line of those makes it 3 of 11, and broad thresholds blame from a quarter on.
    world.lines(Some(recent), Some(hint), 1);
    assert_eq!(found(&world).class(Class::AiBugFix), usd("10.00"));
}

/// Small numbers that look random, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % sides
    }

    fn at(&mut self, landings: &[usize]) -> usize {
        landings[self.below(landings.len())]
    }
}

/// Landings of every kind, whose lines live for hours or months.
fn random_world(dice: &mut Dice) -> World {
    const SUBJECTS: [&str; 9] = [
        "feat: one",
        "Add a page",
        "fix: one",
        "Fix one",
        "Handle a crash",
        "Correct the wrong sum",
        "docs: one",
        "Revert \"feat: one\"",
        "chore: fix one",
    ];
    let mut world = World::new();
    let mut on = 0;
    let mut landings = Vec::new();
    for _ in 0..2 + dice.below(8) {
        on += [0, 1, 3, 10, 25, 40, 100][dice.below(7)];
        landings.push(world.landing(on, SUBJECTS[dice.below(SUBJECTS.len())]));
    }
    world.landing(on + 35, "head");
    for _ in 0..dice.below(25) {
        let (first, second) = (dice.at(&landings), dice.at(&landings));
        let born = Some(first.min(second)).filter(|_| dice.below(8) > 0);
        let died = Some(first.max(second)).filter(|&died| born != Some(died) && dice.below(4) > 0);
        if born.is_some() || died.is_some() {
            world.lines(born, died, 1 + u32::try_from(dice.below(9)).expect("a digit"));
        }
    }
    for _ in 0..1 + dice.below(6) {
        let landing = dice.at(&landings);
        // Cents of a prime number, so that shares are rounded.
        world.linked(0, &format!("{}.{:09}", dice.below(3), dice.below(1_000_000_007)), landing);
    }
    if dice.below(2) > 0 {
        let reviewed = dice.at(&landings);
        world.linked(1, "1.00", reviewed);
        world.review(reviewed, 1, [&["bug"], &["ui"]][dice.below(2)]);
    }
    world
}

#[test]
fn broader_thresholds_never_accuse_less_and_the_range_holds_its_point() {
    let mut dice = Dice(7);
    let mut ranges = 0;
    for run in 0..4000 {
        let world = random_world(&mut dice);
        let [strict, usual, broad] = all(&world);
        for found in [&strict, &broad] {
            assert_eq!((found.total, found.known_fate()), (usual.total, usual.known_fate()), "run {run}");
        }
        let [least, point, most] = avoidable(&world);
        assert!(least <= point && point <= most, "run {run}: {least:?} {point:?} {most:?}");
        let of = |class: Class| [&strict, &usual, &broad].map(|found| found.class(class));
        assert!(of(Class::AiBugFix).is_sorted(), "run {run}: {:?}", of(Class::AiBugFix));
        let mut product = of(Class::Product);
        product.reverse();
        assert!(product.is_sorted(), "run {run}: {product:?}");
        ranges += usize::from(least < point && point < most);
    }
    // Not a single point in each world.
    assert!(ranges > 100, "{ranges}");
}
