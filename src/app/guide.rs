//! The guide in a window of its own, which leaves the rest in reach: topics or what was found at the left, the text of
//! one topic beside it.

mod page;
mod pictures;

use egui::text::LayoutJob;
use egui::{
    Align2, Button, Context, Id, Key, Modifiers, Popup, Rect, Role, ScrollArea, TextEdit, TextFormat,
    TextStyle, Ui, UiBuilder, Vec2, WidgetInfo, Window, vec2,
};

use super::context::ViewContext;
use super::theme::{GAP, STEP, Theme, strong};
use crate::guide::{Hit, Topic, nothing_found, search, topics, words};

const SIZE: Vec2 = vec2(760.0, 600.0);
const LEAST_SIZE: Vec2 = vec2(420.0, 260.0);
/// The bar on top and the one below stay in sight.
const MARGIN: Vec2 = vec2(12.0, 44.0);
/// The list has this share of the width, within these limits.
const LIST_SHARE: f32 = 0.3;
const LIST_WIDTHS: std::ops::RangeInclusive<f32> = 150.0..=230.0;
/// How far Page Down goes, as a share of what is in sight.
const PAGE: f32 = 0.85;

/// Which text is shown, and what is searched for.
pub struct GuideView {
    is_open: bool,
    search: String,
    /// The words of the search, and the sections that hold all of them.
    words: Vec<String>,
    found: Vec<Hit<'static>>,
    /// Which of what was found is shown.
    chosen: usize,
    topic: &'static Topic,
    /// The block of the topic that is brought to the top in the next frame.
    wanted_block: Option<usize>,
    takes_focus: bool,
}

impl Default for GuideView {
    fn default() -> Self {
        Self {
            is_open: false,
            search: String::new(),
            words: Vec::new(),
            found: Vec::new(),
            chosen: 0,
            topic: &topics()[0],
            wanted_block: None,
            takes_focus: false,
        }
    }
}

impl GuideView {
    /// Shows the guide where it was left, with the keys for its search.
    pub fn open(&mut self) {
        self.is_open = true;
        self.takes_focus = true;
    }

