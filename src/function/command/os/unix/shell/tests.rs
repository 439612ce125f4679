//! Lines as people write them, and what of these is refused.

use super::*;
use crate::value::ValueRef;

const VALUE: &str = "a  '*' \"b\" $(echo x)";

fn line(template: &str) -> Result<ShellLine, String> {
    ShellLine::parse(template, &[])
}

/// What the shell prints for a value that quotes, blanks, patterns and commands are in.
#[track_caller]
fn assert_shown(template: &str, expected: &str) {
    let line = line(template).unwrap_or_else(|error| panic!("{template}: {error}"));
    let line = line.fill(&Filling::new(ValueRef::Text(VALUE), false, 0, 0)).unwrap();
    let run = std::process::Command::new("/bin/sh").arg("-c").arg(&line).output().unwrap();
    let shown = String::from_utf8_lossy(&run.stdout).into_owned();
    assert_eq!(shown, expected.replace('@', VALUE), "{template}\n{line:?}");
}

#[track_caller]
fn assert_refused(template: &str, why: &str) {
    let reason = line(template).expect_err(template);
    assert!(reason.contains(why), "{template}: {reason}");
}

#[test]
fn common_lines_are_read() {
    for template in [
        "gzip -k {}",
        "mv {} \"{.}.txt\" && echo 'done {}' || echo pre{}post >&2",
        "wc -l < {} > {}.out 2>/dev/null",
        "echo \"$(basename {} .txt)\" `dirname {}`",
        "for x in 1 2; do grep \"$x\" {} | sort -u; done",
        "if [ -f {} ]; then cat {}; fi",
        "f={}; echo \"${f%.*}\" ${f##*/} \"${#f}\" $(( $(wc -l < {}) + 1 ))",
        "awk '{print $1}' {} | sed 's/\\(a\\)/\"\\1\"/' # it's {}",
        "case {} in *.txt) cat {};; (*.gz|*.z) zcat {};; esac",
        "cat <<E\nit's {} \"$(basename {})\"\nE\necho {}",
        "while read -r l; do echo \"$l\" {}; done <<'E'\n$x `y`\nE",
        "x=$(cat <<E\n{}\nE\n); echo \"$x\"",
        "f() { echo \"$1\" {}; }; f a; (cd /tmp; ls {})",
        "printf '%s\\n' \"a \\\"{}\\\" $x\" \\\n  {}",
        "echo {} | tee >(wc -c) && diff <(sort {}) <(sort b)",
        "find . -name '*.c' -exec grep {} \\{\\} +",
        "echo \"${x:-{}}\" ${y:-{}} $'a' {}",
        "case {} in *.c) [[ -f {} ]];; esac; for i in esac; do echo {}; done",
        "grep -c case {} ; echo \"$(grep -c case {})\"",
        "[[ {} == a* ]] && echo $HOME/{} ~/{} \"${HOME}/{}\"",
        "jq '.a[] | {b: .c}' {} >&2; cat <<< {}",
    ] {
        assert!(line(template).is_ok(), "{template}: {:?}", line(template));
    }
}

