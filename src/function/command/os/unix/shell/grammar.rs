//! Random lines for shells, with placeholders in them: commands within commands and quotes.

/// Stands for a placeholder.
pub(super) const HOLE: char = '\u{e000}';
/// Stands for a brace in double quotes with a backslash before it, which the template has only for this program.
pub(super) const BRACE: char = '\u{e001}';

const DEEPEST: usize = 4;

/// Random numbers (SplitMix64, Steele et al. 2014), the same for a seed everywhere.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % count as u64) as usize
    }

    pub(super) fn one<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

/// What stands around a piece of a line.
#[derive(Clone, Copy)]
struct Around {
    depth: usize,
    is_in_ticks: bool,
    is_one_line: bool,
}

impl Around {
    fn inner(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }

    fn is_deep(self) -> bool {
        self.depth >= DEEPEST
    }
}

/// Lines that shells can read; `args` is a command that prints what it is given.
pub(super) struct Grammar {
    random: Random,
    /// How many commands the line may still have.
    left: usize,
}

impl Grammar {
    pub(super) fn line(seed: u64) -> String {
        let mut random = Random(seed);
        let left = 2 + random.below(20);
        Self { random, left }.whole()
    }

    fn whole(&mut self) -> String {
        let around = Around { depth: 0, is_in_ticks: false, is_one_line: false };
        let line = self.commands(around);
        let line = line.trim_end_matches(['\n', ' ']).to_owned();
        if line.contains(HOLE) { line + "\n" } else { format!("{line}\nargs {HOLE}") }
    }

    fn commands(&mut self, around: Around) -> String {
        let mut line = String::new();
        for _ in 0..=self.random.below(3.min(self.left + 1)) {
            if !line.is_empty() && !line.ends_with('\n') {
                let ends: &[&str] =
                    if around.is_one_line { &["; ", " && "] } else { &["; ", " && ", "\n", " ; "] };
                line.push_str(self.random.one(ends));
            }
            line.push_str(&self.command(around));
        }
        line
    }

    /// Commands with what ends them.
    fn ended(&mut self, around: Around) -> String {
        let commands = self.commands(around.inner());
        let end = if commands.ends_with('\n') { "" } else { "; " };
        commands + end
    }

    fn command(&mut self, around: Around) -> String {
        let is_small = around.is_deep() || self.left == 0;
        self.left = self.left.saturating_sub(1);
        let kind = if is_small { self.random.below(5) } else { self.random.below(18) };
        match kind {
            0 if !around.is_one_line => self.document(around),
            1 if !around.is_one_line => {
                let text = if around.depth == 0 { "it's \"all\" $( `" } else { "all is well" };
                let text = if around.is_in_ticks { "all" } else { text };
                format!("{} # {text} {HOLE}\n", self.call(around))
            }
            2 => format!("{} | cat", self.call(around)),
            0..=5 => self.call(around),
            6 => format!("( {})", self.ended(around)),
            7 => format!("{{ {}}}", self.ended(around)),
            8 => format!(
                "if {}then {}else {}fi",
                self.ended(around.inner()),
                self.ended(around),
                self.ended(around)
            ),
            9 => format!(
                "for i in {} {}; do args \"$i\" {}; {}done",
                self.word(around),
                self.word(around),
                self.word(around),
                self.ended(around)
            ),
            10 | 11 => self.case(around),
            12 => format!("while :; do {}break; done", self.ended(around)),
            13 => {
                let name = format!("f{}", self.left);
                format!("{name}() {{ {}}}; {name} {}", self.ended(around), self.word(around))
            }
            14 => format!("x={}; args \"$x\" \"${{x}}y\"", self.word(around)),
            15 => format!("x={} {}", self.word(around), self.call(around)),
            16 => format!("! {}", self.call(around)),
            _ => format!("{}>/dev/null", self.call(around)),
        }
    }

    fn call(&mut self, around: Around) -> String {
        let mut line = "args".to_owned();
        for _ in 0..=self.random.below(3) {
            let blanks: &[&str] =
                if around.is_one_line || around.is_in_ticks { &[" "] } else { &[" ", " ", "\t", " \\\n"] };
            line.push_str(self.random.one(blanks));
            line.push_str(&self.word(around));
        }
        line
    }

    fn case(&mut self, around: Around) -> String {
        const BARE: [&str; 6] =
            [" zz)", " 'z)'|zz)", " \"z(\" )", " zz'\u{e000}')", " zz\u{e000})", "  zz*y)"];
        let mut line = format!("case {} in", self.word(around));
        let has_both = self.random.below(4) > 0;
        let open = if has_both { " (" } else { " " };
        for _ in 0..=self.random.below(2) {
            let pattern = self.random.one(&BARE);
            line.push_str(&format!("{open}{pattern} {};;", self.ended(around).trim_end_matches("; ")));
        }
        format!("{line}{open}*) {}esac", self.ended(around))
    }

