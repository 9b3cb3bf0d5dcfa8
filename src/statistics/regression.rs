//! Segmented regression of weekly values: what changed at a day, beyond the trend before it.
//!
//! - y = a + b·t + c·after + d·after·(t − change), by least squares; c is the change of level, b the trend before, d that of
//!   the trend.
//! - Standard errors: the larger of the plain ones, which hold when weeks are independent, and those after Newey and West with a
//!   lag of 4(n/100)^(2/9), scaled by n/(n − 4), which alone are too small for this few weeks. Ends by Student's t with n − 4
//!   degrees of freedom.
//! - Source: Wagner et al. 2002 (interrupted time series); Newey and West 1987, 1994; quantiles by Cornish and Fisher.

/// Number of coefficients.
const K: usize = 4;
/// The normal quantile of a 95% interval.
const Z: f64 = 1.959_963_984_540_054;

type Row = [f64; K];
type Square = [[f64; K]; K];

/// An estimate with its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate itself.
    pub value: f64,
    /// The lower end.
    pub lo: f64,
    /// The upper end.
    pub hi: f64,
}

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segmented {
    /// How much the level differs from where the trend before would have led.
    pub level: Estimate,
    /// The trend before, per week.
    pub trend_before: Estimate,
    /// How much the trend changed, per week.
    pub trend_change: Estimate,
}

/// Fits points of a week and a value; those from `change` on are after it. `None` when they do not determine all four
/// coefficients.
#[must_use]
pub fn segmented(points: &[(f64, f64)], change: f64) -> Option<Segmented> {
    let n = points.len();
    if n <= K {
        return None;
    }
    let after = |t: f64| f64::from(u8::from(t >= change));
    let rows: Vec<Row> = points.iter().map(|(t, _)| [1.0, t - change, after(*t), after(*t) * (t - change)]).collect();
    let inverse = invert(&product(rows.iter().map(|row| (*row, *row))))?;
    let mut moment = [0.0; K];
    for (row, (_, y)) in rows.iter().zip(points) {
        (0..K).for_each(|i| moment[i] += row[i] * y);
    }
    let beta = times(&inverse, &moment);
    let residual = |(row, (_, y)): (&Row, &(f64, f64))| y - (0..K).map(|i| row[i] * beta[i]).sum::<f64>();
    let scores: Vec<Row> = rows
        .iter()
        .zip(points)
        .map(|pair| {
            let left = residual(pair);
            pair.0.map(|x| x * left)
        })
        .collect();
    let mut meat = product(scores.iter().map(|row| (*row, *row)));
    let lag = lag(n);
    for shift in 1..=lag {
        let weight = 1.0 - number(shift) / number(lag + 1);
        let cross = product(scores[shift..].iter().zip(&scores).map(|(a, b)| (*a, *b)));
        for i in 0..K {
            for j in 0..K {
                meat[i][j] += weight * (cross[i][j] + cross[j][i]);
            }
        }
    }
    let scale = number(n) / number(n - K);
    let plain = rows.iter().zip(points).map(residual).map(|left| left * left).sum::<f64>() / number(n - K);
    let quantile = student(number(n - K));
    let estimate = |at: usize| {
        let row = inverse[at];
        let variance: f64 = (0..K).map(|i| row[i] * (0..K).map(|j| meat[i][j] * row[j]).sum::<f64>()).sum();
        let half = quantile * (variance * scale).max(row[at] * plain).sqrt();
        Estimate { value: beta[at], lo: beta[at] - half, hi: beta[at] + half }
    };
    Some(Segmented { level: estimate(2), trend_before: estimate(1), trend_change: estimate(3) })
}

/// floor(4 (n/100)^(2/9)), from a table, because powers differ in their last bits between machines.
fn lag(n: usize) -> usize {
    1 + [5, 28, 100, 273].iter().filter(|least| n >= **least).count()
}

