//! What was seen, as a table that can be put into a document.

/// What a figure has to be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted {
    AtLeast(f64),
    AtMost(f64),
}

/// One line: what is measured, and against what.
#[derive(Debug)]
struct Row {
    what: String,
    ours: String,
    reference: String,
    value: f64,
    wanted: Wanted,
}

/// All lines of a run.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
}

impl Table {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a line. `value` is what is `wanted`: the ratio, or a bare figure where there is no `reference`.
    pub(crate) fn add(&mut self, what: &str, ours: String, reference: &str, value: f64, wanted: Wanted) {
        let row = Row { what: what.to_owned(), ours, reference: reference.to_owned(), value, wanted };
        eprintln!("{}", row.line());
        self.rows.push(row);
    }

    pub(crate) fn print(&self) {
        println!("| what | ours | reference | ratio | wanted | |");
        println!("|---|---|---|---|---|---|");
        for row in &self.rows {
            println!("{}", row.line());
        }
    }
}

impl Row {
    fn line(&self) -> String {
        let (wanted, met) = match self.wanted {
            Wanted::AtLeast(least) => (format!(">= {least}"), self.value >= least),
            Wanted::AtMost(most) => (format!("<= {most}"), self.value <= most),
        };
        let value = if self.value < 100.0 { format!("{:.2}", self.value) } else { format!("{:.0}", self.value) };
        let met = if met { "met" } else { "not met" };
        format!("| {} | {} | {} | {value} | {wanted} | {met} |", self.what, self.ours, self.reference)
    }
}

/// The middle value.
pub(crate) fn median(values: &[f64]) -> f64 {
    percentile(values, 0.5)
}

/// The value below which `share` of the values lie.
pub(crate) fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1).expect("nothing was measured");
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index"
    )]
    let at = (last as f64 * share).round() as usize;
    sorted[at]
}
