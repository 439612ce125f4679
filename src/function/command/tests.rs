//! Commands at work, as a lane calls them.

use std::cell::RefCell;

use super::*;
use crate::function::{CallContext, Console, OutputStream};
use crate::value::{Value, ValueRef};

#[derive(Default)]
struct Heard(RefCell<Vec<String>>);

impl Console for Heard {
    fn line(&self, stream: OutputStream, text: &str) {
        assert_eq!(stream, OutputStream::Stderr);
        self.0.borrow_mut().push(text.to_owned());
    }
}

fn arguments(template: &str) -> CommandSpec {
    CommandSpec { template: template.to_owned(), ..CommandSpec::default() }
}

fn shell(template: &str) -> CommandSpec {
    CommandSpec { shell: true, ..arguments(template) }
}

fn fed(spec: CommandSpec) -> CommandSpec {
    CommandSpec { stdin: true, ..spec }
}

fn called(spec: &CommandSpec, input: ValueRef<'_>) -> (Result<Value, String>, Vec<String>) {
    let heard = Heard::default();
    let function = spec.load().unwrap();
    let outcome =
        function.call(&CallContext { worker: 2, is_thread: false, index: 4, console: &heard }, input);
    (outcome, heard.0.into_inner())
}

fn said(spec: &CommandSpec, input: &str) -> Value {
    called(spec, ValueRef::Text(input)).0.unwrap()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

const NASTY: &str = "a 'b' \"c\" $(echo x) `echo y` ; | & > \\ * ~ $HOME # \n z";

#[test]
fn an_input_goes_into_its_places_as_it_is() {
    assert_eq!(said(&arguments("printf '%s|' {} x{}y {#} {%}"), "a b"), text("a b|xa by|5|2|"));
    assert_eq!(said(&arguments("printf %s"), NASTY), text(NASTY));
    assert_eq!(said(&arguments("echo {/.}"), "/tmp/a.b.c"), text("a.b"));
    let row = ValueRef::Json(r#"{"a":"x y","n":12345678901234567890,"f":1.10}"#);
    assert_eq!(
        called(&arguments("printf '%s ' {a} {n} {f}"), row).0,
        Ok(text("x y 12345678901234567890 1.10 "))
    );
    assert_eq!(called(&arguments("{1} {2}"), ValueRef::Json(r#"["echo",5]"#)).0, Ok(text("5")));
}

#[test]
fn the_shell_reads_no_value_as_a_part_of_its_line() {
    for template in [
        "printf %s {}",
        "printf %s \"{}\"",
        "printf %s '{}'",
        "printf %s",
        "printf %s \"$(printf %s {})\"",
        "x={}; printf %s \"${x:-{}}\"",
        "printf %s ${y:-\"{}\"}",
        "printf %s \"`printf %s \"{}\"`\"",
        "printf %s {} # it's {} all",
    ] {
        assert_eq!(said(&shell(template), NASTY), text(NASTY), "{template}");
    }
    assert_eq!(said(&shell("echo $(( {} * 2 ))"), "21"), text("42"));
    assert_eq!(said(&shell("echo {}>/dev/stdout"), "2"), text("2"));
    assert_eq!(said(&shell("echo 'a << b'\necho $((1 << 2)) {}"), "2"), text("a << b\n4 2"));
    assert_eq!(said(&shell("x=a; echo $x{} \"$x{}\""), "b"), text("ab ab"));
    assert_eq!(said(&shell("printf {} | tr a-z A-Z"), "abc"), text("ABC"));
    assert_eq!(said(&shell("x=5; echo ${x} \\{\\} \"\\{\\}\" {}"), "1"), text("5 {} {} 1"));
}

#[test]
fn an_input_is_fed_to_a_command_of_any_appetite() {
    let large = "0123456789abcde\n".repeat(100_000);
    assert_eq!(said(&fed(arguments("wc -c")), &large), text("1600001"));
    let Value::Text(back) = said(&fed(arguments("cat")), &large) else { panic!("no text") };
    assert!(back == large, "{} bytes", back.len());
    assert_eq!(said(&fed(arguments("true")), &large), text(""));
    assert_eq!(said(&fed(arguments("head -n 1")), &large), text("0123456789abcde"));
    let bytes = called(&fed(arguments("wc -c")), ValueRef::Bytes(b"\0\xff"));
    assert_eq!(bytes.0, Ok(text("3")));
    assert_eq!(said(&shell("cat; echo {}"), "1"), text("1"));
}

#[test]
fn lines_of_standard_error_go_on_and_the_last_names_the_failure() {
    let (outcome, heard) = called(&shell("echo one >&2; printf two >&2; exit 3 #{}"), ValueRef::Int(1));
    assert_eq!(outcome, Err("exit code 3: two".to_owned()));
    assert_eq!(heard, ["one", "two"]);
    let (outcome, heard) = called(&shell("exit 4 #{}"), ValueRef::Int(1));
    assert_eq!((outcome, heard), (Err("exit code 4".to_owned()), vec![]));
    let (outcome, heard) = called(&shell("echo fine; echo note >&2 #{}"), ValueRef::Int(1));
    assert_eq!((outcome, heard), (Ok(text("fine")), vec!["note".to_owned()]));
    let many = "i=0; while [ $i -lt 20000 ]; do echo out; echo error >&2; i=$((i+1)); done; : {}";
    assert_eq!(called(&shell(many), ValueRef::Int(1)).1.len(), 20_000);
}

#[test]
fn a_command_that_is_ended_by_a_signal_says_which() {
    let (outcome, _) = called(&shell("kill -9 $$ #{}"), ValueRef::Int(1));
    assert_eq!(outcome, Err("ended by signal 9 (SIGKILL)".to_owned()));
}

#[test]
fn variables_and_the_folder_are_those_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let spec = CommandSpec {
        env: vec![("POOLSCOPE_TEST".to_owned(), "a b".to_owned())],
        folder: Some(folder.path().to_str().unwrap().to_owned()),
        ..shell("echo \"$POOLSCOPE_TEST\"; pwd -P; : {}")
    };
    let real = folder.path().canonicalize().unwrap();
    assert_eq!(said(&spec, "1"), text(&format!("a b\n{}", real.display())));
}

#[test]
fn what_cannot_be_run_is_said_before_a_run() {
    for (spec, reason) in [
        (arguments("  "), "there is no command"),
        (arguments("echo 'a"), "a single quote (') is not closed"),
        (shell("echo \"a"), "a double quote (\") is not closed"),
        (
            shell("cat <<E\na\nE\n"),
            "the line has no placeholder, and the input cannot stand at its end, so write {} where it belongs: how a value \
             has to be quoted behind `cat ` is not certain: no line ends the here-document; put the commands into a file \
             and write `sh FILE {}`, where \"$1\" is the value, or write sh -c '... \"$1\" ...' sh {}",
        ),
        (
            shell("wc -c # of"),
            "the line has no placeholder, and the input cannot stand at its end, so write {} where it belongs: it ends in a \
             comment, which the shell does not read",
        ),
        (arguments("gzipp_ -k {}"), "the command `gzipp_` is not on the PATH"),
        (
            CommandSpec { folder: Some("/no/such".into()), ..arguments("true") },
            "the folder /no/such is not there",
        ),
        (
            CommandSpec { env: vec![("a=b".into(), "c".into())], ..arguments("true") },
            "`a=b` cannot be set as a variable",
        ),
    ] {
        assert_eq!(spec.check().unwrap_err().reason(), reason);
    }
    for spec in [arguments("true"), arguments("{}"), arguments("/bin/sh -c {}"), shell("gzipp_ {}")] {
        assert_eq!(spec.check(), Ok(()));
    }
}

#[test]
fn a_program_named_by_an_input_may_be_missing() {
    let (outcome, _) = called(&arguments("{}"), ValueRef::Text("gzipp_"));
    assert_eq!(outcome, Err("the command `gzipp_` is not on the PATH".to_owned()));
    let (outcome, _) = called(&shell("gzipp_ {}"), ValueRef::Int(1));
    assert!(outcome.as_ref().is_err_and(|reason| reason.starts_with("exit code 127: ")), "{outcome:?}");
}

#[test]
fn inputs_without_the_columns_are_refused() {
    let rows: Column = [Value::Json(r#"{"name":"a","size":1}"#.to_owned())].into_iter().collect();
    assert_eq!(arguments("echo {name} {size/} {#}").check_inputs(&rows), Ok(()));
    let error = arguments("echo {naem}").check_inputs(&rows).unwrap_err();
    assert_eq!(error.reason(), "there is no column `naem` among name, size; did you mean `name`?");
    let error = shell("echo {name}").check_inputs(&vec![1_i64].into()).unwrap_err();
    assert_eq!(
        error.reason(),
        "{name} names a column; take the rows of a table whole for that (column `*`), or write \\{name} where the brace \
         is text: this is an integer: 1"
    );
    assert_eq!(shell("echo {name}").check_inputs(&Column::default()), Ok(()));
}

#[test]
fn a_preview_can_be_pasted() {
    let inputs: Column = ["a b", "it's", "c"].into_iter().collect();
    let shown = arguments("gzip -k {} '>' x{/}").preview(&inputs, 2);
    assert_eq!(
        shown,
        [Ok("gzip -k 'a b' '>' 'xa b'".to_owned()), Ok("gzip -k 'it'\\''s' '>' 'xit'\\''s'".to_owned())]
    );
    let shown = shell("gzip < {} > \"{#}.gz\"").preview(&inputs, 1);
    assert_eq!(shown, [Ok("gzip < 'a b' > \"1.gz\"".to_owned())]);
    let shown = fed(arguments("wc -w")).preview(&inputs, 9);
    assert_eq!((shown.len(), &shown[2]), (3, &Ok("printf '%s\\n' c | wc -w".to_owned())));
    assert_eq!(arguments("echo '").preview(&inputs, 1), [Err("a single quote (') is not closed".to_owned())]);
}
