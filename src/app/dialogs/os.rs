//! Whether the desktop can show a file dialog at all: where it cannot, asking looks like a person who cancels.

#[cfg(all(unix, not(target_os = "macos")))]
pub fn has_dialogs() -> bool {
    has_zenity() || has_portal()
}

#[cfg(any(windows, target_os = "macos"))]
pub fn has_dialogs() -> bool {
    true
}

#[cfg(all(unix, not(target_os = "macos")))]
fn has_zenity() -> bool {
    let Some(paths) = std::env::var_os("PATH") else { return false };
    std::env::split_paths(&paths).any(|folder| folder.join("zenity").is_file())
}

/// A portal has a session bus to be asked over and a description of its service.
#[cfg(all(unix, not(target_os = "macos")))]
fn has_portal() -> bool {
    let has_bus = std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some()
        || std::env::var_os("XDG_RUNTIME_DIR")
            .is_some_and(|folder| std::path::Path::new(&folder).join("bus").exists());
    let shares = std::env::var("XDG_DATA_DIRS").unwrap_or_else(|_| "/usr/local/share:/usr/share".to_owned());
    let service = "dbus-1/services/org.freedesktop.portal.Desktop.service";
    has_bus && std::env::split_paths(&shares).any(|folder| folder.join(service).is_file())
}
