//! Scales: map values to positions, and choose round values to mark.

/// The maximum number of marked values, and the minimum if the range allows.
const MAX_TICKS: usize = 7;

/// More decimals than any scale needs.
const MAX_DECIMALS: usize = 12;

/// Maps values to positions.
#[derive(Debug, Clone)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    /// The positions of the lowest and the highest value.
    from: f64,
    to: f64,
    step: f64,
}

impl Scale {
    /// A scale with round ends that covers all values, and zero if `with_zero`.
    pub(super) fn over(values: impl Iterator<Item = f64>, with_zero: bool, from: f64, to: f64) -> Scale {
        let (mut low, mut high) =
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        if with_zero || low == high {
            (low, high) = (low.min(0.0), high.max(0.0));
        }
        if low == high {
            high = low + 1.0;
        }
        let step = round_step((high - low) / 4.0);
        Scale { low: (low / step).floor() * step, high: (high / step).ceil() * step, from, to, step }
    }

    /// The position of a value, rounded to a tenth.
    pub(super) fn place(&self, value: f64) -> f64 {
        let share = (value - self.low) / (self.high - self.low);
        tenth(self.from + share * (self.to - self.from))
    }

    /// The marked values, as text.
    pub(super) fn ticks(&self) -> Vec<(String, f64)> {
        let is_whole = |decimals: &usize| {
            let scaled = self.step * 10f64.powi(i32::try_from(*decimals).unwrap_or(MAX_DECIMALS as i32));
            scaled >= 1.0 - 1e-9 && (scaled - scaled.round()).abs() < 1e-6 * scaled
        };
        let decimals = (0..MAX_DECIMALS).find(is_whole).unwrap_or(MAX_DECIMALS);
        let first = (self.low / self.step).round();
        let ticks = (0..=MAX_TICKS).map(|at| (first + at as f64) * self.step);
        let ticks = ticks.take_while(|&value| value <= self.high + self.step / 2.0);
        ticks.map(|value| (unsigned(format!("{value:.decimals$}")), value)).collect()
    }
}

/// Changes `-0` to `0`.
fn unsigned(text: String) -> String {
    if text.starts_with('-') && !text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        return text[1..].to_owned();
    }
    text
}

/// The next of 1, 2, 2.5, 5 and 10 times a power of ten.
fn round_step(step: f64) -> f64 {
    let power = 10f64.powf(step.log10().floor());
    let factor = [1.0, 2.0, 2.5, 5.0].into_iter().find(|factor| factor * power >= step * (1.0 - 1e-9));
    factor.unwrap_or(10.0) * power
}

/// Rounds to a tenth of a unit: invisible, and short to write.
pub(super) fn tenth(place: f64) -> f64 {
    (place * 10.0).round() / 10.0
}
