//! Which line of a page is its title.

use crate::lexicon;
use crate::lines::Line;
use crate::page::{Concern, Located};

use super::{PageBuilder, is_push};

/// A title is no longer than this, in letters.
const TITLE: usize = 60;

/// Lines that are named as not taken.
const OTHERS: usize = 3;

impl PageBuilder {
    /// The title of the HTML, else the last line above the first section, else the first words about the operation.
    pub(super) fn choose_title(&mut self) {
        let html = self.context.title.take();
        let lines = std::mem::take(&mut self.titles);
        let agrees = html.as_ref().and_then(|title| lines.iter().position(|line| line.value == *title));
        let chosen = agrees.or_else(|| lines.len().checked_sub(1).filter(|_| html.is_none()));
        self.tell_of_others(&lines, chosen);
        for (place, line) in lines.into_iter().enumerate() {
            if Some(place) == chosen && self.page.title.is_none() {
                self.page.title = Some(line);
            } else {
                self.set_aside(line.line, "text above the page");
            }
        }
        if self.page.title.is_none() {
            self.page.title = html.map(|title| Located::new(title, 0));
        }
        if self.page.title.is_none()
            && let Some(note) = self.page.notes.iter().find(|note| !note.value.is_ascii()).cloned()
        {
            let clause = lexicon::bare(note.value.split([',', '。', ';', ':', '\n']).next().unwrap_or(""));
            if (2..=TITLE).contains(&clause.chars().count()) {
                self.page.remark(
                    Concern::Decide,
                    note.line,
                    format!("the page has no title: `{clause}` is taken, the first words about the operation"),
                );
                self.page.title = Some(Located::new(clause, note.line));
            }
        }
    }

    /// Says which line was taken for the title where several could be it.
    fn tell_of_others(&mut self, lines: &[Located<String>], chosen: Option<usize>) {
        let Some(taken) = chosen.and_then(|chosen| lines.get(chosen)).filter(|_| self.page.title.is_none() && lines.len() > 1) else {
            return;
        };
        let others: Vec<String> = lines.iter().filter(|line| *line != taken).take(OTHERS).map(|line| format!("`{}`", line.value)).collect();
        let text = format!(
            "of {} lines above the page the last is taken for its title: `{}`, not {}",
            lines.len(),
            taken.value,
            others.join(", ")
        );
        self.page.remark(Concern::Decide, taken.line, text);
    }

    /// `# title`: the first heading that announces nothing else.
    pub(super) fn title_heading(&mut self, line: &Line) -> bool {
        let text = lexicon::bare(&line.text);
        // `## POST title`: below the title of the whole document.
        if line.trimmed().starts_with('#')
            && let Some((method, title)) = text.split_once(' ')
            && method.bytes().all(|byte| byte.is_ascii_uppercase())
            && lexicon::method(method).is_some()
            && !title.starts_with('/')
            && self.page.tables.is_empty()
        {
            self.page.title = Some(Located::new(title.trim().to_owned(), line.number));
            let label = Line { number: line.number, text: format!("Method: {method}") };
            return self.labels(&label);
        }
        let is_heading = line.trimmed().starts_with('#') && lexicon::label(&line.text).is_none() && !lexicon::is_residue(&text);
        // A page of HTML has its title, and a heading further down is another thing.
        let is_lower = line.trimmed().starts_with("##") && self.context.title.as_ref().is_some_and(|title| *title != text);
        if is_heading && is_lower {
            self.above = Some(Located::new(text.clone(), line.number));
            self.page.notes.push(Located::new(text, line.number));
            return true;
        }
        if is_heading && self.page.title.is_none() && !self.begun {
            self.title(line.number, &text);
            return true;
        }
        // Another heading that says nothing known.
        if is_heading && self.page.title.is_some() {
            self.above = Some(Located::new(text.clone(), line.number));
            self.page.notes.push(Located::new(text, line.number));
            return true;
        }
        if is_heading && self.page.title.is_none() {
            self.title(line.number, &text);
        }
        is_heading
    }

    /// Takes the title that a layout has found by itself.
    pub(crate) fn heading_title(&mut self, line: usize, text: &str) {
        self.begun = true;
        self.title(line, text);
    }

    pub(crate) fn title(&mut self, line: usize, text: &str) {
        if self.page.title.is_none() && !text.is_empty() && text.chars().count() <= TITLE {
            self.page.push |= is_push(text);
            self.page.title = Some(Located::new(text.to_owned(), line));
        }
    }
}

/// Whether a line above the first section can be a title: short, and no sentence.
pub(super) fn fits_title(text: &str) -> bool {
    let letters = text.chars().count();
    let is_address = text.contains("://") || text.starts_with('/');
    let is_sentence =
        is_address || text.contains(['。', ';', '|', '<', '{', '=']) || text.ends_with([':', ',']) || (letters > 24 && text.contains(','));
    (2..=TITLE).contains(&letters) && !is_sentence
}