    /// Opens it at the topic of this name, where it was closed; else at what is read.
    pub fn open_at(&mut self, name: &str) {
        if let Some(topic) = topics().iter().find(|topic| topic.name == name).filter(|_| !self.is_open) {
            self.show(topic, 0);
        }
        self.open();
    }

    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Closes it at Escape, while `takes_keys`; before others hear of the key.
    pub fn hear_escape(&mut self, ctx: &Context, takes_keys: bool) {
        let hears = self.is_open && takes_keys && !Popup::is_any_open(ctx);
        if hears && ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            self.is_open = false;
        }
    }

    /// Draws it over everything else, where it is open.
    pub fn ui(&mut self, ctx: &Context, cx: &ViewContext<'_>) {
        if !self.is_open {
            return;
        }
        let room = ctx.content_rect().shrink2(MARGIN);
        // At the right, so that the setup at the left stays in sight where there is room for both.
        let size = SIZE.min(room.size());
        let place = Align2::RIGHT_TOP.align_size_within_rect(size, room);
        let mut is_open = true;
        Window::new("Guide")
            .id(Id::unique("guide"))
            .open(&mut is_open)
            .default_rect(place)
            .min_size(LEAST_SIZE.min(room.size()))
            .max_size(room.size())
            .constrain_to(ctx.content_rect())
            .collapsible(false)
            .show(ctx, |ui| self.contents_ui(ui, cx));
        self.is_open &= is_open;
    }

    fn contents_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) {
        let (_, all) = ui.allocate_space(ui.available_size());
        let share = all.width() * LIST_SHARE;
        let list_width = share.clamp(*LIST_WIDTHS.start(), *LIST_WIDTHS.end());
        let (left, right) = all.split_left_right_at_x(all.left() + list_width);
        let mut scrolled = 0.0;
        inside(ui, "guide list", left, |ui| {
            if self.search_ui(ui) {
                scrolled = self.hear_keys(ui);
            }
            ui.add_space(STEP);
            self.list_ui(ui, cx.theme);
        });
        let x = left.right() + GAP;
        ui.painter().vline(x, all.y_range(), cx.theme.hairline());
        inside(ui, "guide page", right.with_min_x(x + 2.0 * GAP), |ui| self.page_ui(ui, cx, scrolled));
    }

    /// The field; whether the keys are for the guide, as after a click on its text.
    fn search_ui(&mut self, ui: &mut Ui) -> bool {
        let field = TextEdit::singleline(&mut self.search)
            .id(Id::unique("guide search"))
            .hint_text("Search")
            .desired_width(f32::INFINITY)
            .margin(egui::Margin::symmetric(8, 5));
        let response = ui.add(field);
        response.widget_info(|| WidgetInfo::labeled(Role::SearchInput, true, "Search the guide"));
        if std::mem::take(&mut self.takes_focus) {
            response.request_focus();
        }
        if response.changed() {
            self.words = words(&self.search);
            self.found = search(&self.search);
            self.choose(0);
        }
        response.has_focus() || ui.memory(|memory| memory.focused().is_none())
    }

    /// Up and Down go through the list; gives how many pages the text is to be scrolled.
    fn hear_keys(&mut self, ui: &Ui) -> f32 {
        let times = |key: Key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        let (down, up) = (times(Key::ArrowDown), times(Key::ArrowUp));
        if down + up > 0 {
            let last = self.count().saturating_sub(1);
            self.choose((self.place() + down).saturating_sub(up).min(last));
        }
        times(Key::PageDown) as f32 - times(Key::PageUp) as f32
    }

    fn is_searching(&self) -> bool {
        !self.words.is_empty()
    }

    /// How many lines the list has.
    fn count(&self) -> usize {
        if self.is_searching() { self.found.len() } else { topics().len() }
    }

    /// Which of them is shown.
    fn place(&self) -> usize {
        let of_topic = || topics().iter().position(|topic| std::ptr::eq(topic, self.topic));
        if self.is_searching() { self.chosen } else { of_topic().unwrap_or_default() }
    }

    /// Shows what a line of the list is for.
    fn choose(&mut self, place: usize) {
        if !self.is_searching() {
            self.show(&topics()[place.min(topics().len() - 1)], 0);
        } else if let Some(hit) = self.found.get(place) {
            self.chosen = place;
            self.show(hit.topic, hit.block());
        }
    }

    fn show(&mut self, topic: &'static Topic, block: usize) {
        self.topic = topic;
        self.wanted_block = Some(block);
    }

    fn list_ui(&mut self, ui: &mut Ui, theme: &Theme) {
        if self.is_searching() && self.found.is_empty() {
            let text = nothing_found(&self.words);
            ui.add(egui::Label::new(egui::RichText::new(text).color(theme.weak)).wrap());
            return;
        }
        let mut clicked = None;
        let place = self.place();
        ScrollArea::vertical().id_salt("guide topics").auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            for line in 0..self.count() {
                let (title, topic) = match self.found.get(line).filter(|_| self.is_searching()) {
                    Some(hit) => (hit.title(), Some(hit.topic.title.as_str())),
                    None => (topics()[line].title.as_str(), None),
                };
                let button = Button::selectable(line == place, entry(ui, theme, title, topic)).wrap();
                let response = ui.add(button.min_size(vec2(ui.available_width(), 26.0)));
                let name = topic.map_or(title.to_owned(), |topic| format!("{topic}: {title}"));
                response.widget_info(|| WidgetInfo::selected(Role::Button, true, line == place, &name));
                if line == place && self.wanted_block.is_some() {
                    response.scroll_to_me(None);
                }
                if response.clicked() {
                    clicked = Some(line);
                }
            }
        });
        if let Some(line) = clicked {
            self.choose(line);
            self.takes_focus = true;
        }
    }

    fn page_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, pages: f32) {
        let wanted = self.wanted_block.take();
        let height = ui.available_height();
        let area = ScrollArea::vertical().id_salt(("guide page", self.topic.name)).auto_shrink(false);
        let named = area.show(ui, |ui| {
            if pages != 0.0 {
                ui.scroll_with_delta(vec2(0.0, -pages * PAGE * height));
            }
            page::ui(ui, cx, self.topic, &self.words, wanted)
        });
        if let Some(topic) = named.inner {
            // What was searched for is no more what is read.
            self.search.clear();
            self.words.clear();
            self.found.clear();
            self.show(topic, 0);
            self.takes_focus = true;
        }
    }
}

/// A line of the list: a title, and below it the topic of what was found.
fn entry(ui: &Ui, theme: &Theme, title: &str, topic: Option<&str>) -> LayoutJob {
    let format = |style: TextStyle, color| TextFormat::simple(style.resolve(ui.style()), color);
    let Some(topic) = topic else {
        return LayoutJob::single_section(title.to_owned(), format(TextStyle::Body, theme.text));
    };
    let mut job = LayoutJob::default();
    job.append(title, 0.0, format(strong(), theme.text));
    job.append(&format!("\n{topic}"), 0.0, format(TextStyle::Small, theme.weak));
    job
}

/// Lets something draw into this part of the window.
fn inside(ui: &mut Ui, salt: &str, rect: Rect, contents: impl FnOnce(&mut Ui)) {
    let mut child = ui.new_child(UiBuilder::new().id_salt(salt).max_rect(rect));
    child.shrink_clip_rect(rect);
    contents(&mut child);
}
