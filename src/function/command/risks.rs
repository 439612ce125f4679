//! Templates that make code of values: `sh -c "echo {}"` has the inner shell read the value as a part of its script, which
//! no quotes of this program can prevent.

/// Programs that run an argument as code, with the option before it.
const RUNNERS: [(&str, &[&str]); 13] = [
    ("sh", &["-c"]),
    ("bash", &["-c", "-lc"]),
    ("dash", &["-c"]),
    ("zsh", &["-c"]),
    ("ksh", &["-c"]),
    ("fish", &["-c"]),
    ("python", &["-c"]),
    ("python3", &["-c"]),
    ("perl", &["-e", "-E", "-ne", "-pe"]),
    ("ruby", &["-e"]),
    ("node", &["-e"]),
    ("eval", &[]),
    ("su", &["-c"]),
];

/// What is to be known before such a template is run.
pub(super) fn of(template: &str) -> Option<String> {
    let words = words_of(template);
    for (at, word) in words.iter().enumerate() {
        let name = word.rsplit('/').next().unwrap_or_default();
        let Some((runner, options)) = RUNNERS.iter().find(|(runner, _)| *runner == name) else { continue };
        let rest = &words[at + 1..];
        let code = match options {
            [] => rest.first(),
            options => rest.iter().skip_while(|word| !options.contains(&word.as_str())).nth(1),
        };
        if code.is_some_and(|code| has_placeholder(code)) {
            return Some(sentence(runner));
        }
    }
    None
}

fn sentence(runner: &str) -> String {
    let instead = match runner {
        "eval" => "leave out eval".to_owned(),
        "python" | "python3" => format!("write {runner} -c \"import sys; print(sys.argv[1])\" {{}}"),
        "perl" | "ruby" | "node" | "su" => format!("hand it to {runner} as an argument behind the code"),
        shell => format!("write {shell} -c 'echo \"$1\"' {shell} {{}}"),
    };
    format!(
        "`{runner}` runs the value as a part of its code: an input that holds a command would be run; {instead}"
    )
}

/// The arguments of a line as far as quotes tell, without them.
fn words_of(template: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for sign in template.chars() {
        match (sign, quote) {
            ('\'' | '"', None) => quote = Some(sign),
            (sign, Some(open)) if sign == open => quote = None,
            (sign, None) if sign.is_whitespace() || ";&|()".contains(sign) => words.push(String::new()),
            // Without this place the vector would be empty, which it never is.
            (sign, _) => words.last_mut().into_iter().for_each(|word| word.push(sign)),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether `{}` or `{name}` stands in it; braces of code have blanks within, or nothing but a number of signs.
fn has_placeholder(code: &str) -> bool {
    code.match_indices('{').any(|(at, _)| {
        let is_variable = code[..at].ends_with('$');
        let name = code[at + 1..].split('}').next().filter(|name| at + 1 + name.len() < code.len());
        !is_variable
            && name.is_some_and(|name| !name.contains(char::is_whitespace) && !name.contains(['$', '"', '(']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_become_code_are_told() {
        for (template, is_told) in [
            ("sh -c \"echo {}\"", true),
            ("/bin/bash -lc 'cd /tmp && wc -l {town}'", true),
            ("eval {}", true),
            ("python3 -c 'print({})'", true),
            ("cd x; sh -e -c 'ls {}'", true),
            ("sh -c 'echo \"$1\"' sh {}", false),
            ("bash script.sh {}", false),
            ("echo sh -c {}", true),
            ("awk '{print $1}' {}", false),
            ("sh -c 'echo ${HOME}' sh {}", false),
            ("gzip -k {}", false),
        ] {
            assert_eq!(of(template).is_some(), is_told, "{template}: {:?}", of(template));
        }
    }
}
