//! What a frame of the views costs, without a window: layout, painting and tessellation, in CPU time of one thread.
//!
//! A run of 100,000 items is on; before each frame 100 more items finish. Prints the median, the 95th and the 99th
//! percentile. Then what a room sees: all views as they are presented on a screen of 1920 x 1080 pixels. The last rows are the
//! one frame in which the lessons open, each time in a window that has not shown them yet, and the frames in which a letter is
//! typed into the search of the guide.

#[path = "../tests/ui/fixture.rs"]
#[allow(dead_code, reason = "the tests use more of it than this bench")]
mod fixture;

use std::time::{Duration, Instant};

use egui::{self, Event, Key, Modifiers, Pos2, RawInput, Rect, UiBuilder, vec2};
use fixture::{Fixture, monitor};
use poolscope::app::command::{CommandSender, channel};
use poolscope::app::context::ViewContext;
use poolscope::app::guide::GuideView;
use poolscope::app::layout::Layout;
use poolscope::app::lesson::LessonView;
use poolscope::app::panels::{MessagesPanel, ResultsPanel, TimelinePanel};
use poolscope::app::state::LessonPage;
use poolscope::app::theme::{self, Theme};
use poolscope::function::OutputStream;
use poolscope::monitor::MonitorSnapshot;
use poolscope::pool::{Mode, RunSnapshot};
use poolscope::value::Value;

const ITEMS: u64 = 100_000;
const FRAMES: u64 = 300;
const ITEMS_A_FRAME: u64 = 100;
const SIZE: egui::Vec2 = vec2(1280.0, 800.0);
const OPENINGS: usize = 40;
/// Words that many topics hold, few, and none.
const SEARCHES: [&str; 4] = ["process thread", "shared memory", "how many workers", "zebra"];

fn main() {
    println!("{:44} {:>8} {:>8} {:>8}   ms of CPU a frame, {SIZE} points", "", "p50", "p95", "p99");
    for (workers, took_ms) in [(4, 5.0), (4, 0.5), (512, 5.0)] {
        let name = |panels: &str| format!("{panels}, {workers} workers, {took_ms} ms an item");
        report(&name("all views"), &frames(workers, took_ms, Shown::All));
        report(&name("timeline"), &frames(workers, took_ms, Shown::Timeline));
    }
    for took_ms in [5.0, 0.5] {
        let name = format!("presented, 8 workers, {took_ms} ms an item");
        report(&name, &frames(8, took_ms, Shown::Presented));
    }
    report("the lessons open, for the first time", &openings());
    report("a letter in the search of the guide", &searches());
}

fn report(name: &str, costs_ms: &[f64]) {
    let mut costs_ms = costs_ms.to_vec();
    costs_ms.sort_by(f64::total_cmp);
    let percentile = |share: f64| costs_ms[((costs_ms.len() - 1) as f64 * share) as usize];
    println!("{name:44} {:8.2} {:8.2} {:8.2}", percentile(0.5), percentile(0.95), percentile(0.99));
}

#[derive(Clone, Copy, PartialEq)]
enum Shown {
    All,
    Timeline,
    /// As with F11: no setup, larger type, thicker bars.
    Presented,
}

/// A presented window is 1920 x 1080 pixels, each of its points one and a half of them wide.
const SCREEN: egui::Vec2 = vec2(1280.0, 720.0);
const SCREEN_SCALE: f32 = 1.5;

/// A run that goes on: every worker is busy all the time, each item takes about as long as told.
struct Story {
    fixture: Fixture,
    workers: usize,
    took_ms: f64,
    next: u64,
}

impl Story {
    fn new(workers: usize, took_ms: f64) -> Self {
        let inputs: Vec<i64> = (0..ITEMS as i64).collect();
        let mut fixture = Fixture::new(Mode::Process, workers, inputs);
        for worker in 1..=workers {
            fixture = fixture.ready(worker, 4710 + worker as u32, 0.0, 30.0);
        }
        Self { fixture, workers, took_ms, next: 0 }
    }

    fn go_on(mut self, items: u64) -> Self {
        for index in self.next..(self.next + items).min(ITEMS) {
            let (round, place) = (index / self.workers as u64, index as usize % self.workers);
            let start_ms = 40.0 + round as f64 * (self.took_ms + 0.2);
            let took_ms = self.took_ms * (0.6 + 0.4 * ((index * 7919 % 1000) as f64 / 1000.0));
            let worker = place + 1;
            self.fixture = match index % 97 {
                0 => self.fixture.failed(worker, index, start_ms, took_ms, "negative input"),
                _ => self.fixture.ok(worker, index, start_ms, took_ms, Value::Int(index as i64 * 2)),
            };
            if index % 10 == 0 {
                self.fixture =
                    self.fixture.says(worker, start_ms, OutputStream::Stdout, "checked ten more numbers");
            }
        }
        self.next += items;
        self
    }
}

/// What is drawn for a window, ready for its device; the cost in milliseconds.
fn frame_ms(ctx: &egui::Context, input: RawInput, mut draw: impl FnMut(&mut egui::Ui)) -> f64 {
    let begun = Instant::now();
    let mut output = ctx.run_ui(input, |ui| draw(ui));
    let meshes = ctx.tessellate(output.shapes, output.pixels_per_point);
    let cost_ms = begun.elapsed().as_secs_f64() * 1e3;
    std::hint::black_box(meshes);
    output.textures_delta.clear();
    cost_ms
}

