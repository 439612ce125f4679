//! What a script holds, told from its syntax alone, and why it is none.

use std::collections::HashSet;

use starlark::analysis::AstModuleLint;
use starlark::codemap::Span;
use starlark::syntax::ast::{AstLiteral, AstPayload, AstStmt, ExprP, ParameterP, StmtP};
use starlark::syntax::{AstModule, Dialect, DialectTypes};

use super::{depth, diagnostics, stdlib};
use crate::error::Result;
use crate::function::{Listed, ListedKind, Parameter};

/// What the linter calls a name that nothing stands for.
const UNKNOWN_NAME: &str = "using-undefined";
pub(super) const DIALECT: Dialect = Dialect {
    enable_def: true,
    enable_lambda: true,
    enable_load: false,
    enable_keyword_only_arguments: true,
    enable_positional_only_arguments: true,
    enable_types: DialectTypes::ParseOnly,
    enable_load_reexport: false,
    enable_top_level_stmt: true,
    enable_f_strings: true,
    ..Dialect::Standard
};

/// The functions that a script defines, in its order. Nothing of it is run; names that nothing stands for are told.
pub fn functions(name: &str, source: &str) -> Result<Vec<Listed>> {
    let module = parse(name, source)?;
    check_names(name, &module)?;
    let mut listed = Vec::new();
    collect(module.statement(), &module, &mut listed);
    Ok(listed)
}

pub(super) fn parse(name: &str, source: &str) -> Result<AstModule> {
    depth::check(name, source)?;
    AstModule::parse(name, source.to_owned(), &DIALECT)
        .map_err(|error| diagnostics::of_parser(name, source, &error))
}

fn check_names(name: &str, module: &AstModule) -> Result<()> {
    let known: HashSet<String> = stdlib::globals().names().map(|name| name.as_str().to_owned()).collect();
    let unknown = module.lint(Some(&known)).into_iter().find(|lint| lint.short_name == UNKNOWN_NAME);
    unknown.map_or(Ok(()), |lint| Err(diagnostics::of_name(name, &lint, &known)))
}

fn collect(statement: &AstStmt, module: &AstModule, listed: &mut Vec<Listed>) {
    match &statement.node {
        StmtP::Statements(statements) => {
            statements.iter().for_each(|statement| collect(statement, module, listed));
        }
        // Names with an underscore in front are a script's own business.
        StmtP::Def(def) if !def.name.ident.starts_with('_') => {
            let params = def.params.iter().filter_map(|param| parameter(&param.node, module)).collect();
            listed.push(Listed {
                name: def.name.ident.clone(),
                kind: ListedKind::Function,
                line: module.file_span(def.name.span).resolve_span().begin.line + 1,
                doc: doc_of(&def.body),
                params,
                is_decorated: false,
            });
        }
        _ => {}
    }
}

fn parameter(param: &ParameterP<impl AstPayload>, module: &AstModule) -> Option<Parameter> {
    let text = |span: Span| module.file_span(span).source_span().to_owned();
    let (stars, hint, default) = match param {
        ParameterP::Slash | ParameterP::NoArgs => return None,
        ParameterP::Normal(_, hint, default) => ("", hint, default.as_ref()),
        ParameterP::Args(_, hint) => ("*", hint, None),
        ParameterP::KwArgs(_, hint) => ("**", hint, None),
    };
    let name = &param.ident()?.node.ident;
    let default = default.map(|default| text(default.span));
    Some(Parameter {
        name: format!("{stars}{name}"),
        default,
        hint: hint.as_ref().map(|hint| text(hint.span)),
    })
}

/// The first line in which a function returns something, and its text.
pub(super) fn first_return(module: &AstModule, function: &Listed) -> Option<(usize, String)> {
    let span = module.file_span(body_of(module.statement(), &function.name).and_then(return_in)?);
    let line = span.resolve_span().begin.line;
    Some((line + 1, span.file.source_line(line).trim().to_owned()))
}

/// The body of the last function of this name.
fn body_of<'a>(statement: &'a AstStmt, name: &str) -> Option<&'a AstStmt> {
    match &statement.node {
        StmtP::Statements(statements) => statements.iter().rev().find_map(|one| body_of(one, name)),
        StmtP::Def(def) if def.name.ident == name => Some(&def.body),
        _ => None,
    }
}

fn return_in(statement: &AstStmt) -> Option<Span> {
    match &statement.node {
        StmtP::Statements(statements) => statements.iter().find_map(return_in),
        StmtP::Return(_) => Some(statement.span),
        _ => None,
    }
}

/// The first line of the text that a function begins with.
fn doc_of(body: &AstStmt) -> Option<String> {
    match &body.node {
        StmtP::Statements(statements) => statements.first().and_then(doc_of),
        StmtP::Expression(expression) => match &expression.node {
            ExprP::Literal(AstLiteral::String(text)) => {
                text.node.trim().lines().next().map(|line| line.trim().to_owned())
            }
            _ => None,
        },
        _ => None,
    }
}
