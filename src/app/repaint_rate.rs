//! How often the window is drawn: as often as it is worth on this machine, so that watching does not take the cores
//! from what is watched.

use std::time::Duration;

use egui::{Context, Id};

use super::PoolscopeApp;
use crate::monitor::usable_cores;

/// How long news wait at most until they are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RepaintRate {
    /// While a pool is at work.
    pub live: Duration,
    /// The figures of the machine while nothing runs.
    pub at_rest: Duration,
    /// So long a run waits before it begins, so that what the window draws then is not drawn on the cores of the run.
    pub delay_before_run: Duration,
}

impl RepaintRate {
    /// With a graphics processor a frame costs next to nothing: several news that come together are drawn once.
    pub const WITH_GPU: Self = Self {
        live: Duration::from_millis(10),
        at_rest: Duration::from_secs(1),
        delay_before_run: Duration::ZERO,
    };
    /// Without one, the same cores that run the pool paint every pixel, some tenths of a second for a window. On few cores it
    /// is drawn less often: see [`Self::without_gpu_on`].
    pub const WITHOUT_GPU: Self = Self {
        live: Duration::from_millis(250),
        at_rest: Duration::from_secs(10),
        delay_before_run: Duration::ZERO,
    };
    const LIVE_WHILE_MEASURED: Duration = Duration::from_secs(5);

    /// The same on a machine with so many cores: drawing takes about as much of a small one as of a large one.
    pub fn without_gpu_on(cores: usize) -> Self {
        let live = Self::WITHOUT_GPU.live * 8 / (cores as u32).clamp(2, 8);
        Self { live, ..Self::WITHOUT_GPU }
    }

    /// For a run that is measured: without a graphics processor the window would take from its cores what it shows. Its end
    /// is drawn at once in any case.
    pub fn while_measured(self) -> Self {
        if self.live < Self::WITHOUT_GPU.live {
            return self;
        }
        Self { live: Self::LIVE_WHILE_MEASURED, delay_before_run: Duration::from_millis(500), ..self }
    }

    /// Whether what the pointer is on is worth a frame: not while the window saves all that it can.
    pub fn follows_pointer(self) -> bool {
        self.live < Self::LIVE_WHILE_MEASURED
    }

    /// How long the news that a run has begun may wait.
    pub fn news_of_begin(self) -> Duration {
        if self.delay_before_run.is_zero() { Duration::ZERO } else { self.live }
    }

    /// The repaint rate of this window, for panels that ask for frames of their own.
    pub fn of_window(ctx: &Context) -> Self {
        ctx.data(|data| data.get_temp(Id::NULL)).unwrap_or(Self::WITH_GPU)
    }

    /// Makes this the repaint rate of the window.
    pub fn hold_in(self, ctx: &Context) {
        ctx.data_mut(|data| data.insert_temp(Id::NULL, self));
    }

    /// The repaint rate for the device that the window is drawn with.
    pub fn of(creation: &eframe::CreationContext<'_>) -> Self {
        let device = creation.wgpu_render_state.as_ref().map(|state| state.adapter.get_info().device_type);
        match device {
            Some(eframe::wgpu::DeviceType::Cpu) => Self::without_gpu_on(usable_cores()),
            _ => Self::WITH_GPU,
        }
    }
}

impl PoolscopeApp {
    /// Draws seldom while a run goes on whose figures are what it is for; once a frame.
    pub(super) fn follow_measuring(&self, ctx: &Context) {
        let is_measuring = self.twin.is_some() || self.lesson_runner.is_live();
        let rate = if is_measuring { self.repaint_rate.while_measured() } else { self.repaint_rate };
        rate.hold_in(ctx);
    }
}
