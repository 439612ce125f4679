//! What can be asked of the parts of the window that explain it.

use egui::{Key, KeyboardShortcut, Modifiers};

/// A part of the window that helps to find something, to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HelpCommand {
    Guide,
    Palette,
    Shortcuts,
    About,
}

impl HelpCommand {
    /// The words in menus and in the palette.
    pub fn label(self) -> &'static str {
        match self {
            Self::Guide => "Guide",
            Self::Palette => "All commands",
            Self::Shortcuts => "Keyboard shortcuts",
            Self::About => "About Poolscope",
        }
    }

    pub fn tooltip(self) -> &'static str {
        match self {
            Self::Guide => "Explains the window, the terminal and what messages mean; it can be searched.",
            Self::Palette => "Finds any command by a few letters of its name.",
            _ => "",
        }
    }

    /// The keys that send it.
    pub fn shortcut(self) -> Option<KeyboardShortcut> {
        let (modifiers, key) = match self {
            Self::Guide => (Modifiers::NONE, Key::F1),
            Self::Palette => (Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::P),
            Self::Shortcuts => (Modifiers::SHIFT, Key::F1),
            Self::About => return None,
        };
        Some(KeyboardShortcut::new(modifiers, key))
    }
}
