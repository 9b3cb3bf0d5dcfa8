//! Renames among files that are equally alike, against git's own pairs.

use std::fmt::Write as _;

use super::*;

/// Numbers that only depend on the last one.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Ten lines of one template, some of them its own: many pairs of such files share as many bytes.
fn file(numbers: &mut Numbers, name: &str) -> String {
    let own = numbers.below(7);
    let mut text = String::new();
    for line in 0..10 {
        let is_own = numbers.below(10) < own;
        let begin = if is_own { name } else { "template" };
        writeln!(text, "{begin:<12} line {line}").expect("a text");
    }
    text
}

#[test]
fn equally_alike_files_are_paired_as_git_pairs_them() {
    let mut fixture = Fixture::new();
    let mut numbers = Numbers(7);
    fixture.commit("Begin");
    for trial in 0..40 {
        let (before, after) = (2 + numbers.below(9), 2 + numbers.below(6));
        for at in 0..before {
            let name = if numbers.below(4) == 0 { "g" } else { "f" };
            let text = file(&mut numbers, &format!("{trial} old {at}"));
            fixture.write(&format!("t{trial}/old{at}/{name}.txt"), text);
        }
        fixture.commit("Before");
        std::fs::remove_dir_all(fixture.path().join(format!("t{trial}"))).expect("a folder");
        for at in 0..after {
            let text = file(&mut numbers, &format!("{trial} new {at}"));
            fixture.write(&format!("t{trial}/new{at}/f.txt"), text);
        }
        fixture.commit("After");
    }
    let log = ["log", "--reverse", "--format=", "--name-status", "-M50%", "-l1000", "--diff-filter=R"];
    let expected = fixture.git(&log);
    let expected: Vec<(&str, &str)> =
        expected.lines().filter_map(|line| line.split_once('\t')?.1.split_once('\t')).collect();
    let history = fixture.read();
    let changes = history.commits.iter().flat_map(|commit| &commit.changes);
    let found: Vec<(&str, &str)> =
        changes.filter_map(|change| Some((change.renamed_from.as_deref()?, change.path.as_str()))).collect();
    assert!(expected.len() > 50, "{}", expected.len());
    assert_eq!(found, expected);
}
