//! The window without a person at it: after the last key, frames are drawn only where something asked for them, by the
//! rules of eframe's event loop. Whatever waits for work in the background without waking the window waits for ever here.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use eframe::App;
use egui::{Context, Event, Key, Modifiers, RawInput, Rect, ThemePreference, ViewportCommand, ViewportId};
use poolscope::app::PoolscopeApp;
use poolscope::app::repaint_rate::RepaintRate;
use poolscope::app::theme;
use poolscope::pool::Launch;
use poolscope::pool::examples::EXAMPLES;

/// Only the first two samples of the machine wake a window at rest, both within this time.
const FIRST_SAMPLES: Duration = Duration::from_secs(1);
const LIMIT: Duration = Duration::from_secs(60);

/// A window that is drawn as eframe would.
struct Window {
    ctx: Context,
    app: PoolscopeApp,
    frame: eframe::Frame,
    opened: Instant,
    /// When a frame was asked for, and in which pass.
    asked: Receiver<(Instant, u64)>,
    /// There is one next frame: the earliest that was asked for since the last one.
    next: Option<Instant>,
    title: String,
    /// What a screen reader would read of the last frame that changed something.
    labels: Vec<String>,
}

impl Window {
    fn open(path: Option<PathBuf>) -> Self {
        Self::drawn_at(RepaintRate { at_rest: Duration::from_secs(3600), ..RepaintRate::WITH_GPU }, path)
    }

    fn drawn_at(repaint_rate: RepaintRate, path: Option<PathBuf>) -> Self {
        let (ctx, (sender, asked)) = (Context::default(), mpsc::channel());
        ctx.enable_accesskit();
        ctx.set_request_repaint_callback(move |info| {
            let _ = sender.send((Instant::now() + info.delay, info.current_cumulative_pass_nr));
        });
        theme::apply(&ctx);
        let launch = Launch { program: env!("CARGO_BIN_EXE_poolscope").into(), niceness: 0 };
        let app = PoolscopeApp::new(&ctx, launch, path, ThemePreference::Dark, repaint_rate).unwrap();
        let (frame, opened, title) = (eframe::Frame::_new_kittest(), Instant::now(), String::new());
        Self { ctx, app, frame, opened, asked, next: Some(opened), title, labels: Vec::new() }
    }

    /// Draws a frame, with these events.
    fn draw(&mut self, events: Vec<Event>) {
        self.draw_with(RawInput { events, ..RawInput::default() });
    }

    fn draw_with(&mut self, input: RawInput) {
        self.next = None;
        let size = egui::vec2(1280.0, 800.0);
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(egui::Pos2::ZERO, size)),
            time: Some(self.opened.elapsed().as_secs_f64()),
            focused: true,
            ..input
        };
        let (app, frame) = (&mut self.app, &mut self.frame);
        let output = self.ctx.clone().run_ui(input, |ui| {
            app.logic(ui.ctx(), frame);
            app.ui(ui, frame);
        });
        for command in &output.viewport_output[&ViewportId::ROOT].commands {
            if let ViewportCommand::Title(title) = command {
                title.clone_into(&mut self.title);
            }
        }
        if let Some(update) = &output.platform_output.accesskit_update {
            let labels = update.nodes.iter().filter_map(|(_, node)| node.label().or(node.value()));
            self.labels = labels.map(str::to_owned).collect();
        }
        output.drop_without_applying_deltas();
    }

    /// Waits until something that holds this is read out.
    fn wait_for_label(&mut self, part: &str) -> bool {
        let deadline = Instant::now() + LIMIT;
        while !self.labels.iter().any(|label| label.contains(part)) {
            let before = self.labels.clone();
            let is_other = |window: &Self| window.labels != before;
            if Instant::now() >= deadline || !self.wait_until(LIMIT, is_other) {
                return false;
            }
        }
        true
    }

    /// Draws what is asked for until it is so or the time is over; gives whether it is so.
    fn wait(&mut self, limit: Duration, is_so: impl Fn(&str) -> bool) -> bool {
        self.wait_until(limit, |window| is_so(&window.title))
    }

    fn wait_until(&mut self, limit: Duration, is_so: impl Fn(&Self) -> bool) -> bool {
        let deadline = Instant::now() + limit;
        while !is_so(self) {
            let wake_at = self.next.unwrap_or(deadline).min(deadline);
            match self.asked.recv_timeout(wake_at.saturating_duration_since(Instant::now())) {
                Ok((when, pass)) => self.ask(when, pass),
                Err(RecvTimeoutError::Timeout) if self.next.is_some_and(|next| next <= Instant::now()) => {
                    self.draw(Vec::new());
                }
                Err(_) if Instant::now() >= deadline => return false,
                Err(_) => {}
            }
        }
        true
    }

    /// eframe takes a request that was made before the last frame for one that this frame has answered.
    fn ask(&mut self, when: Instant, pass: u64) {
        let current = self.ctx.cumulative_pass_nr_for(ViewportId::ROOT);
        if current == pass || current == pass + 1 {
            self.next = Some(self.next.map_or(when, |next| next.min(when)));
        }
    }

    fn press(&mut self, key: Key, modifiers: Modifiers) {
        let event = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
        self.draw(vec![event(true), event(false)]);
    }

    fn drop_file(&mut self, path: &Path) {
        let dropped_files = vec![Arc::new(Dropped(path.to_owned())) as egui::DroppedFileHandle];
        self.draw_with(RawInput { dropped_files, ..RawInput::default() });
    }

    /// Chooses a command of the palette, as the only thing that a person does.
    fn choose(&mut self, command: &str) {
        self.wait(FIRST_SAMPLES, |_| false);
        self.press(Key::P, Modifiers::CTRL | Modifiers::COMMAND | Modifiers::SHIFT);
        self.wait(Duration::from_millis(200), |_| false);
        self.draw(vec![Event::Text(command.to_owned())]);
        self.press(Key::Enter, Modifiers::NONE);
    }
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        self.app.on_exit();
    }
}

