//! Lines of text that look like a table because each holds the same sign: addresses, logs, calls, patterns. In a file that
//! is not named as a table they are lines.

use super::number::{Number, read_number};
use super::sample::Sample;

/// Whether the sign is rather part of what the lines say. `sample` is cut at it.
pub(super) fn are_lines(sample: &Sample, delimiter: u8) -> bool {
    let records: Vec<&[Vec<u8>]> = sample.records.iter().map(Vec::as_slice).collect();
    let many = |is_so: fn(&[Vec<u8>]) -> bool| {
        records.iter().filter(|record| is_so(record)).count() * 2 > records.len()
    };
    let all =
        |is_so: fn(&[Vec<u8>]) -> bool| !records.is_empty() && records.iter().all(|record| is_so(record));
    many(is_cut_in_brackets)
        || all(begins_with_address)
        || all(begins_with_path)
        || all(is_cut_in_time)
        || (delimiter == b'|' && all(is_alternative))
}

/// The sign stands within brackets: `max(1,2)`, `a{1,3}`.
fn is_cut_in_brackets(record: &[Vec<u8>]) -> bool {
    let is_open = |cell: &[u8]| {
        [(b'(', b')'), (b'[', b']'), (b'{', b'}')].into_iter().any(|(open, close)| {
            let count = |sign| cell.iter().filter(|byte| **byte == sign).count();
            count(open) != count(close)
        })
    };
    record.len() > 1 && record.iter().any(|cell| is_open(cell))
}

/// `http://example.org/a,b`, in the first line too, which would name the columns.
fn begins_with_address(record: &[Vec<u8>]) -> bool {
    let [first, rest @ ..] = record else { return false };
    let scheme = first.windows(3).position(|part| part == b"://");
    let is_word = |scheme: usize| scheme > 0 && first[..scheme].iter().all(u8::is_ascii_alphabetic);
    rest.len() < 2 && scheme.is_some_and(is_word)
}

/// `/home/ann/a,b.txt`, in the first line too.
fn begins_with_path(record: &[Vec<u8>]) -> bool {
    let [first, rest @ ..] = record else { return false };
    let is_path = ["/", "./", "../", "~/"].iter().any(|start| first.starts_with(start.as_bytes()));
    rest.len() < 2 && is_path
}

/// `10:00:01,250 INFO`, as Python's `logging` writes the time.
fn is_cut_in_time(record: &[Vec<u8>]) -> bool {
    let [first, second, ..] = record else { return false };
    let seconds = first.iter().rev().take(3).rev().copied().collect::<Vec<u8>>();
    let is_time =
        matches!(seconds.as_slice(), [b':', tens, ones] if tens.is_ascii_digit() && ones.is_ascii_digit());
    let digits = second.iter().take_while(|byte| byte.is_ascii_digit()).count();
    is_time && matches!(digits, 3 | 6)
}

/// `this|that`: two of text, and nothing that is counted.
fn is_alternative(record: &[Vec<u8>]) -> bool {
    matches!(record, [one, other] if [one, other].into_iter().all(|cell| read_number(cell) == Number::Not))
}

#[cfg(test)]
mod tests {
    use super::super::records::Records;
    use super::super::rows::{OwnedRow, first_rows};
    use super::*;

    fn are_lines_of(text: &str, delimiter: u8) -> bool {
        let rows = first_rows(&mut Records::new(text.as_bytes(), delimiter), 100, 1, || false).unwrap();
        are_lines(&Sample::of(rows.iter().map(OwnedRow::row), delimiter), delimiter)
    }

    #[test]
    fn a_sign_within_what_a_line_says_divides_nothing() {
        for (text, delimiter) in [
            ("max(1,2)\nmin(3,4)\n", b','),
            ("^a{1,3}$\nb{2,5}\n", b','),
            ("(1,2)\n(3,4)\n", b','),
            ("http://x.org/a,b\nhttps://x.org/c,d\n", b','),
            ("2024-01-01 10:00:00,123 INFO up\n2024-01-01 10:00:01,456 INFO down\n", b','),
            ("foo|bar\nx+|y*\n", b'|'),
            ("/a/b,c.txt\n/d/e,f.txt\n", b','),
            ("for i in x:\n  f(a, b)\n  g(c, d)\n", b','),
        ] {
            assert!(are_lines_of(text, delimiter), "{text}");
        }
    }

    #[test]
    fn tables_stay_tables() {
        for (text, delimiter) in [
            ("url,title\nhttp://x.org/a,b\n", b','),
            ("http://x.org/a,3,b\nhttp://x.org/c,4,d\n", b','),
            ("name,call\nAnn,f(1)\nBob,g(2)\n", b','),
            ("time,level\n10:00:00,3\n10:00:01,12\n", b','),
            ("10:00:00,12\n10:00:01,14\n", b','),
            ("Ann|3\nBob|4\n", b'|'),
            ("a|b|c\nd|e|f\n", b'|'),
        ] {
            assert!(!are_lines_of(text, delimiter), "{text}");
        }
    }
}
