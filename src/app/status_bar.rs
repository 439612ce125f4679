//! The bar at the bottom: how the pool is, and what this program itself costs.

use std::ops::Range;
use std::time::Duration;

use egui::{Align, Color32, CornerRadius, Layout, RichText, Sense, Ui, vec2};

use super::context::SAMPLING;
use super::context::ViewContext;
use super::format;
use super::repaint_rate::RepaintRate;
use super::state::Phase;
use super::theme::Theme;
use super::widgets;
use crate::analysis::Disturbance;
use crate::monitor::MonitorSnapshot;
use crate::pool::{Audit, Counts, Lane, Mode, RunSnapshot};

/// So much is only used while something goes on.
const MUCH_CORES: f32 = 0.5;
/// After so long a sample tells nothing of what went on before.
const SETTLED: Duration = Duration::from_millis(1200);

/// Draws the bar into all of `ui`. `others` is what other programs use while nothing runs.
pub fn ui(ui: &mut Ui, cx: &ViewContext<'_>, phase: Phase, saved: Option<&str>, others: Option<Disturbance>) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if let Some(machine) = cx.monitor {
            own_cost_ui(ui, cx.theme, machine);
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            state_ui(ui, cx.theme, phase);
            if let Some(others) = others {
                others_ui(ui, cx.theme, &others);
            }
            if let Some(saved) = saved {
                widgets::elided(ui, RichText::new(saved).color(cx.theme.ok));
                ui.add_space(8.0);
            }
            if let Some(run) = cx.run.filter(|_| phase != Phase::Ready) {
                pool_ui(ui, cx, run);
            }
        });
    });
}

fn state_ui(ui: &mut Ui, theme: &Theme, phase: Phase) {
    let color = phase_color(theme, phase);
    let (dot, _) = ui.allocate_exact_size(vec2(9.0, 9.0), Sense::hover());
    ui.painter().rect_filled(dot, CornerRadius::same(5), color);
    ui.label(RichText::new(phase.label()).color(color));
    ui.add_space(8.0);
}

fn others_ui(ui: &mut Ui, theme: &Theme, others: &Disturbance) {
    let text = RichText::new(others.before_a_run()).color(theme.warn);
    widgets::elided(ui, text).on_hover_text(
        "A run that is started now shares the cores with them: do not compare it with others. \
         Mean of the last two seconds, without this window.",
    );
    ui.add_space(8.0);
}

fn phase_color(theme: &Theme, phase: Phase) -> Color32 {
    match phase {
        Phase::Ready => theme.weak,
        Phase::Running | Phase::Done => theme.ok,
        Phase::Paused | Phase::Finishing | Phase::Stopping | Phase::Stopped => theme.warn,
        Phase::Broken => theme.bad,
    }
}

fn pool_ui(ui: &mut Ui, cx: &ViewContext<'_>, run: &RunSnapshot) {
    let text = match &run.log.audit {
        Some(audit) => audit_text(audit),
        None => pool_text(run),
    };
    let is_clean = run.log.audit.as_ref().is_none_or(Audit::is_clean);
    let color = if is_clean { cx.theme.weak } else { cx.theme.bad };
    let response = widgets::elided(ui, RichText::new(text).color(color));
    if let Some(audit) = run.log.audit.as_ref().filter(|audit| !audit.named.is_empty()) {
        response.on_hover_text(audit.named.join("\n"));
    }
    if let Some(text) = items_text(run.log.counts) {
        ui.add_space(8.0);
        widgets::elided(ui, RichText::new(text).color(cx.theme.warn));
    }
    ui.add_space(8.0);
    if let Some(text) = memory_text(run, cx.monitor) {
        widgets::elided(ui, RichText::new(text).color(cx.theme.weak));
    }
}

/// "pool of 4 processes: 4 alive, 1 replaced".
fn pool_text(run: &RunSnapshot) -> String {
    let alive = run.log.lanes.iter().filter(|lane| lane.is_alive()).count();
    let mut text = format!("pool of {}: {alive} alive", run.log.shape());
    if run.log.counts.hosts_lost > 0 {
        text += &format!(", {} lost", run.log.counts.hosts_lost);
    }
    let replaced = run.log.deaths.iter().filter(|death| death.replaced_after.is_some()).count();
    if replaced > 0 {
        text += &format!(", {replaced} replaced");
    }
    if run.log.counts.recycled > 0 {
        text += &format!(", {} recycled", run.log.counts.recycled);
    }
    text
}

/// "2 timed out, 1 flaky": what a person may want to look into, though the run goes on.
fn items_text(counts: Counts) -> Option<String> {
    let parts = [(counts.timed_out, "timed out"), (counts.flaky, "flaky")];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", format::count(count)))
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// "0 processes, 0 zombies, 0 files left".
fn audit_text(audit: &Audit) -> String {
    let left = |count: usize, one, many| format::counted(count as u64, one, many);
    format!(
        "{}, {}, {} left",
        left(audit.processes, "process", "processes"),
        left(audit.zombies, "zombie", "zombies"),
        left(audit.temp_files, "file", "files")
    )
}

/// The memory of the hosts now, or at most where they are gone.
fn memory_text(run: &RunSnapshot, machine: Option<&MonitorSnapshot>) -> Option<String> {
    let log = &run.log;
    let now: u64 = machine.map_or(0, |machine| machine.hosts.values().map(|host| host.rss_bytes).sum());
    if now > 0 && !log.is_finished() {
        return Some(format!("memory of the workers {}", format::bytes(now)));
    }
    let shape = log.shape();
    let of_lanes = |lanes: Range<usize>| log.lanes.get(lanes).into_iter().flatten().map(Lane::peak_rss_bytes);
    // Threads of one process hold its memory together. Beyond them are the lanes of those that are gone or run alone.
    let hosts = (0..shape.hosts()).map(|host| of_lanes(shape.lanes_of(host)).max().unwrap_or_default());
    let others = of_lanes(shape.workers..log.lanes.len());
    let peak: u64 = hosts.sum::<u64>() + if shape.mode == Mode::Process { others.sum() } else { 0 };
    (peak > 0).then(|| format!("memory of the workers at most {}", format::bytes(peak)))
}

fn own_cost_ui(ui: &mut Ui, theme: &Theme, machine: &MonitorSnapshot) {
    let rate = RepaintRate::of_window(ui.ctx());
    if machine.own.cores_used > MUCH_CORES && rate.follows_pointer() {
        // What went on before is over: its cost is not left standing until the next frame, which may come late.
        ui.ctx().request_repaint_after(SETTLED.max(rate.live));
    }
    let percent = machine.own.cores_used * 100.0;
    let memory = format::bytes(machine.own.rss_bytes);
    let short = format!("Poolscope itself: {percent:.1} % CPU, {memory}");
    let long = format!("{short} · sampled every {} ms", SAMPLING.as_millis());
    let text = if ui.available_width() > 900.0 { &long } else { &short };
    widgets::weak(ui, theme, text.as_str())
        .on_hover_text("What this window costs: percent of one core, and memory.");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audit_counts_everything() {
        assert_eq!(audit_text(&Audit::default()), "0 processes, 0 zombies, 0 files left");
        let audit = Audit { processes: 1, ..Audit::default() };
        assert_eq!(audit_text(&audit), "1 process, 0 zombies, 0 files left");
    }
}
