//! Heaps of signs with placeholders in them.

use super::grammar::{HOLE, Random};

const TOKENS: &str = "args |args |args |args | | | |HOLE|HOLE|HOLE|HOLE|\"|\"|\"|'|'|`|`|$(|$(|)|)|)|(|{ |; }|;|; |LINE|LINE|\\|\\|#| #|\
     <<ELINE|LINEELINE|<<'E'LINE|<<-E |${u:-|${u#|${u%\"|${u|}|}|\"}|$((|((|))|1|case a in |$(case a in (a) |a) | (a) |;; |\
     esac|esac |in |>& |[[ | ]]|if :; then |; fi|for i in 1; do |; done|$|$'|&& |\t|\\LINE|[|<<<";

/// A line that most shells cannot read; how far they can, all must agree.
pub(super) fn heap(random: &mut Random) -> String {
    let tokens: Vec<&str> = TOKENS.split('|').collect();
    let mut line = format!("args {HOLE} ");
    for _ in 0..3 + random.below(14) {
        let token = random.one(&tokens).replace("HOLE", &HOLE.to_string()).replace("LINE", "\n");
        // The process's own number is another each time, and braces with a backslash are this program's own.
        let is_odd = line.ends_with('$') && token.starts_with('$')
            || line.ends_with('\\') && token.starts_with(['{', '}', HOLE]);
        line.push_str(if is_odd { " " } else { &token });
    }
    line
}
