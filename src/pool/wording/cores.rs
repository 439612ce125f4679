//! The words for the cores that a worker was on.

use crate::pool::record::CoreStays;

/// More cores than this are counted, and not named.
const MOST_NAMED: usize = 3;

impl CoreStays {
    /// "core 0", "cores 0 and 1", "8 cores"; empty where it was seen on none.
    pub fn cores_text(&self) -> String {
        let cores: Vec<String> = self.cores().iter().map(u32::to_string).collect();
        match cores.split_last() {
            None => String::new(),
            Some((only, [])) => format!("core {only}"),
            Some((last, others)) if cores.len() <= MOST_NAMED => {
                format!("cores {} and {last}", others.join(", "))
            }
            Some(_) => format!("{} cores", cores.len()),
        }
    }

    /// "moved at least 14 times": between two looks it may have been elsewhere and back.
    pub fn moves_text(&self) -> String {
        match self.moves {
            0 => "was seen on no other".to_owned(),
            1 => "moved at least once".to_owned(),
            moves => format!("moved at least {moves} times"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::pool::{CoreStay, Lane};

    #[test]
    fn few_cores_are_named_and_many_counted() {
        let stays = |cores: &[u32]| {
            let mut lane = Lane::default();
            for (nth, core) in (0..).zip(cores) {
                lane.add_stay(CoreStay { from_ns: nth * 1000, upto_ns: (nth + 1) * 1000, core: *core });
            }
            lane.core_stays
        };
        let texts =
            [&[][..], &[3], &[1, 0, 1], &[0, 5, 2], &[1, 2, 3, 4]].map(|cores| stays(cores).cores_text());
        assert_eq!(texts, ["", "core 3", "cores 0 and 1", "cores 0, 2 and 5", "4 cores"]);
        let texts = [&[3][..], &[0, 1], &[1, 0, 1]].map(|cores| stays(cores).moves_text());
        assert_eq!(texts, ["was seen on no other", "moved at least once", "moved at least 2 times"]);
    }
}
