//! The table that a benchmark prints, and the same as JSON.

use serde::Serialize;

use crate::measure::Timing;

/// All that was measured.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// In the order of measuring.
    pub figures: Vec<Figure>,
}

/// One figure, with its goal where it has one.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// What was done.
    pub benchmark: String,
    /// In which way.
    pub variant: String,
    /// The figure itself, as shown: `19.8 µs`.
    pub measured: String,
    /// Ratio to the baseline; `None` where the figure stands alone.
    pub ratio: Option<f64>,
    /// What must not be exceeded.
    pub goal: Option<Goal>,
}

/// A bound that must not be exceeded.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Goal {
    /// What was measured: a ratio, or a figure in its own unit.
    pub value: f64,
    /// The bound.
    pub at_most: f64,
}

impl Goal {
    /// Whether the bound is kept.
    pub fn met(&self) -> bool {
        self.value <= self.at_most
    }
}

impl Figure {
    /// A time and its ratio to the baseline.
    pub fn timed(benchmark: &str, timing: &Timing) -> Self {
        Figure {
            benchmark: benchmark.into(),
            variant: timing.name.into(),
            measured: time(timing.seconds),
            ratio: Some(timing.ratio),
            goal: None,
        }
    }

    /// A figure that stands alone.
    pub fn plain(benchmark: &str, variant: &str, measured: String) -> Self {
        Figure { benchmark: benchmark.into(), variant: variant.into(), measured, ratio: None, goal: None }
    }

    /// A figure against a bound.
    pub fn goal(benchmark: &str, variant: &str, measured: String, goal: Goal) -> Self {
        Figure { goal: Some(goal), ..Figure::plain(benchmark, variant, measured) }
    }
}

impl Report {
    /// Adds a figure.
    pub fn push(&mut self, figure: Figure) {
        self.figures.push(figure);
    }

    /// The figures whose goal is missed.
    pub fn missed(&self) -> impl Iterator<Item = &Figure> {
        self.figures.iter().filter(|figure| figure.goal.is_some_and(|goal| !goal.met()))
    }

    /// As a table in Markdown.
    pub fn table(&self) -> String {
        let mut out = String::from("| benchmark | variant | measured | ratio | goal | |\n|---|---|---|---|---|---|\n");
        for figure in &self.figures {
            let ratio = figure.ratio.map_or(String::new(), |ratio| format!("{ratio:.2}"));
            let (goal, verdict) = match figure.goal {
                Some(goal) => (format!("≤ {}", goal.at_most), if goal.met() { "met" } else { "MISSED" }),
                None => (String::new(), ""),
            };
            out.push_str(&format!("| {} | {} | {} | {ratio} | {goal} | {verdict} |\n", figure.benchmark, figure.variant, figure.measured));
        }
        out
    }
}

/// A time in the unit that suits it.
pub fn time(seconds: f64) -> String {
    match seconds {
        s if s < 1e-6 => format!("{:.1} ns", s * 1e9),
        s if s < 1e-3 => format!("{:.2} µs", s * 1e6),
        s if s < 1.0 => format!("{:.2} ms", s * 1e3),
        s => format!("{s:.2} s"),
    }
}
