//! The catalogue as a whole, and the known answers of the functions that behave.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet};
use std::io::Write;
use std::process::{Command, ExitStatus, Stdio};

use super::*;
use crate::function::{Console, FunctionSpec, Nature, OutputStream, Takes};

/// Keeps the lines that a call wrote.
#[derive(Default)]
struct Lines(RefCell<Vec<String>>);

impl Console for Lines {
    fn line(&self, _: OutputStream, text: &str) {
        self.0.borrow_mut().push(text.to_owned());
    }
}

fn call_at(index: u64, spec: &str, input: ValueRef<'_>) -> Result<Value, String> {
    let mut words = spec.split_whitespace();
    let name = words.next().unwrap();
    let given = words.map(|word| word.split_once('=').unwrap());
    let function = FunctionSpec::builtin(name, given).unwrap().load().unwrap();
    function.call(&CallContext { worker: 1, is_thread: false, index, console: &Lines::default() }, input)
}

fn call(spec: &str, input: ValueRef<'_>) -> Result<Value, String> {
    call_at(0, spec, input)
}

fn of_int(spec: &str, number: i64) -> Value {
    call(spec, ValueRef::Int(number)).unwrap()
}

fn error_of(spec: &str, number: i64) -> String {
    call(spec, ValueRef::Int(number)).unwrap_err()
}

fn lines_of(name: &str, input: ValueRef<'_>) -> Vec<String> {
    lines_in(name, input, false)
}

fn lines_in(name: &str, input: ValueRef<'_>, is_thread: bool) -> Vec<String> {
    let lines = Lines::default();
    let function = FunctionSpec::builtin(name, []).unwrap().load().unwrap();
    function.call(&CallContext { worker: 3, is_thread, index: 0, console: &lines }, input).unwrap();
    lines.0.into_inner()
}

#[test]
fn every_entry_can_be_made_with_its_defaults() {
    for builtin in catalogue() {
        FunctionSpec::builtin(builtin.name, []).unwrap().load().unwrap();
    }
}

#[test]
fn every_default_is_allowed() {
    for builtin in catalogue() {
        for param in builtin.params {
            param.parse(builtin.name, &param.default_value().to_string()).unwrap();
        }
    }
}

#[test]
fn names_are_unique_and_snake_case() {
    let is_snake = |name: &str| name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    let names: BTreeSet<&str> = catalogue().iter().map(|builtin| builtin.name).collect();
    assert_eq!(names.len(), catalogue().len());
    let params = catalogue().iter().flat_map(|builtin| builtin.params).map(|param| param.name);
    assert_eq!(names.into_iter().chain(params).find(|name| !is_snake(name)), None);
}

#[test]
fn summaries_are_one_line_that_ends_with_a_full_stop() {
    let is_sentence = |text: &str| text.ends_with('.') && !text.contains('\n');
    for builtin in catalogue() {
        assert!(is_sentence(builtin.summary), "{}", builtin.name);
        assert!(builtin.params.iter().all(|param| is_sentence(param.summary)), "{}", builtin.name);
    }
}

#[test]
fn every_function_that_takes_something_has_samples() {
    for builtin in catalogue() {
        assert_eq!(builtin.sample_inputs.is_empty(), builtin.takes == Takes::Nothing, "{}", builtin.name);
    }
}

#[test]
fn integer_samples_are_integers_and_the_first_one_works() {
    for builtin in catalogue().iter().filter(|builtin| builtin.takes == Takes::Integer) {
        let samples: Vec<i64> =
            builtin.sample_inputs.split(',').map(|cell| cell.trim().parse().unwrap()).collect();
        if builtin.nature != Nature::Misbehaves {
            call(builtin.name, ValueRef::Int(samples[0])).unwrap();
        }
    }
}

