//! Light or dark: what a person chose, what is stored of it, and what the desktop says.

use egui::ThemePreference;

/// Under this name the choice is stored.
pub const THEME_KEY: &str = "colours";

/// The word by which a choice of colours is stored.
pub fn theme_word(preference: ThemePreference) -> &'static str {
    match preference {
        ThemePreference::System => "system",
        ThemePreference::Light => "light",
        ThemePreference::Dark => "dark",
    }
}

/// The colours that were chosen when the window was last closed.
pub fn stored_theme(storage: Option<&dyn eframe::Storage>) -> ThemePreference {
    match storage.and_then(|storage| storage.get_string(THEME_KEY)).as_deref() {
        Some("light") => ThemePreference::Light,
        Some("dark") => ThemePreference::Dark,
        _ => ThemePreference::System,
    }
}

/// What the desktop says where its window system does not, as under X11.
pub fn desktop_theme() -> Option<egui::Theme> {
    match dark_light::detect() {
        Ok(dark_light::Mode::Light) => Some(egui::Theme::Light),
        Ok(dark_light::Mode::Dark) => Some(egui::Theme::Dark),
        Ok(dark_light::Mode::Unspecified) | Err(_) => None,
    }
}
