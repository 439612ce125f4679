//! How the window looks: the only colour literals, the text sizes, the spacing, and the egui style made from them.
//!
//! Widgets and panels ask a [`Theme`] for a token by what it means; none of them knows a colour.

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Shadow, Stroke,
    Style, TextStyle, Theme as Ground, Visuals, epaint::FontColorTransferFunction, style::HandleShape,
    style::ScrollAnimation, style::WidgetVisuals, vec2,
};

/// One step of the spacing, in points; all gaps are multiples of it.
pub const STEP: f32 = 4.0;
/// Between cards, and within them to their edge.
pub const GAP: f32 = 2.0 * STEP;
/// The corners of cards.
pub const CARD_RADIUS: u8 = 8;
/// The corners of fields and buttons.
pub const FIELD_RADIUS: u8 = 6;
/// The height of fields, buttons and segmented controls.
pub const FIELD_HEIGHT: f32 = 28.0;

const BODY_SIZE: f32 = 13.0;
const SMALL_SIZE: f32 = 11.0;
const FIGURE_SIZE: f32 = 20.0;

const SEMIBOLD: &str = "semibold";

/// The colours by what they mean. Text tokens are legible on `panel`, see the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    pub is_dark: bool,
    /// The window's ground.
    pub bg: Color32,
    /// Cards.
    pub panel: Color32,
    /// Fields, and cards within cards.
    pub raised: Color32,
    /// Hairlines.
    pub line: Color32,
    /// Body text.
    pub text: Color32,
    /// Labels and remarks.
    pub weak: Color32,
    /// Hints and ornaments; never what must be read.
    pub faint: Color32,
    pub accent: Color32,
    /// Text on `accent`, `ok`, `warn` or `bad` grounds.
    pub on_accent: Color32,
    pub ok: Color32,
    pub warn: Color32,
    pub bad: Color32,
    /// The first four workers; see [`Theme::worker`].
    pub workers: [Color32; 4],
}

/// A screen with nothing on it.
pub const BLACK: Color32 = Color32::BLACK;

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

impl Theme {
    /// The colours on a dark ground.
    pub const fn dark() -> Self {
        Self {
            is_dark: true,
            bg: rgb(0x14171c),
            panel: rgb(0x1b1f26),
            raised: rgb(0x232833),
            line: rgb(0x2e3440),
            text: rgb(0xe6e9ef),
            weak: rgb(0x98a2b3),
            faint: rgb(0x667085),
            accent: rgb(0x4c9fff),
            on_accent: rgb(0x0b1018),
            ok: rgb(0x3fb68b),
            warn: rgb(0xe5a93c),
            bad: rgb(0xef6461),
            workers: [rgb(0x4c9fff), rgb(0xf0a13a), rgb(0x3fb68b), rgb(0xc58af9)],
        }
    }

    /// The colours on a light ground.
    pub const fn light() -> Self {
        Self {
            is_dark: false,
            bg: rgb(0xf4f5f7),
            panel: rgb(0xffffff),
            raised: rgb(0xeef0f4),
            line: rgb(0xdde1e8),
            text: rgb(0x1a1f29),
            weak: rgb(0x566072),
            faint: rgb(0x8b94a5),
            accent: rgb(0x1769e0),
            on_accent: rgb(0xffffff),
            ok: rgb(0x12805c),
            warn: rgb(0xa86400),
            bad: rgb(0xc9302c),
            workers: [rgb(0x1769e0), rgb(0xc96f00), rgb(0x12805c), rgb(0x8a46d8)],
        }
    }

    /// The colours that hold in this window now.
    pub fn of(ctx: &Context) -> Self {
        Self::on(ctx.theme())
    }

    const fn on(ground: Ground) -> Self {
        match ground {
            Ground::Dark => Self::dark(),
            Ground::Light => Self::light(),
        }
    }

    /// The colour of a worker, counted from 1. After four they repeat: lighter, darker, and from the start again.
    pub fn worker(&self, number: usize) -> Color32 {
        let place = number.saturating_sub(1);
        let base = self.workers[place % self.workers.len()];
        match place / self.workers.len() % 3 {
            0 => base,
            1 => base.lerp_to_gamma(Color32::WHITE, 0.35),
            _ => base.lerp_to_gamma(Color32::BLACK, 0.35),
        }
    }

    /// A colour drawn softly on `panel`: for areas behind text, and for bars that are not the point.
    pub fn soft(&self, color: Color32, strength: f32) -> Color32 {
        self.panel.lerp_to_gamma(color, strength)
    }

    /// The hairline around and between things.
    pub fn hairline(&self) -> Stroke {
        Stroke::new(1.0, self.line)
    }
}

/// Semibold at body size: titles, names.
pub fn strong() -> TextStyle {
    TextStyle::Name("strong".into())
}

/// Semibold and large: the numbers of a run.
pub fn figure() -> TextStyle {
    TextStyle::Name("figure".into())
}

