//! Where a shell calculates: some take the value of a variable there for a formula again, and run the commands in its
//! brackets, as in `a[$(command)]`.

use super::arguments::{is_name, is_of_names, is_option_with};
use super::{Values, sentence};

impl Values {
    /// Where a script calculates with a value, or takes it for a name or a prompt.
    pub(super) fn risk_of_calculation(&self, script: &str) -> Option<String> {
        let is_formula = |formula: &str| self.is_calculated(formula);
        // `$(( {} + 1 ))` is not among them: it takes numbers only.
        if formulas(script).any(is_formula) {
            return Some(sentence("$((...))"));
        }
        let is_place = |place: &str| self.is_calculated(place) || self.is_in(place);
        if subscripts(script).any(is_place) || substrings(script).any(is_place) {
            return Some(sentence("[...]"));
        }
        let is_named = |name: &String| {
            [format!("${{!{name}}}"), format!("${{{name}@P}}"), format!("${{(e){name}}}")]
                .iter()
                .any(|text| script.contains(text))
        };
        self.variables.iter().any(is_named).then(|| sentence("${...}"))
    }

    /// Whether a formula has a variable in it that holds a value, with or without a `$`.
    pub(super) fn is_calculated(&self, formula: &str) -> bool {
        let is_known = |name: &str| is_name(name) && self.variables.iter().any(|known| known == name);
        self.is_variable_in(formula) || formula.split(|sign| !is_of_names(sign)).any(is_known)
    }

    /// Variables that hold numbers, by `declare -i`: what they are given is a formula.
    pub(super) fn note_numbers(&mut self, words: &[String]) {
        let declares = |word: &String| ["declare", "typeset", "local", "readonly"].contains(&word.as_str());
        let mut words = words.iter().skip_while(|word| !declares(word)).skip(1).peekable();
        if words.peek().is_some_and(|word| is_option_with(word, &['i'])) {
            let names = words.skip(1).map(|word| word.split('=').next().unwrap_or_default());
            self.numbers.extend(names.filter(|name| is_name(name)).map(str::to_owned));
        }
    }

    /// Whether a variable that holds a number is given a value.
    pub(super) fn is_number_given(&self, words: &[String]) -> bool {
        words.iter().filter_map(|word| word.split_once('=')).any(|(name, value)| {
            let name = name.trim_end_matches('+');
            self.numbers.iter().any(|known| known == name) && (self.is_in(value) || self.is_calculated(value))
        })
    }
}

/// What stands in `((...))` and `$[...]`.
fn formulas(script: &str) -> impl Iterator<Item = &str> {
    let terms = script.split("((").skip(1).filter_map(|behind| behind.split("))").next());
    terms.chain(script.split("$[").skip(1).map(until_closed))
}

/// What stands in brackets that say a place in an array, behind its name or in its list: `a[1]`, `a=([1]=x)`. The brackets
/// of tests, `[ ... ]` and `[[ ... ]]`, have a blank within.
fn subscripts(script: &str) -> impl Iterator<Item = &str> {
    let behind = script.match_indices('[').map(|(at, _)| &script[at + 1..]);
    behind.filter(|text| !text.starts_with(char::is_whitespace)).map(until_closed)
}

/// What stands behind the colon of `${name:from:length}`, but of no `${name:-other}`.
fn substrings(script: &str) -> impl Iterator<Item = &str> {
    script.split("${").skip(1).filter_map(|behind| {
        let (name, place) = behind.split_once(':')?;
        let is_one = !name.contains('}') && !place.starts_with(['-', '=', '+', '?']);
        is_one.then(|| until_closed(place))
    })
}

/// What stands before the bracket or brace that closes one which is open.
fn until_closed(text: &str) -> &str {
    let mut open = 1;
    let end = text.find(|sign| {
        open += i32::from("[{".contains(sign)) - i32::from("]}".contains(sign));
        open == 0
    });
    end.map_or(text, |end| &text[..end])
}
