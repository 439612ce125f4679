//! Rows whose part of the picture is not drawn yet. They are looked at a few a frame, over as many frames as it takes.

/// Rows looked at in one frame.
const ROWS_A_FRAME: usize = 4000;

/// The rows that are missing, and how far the look at them has come.
pub(super) struct Missing {
    /// In no order.
    rows: Vec<u64>,
    /// How far the look has come that goes on over several frames.
    next: usize,
    /// Rows that were final when that look began.
    looked_done: u64,
    /// The same of the last whole look.
    done: u64,
}

impl Missing {
    pub(super) fn all_of(total: u64) -> Self {
        Self { rows: (0..total).collect(), next: 0, looked_done: 0, done: u64::MAX }
    }

    pub(super) fn rows(&self) -> &[u64] {
        &self.rows
    }

    /// Has rows drawn that are final, of which there are `done`, until that has taken `most` pixels; `draw` gives how many a
    /// row took, and nothing for one that cannot be drawn yet. Says whether nothing is left that could be.
    pub(super) fn draw_final(
        &mut self,
        done: u64,
        most: usize,
        mut draw: impl FnMut(u64) -> Option<usize>,
    ) -> bool {
        if self.done == done {
            return true;
        }
        if self.next == 0 {
            self.looked_done = done;
        }
        let mut pixels = 0;
        for _ in 0..ROWS_A_FRAME {
            let Some(row) = self.rows.get(self.next) else {
                // The next look begins when more rows are final than when this one began.
                (self.next, self.done) = (0, self.looked_done);
                return self.done == done;
            };
            match draw(*row) {
                Some(drawn) => {
                    pixels += drawn;
                    self.rows.swap_remove(self.next);
                }
                None => self.next += 1,
            }
            if pixels >= most {
                return false;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_become_final_during_a_look_are_drawn_after_it() {
        let mut missing = Missing::all_of(10);
        // The first rows come last.
        assert!(!missing.draw_final(5, 2, |row| (row >= 5).then_some(1)));
        let mut frames = 0;
        while !missing.draw_final(10, 2, |_| Some(1)) {
            frames += 1;
            assert!(frames < 20, "{:?}", missing.rows());
        }
        assert!(missing.rows().is_empty());
    }

    #[test]
    fn nothing_is_looked_at_twice_without_news() {
        let mut missing = Missing::all_of(3);
        assert!(missing.draw_final(1, 9, |row| (row == 1).then_some(1)));
        assert!(missing.draw_final(1, 9, |_| panic!("no row has become final")));
        assert_eq!(missing.rows().len(), 2);
    }
}