/// Gives the window its fonts and both its styles; which of them holds is egui's theme preference.
pub fn apply(ctx: &Context) {
    ctx.set_fonts(fonts());
    egui_material_icons::initialize(ctx);
    for ground in [Ground::Dark, Ground::Light] {
        ctx.set_style_of(ground, style(&Theme::on(ground)));
    }
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let files: [(&str, &'static [u8], FontFamily); 3] = [
        ("Inter", include_bytes!("../../assets/fonts/Inter-Regular.ttf"), FontFamily::Proportional),
        (
            "Inter SemiBold",
            include_bytes!("../../assets/fonts/Inter-SemiBold.ttf"),
            FontFamily::Name(SEMIBOLD.into()),
        ),
        (
            "JetBrains Mono",
            include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf"),
            FontFamily::Monospace,
        ),
    ];
    // What Inter lacks comes from the fonts that egui would use anyway, also in semibold text.
    let fallback = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    fonts.families.insert(FontFamily::Name(SEMIBOLD.into()), fallback);
    for (name, bytes, family) in files {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
        fonts.families.entry(family).or_default().insert(0, name.to_owned());
    }
    fonts
}

fn text_styles() -> BTreeMap<TextStyle, FontId> {
    let semibold = || FontFamily::Name(SEMIBOLD.into());
    BTreeMap::from([
        (TextStyle::Body, FontId::proportional(BODY_SIZE)),
        (TextStyle::Button, FontId::proportional(BODY_SIZE)),
        (TextStyle::Small, FontId::proportional(SMALL_SIZE)),
        (TextStyle::Monospace, FontId::monospace(BODY_SIZE - 1.0)),
        (TextStyle::Heading, FontId::new(BODY_SIZE, semibold())),
        (strong(), FontId::new(BODY_SIZE, semibold())),
        (figure(), FontId::new(FIGURE_SIZE, semibold())),
    ])
}

fn style(theme: &Theme) -> Style {
    let mut style = Style { text_styles: text_styles(), visuals: visuals(theme), ..Style::default() };
    // Nothing glides: what moves in this window moves because work does.
    style.animation_time = 0.0;
    style.scroll_animation = ScrollAnimation::none();
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(2.0 * STEP, STEP);
    spacing.button_padding = vec2(2.0 * STEP, STEP);
    spacing.interact_size = vec2(FIELD_HEIGHT, 24.0);
    spacing.window_margin = Margin::same(12);
    spacing.menu_margin = Margin::same(6);
    spacing.menu_width = 260.0;
    spacing.combo_height = 320.0;
    spacing.tooltip_width = 360.0;
    // A bar that only shows under the pointer leaves unsaid that there is more.
    spacing.scroll.dormant_handle_opacity = 0.4;
    style
}

fn visuals(theme: &Theme) -> Visuals {
    let mut visuals = if theme.is_dark { Visuals::dark() } else { Visuals::light() };
    visuals.panel_fill = theme.bg;
    visuals.window_fill = theme.panel;
    visuals.window_stroke = theme.hairline();
    visuals.window_corner_radius = CornerRadius::same(CARD_RADIUS);
    visuals.menu_corner_radius = CornerRadius::same(FIELD_RADIUS);
    visuals.window_shadow = Shadow::NONE;
    visuals.popup_shadow = Shadow::NONE;
    visuals.extreme_bg_color = theme.raised;
    visuals.text_edit_bg_color = Some(theme.raised);
    visuals.faint_bg_color = theme.soft(theme.raised, 0.4);
    visuals.code_bg_color = theme.raised;
    visuals.weak_text_color = Some(theme.weak);
    visuals.hyperlink_color = theme.accent;
    visuals.warn_fg_color = theme.warn;
    visuals.error_fg_color = theme.bad;
    visuals.selection.bg_fill = theme.soft(theme.accent, 0.35);
    visuals.selection.stroke = Stroke::new(1.0, theme.accent);
    visuals.slider_trailing_fill = true;
    visuals.handle_shape = HandleShape::Circle;
    // egui's own choice for light text on a dark ground makes it look semibold.
    visuals.text_options.color_transfer_function = match theme.is_dark {
        true => FontColorTransferFunction::Gamma(0.8),
        false => FontColorTransferFunction::LIGHT_MODE_DEFAULT,
    };
    set_widgets(&mut visuals, theme);
    visuals
}

fn set_widgets(visuals: &mut Visuals, theme: &Theme) {
    let look = |fill: Color32, line: Color32, text: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, line),
        corner_radius: CornerRadius::same(FIELD_RADIUS),
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    let hovered = theme.raised.lerp_to_gamma(theme.text, 0.06);
    let pressed = theme.raised.lerp_to_gamma(theme.text, 0.12);
    visuals.widgets.noninteractive = look(theme.panel, theme.line, theme.text);
    visuals.widgets.inactive = look(theme.raised, theme.line, theme.text);
    visuals.widgets.hovered = look(hovered, theme.faint, theme.text);
    visuals.widgets.active = look(pressed, theme.accent, theme.text);
    visuals.widgets.open = look(hovered, theme.faint, theme.text);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance after WCAG 2.
    fn luminance(color: Color32) -> f32 {
        let linear = |channel: u8| {
            let share = f32::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
    }

    fn contrast(one: Color32, other: Color32) -> f32 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn text_is_legible_on_every_ground_it_stands_on() {
        for theme in [Theme::dark(), Theme::light()] {
            for (text, ground) in [
                (theme.text, theme.panel),
                (theme.text, theme.raised),
                (theme.weak, theme.panel),
                (theme.weak, theme.raised),
                (theme.weak, theme.bg),
                (theme.bad, theme.panel),
                (theme.accent, theme.panel),
                (theme.ok, theme.bg),
                (theme.warn, theme.panel),
                (theme.on_accent, theme.accent),
                (theme.on_accent, theme.bad),
            ] {
                let contrast = contrast(text, ground);
                assert!(contrast >= 4.5, "{text:?} on {ground:?} has {contrast:.2}, dark: {}", theme.is_dark);
            }
        }
    }

    #[test]
    fn the_first_twelve_workers_are_told_apart() {
        for theme in [Theme::dark(), Theme::light()] {
            let mut colors: Vec<_> = (1..=12).map(|number| theme.worker(number).to_array()).collect();
            colors.sort_unstable();
            colors.dedup();
            assert_eq!(colors.len(), 12);
            assert_eq!(theme.worker(13), theme.worker(1));
        }
    }
}