#[test]
fn a_misfit_is_told_in_a_sentence() {
    for builtin in catalogue().iter().filter(|builtin| builtin.nature != Nature::Misbehaves) {
        if matches!(builtin.takes, Takes::Integer | Takes::Path) {
            let error = call(builtin.name, ValueRef::Bool(true)).unwrap_err();
            assert!(error.contains("but this is true or false: true"), "{}: {error}", builtin.name);
        }
    }
}

#[test]
fn double_never_wraps() {
    assert_eq!(of_int("double", 21), Value::Int(42));
    assert_eq!(call("double", ValueRef::Float(1.25)), Ok(Value::Float(2.5)));
    assert_eq!(of_int("double", i64::MIN / 2), Value::Int(i64::MIN));
    assert_eq!(error_of("double", i64::MAX), format!("{} does not fit in 64 bits when doubled", i64::MAX));
    assert!(call("double", ValueRef::Text("x")).is_err());
}

#[test]
fn the_printing_functions_print_what_the_notes_say() {
    assert_eq!(lines_of("print_number", ValueRef::Int(7)), ["Process 7: 7"]);
    assert_eq!(lines_of("worker_function", ValueRef::None), ["Worker process is running"]);
    assert_eq!(lines_in("print_number", ValueRef::Int(7), true), ["Thread 7: 7"]);
    assert_eq!(lines_in("worker_function", ValueRef::None, true), ["Worker thread is running"]);
    assert_eq!(lines_of("flood", ValueRef::Int(2)), ["line 1 of 2", "line 2 of 2"]);
}

#[test]
fn power_takes_a_list_of_two_and_tells_what_is_no_number() {
    let power = |list: &str| call("power", ValueRef::Json(list));
    assert_eq!(power("[2, 10]"), Ok(Value::Int(1024)));
    assert_eq!(power("[-2,63]"), Ok(Value::Int(i64::MIN)));
    assert_eq!([power("[-1,4294967297]"), power("[1,4294967296]")], [Ok(Value::Int(-1)), Ok(Value::Int(1))]);
    assert_eq!([power("[0,0]"), power("[7,0]")], [Ok(Value::Int(1)), Ok(Value::Int(1))]);
    assert_eq!([power("[2,-2]"), power("[9,0.5]")], [Ok(Value::Float(0.25)), Ok(Value::Float(3.0))]);
    assert_eq!(power("[2,63]"), Err("2 to the power of 63 does not fit in 64 bits".into()));
    assert_eq!(power("[0,-1]"), Err("0 cannot be raised to -1.0, which is negative".into()));
    assert_eq!(power("[-1,0.5]"), Err("-1.0 to the power of 0.5 is not a real number".into()));
    for misfit in ["[2]", "[2,3,4]", "[2,\"3\"]", "{}", "["] {
        assert!(power(misfit).unwrap_err().starts_with("it takes a list of two numbers"), "{misfit}");
    }
    assert!(call("power", ValueRef::Int(2)).unwrap_err().contains("but this is an integer: 2"));
}

#[test]
fn primes_are_told_from_others() {
    let primes: Vec<i64> = (0..30).filter(|n| of_int("is_prime", *n) == Value::Bool(true)).collect();
    assert_eq!(primes, [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]);
    assert_eq!(of_int("is_prime", 1_000_000_007), Value::Bool(true));
    assert_eq!(of_int("is_prime", 999_983 * 999_979), Value::Bool(false));
    assert_eq!(error_of("is_prime", -3), "-3 is negative");
}

#[test]
fn the_sieve_agrees_with_trial_division() {
    assert_eq!(of_int("count_primes", 1000), Value::Int(168));
    assert_eq!(of_int("count_primes", 1_000_000), Value::Int(78_498));
    let mut primes = 0;
    for n in 0..200 {
        primes += i64::from(of_int("is_prime", n) == Value::Bool(true));
        assert_eq!(of_int("count_primes", n), Value::Int(primes), "up to {n}");
    }
}

