use std::fs;

use super::*;

const NOTEBOOK: &str = r##"{"cells": [
    {"cell_type": "markdown", "source": ["# Notes"]},
    {"cell_type": "code", "source": ["%matplotlib inline\n", "import math\n", "!ls"]},
    {"cell_type": "code", "source": "%%bash\necho hello"},
    {"cell_type": "code", "source": "def task(n, by=2):\n    '''Multiplies.'''\n    return n * by"}
]}"##;

fn source(name: &str, text: &str) -> (tempfile::TempDir, PythonSource) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    fs::write(&file, text).unwrap();
    let source = PythonSource::read(&file).unwrap();
    (folder, source)
}

#[test]
fn a_notebook_is_its_code_cells_without_magics() {
    let (_folder, source) = source("notes.ipynb", NOTEBOOK);
    let expected = "# %% cell 2\npass  # %matplotlib inline\nimport math\npass  # !ls\n\
        # %% cell 3\n# %%bash\n# echo hello\n\
        # %% cell 4\ndef task(n, by=2):\n    '''Multiplies.'''\n    return n * by\n";
    assert_eq!(source.text, expected);
    assert_eq!(source.cells, [(2, 2), (6, 3), (9, 4)]);
    assert_eq!(source.place(10), "cell 4, line 2");
    let mut edited = source.clone();
    edited.text = format!("# first\n{}", edited.text);
    edited.find_cells();
    assert_eq!(edited.place(11), "cell 4, line 2");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.ipynb");
    fs::write(&file, "print(1)").unwrap();
    let error = PythonSource::read(&file).unwrap_err().to_string();
    assert!(error.contains("x.ipynb: it is not a notebook"), "{error}");
}

#[test]
fn notebooks_of_older_formats_are_read() {
    let text = r#"{"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "heading", "source": ["A"]},
        {"cell_type": "code", "language": "python", "input": ["def f(n):\n", "    return n"]}]}]}"#;
    let (_folder, source) = source("old.ipynb", text);
    assert_eq!(
        (source.text.as_str(), source.cells),
        ("# %% cell 2\ndef f(n):\n    return n\n", vec![(2, 2)])
    );
}

#[test]
fn functions_are_listed_without_running_the_file() {
    let (folder, source) = source("notes.ipynb", NOTEBOOK);
    let python = find_interpreter(&source.file).unwrap();
    let (interpreter, listing) = list(&source, &python, None).unwrap();
    let told: Vec<_> = listing.functions.iter().map(|one| (one.signature(), one.doc.as_deref())).collect();
    assert_eq!(told, [("task(n, by=2)".to_owned(), Some("Multiplies."))]);
    assert!(interpreter.version.starts_with("3."), "{interpreter:?}");
    assert_eq!(list_unasked(&source).unwrap().functions, listing.functions);
    let spec = PythonSpec::new(&source, &python, None, false).unwrap();
    assert_eq!(spec.function.name, "task");
    let error = PythonSpec::new(&source, &python, Some("tsk"), false).unwrap_err().to_string();
    assert!(error.contains("did you mean `task`?"), "{error}");
    drop(folder);
}

#[test]
fn what_of_a_file_is_run_is_decided_once_where_there_is_nothing_to_say() {
    let text = "import os\ndef f(n):\n    return n\ndef g(n):\n    return n\n";
    let (_folder, source) = source("tasks.py", text);
    let python = find_interpreter(&source.file).unwrap();
    let planned = |function: &str| PythonSpec::new(&source, &python, Some(function), false).unwrap();
    for function in ["f", "g"] {
        let spec = planned(function);
        assert!(spec.compiled.plan_of(&source, function).is_some());
        assert!(spec.compiled.code().analysis.is_empty());
    }
    let other = PythonSource { text: format!("{text}x = 1\n"), ..source.clone() };
    assert!(planned("f").compiled.plan_of(&other, "f").is_none());
    assert!(planned("f").compiled.plan_of(&source, "g").is_none());
    let whole = PythonSpec::new(&source, &python, Some("f"), true).unwrap();
    assert!(!whole.compiled.code().analysis.is_empty());
    // A host prints the warning of its Python.
    let warned = PythonSource { text: format!("{text}x = 1 is 1\n"), ..source.clone() };
    let spec = PythonSpec::new(&warned, &python, Some("f"), false).unwrap();
    assert!(spec.compiled.plan_of(&warned, "f").is_none() && !spec.compiled.code().analysis.is_empty());
}

#[test]
fn a_file_that_is_no_python_names_the_line() {
    let (_folder, source) = source("bad.py", "import math\ndef f(:\n    pass\n");
    let python = find_interpreter(&source.file).unwrap();
    let error = list(&source, &python, None).unwrap_err().to_string();
    assert!(error.contains("could not load bad.py: line 2: "), "{error}");
    let error = list(&source, Path::new("/bin/false"), None).unwrap_err().to_string();
    assert!(error.contains("not a Python 3.8 or newer"), "{error}");
    let error = list(&source, Path::new("/no/such"), None).unwrap_err().to_string();
    assert!(error.contains("cannot be started"), "{error}");
}

#[test]
fn a_file_of_python_2_is_told_to_be_one() {
    let (_folder, source) = source("old.py", "def f(n):\n    print \"n\", n\n");
    let error = list(&source, &find_interpreter(&source.file).unwrap(), None).unwrap_err().to_string();
    assert!(error.contains("line 2: Missing parentheses") && error.contains("that is Python 2"), "{error}");
}

#[test]
fn parameters_are_listed_with_their_annotations() {
    let text =
        "def f(a: int, b: 'str | None' = None, *c: float, d, **e: dict[str, int]) -> int:\n    return a\n";
    let (_folder, source) = source("hints.py", text);
    let python = find_interpreter(&source.file).unwrap();
    let listed = list(&source, &python, None).unwrap().1.functions;
    let hints: Vec<_> = listed[0].params.iter().map(|param| param.hint.as_deref()).collect();
    assert_eq!(hints, [Some("int"), Some("str | None"), Some("float"), None, Some("dict[str, int]")]);
    let script =
        crate::function::script::functions("hints.py", "def f(a: int, b = 1, *c: str): return a\n").unwrap();
    let hints: Vec<_> = script[0].params.iter().map(|param| param.hint.as_deref()).collect();
    assert_eq!(hints, [Some("int"), None, Some("str")]);
}

#[test]
fn a_function_that_is_defined_again_may_take_anything() {
    let text = "def f(a, b):\n    return a\nf = print\ndef g(a, b):\n    return a\n";
    let (_folder, source) = source("again.py", text);
    let python = find_interpreter(&source.file).unwrap();
    let listed = list(&source, &python, None).unwrap().1.functions;
    assert_eq!(listed.iter().map(|one| one.is_decorated).collect::<Vec<_>>(), [true, false]);
}
