//! Numbers as people read them: three significant figures, a unit, no surprises.

use super::grouped;

/// A time span: "3.10 s", "2.37 ms", "57.0 µs", "12 min 05 s", "1 h 02 min".
pub fn duration(seconds: f64) -> String {
    let magnitude = seconds.abs();
    if magnitude == 0.0 {
        return "0 s".to_owned();
    }
    // Half a unit below the next one rounds up into it, so that no "1000 ms" is ever shown.
    if magnitude < 999.5e-9 {
        format!("{} ns", three_figures(seconds * 1e9))
    } else if magnitude < 999.5e-6 {
        format!("{} µs", three_figures(seconds * 1e6))
    } else if magnitude < 0.9995 {
        format!("{} ms", three_figures(seconds * 1e3))
    } else if magnitude < 99.95 {
        format!("{} s", three_figures(seconds))
    } else {
        long_duration(seconds)
    }
}

fn long_duration(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match (whole / 3600, whole / 60 % 60, whole % 60) {
        (0, minutes, seconds) => format!("{minutes} min {seconds:02} s"),
        (hours, minutes, _) => format!("{hours} h {minutes:02} min"),
    }
}

/// A time span of the record: see [`duration`].
pub fn duration_ns(nanoseconds: u64) -> String {
    duration(nanoseconds as f64 / 1e9)
}

/// A limit as people name it: "250 MiB", "1.5 MiB".
pub fn mib(bytes: u64) -> String {
    const MIB: u64 = 1 << 20;
    if bytes.is_multiple_of(MIB) {
        format!("{} MiB", grouped(bytes / MIB))
    } else {
        format!("{:.1} MiB", bytes as f64 / MIB as f64)
    }
}

/// An amount of memory or a file's size, in powers of 1000: "84.0 MB", "512 B".
pub fn bytes(count: u64) -> String {
    scaled(count as f64, &["B", "kB", "MB", "GB", "TB", "PB"])
}

/// Something per second: "20.1 k/s", "950 /s".
pub fn rate(per_second: f64) -> String {
    scaled(per_second, &["/s", "k/s", "M/s", "G/s", "T/s"])
}

/// A number of things: "100,000".
pub fn count(number: u64) -> String {
    grouped(number)
}

/// A part of a whole: "62 %"; never "100 %" before the whole is there.
pub fn percent(part: u64, whole: u64) -> String {
    match (part, whole) {
        (_, 0) => "0 %".to_owned(),
        (part, whole) if part >= whole => "100 %".to_owned(),
        (part, whole) => format!("{:.0} %", (part as f64 * 100.0 / whole as f64).floor()),
    }
}

/// "1 line", "2 lines".
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

fn scaled(number: f64, units: &[&str]) -> String {
    let mut number = number;
    let mut place = 0;
    while number >= 999.5 && place + 1 < units.len() {
        number /= 1000.0;
        place += 1;
    }
    // Whole units below a thousand have no fraction where they cannot have one.
    let is_whole = place == 0 && number.fract() == 0.0;
    let figures = if is_whole { format!("{number:.0}") } else { three_figures(number) };
    format!("{figures} {}", units[place])
}

fn three_figures(number: f64) -> String {
    match number.abs() {
        magnitude if magnitude < 9.995 => format!("{number:.2}"),
        magnitude if magnitude < 99.95 => format!("{number:.1}"),
        _ => format!("{number:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_three_figures_and_a_unit() {
        let cases = [
            (0.0, "0 s"),
            (12e-9, "12.0 ns"),
            (7.3e-9, "7.30 ns"),
            (57e-6, "57.0 µs"),
            (0.000_999_6, "1.00 ms"),
            (0.00237, "2.37 ms"),
            (0.9999, "1.00 s"),
            (3.1, "3.10 s"),
            (62.0, "62.0 s"),
            (725.0, "12 min 05 s"),
            (3725.0, "1 h 02 min"),
        ];
        for (seconds, shown) in cases {
            assert_eq!(duration(seconds), shown);
        }
    }

    #[test]
    fn sizes_and_rates_scale_by_thousands() {
        assert_eq!([0, 512, 6_100_000, 84_000_000].map(bytes), ["0 B", "512 B", "6.10 MB", "84.0 MB"]);
        assert_eq!([0.0, 0.4, 950.0, 20_100.0].map(rate), ["0 /s", "0.40 /s", "950 /s", "20.1 k/s"]);
        assert_eq!(bytes(999_999), "1.00 MB");
    }

    #[test]
    fn a_hundred_percent_is_only_the_whole() {
        assert_eq!(percent(99_999, 100_000), "99 %");
        assert_eq!((percent(5, 5), percent(0, 0)), ("100 %".to_owned(), "0 %".to_owned()));
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!(counted(1, "line", "lines"), "1 line");
        assert_eq!(counted(2000, "line", "lines"), "2,000 lines");
    }
}