#[test]
fn recursions_and_sequences_have_their_known_answers() {
    assert_eq!([0, 1, 2, 20].map(|n| of_int("fibonacci", n)), [0, 1, 1, 6765].map(Value::Int));
    assert_eq!(error_of("fibonacci", 61), "61 is not from 0 to 60");
    assert_eq!([1, 27, 97].map(|n| of_int("collatz_steps", n)), [0, 111, 118].map(Value::Int));
    assert_eq!(error_of("collatz_steps", i64::MAX), format!("the sequence of {} passes 64 bits", i64::MAX));
    assert_eq!([1, 2, 3, 4, 6, 8].map(|n| of_int("n_queens", n)), [1, 0, 0, 2, 4, 92].map(Value::Int));
}

#[test]
fn pi_is_near_and_depends_on_seed_and_place_alone() {
    let Value::Float(estimate) = of_int("estimate_pi", 100_000) else { panic!("not a number") };
    assert!((estimate - std::f64::consts::PI).abs() < 0.02, "{estimate}");
    let at = |index, spec| call_at(index, spec, ValueRef::Int(1000)).unwrap();
    assert_eq!(at(5, "estimate_pi"), at(5, "estimate_pi seed=1"));
    assert_ne!(at(5, "estimate_pi"), at(6, "estimate_pi"));
    assert_ne!(at(5, "estimate_pi"), at(5, "estimate_pi seed=2"));
}

#[test]
fn hashes_have_their_known_answers() {
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(call("sha256_rounds rounds=1", ValueRef::Text("abc")), Ok(Value::Text(abc.into())));
    assert_eq!(call("sha256_rounds rounds=1", ValueRef::Bytes(b"abc")), Ok(Value::Text(abc.into())));
    // Bitcoin's double hash of "hello".
    let hello = "9595c9df90075148eb06860365df33584b75bff782a510c6cd4883a419833d50";
    assert_eq!(call("sha256_rounds rounds=2", ValueRef::Text("hello")), Ok(Value::Text(hello.into())));
}

#[test]
fn matrices_and_sorting_have_their_known_answers() {
    // The sum of (i + k + 1)^2: 1 + 4 + 4 + 9.
    assert_eq!([1, 2].map(|n| of_int("matrix_multiply", n)), [1.0, 18.0].map(Value::Float));
    let sum: usize = (0..40 * 40).map(|place| (place / 40 + place % 40 + 1_usize).pow(2)).sum();
    assert_eq!(of_int("matrix_multiply", 40), Value::Float(sum as f64));
    let Value::Int(median) = of_int("sort_random", 20_001) else { panic!("not an integer") };
    assert!((480_000..520_000).contains(&median), "{median}");
}

#[test]
fn tiles_cover_the_picture_once() {
    let spec = "mandelbrot_tile picture_width_px=100 picture_height_px=70 tile_px=32 max_iterations=50";
    let mut pixels = HashSet::new();
    for index in 0..12 {
        let Value::Tile(tile) = of_int(spec, index) else { panic!("not a tile") };
        assert_eq!(tile.rgb.len() as u32, tile.width_px * tile.height_px * 3);
        for y in tile.top_px..tile.top_px + tile.height_px {
            assert!((tile.left_px..tile.left_px + tile.width_px).all(|x| pixels.insert((x, y))));
        }
    }
    assert_eq!(pixels.len(), 100 * 70);
    assert_eq!(error_of(spec, 12), "there is no tile 12: the picture has 12, counted from 0");
    assert!(error_of(spec, -1).contains("no tile -1"));
}

#[test]
fn the_set_is_dark_inside_and_coloured_outside() {
    let one = |x: &str| {
        let spec = format!("mandelbrot_tile picture_width_px=1 picture_height_px=1 centre_x={x}");
        let Value::Tile(tile) = of_int(&spec, 0) else { panic!("not a tile") };
        tile.rgb
    };
    assert_eq!(one("0"), one("-1"));
    assert_ne!(one("0"), one("0.5"));
}

