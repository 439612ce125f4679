//! A tree of work, the root at the top: who made which node, what it took, and the path that no number of workers shortens.

use egui::{
    Align2, CornerRadius, FontId, Pos2, Rect, Role, Sense, Stroke, StrokeKind, TextStyle, Ui, WidgetInfo,
    pos2, vec2,
};

use crate::app::context::ViewContext;
use crate::app::format;
use crate::app::theme::{FIELD_RADIUS, GAP, Theme, strong};
use crate::app::widgets::{self, PointedIn};
use crate::lessons::{WorkNode, WorkTree, level_words};
use crate::pool::RunSnapshot;

/// At the left: what each level is, and its part of the work.
const LEVEL_WIDTH: f32 = 74.0;
const NODE_HEIGHT: f32 = 30.0;
const WIDEST_NODE: f32 = 84.0;
/// Below the tree: what the thick line is.
const LEGEND_HEIGHT: f32 = 20.0;

/// Draws the tree into all of `ui`, as far as it is made.
pub(super) fn ui(ui: &mut Ui, cx: &ViewContext<'_>, run: &RunSnapshot) {
    let rect = ui.available_rect_before_wrap().shrink(GAP);
    let Some(tree) = WorkTree::of(&run.log) else {
        widgets::empty_state(ui, cx.theme, "So many items make no tree.", None);
        return;
    };
    // Before all is made nobody knows which path is the longest.
    let (path, path_s) = if tree.is_whole() { tree.path() } else { (Vec::new(), 0.0) };
    let lit = widgets::pointed(ui.ctx(), &run.log).map(|index| index as usize);
    let drawn = Drawn { rect, places: places(rect, &tree), path, lit, theme: cx.theme };
    drawn.lines(ui, &tree);
    let level_s = tree.level_s();
    let all_s = level_s.iter().sum::<f64>();
    let (mut number, mut under) = (0, None);
    for (height, level) in tree.levels().enumerate() {
        let share = if all_s > 0.0 { level_s[height] / all_s } else { 0.0 };
        drawn.level_ui(ui, drawn.places[number].y, level.len(), (height, share));
        for node in level {
            if drawn.node_ui(ui, number, *node, (height, level.len())) {
                under = Some(number as u64);
            }
            number += 1;
        }
    }
    widgets::point_at(ui.ctx(), PointedIn::Tree, &run.log, under);
    if tree.is_whole() {
        let at = pos2(rect.left() + LEVEL_WIDTH, rect.bottom());
        let text = format!("thick: the longest path, {} on a core", format::duration(path_s));
        let font = TextStyle::Small.resolve(ui.style());
        ui.painter().text(at, Align2::LEFT_BOTTOM, text, font, cx.theme.weak);
    }
}

/// Where the middle of each node is, by its number.
fn places(rect: Rect, tree: &WorkTree) -> Vec<Pos2> {
    let (left, levels) = (rect.left() + LEVEL_WIDTH, tree.levels().count());
    let height = (rect.height() - LEGEND_HEIGHT) / levels as f32;
    let of_level = |(nth, level): (usize, &[Option<WorkNode>])| {
        let (count, width) = (level.len(), (rect.right() - left) / level.len() as f32);
        let y = rect.top() + height * ((levels - 1 - nth) as f32 + 0.5);
        (0..count).map(move |place| pos2(left + width * (place as f32 + 0.5), y)).collect::<Vec<_>>()
    };
    tree.levels().enumerate().flat_map(of_level).collect()
}

struct Drawn<'a> {
    rect: Rect,
    places: Vec<Pos2>,
    /// The numbers of the nodes on the longest path.
    path: Vec<usize>,
    /// The node of the item that the pointer is on, in whichever card.
    lit: Option<usize>,
    theme: &'a Theme,
}

impl Drawn<'_> {
    fn lines(&self, ui: &Ui, tree: &WorkTree) {
        for place in 0..self.places.len() {
            for child in tree.children(place).into_iter().flatten() {
                let is_on_path = self.path.contains(&place) && self.path.contains(&child);
                let stroke = match is_on_path {
                    true => Stroke::new(3.0, self.theme.accent),
                    false => Stroke::new(1.0, self.theme.faint),
                };
                ui.painter().line_segment([self.places[place], self.places[child]], stroke);
            }
        }
    }

    /// What a level is, at the left of it: "4 pairs", and its part of the work.
    fn level_ui(&self, ui: &Ui, y: f32, count: usize, (height, share): (usize, f64)) {
        let words = level_words(height, count);
        let text = |dy: f32, text: String, style: TextStyle, color| {
            let at = pos2(self.rect.left(), y + dy);
            ui.painter().text(at, Align2::LEFT_CENTER, text, style.resolve(ui.style()), color);
        };
        text(-7.0, words, strong(), self.theme.text);
        if !self.path.is_empty() {
            text(8.0, format!("{:.1} % of it", 100.0 * share), TextStyle::Small, self.theme.weak);
        }
    }

    /// Draws a node; gives whether the pointer is on it.
    fn node_ui(
        &self,
        ui: &mut Ui,
        number: usize,
        node: Option<WorkNode>,
        (height, count): (usize, usize),
    ) -> bool {
        let cell = (self.rect.width() - LEVEL_WIDTH) / count as f32;
        let size = vec2((cell - 6.0).clamp(8.0, WIDEST_NODE), NODE_HEIGHT);
        let rect = Rect::from_center_size(self.places[number], size);
        let response = ui.interact(rect, ui.scope_id().with(("node", number)), Sense::hover());
        let took = node.map(|node| format::duration(node.cpu_s));
        let what = if height == 0 { "a part" } else { "a pair" };
        let told = match (node, &took) {
            (Some(node), Some(took)) => {
                format!("Node {number}: {what}, by worker {}, {took} on a core", node.worker)
            }
            _ => format!("Node {number}: {what}, not made yet"),
        };
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &told));
        let color = node.map_or(self.theme.line, |node| self.theme.worker(node.worker));
        let (is_on_path, radius) =
            (node.is_some() && self.path.contains(&number), CornerRadius::same(FIELD_RADIUS));
        let line = Stroke::new(
            if is_on_path { 3.0 } else { 1.0 },
            if is_on_path { self.theme.accent } else { color },
        );
        let fill = self.theme.soft(color, if node.is_some() { 0.35 } else { 0.0 });
        ui.painter().rect(rect, radius, fill, line, StrokeKind::Inside);
        if self.lit == Some(number) {
            let around = Stroke::new(2.0, self.theme.text);
            ui.painter().rect_stroke(rect, radius, around, StrokeKind::Outside);
        }
        let font = FontId::new(if cell < 56.0 { 9.0 } else { 11.0 }, strong().resolve(ui.style()).family);
        let text = took.unwrap_or_default();
        ui.painter().with_clip_rect(rect).text(
            rect.center(),
            Align2::CENTER_CENTER,
            text,
            font,
            self.theme.text,
        );
        response.on_hover_text(told).hovered()
    }
}