#[test]
fn what_is_not_certain_is_refused() {
    for (template, why) in [
        ("echo \"$(case a in a) echo {};; esac)\"", "behind `echo \"$(case a in a`"),
        ("echo \"$(case a in a) echo {};; esac)\"", "has one before it too: (a)"),
        ("echo $(true; for i do case a in a) echo {};; esac)", "pattern of `case`"),
        ("echo \"$(case a in a) :;; esac)\" {}", "pattern of `case`"),
        ("echo \"$(case a in (esac) :;; a) echo {};; esac)\"", "pattern of `case`"),
        ("echo $( (case a in (a) :;; a) echo {};; esac) )", "pattern of `case`"),
        ("echo $(case esac in (a) :;; a) echo {};; esac)", "pattern of `case`"),
        ("echo $(case a in (a) : > esac;; a) echo {};; esac)", "pattern of `case`"),
        ("echo $(case a in (a) : >& esac;; a) echo {};; esac)", "pattern of `case`"),
        ("echo $(case a in (a) [[ a && esac ]];; a) echo {};; esac)", "`[[`"),
        ("echo $(ca\\\nse a in a) echo {};; esac)", "joins two lines"),
        ("echo $(case a in (a) for i in esac; do :; done;; a) echo {};; esac)", "`esac`"),
        ("alias e='echo \"'\ne {}", "alias"),
        ("echo \"`echo \\\"{}\\\"`\"", "backslashes"),
        ("echo `echo \\`echo {}\\``", "backslashes"),
        ("echo `echo '`' {}", "a backtick stands"),
        ("echo \"${x#{}}\"", "`${...}`"),
        ("echo \"${x:={}}\"", "`${...}`"),
        ("echo \"${x:-'}\" {}", "quotes within `${...}`"),
        ("echo \"${x:-\"{}\"}\"", "quotes within `${...}`"),
        ("echo ${ echo {};}", "blank"),
        ("echo $'a\\'' {}", "$'...'"),
        ("echo $'{}'", "$'...'"),
        ("echo $\"{}\"", "$\"...\""),
        ("echo $((echo a); echo {})", "two brackets"),
        ("((1<<2)); echo {}", "two brackets"),
        ("cat <<'E'\n{}\nE", "quoted"),
        ("cat <<E\n{}", "ends the here-document"),
        ("cat <<$E\n{}\n$E", "none of letters"),
        ("cat <<E \"$(\n{}\nE\n)\"", "here-document"),
        ("cat <<E\n$(echo\n{})\nE", "several lines"),
        ("echo $(cat <<E\nit's\nE\n) {}", "within a command"),
        ("echo $(cat <<E\na\nE\necho {})", "follow a here-document"),
        ("echo $( (cat <<E\na\nE\n) && echo {})", "follow a here-document"),
        ("echo $(echo a # it's\n) {}", "comment within"),
        ("echo a\\\nb {}", "joins two lines"),
        ("echo \"$\\{x}\"", "between `$` and a brace"),
    ] {
        assert_refused(template, why);
        assert!(line(&template.replace("{}", "x").replace("\\{", "x")).is_ok(), "{template} without a place");
    }
    for (template, why) in [
        ("echo 'a {}", "a single quote (') is not closed"),
        ("echo \"a {}", "a double quote (\") is not closed"),
        ("echo $(a {}", "a `$(` is not closed"),
        ("echo `a {}", "a backtick (`) is not closed"),
        ("echo {} \\", "it ends with a single backslash"),
        ("echo ${}", "`${` with a placeholder's form"),
    ] {
        assert!(line(template).unwrap_err().starts_with(why), "{template}");
    }
    let deep = "$(".repeat(100_000);
    assert_refused(&format!("echo {deep} {{}}"), "within each other");
    assert!(line("echo \"$(echo {}; case {} in a) :;; esac)\"").is_ok(), "what stands before is certain");
}

#[test]
fn values_are_whole_wherever_they_stand() {
    for hole in ["{}", "'{}'", "\"{}\""] {
        for shape in [
            "HERE",
            "true && HERE",
            "! HERE",
            "for i in 1; do HERE; done",
            "if :; then HERE; fi",
            "find /nowhere -exec x \\; 2>/dev/null; HERE",
            "echo case a in >/dev/null; HERE",
            ": ${x:-)}; HERE",
            ": ${x:-a}; HERE",
            "case a in a) HERE;; esac",
            "case a in b) :;; a|c) HERE; esac",
            "case 'a)' in 'a)') HERE;; esac",
            "case a in (b) :;; (a) case b in (b) HERE;; esac esac",
            "true; (case a in (a) HERE;; esac)",
        ] {
            let inner = shape.replace("HERE", &format!("printf '<%s>' {hole}"));
            assert_shown(&inner, "<@>");
            assert_shown(&format!("printf %s \"`{}`\"", inner.replace("\\;", "';'")), "<@>");
            if !inner.starts_with("case") || inner.contains("(a)") {
                assert_shown(&format!("printf %s \"$({inner})\""), "<@>");
            }
        }
    }
}