/// The quantile of Student's t for a 95% interval, exact to 0.1% from 8 degrees of freedom on.
pub(crate) fn student(df: f64) -> f64 {
    let z2 = Z * Z;
    let first = Z * (z2 + 1.0) / 4.0;
    let second = Z * ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0;
    let third = Z * (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0;
    Z + first / df + second / (df * df) + third / (df * df * df)
}

#[expect(clippy::cast_precision_loss, reason = "a number of weeks is small")]
fn number(count: usize) -> f64 {
    count as f64
}

/// The sum of outer products.
fn product(pairs: impl Iterator<Item = (Row, Row)>) -> Square {
    let mut sum = [[0.0; K]; K];
    for (a, b) in pairs {
        for i in 0..K {
            for j in 0..K {
                sum[i][j] += a[i] * b[j];
            }
        }
    }
    sum
}

fn times(square: &Square, row: &Row) -> Row {
    square.map(|line| (0..K).map(|i| line[i] * row[i]).sum())
}

/// Inverts by Gauss-Jordan elimination with pivots; `None` for a singular matrix.
fn invert(square: &Square) -> Option<Square> {
    let mut left = *square;
    let mut right = [[0.0; K]; K];
    (0..K).for_each(|i| right[i][i] = 1.0);
    for at in 0..K {
        let pivot = (at..K).max_by(|a, b| left[*a][at].abs().total_cmp(&left[*b][at].abs()))?;
        if left[pivot][at].abs() < 1e-9 {
            return None;
        }
        left.swap(at, pivot);
        right.swap(at, pivot);
        let by = left[at][at];
        for j in 0..K {
            (left[at][j], right[at][j]) = (left[at][j] / by, right[at][j] / by);
        }
        for i in (0..K).filter(|i| *i != at) {
            let factor = left[i][at];
            for j in 0..K {
                left[i][j] -= factor * left[at][j];
                right[i][j] -= factor * right[at][j];
            }
        }
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, wanted: f64, by: f64) -> bool {
        (value - wanted).abs() < by
    }

    #[test]
    fn a_step_and_a_bend_are_found_exactly() {
        let value = |week: usize| {
            let t = number(week);
            if week < 8 { 10.0 + 2.0 * t } else { 10.0 + 2.0 * t - 5.0 + 0.5 * (t - 8.0) }
        };
        let points: Vec<(f64, f64)> = (0..16).map(|week| (number(week), value(week))).collect();
        let found = segmented(&points, 8.0).expect("an estimate");
        assert!(near(found.level.value, -5.0, 1e-9) && near(found.trend_before.value, 2.0, 1e-9));
        assert!(near(found.trend_change.value, 0.5, 1e-9) && near(found.level.lo, -5.0, 1e-6));
        assert_eq!(segmented(&points[..4], 2.0), None);
        assert_eq!(segmented(&points, 99.0), None, "nothing came after");
    }

    #[test]
    fn quantiles_are_those_of_the_tables() {
        assert!(near(student(8.0), 2.306, 0.002) && near(student(20.0), 2.086, 0.001) && near(student(1e6), Z, 1e-4));
        assert_eq!([4, 12, 27, 28, 99, 100].map(lag), [1, 2, 2, 3, 3, 4]);
    }

    /// Noise without a change: how many of a thousand intervals hold zero, when each week keeps the given part of the one before.
    fn held(kept: f64) -> usize {
        let mut seed = 7_u64;
        let mut uniform = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            f64::from(u32::try_from(seed >> 32).unwrap_or(0)) / f64::from(u32::MAX)
        };
        let held = (0..1000).filter(|_| {
            let mut last = 0.0;
            let mut next = || {
                last = kept * last + (0..6).map(|_| uniform() - 0.5).sum::<f64>();
                last
            };
            let points: Vec<(f64, f64)> = (0..24).map(|week| (number(week), next())).collect();
            segmented(&points, 12.0).is_some_and(|found| found.level.lo <= 0.0 && found.level.hi >= 0.0)
        });
        held.count()
    }

    #[test]
    fn intervals_hold_zero_where_nothing_changed() {
        let (alone, tied) = (held(0.0), held(0.3));
        assert!((940..=985).contains(&alone), "{alone} of 1000");
        assert!(tied >= 850, "{tied} of 1000");
    }
}
