//! A comparison in one sentence.

use super::comparison::{Basis, Comparison, Judgement};

impl Comparison {
    /// What was found, with A and B by these names, as they stand within a sentence: "processes", "threads".
    pub fn sentence(&self, a: &str, b: &str) -> String {
        let Self { ratio, low, high, .. } = *self;
        let times = format!("{a} {}, {b} {}", seconds(self.a_s), seconds(self.b_s));
        let basis = self.basis_text();
        match self.verdict {
            Judgement::Faster => {
                format!(
                    "{} were {ratio:.2} times as fast as {b} ({low:.2} to {high:.2}, {basis}): {times}.",
                    begun(a)
                )
            }
            Judgement::Slower => format!(
                "{} were {:.2} times as fast as {a} ({:.2} to {:.2}, {basis}): {times}.",
                begun(b),
                1.0 / ratio,
                1.0 / high,
                1.0 / low
            ),
            Judgement::Same => format!(
                "{} took as long as {b}: the ratio is between {low:.2} and {high:.2} ({basis}): {times}.",
                begun(a)
            ),
            Judgement::Unclear => format!(
                "No difference between {a} and {b} was seen, and a large one is not ruled out: the ratio is between \
                 {low:.2} and {high:.2} ({basis}): {times}."
            ),
            Judgement::TooBusy => format!(
                "Other programs used too much of the machine to compare {a} with {b} (measured {ratio:.2}, {low:.2} to \
                 {high:.2}, {basis}): {times}."
            ),
        }
    }

    /// "6 rounds": what the interval rests on.
    pub fn basis_text(&self) -> String {
        match self.basis {
            Basis::OnceEach => "each ran once".to_owned(),
            Basis::Rounds { used, set_aside: 0 } => format!("{used} rounds"),
            Basis::Rounds { used, set_aside } => {
                format!("{used} rounds, {set_aside} more in which others were at work")
            }
        }
    }
}

/// A name at the begin of a sentence.
fn begun(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Three digits that matter.
fn seconds(time_s: f64) -> String {
    match time_s {
        time_s if time_s < 1.0 => format!("{:.3} s", time_s),
        time_s if time_s < 10.0 => format!("{time_s:.2} s"),
        time_s => format!("{time_s:.1} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(verdict: Judgement, basis: Basis) -> String {
        let found = Comparison { ratio: 0.8, low: 0.5, high: 1.0, verdict, basis, a_s: 2.0, b_s: 1.6 };
        found.sentence("processes", "threads")
    }

    #[test]
    fn each_verdict_is_a_sentence_with_its_figures() {
        let rounds = Basis::Rounds { used: 6, set_aside: 1 };
        let slower = said(Judgement::Slower, rounds);
        assert_eq!(
            slower,
            "Threads were 1.25 times as fast as processes (1.00 to 2.00, 6 rounds, 1 more in which others were at work): \
             processes 2.00 s, threads 1.60 s."
        );
        assert!(said(Judgement::Faster, rounds).starts_with("Processes were 0.80 times as fast as threads"));
        assert!(said(Judgement::Same, Basis::OnceEach).contains("0.50 and 1.00 (each ran once)"));
        assert!(said(Judgement::Unclear, rounds).contains("not ruled out"));
        assert!(said(Judgement::TooBusy, rounds).contains("too much of the machine"));
    }
}