fn input(size: egui::Vec2, frame: u64, events: Vec<Event>) -> RawInput {
    RawInput {
        screen_rect: Some(Rect::from_min_size(Pos2::ZERO, size)),
        time: Some(frame as f64 / 60.0),
        events,
        ..RawInput::default()
    }
}

/// The cost of the frame in which the lessons take the place of the views, in a new window each time.
fn openings() -> Vec<f64> {
    (0..OPENINGS).map(|_| opening_ms()).collect()
}

fn opening_ms() -> f64 {
    let ctx = egui::Context::default();
    theme::apply(&ctx);
    let (commands, _queue) = channel(&ctx);
    let run = Story::new(4, 5.0).go_on(1000).fixture.snapshot();
    let cores = monitor(run.log.plan.started, 2, 5.0, |_, _| 0.8);
    let (mut views, mut lessons) = (Views::default(), LessonView::default());
    for frame in 0..3 {
        frame_ms(&ctx, input(SIZE, frame, Vec::new()), |ui| {
            views.ui(ui, &run, &cores, &commands, Shown::All);
        });
    }
    let theme = Theme::of(&ctx);
    let cx = ViewContext { monitor: Some(&cores), ..view_context(&run, &theme, &commands) };
    frame_ms(&ctx, input(SIZE, 3, Vec::new()), |ui| lessons.ui(ui, &cx, &LessonPage::Gallery, None, None))
}

/// The cost of each frame in which a letter is typed into the search of the guide, that of what is found included.
fn searches() -> Vec<f64> {
    let ctx = egui::Context::default();
    theme::apply(&ctx);
    let (commands, _queue) = channel(&ctx);
    let run = Story::new(4, 5.0).go_on(1000).fixture.snapshot();
    let theme = Theme::of(&ctx);
    let cx = view_context(&run, &theme, &commands);
    let mut guide = GuideView::default();
    guide.open();
    let typed = SEARCHES.iter().flat_map(|words| {
        let letters = words.chars().map(|letter| vec![Event::Text(letter.to_string())]);
        letters.chain([vec![Event::Key {
            key: Key::A,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::COMMAND,
        }]])
    });
    let events = [Vec::new(), Vec::new(), Vec::new()].into_iter().chain(typed);
    let cost_ms = |(frame, events)| frame_ms(&ctx, input(SIZE, frame, events), |ui| guide.ui(ui.ctx(), &cx));
    // The first ones open it.
    (0..).zip(events).map(cost_ms).skip(3).collect()
}

fn view_context<'a>(run: &'a RunSnapshot, theme: &'a Theme, commands: &'a CommandSender) -> ViewContext<'a> {
    ViewContext {
        can_rerun: true,
        run: Some(run),
        monitor: None,
        machine_then: None,
        theme,
        commands,
        now: run.log.plan.started + Duration::from_nanos(run.now_ns),
        selected_row: None,
        chosen_worker: None,
        verdict: None,
    }
}

/// The cost of each frame in milliseconds.
fn frames(workers: usize, took_ms: f64, shown: Shown) -> Vec<f64> {
    let ctx = egui::Context::default();
    theme::apply(&ctx);
    let (commands, _queue) = channel(&ctx);
    let mut views = Views::default();
    views.layout.presenting.is_on = true;
    let (size, scale) = match shown {
        Shown::Presented => (SCREEN, SCREEN_SCALE),
        Shown::All | Shown::Timeline => (SIZE, 1.0),
    };
    ctx.set_pixels_per_point(scale);
    let mut story = Story::new(workers, took_ms).go_on(ITEMS - FRAMES * ITEMS_A_FRAME);
    let mut costs_ms = Vec::new();
    for frame in 0..FRAMES {
        story = story.go_on(ITEMS_A_FRAME);
        let run = story.fixture.snapshot();
        let seconds = run.now_ns as f64 / 1e9;
        let cores = monitor(run.log.plan.started, 2, seconds.min(60.0), |core, at_s| {
            0.8 + 0.1 * (at_s as f32 + core as f32).sin()
        });
        let input = input(size, frame, Vec::new());
        costs_ms.push(frame_ms(&ctx, input, |ui| views.ui(ui, &run, &cores, &commands, shown)));
    }
    // The first frames lay out fonts.
    costs_ms.split_off(20)
}

#[derive(Default)]
struct Views {
    timeline: TimelinePanel,
    results: ResultsPanel,
    messages: MessagesPanel,
    /// All of them, as the window lays them out.
    layout: Layout,
}

impl Views {
    fn ui(
        &mut self,
        ui: &mut egui::Ui,
        run: &RunSnapshot,
        cores: &MonitorSnapshot,
        commands: &CommandSender,
        shown: Shown,
    ) {
        let theme = Theme::of(ui.ctx());
        let cx = ViewContext {
            monitor: Some(cores),
            machine_then: Some(cores),
            ..view_context(run, &theme, commands)
        };
        if shown == Shown::Presented {
            return self.layout.views_ui(ui, &cx);
        }
        let (top, bottom) = ui.max_rect().shrink(8.0).split_top_bottom_at_fraction(0.5);
        let (left, right) = bottom.split_left_right_at_fraction(0.55);
        let mut child =
            |rect: Rect| ui.new_child(UiBuilder::new().max_rect(rect).id_salt(rect.min.to_string()));
        self.timeline.ui(&mut child(top), &cx);
        if shown == Shown::All {
            self.results.ui(&mut child(left), &cx);
            self.messages.ui(&mut child(right), &cx);
        }
    }
}