#[test]
fn an_example_that_is_chosen_starts_with_nothing_else_done() {
    for example in &EXAMPLES {
        let mut window = Window::open(None);
        window.choose(&format!("example: {}", example.name));
        let is_started = |title: &str| !title.starts_with("ready: ");
        assert!(window.wait(LIMIT, is_started), "{}: {}", example.name, window.title);
    }
}

#[test]
fn a_run_is_shown_to_its_end_with_nothing_else_done() {
    let mut window = Window::open(None);
    window.choose("example: Primes");
    let has_ended = |title: &str| title.starts_with("done: primes.csv");
    assert!(window.wait(LIMIT, has_ended), "{}", window.title);
}

#[test]
fn a_file_that_is_opened_is_shown_with_nothing_else_done() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/examples/primes.csv");
    let mut window = Window::open(Some(path.into()));
    assert!(window.wait(LIMIT, |title| title.contains("primes.csv")), "{}", window.title);
}

#[test]
fn one_example_after_the_other_starts_with_nothing_else_done() {
    let mut window = Window::open(None);
    for (name, title) in
        [("Primes", "primes.csv"), ("Picture in parallel", "mandelbrot_tile"), ("Primes", "primes.csv")]
    {
        window.choose(&format!("example: {name}"));
        let has_ended = |now: &str| now.starts_with("done: ") && now.contains(title);
        assert!(window.wait(LIMIT, has_ended), "{name}: {}", window.title);
    }
}

#[test]
fn what_a_run_showed_is_said_with_nothing_else_done() {
    let mut window = Window::open(None);
    window.choose("example: Pool.map (Python file)");
    assert!(window.wait_for_label("4 workers ×"), "{:?}", window.labels);
}

#[test]
fn a_try_is_shown_to_its_end_with_nothing_else_done() {
    let mut window = Window::open(None);
    window.choose("example: Pool.map (script)");
    assert!(window.wait(LIMIT, |title| title.starts_with("done: ")), "{}", window.title);
    window.choose("try on one");
    assert!(window.wait_for_label("Worked"), "{:?}", window.labels);
}

#[test]
fn failures_are_grouped_with_nothing_else_done() {
    let mut window = Window::open(None);
    window.choose("example: A crash, processes");
    assert!(window.wait_for_label("1 row failed: "), "{:?}", window.labels);
}

#[test]
fn the_setup_takes_the_place_of_the_runs_where_something_of_it_must_be_seen() {
    let missing = Path::new("/no/such/run.poolrun");
    for (dropped, said) in [(None, "There are no inputs"), (Some(missing), "/no/such/run.poolrun")] {
        let mut window = Window::open(None);
        window.press(Key::L, Modifiers::CTRL | Modifiers::COMMAND);
        assert!(window.wait_for_label("Each run is kept here"), "{:?}", window.labels);
        match dropped {
            None => window.press(Key::Enter, Modifiers::CTRL | Modifiers::COMMAND),
            Some(path) => window.drop_file(path),
        }
        assert!(window.wait_for_label(said), "{said}: {:?}", window.labels);
        assert!(window.labels.iter().any(|label| label == "Processes"), "{:?}", window.labels);
    }
}

/// What a lesson computes is not of other programs.
#[test]
fn the_processes_of_a_lesson_are_the_windows_own() {
    let mut window = Window::open(None);
    window.choose("Lesson 26");
    assert!(window.wait_for_label("Which is faster?"), "{:?}", window.labels);
    window.press(Key::Space, Modifiers::NONE);
    let watches = |window: &Window| !window.app.watched_hosts().is_empty();
    assert!(window.wait_until(LIMIT, watches), "{:?}", window.labels);
    let has_ended = |window: &Window| {
        window.app.watched_hosts().is_empty() && window.labels.iter().any(|label| label.contains("run again"))
    };
    assert!(window.wait_until(LIMIT, has_ended), "{:?}", window.labels);
}

/// Where the cores that a run is measured on draw the window, too.
#[test]
fn a_comparison_of_both_modes_is_drawn_seldom() {
    let mut window = Window::drawn_at(RepaintRate::WITHOUT_GPU, None);
    let rate = |window: &Window| RepaintRate::of_window(&window.ctx);
    window.choose("example: Primes");
    assert!(window.wait(LIMIT, |title| title.starts_with("done: primes.csv")), "{}", window.title);
    assert_eq!(rate(&window), RepaintRate::WITHOUT_GPU);
    window.choose("run in both");
    let is_seldom = |window: &Window| rate(window) == RepaintRate::WITHOUT_GPU.while_measured();
    assert!(window.wait_until(LIMIT, is_seldom), "{:?}", window.labels);
    let is_over = |window: &Window| rate(window) == RepaintRate::WITHOUT_GPU;
    assert!(window.wait_until(LIMIT, is_over), "{:?}", window.labels);
    assert!(window.labels.iter().any(|label| label.contains("rocesses")), "{:?}", window.labels);
}