#[test]
fn files_are_hashed_and_counted_in_parts() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    // Longer than a part, so that a word lies across the seam, with bytes that are no UTF-8.
    file.write_all(&b"abc \xff\xfe\tdef\n ".repeat(50_000)).unwrap();
    let path = file.path().to_str().unwrap();
    assert_eq!(call("count_words", ValueRef::Text(path)), Ok(Value::Int(150_000)));
    file.as_file().set_len(3).unwrap();
    let hash = call("hash_file", ValueRef::Text(path)).unwrap();
    assert_eq!(hash, call("sha256_rounds rounds=1", ValueRef::Text("abc")).unwrap());
}

#[test]
fn a_file_that_is_not_there_is_named() {
    for name in ["hash_file", "count_words"] {
        let error = call(name, ValueRef::Text("no/such/file")).unwrap_err();
        assert!(error.starts_with("could not read no/such/file: "), "{error}");
    }
}

#[test]
fn waiting_and_moving_give_back_what_was_asked() {
    assert_eq!(of_int("sleep_ms", 1), Value::Int(1));
    assert_eq!(error_of("sleep_ms", 3_600_001), "3600001 is not from 0 to 3600000");
    assert_eq!(call("echo", ValueRef::Text("hi")), Ok(Value::Text("hi".into())));
    assert_eq!(of_int("make_bytes", 5), Value::Bytes(vec![0xa5; 5]));
    assert_eq!(of_int("allocate_mib hold_ms=0", 2), Value::Int(2));
    assert_eq!(of_int("leak mib=1", 2), Value::Int(1));
}

#[test]
fn only_and_every_choose_who_is_struck() {
    assert_eq!(error_of("fail", 4), "failed as asked on 4");
    assert_eq!(of_int("fail only=7", 4), Value::Int(4));
    assert_eq!(error_of("fail only=7", 7), "failed as asked on 7");
    assert_eq!(call("fail only=x", ValueRef::Text("x")), Err("failed as asked on x".to_owned()));
    let struck = |index: &u64| call_at(*index, "fail every=3", ValueRef::Int(0)).is_err();
    assert_eq!((0..9).filter(struck).collect::<Vec<u64>>(), [2, 5, 8]);
    for builtin in catalogue().iter().filter(|builtin| builtin.nature == Nature::Misbehaves) {
        assert_eq!(of_int(&format!("{} only=7", builtin.name), 4), Value::Int(4), "{}", builtin.name);
    }
}

#[test]
#[should_panic(expected = "panicked as asked on 7")]
fn panic_panics() {
    let _ = call("panic", ValueRef::Int(7));
}

/// Names the function that a copy of this test program shall call in place of its parent.
const DEADLY: &str = "POOLSCOPE_TEST_DEADLY";

/// Runs a function in a copy of this test program, because it ends its process.
fn end_of(spec: &str) -> ExitStatus {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "function::builtin::tests::dies_where_its_parent_asks", "--test-threads=1"]);
    command.env(DEADLY, spec).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap()
}

#[test]
fn dies_where_its_parent_asks() {
    if let Ok(spec) = std::env::var(DEADLY) {
        let _ = call(&spec, ValueRef::Int(7));
    }
}

#[test]
fn the_deadly_ones_end_their_process_in_their_own_way() {
    assert_eq!(end_of("echo").code(), Some(0));
    assert_eq!(end_of("exit_now code=42").code(), Some(42));
    let (abort, segfault) = (end_of("abort").to_string(), end_of("segfault").to_string());
    assert_ne!(abort, segfault);
    if std::env::consts::OS == "linux" {
        // The beginning only: what follows says whether the system keeps core dumps.
        assert!(abort.starts_with("signal: 6 (SIGABRT)"), "{abort}");
        assert!(segfault.starts_with("signal: 11 (SIGSEGV)"), "{segfault}");
    }
}