    fn document(&mut self, around: Around) -> String {
        let begin = self.random.one(&["<<E", "<< E", "<<-E", "<<'E'", "<<\\E"]);
        let is_quoted = begin.contains(['\'', '\\']);
        let mut body = String::new();
        for _ in 0..self.random.below(3) {
            let inner = Around { is_one_line: true, ..around.inner() };
            let pieces: String =
                (0..self.random.below(4)).map(|_| self.in_document(inner, is_quoted)).collect();
            body.push_str(&format!("-{pieces}\n"));
        }
        let end = if begin == "<<-E" { "\tE" } else { "E" };
        format!("cat {begin} >>\"$LOG\"\n{body}{end}\n")
    }

    fn in_document(&mut self, around: Around, is_quoted: bool) -> String {
        match self.random.below(7) {
            0 | 1 if !is_quoted => HOLE.to_string(),
            2 if !is_quoted && !around.is_deep() && self.left > 0 => self.expansion(around, true),
            3 if around.depth == 1 => self.random.one(&["it's", "\"", "a) b", "\\\\"]).to_owned(),
            _ => self.random.one(&["text ", "a#b ", "$u", "; "]).to_owned(),
        }
    }

    fn word(&mut self, around: Around) -> String {
        (0..=self.random.below(3)).map(|_| self.piece(around)).collect()
    }

    fn piece(&mut self, around: Around) -> String {
        match self.random.below(14) {
            0..=3 => HOLE.to_string(),
            4 => self.single(around),
            5 | 6 => format!("\"{}\"", self.in_double(around)),
            7 | 8 if !around.is_deep() && self.left > 0 => self.expansion(around, false),
            9 if !around.is_in_ticks => self
                .random
                .one(&["\\'", "\\\"", "\\ ", "\\\\", "\\$x", "\\;", "\\#", "\\{", "\\)"])
                .to_owned(),
            9 => self.random.one(&["\\'", "\\ ", "\\;", "\\)"]).to_owned(),
            10 => self
                .random
                .one(&["$u", "${u}", "\"$1\"", "$#", "$((1 + 2))", "${#u}", "a#b", "${PWD%'}'}", "$'x'"])
                .to_owned(),
            _ => self.random.one(&["a", "b-c", ".x", "%", "x=y", "2", "}"]).to_owned(),
        }
    }

    fn single(&mut self, around: Around) -> String {
        let texts: &[&str] = if around.is_in_ticks {
            &["a b", "\"", "#", ")", "\u{e000}"]
        } else {
            &["a b", "\"", "#", ")", "`", "$(", "\\", "\u{e000}", "\u{e000}", "{x y}"]
        };
        let inner: String = (0..self.random.below(4)).map(|_| self.random.one(texts)).collect();
        format!("'{inner}'")
    }

    fn in_double(&mut self, around: Around) -> String {
        let piece = |grammar: &mut Self| match grammar.random.below(10) {
            0..=3 => HOLE.to_string(),
            4 | 5 if !around.is_deep() && grammar.left > 0 => grammar.expansion(around, true),
            6 if !around.is_in_ticks => {
                grammar.random.one(&["\\\"", "\\\\", "\\$", "\\`", "\\x", "\u{e001}"]).to_owned()
            }
            7 => grammar.random.one(&["$u", "${u:-", "${PWD%\"/\"*}", "${PWD#'", "$((2))"]).to_owned(),
            _ => grammar.random.one(&["a b", "it's", "#", ")", "(", ";", " ", "{a b}"]).to_owned(),
        };
        let pieces = (0..self.random.below(4)).map(|_| piece(self)).map(|piece| match piece.as_str() {
            // What is open is closed.
            "${u:-" => "${u:-a b}".to_owned(),
            "${PWD#'" => "${PWD#?}".to_owned(),
            _ => piece,
        });
        pieces.collect()
    }

    fn expansion(&mut self, around: Around, is_quoted: bool) -> String {
        let inner = around.inner();
        match self.random.below(8) {
            0..=3 => format!("$({})", self.commands(inner)),
            4 | 5 if !around.is_in_ticks => {
                let inner = Around { is_in_ticks: true, is_one_line: true, ..inner };
                format!("`{}`", self.commands(inner))
            }
            6 => format!("$(( 1 + $({} >/dev/null; echo 2) ))", self.call(inner)),
            _ if is_quoted => format!("${{u{}{HOLE}}}", self.random.one(&[":-", "-", ":-a ", "-b"])),
            _ => format!("${{u{}{}}}", self.random.one(&[":-", "-"]), self.simple(inner)),
        }
    }

    fn simple(&mut self, around: Around) -> String {
        match self.random.below(4) {
            0 => HOLE.to_string(),
            1 => self.single(around),
            2 => format!("\"a {HOLE}\""),
            _ => format!("a{HOLE}b"),
        }
    }
}
