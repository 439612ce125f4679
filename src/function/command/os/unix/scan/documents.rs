//! Here-documents: the word that ends one, and the lines of it.

use super::{Scan, ShellQuotes, Step, Stop, is_calm};

const ODD_END: &str = "the word that ends a here-document is none of letters and digits";

/// A here-document whose body was not read yet.
pub(super) struct Document {
    from: usize,
    end: String,
    /// Nothing in it is expanded.
    is_quoted: bool,
    strips_tabs: bool,
}

impl Scan<'_> {
    /// `<`, which may begin a here-document.
    pub(super) fn arrow(&mut self) -> Step {
        let from = self.at;
        self.take();
        if self.peek() != Some('<') {
            return Ok(());
        }
        self.take();
        match self.peek() {
            Some('<') if self.next_is("<") => Err(self.unsure(from, ODD_END)),
            Some('<') => {
                self.take();
                Ok(())
            }
            _ if self.is_in_ticks => Err(self.unsure(from, "a here-document stands within backticks")),
            _ => self.document(from),
        }
    }

    /// The word that ends a here-document.
    fn document(&mut self, from: usize) -> Step {
        let strips_tabs = self.takes("-");
        while self.takes(" \t") {}
        let quote = self.peek().filter(|sign| "'\"\\".contains(*sign));
        if quote.is_some() {
            self.take();
        }
        let begin = self.at;
        while self.peek().is_some_and(|sign| sign.is_ascii_alphanumeric() || sign == '_') {
            self.take();
        }
        let end: String = self.signs[begin..self.at].iter().collect();
        let is_closed = match quote {
            Some('\\') | None => true,
            Some(quote) => self.takes(&quote.to_string()),
        };
        let is_apart = self.peek().is_none_or(|sign| " \t\n;&|<>)".contains(sign));
        if end.is_empty() || !is_closed || !is_apart {
            return Err(self.unsure(from, ODD_END));
        }
        self.documents.push(Document { from, end, is_quoted: quote.is_some(), strips_tabs });
        Ok(())
    }

    /// The end of a line of commands; the bodies of its here-documents follow. `is_within` says that some of commands around
    /// these wait for theirs, `open` how many brackets are open among these.
    pub(super) fn line_end(&mut self, is_within: bool, open: usize) -> Step {
        if is_within {
            return Err(self.open_document());
        }
        if self.is_one_line {
            return Err(self.line_in_document());
        }
        self.take();
        let documents = std::mem::take(&mut self.documents);
        documents.iter().try_for_each(|document| self.body(document))?;
        let next = self.signs[self.at..].iter().find(|sign| !sign.is_ascii_whitespace());
        // bash 5.2 writes the commands anew before it runs them, and loses what stands between two of them.
        if !documents.is_empty() && self.depth > 0 && (next != Some(&')') || open > 0) {
            return Err(self.unsure(self.at, "commands follow a here-document within $(...)"));
        }
        Ok(())
    }

    /// The end of a line within quotes.
    pub(super) fn line_within(&mut self) -> Step {
        self.line_within_is_certain()?;
        self.take();
        Ok(())
    }

    pub(super) fn line_within_is_certain(&self) -> Step {
        if self.is_one_line {
            return Err(self.line_in_document());
        }
        if self.documents.is_empty() { Ok(()) } else { Err(self.open_document()) }
    }

    /// Why nothing is certain where a here-document is not at its end.
    pub(super) fn open_document(&self) -> Stop {
        let from = self.documents.first().map_or(self.at, |document| document.from);
        self.unsure(from, "the here-document does not begin with the next line, or no line ends it")
    }

    fn line_in_document(&self) -> Stop {
        self.unsure(self.at, "quotes or brackets go over several lines of a here-document")
    }

    fn body(&mut self, document: &Document) -> Step {
        while self.at < self.signs.len() {
            let rest = &self.signs[self.at..];
            let length = rest.iter().position(|sign| *sign == '\n').unwrap_or(rest.len());
            let line: String = rest[..length].iter().collect();
            let text = if document.strips_tabs { line.trim_start_matches('\t') } else { &line };
            let is_end = text == document.end;
            if !is_end && self.depth > 0 && !line.chars().all(is_calm) {
                return Err(
                    self.unsure(self.at, "quotes or brackets stand in a here-document within a command")
                );
            }
            let behind = self.at + length;
            self.is_one_line = true;
            while self.at < behind {
                self.body_sign(document)?;
            }
            self.is_one_line = false;
            if is_end {
                return Ok(());
            }
            self.take();
        }
        Err(self.unsure(document.from, "no line ends the here-document"))
    }

    fn body_sign(&mut self, document: &Document) -> Step {
        match self.peek() {
            Some(sign)
                if self.depth > 0 && !is_calm(sign) && (document.is_quoted || !"$`".contains(sign)) =>
            {
                return Err(
                    self.unsure(self.at, "quotes or brackets stand in a here-document within a command")
                );
            }
            Some('{') if document.is_quoted => {
                let why = "the word that ends the here-document is quoted, so that nothing is expanded in it";
                if self.placeholder_at(self.at).is_some() {
                    return Err(self.unsure(self.at, why));
                }
                self.take();
            }
            Some('{') if self.hole(ShellQuotes::Document)? => {}
            _ if document.is_quoted => self.take(),
            _ => self.sign(ShellQuotes::Document)?,
        }
        Ok(())
    }

    /// Takes the next sign where it is one of these.
    fn takes(&mut self, signs: &str) -> bool {
        let is_one = self.peek().is_some_and(|sign| signs.contains(sign));
        if is_one {
            self.take();
        }
        is_one
    }
}