#[test]
fn here_documents_have_no_quotes() {
    assert_shown("cat <<E\nit's\nE\nprintf '<%s>' {}", "it's\n<@>");
    assert_shown("cat <<E\nit's {}\nE\n", "it's @\n");
    assert_shown("cat <<'E'\nit's $x\nE\nprintf '<%s>' \"{}\"", "it's $x\n<@>");
    assert_shown("cat <<-E\n\t\"{}\" \\{\n\tE\n", "\"@\" {\n");
    assert_shown("cat <<E; printf '<%s>' {}\n$(printf '<%s>' {}) `printf '<%s>' '{}'`\nE\n", "<@> <@>\n<@>");
    assert_shown("printf %s \"$(cat <<E\n{}\nE\n)\"", "@");
}

#[test]
fn names_of_columns_may_hold_quotes() {
    let columns = ["it's".to_owned()];
    let line = ShellLine::parse("printf %s {it's} '{it's}'", &columns).unwrap();
    assert_eq!(line.placeholders().count(), 2);
}

#[test]
fn a_value_is_bare_only_where_that_is_the_same() {
    let filled = |template: &str, value: &str| {
        let line = line(template).unwrap().fill(&Filling::new(ValueRef::Text(value), false, 0, 0));
        line.unwrap().into_string().unwrap()
    };
    for (template, value, expected) in [
        ("gzip {} /tmp/{} x{}y", "a-b", "gzip a-b /tmp/a-b xa-by"),
        ("ls [{}]", "a-c", "ls ['a-c']"),
        ("echo {x,{}}", "a,b", "echo {x,'a,b'}"),
        ("ls ~{}", "root", "ls ~'root'"),
        ("echo {}>f", "2", "echo '2'>f"),
        ("echo $x{} \"$x{}\" '$x{}'", "y", "echo $x'y' \"$x\"'y'\"\" '$xy'"),
        ("{} x", "if", "'if' x"),
        ("i{} x;d{}", "f", "i'f' x;df"),
        ("{}=1 {}a=1 x", "PATH", "'PATH'=1 'PATH'a=1 x"),
        ("{}[ {}()", "x", "'x'[ 'x'()"),
        ("echo {1}{}>f", "2", "echo 2'2'>f"),
    ] {
        assert_eq!(filled(template, value), expected, "{template}");
    }
}

#[test]
fn where_the_shell_calculates_only_numbers_are_given() {
    for template in [
        "echo $((1 + {}))",
        "for ((i = 0; i < {}; i++)); do :; done",
        "let x={}",
        "if :; then let x={}; fi",
        "[[ {} -eq 1 ]]",
        "a[{}]=1",
        "echo $[{} + 1]",
    ] {
        let fill = |value| line(template).unwrap().fill(&Filling::new(ValueRef::Text(value), false, 0, 0));
        assert!(fill("a[$(touch x)]").unwrap_err().contains("is not a number"), "{template}");
        assert!(fill("-12").is_ok(), "{template}");
    }
    for template in ["echo '((' {}", "echo let {}", "ls a[{}].txt", "echo $(( $(wc -l < {}) + 1 ))"] {
        let filled = line(template).unwrap().fill(&Filling::new(ValueRef::Text("a b"), false, 0, 0));
        assert!(filled.is_ok(), "{template}");
    }
}

/// The line for a value.
fn filled(template: &str, value: &str) -> String {
    let line = line(template).unwrap_or_else(|error| panic!("{template}: {error}"));
    line.fill(&Filling::new(ValueRef::Text(value), false, 0, 0)).unwrap().into_string().unwrap()
}

#[test]
fn harmless_values_are_quoted_where_a_shell_would_read_more_into_them() {
    for (template, value, expected) in [
        ("{} 2>/dev/null; echo $?", "-a", " -a 2>/dev/null; echo $?"),
        ("{} x", "+", " + x"),
        ("[[ {} == a* ]] && echo y", "-n", "[[ '-n' == a* ]] && echo y"),
        ("[[ axb =~ ^{}$ ]]; echo {}", "a.b", "[[ axb =~ ^'a.b'$ ]]; echo a.b"),
        ("echo {}2>&1", "2", "echo '2'2>&1"),
        ("echo k 2>&{}", "-1", "echo k 2>&'-1'"),
        ("a[{}]=1; echo ok", "2", "a[2]=1; echo ok"),
        ("echo {} >a", "-n", "echo -n >a"),
    ] {
        assert_eq!(filled(template, value), expected, "{template}");
    }
}
