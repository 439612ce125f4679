//! Heaps of signs with placeholders in them.

use super::grammar::{HOLE, Random};

const TOKENS: &str = "args |args |args |args | | | |HOLE|HOLE|HOLE|HOLE|\"|\"|\"|'|'|`|`|$(|$(|)|)|)|(|{ |; }|;|; |LINE|LINE|\\|\\|#| #|\
     <<ELINE|LINEELINE|<<'E'LINE|<<-E |${u:-|${u#|${u%\"|${u|}|}|\"}|$((|((|))|1|case a in |$(case a in (a) |a) | (a) |;; |\
     esac|esac |in |2>/dev/null |[[ | ]]|if :; then |; fi|for i in 1; do |; done|$|$'|&& |\t|\\LINE|[|<<<";

/// Signs of lines in which values stand in their places and not as variables.
const PLAIN_TOKENS: &str = "args |args |args | | | |HOLE|HOLE|HOLE|HOLE|\"|\"|'|'|\\|\\|[|]|{|{|}|,|..|-|~|/|a|2|1|$u|$x|$1|;|;LINE|&& |( |)|\
     !|=|>/dev/null |2>/dev/null |*|?|:|%|@|if :; then |; fi|case a in |a) |;; |esac|(a) |for i in |; do |; done|{ |; }";

/// A line that most shells cannot read; how far they can, all must agree.
pub(super) fn heap(random: &mut Random) -> String {
    let tokens = if random.below(3) == 0 { PLAIN_TOKENS } else { TOKENS };
    let tokens: Vec<&str> = tokens.split('|').collect();
    let mut line = format!("args {HOLE} ");
    for _ in 0..3 + random.below(14) {
        let token = random.one(&tokens).replace("HOLE", &HOLE.to_string()).replace("LINE", "\n");
        // The process's own number is another each time, commands in the background are done at any time, and braces with a
        // backslash are this program's own.
        let is_odd = line.ends_with('$') && token.starts_with('$')
            || line.ends_with('\\') && token.starts_with(['{', '}', '&', HOLE]);
        line.push_str(if is_odd { " " } else { &token });
    }
    line
}
