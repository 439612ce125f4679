//! A function of the catalogue as it is chosen in the setup, and its parameters as they are being written.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::function::{Builtin, FunctionSpec, Nature, Param, catalogue, find};
use crate::lessons::file::FIRST_FUNCTION;

/// A choice from the catalogue.
#[derive(Clone)]
pub struct BuiltinChoice {
    pub builtin: &'static Builtin,
    /// By name, as written; a parameter that is not in here has its default.
    pub params: BTreeMap<&'static str, String>,
    /// What is sought in the list.
    pub search: String,
}

impl BuiltinChoice {
    /// The function that a new window has; nothing where the catalogue is empty, which it never is.
    pub fn first() -> Option<Self> {
        let builtin = find(FIRST_FUNCTION).ok().or_else(|| catalogue().first())?;
        Some(Self { builtin, params: BTreeMap::new(), search: String::new() })
    }

    /// Takes another function, with its defaults.
    pub fn choose(&mut self, builtin: &'static Builtin) {
        self.builtin = builtin;
        self.params.clear();
        self.search.clear();
    }

    /// Takes the function called `name`.
    pub fn choose_named(&mut self, name: &str) -> Result<()> {
        find(name).map(|builtin| self.choose(builtin))
    }

    /// A parameter as its field shows it.
    pub fn text_of(&self, param: &Param) -> String {
        self.params.get(param.name).cloned().unwrap_or_else(|| param.default_value().to_string())
    }

    /// Why a parameter cannot be as it is written.
    pub fn error_of(&self, param: &Param) -> Option<String> {
        let text = self.params.get(param.name)?;
        param.parse(self.builtin.name, text).err().map(|error| error.reason().to_owned())
    }

    /// The function with its parameters, all of them checked.
    pub fn spec(&self) -> Result<FunctionSpec> {
        let given = self.params.iter().map(|(name, text)| (*name, text.as_str()));
        FunctionSpec::builtin(self.builtin.name, given)
    }

    /// The functions whose name or summary holds what is sought, by nature, in the order of the catalogue.
    pub fn found(&self) -> Vec<(Nature, Vec<&'static Builtin>)> {
        let sought = self.search.trim().to_lowercase();
        let fits = |builtin: &&Builtin| {
            builtin.name.contains(&sought) || builtin.summary.to_lowercase().contains(&sought)
        };
        [Nature::Cpu, Nature::Waits, Nature::Memory, Nature::Misbehaves]
            .into_iter()
            .map(|nature| {
                (nature, catalogue().iter().filter(|one| one.nature == nature).filter(fits).collect())
            })
            .filter(|(_, found): &(_, Vec<_>)| !found.is_empty())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_grouped_and_can_be_searched() {
        let mut choice = BuiltinChoice::first().unwrap();
        let all: usize = choice.found().iter().map(|(_, functions)| functions.len()).sum();
        assert_eq!(all, catalogue().len());
        choice.search = "Prime".into();
        assert!(choice.found().iter().flat_map(|(_, found)| found).any(|one| one.name == "is_prime"));
        choice.search = "no such thing".into();
        assert!(choice.found().is_empty());
    }

    #[test]
    fn a_parameter_out_of_range_is_told_and_keeps_the_function_from_running() {
        let mut choice = BuiltinChoice::first().unwrap();
        let with_number = catalogue().iter().find(|one| {
            one.params.iter().any(|param| matches!(param.kind, crate::function::ParamKind::Int { .. }))
        });
        choice.choose(with_number.unwrap());
        let param = &choice.builtin.params[0];
        assert_eq!(choice.error_of(param), None);
        assert!(choice.spec().is_ok());
        choice.params.insert(param.name, "many".into());
        assert!(choice.error_of(param).unwrap().contains("`many` is not"));
        assert!(choice.spec().is_err());
    }
}
