//! Dates and times in files, which are in UTC: a file may be read anywhere.

use std::time::{SystemTime, UNIX_EPOCH};

const DAY_S: u64 = 86_400;

/// A time as `2026-11-29 06:15:07`, in UTC; what lies before 1970 is its first second.
pub(super) fn text(time: SystemTime) -> String {
    let since_s = time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (year, month, day) = date(since_s / DAY_S);
    let within_s = since_s % DAY_S;
    let (hour, minute, second) = (within_s / 3600, within_s / 60 % 60, within_s % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

/// Year, month and day of a day since 1970. The algorithm is `civil_from_days` of Howard Hinnant, "chrono-Compatible
/// Low-Level Date Algorithms": years begin in March, so that a leap day is the last of its year.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_are_those_that_date_tells() {
        // `date -u -d @N '+%F %T'` of GNU coreutils.
        for (since_s, expected) in [
            (0, "1970-01-01 00:00:00"),
            (951_782_400, "2000-02-29 00:00:00"),
            (1_709_251_199, "2024-02-29 23:59:59"),
            (1_795_932_907, "2026-11-29 06:15:07"),
            (4_107_542_400, "2100-03-01 00:00:00"),
        ] {
            assert_eq!(text(UNIX_EPOCH + Duration::from_secs(since_s)), expected);
        }
    }
}
