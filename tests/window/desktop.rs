//! A private desktop: a virtual screen, a window manager, one program, and the keys that go to it.

use std::fs::{self, File, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// How long a person would pause between two keys that open something.
const PACE: Duration = Duration::from_millis(400);
const POLL: Duration = Duration::from_millis(100);

/// Marks every process that descends from the program, whoever its parent is by then.
const MARK: &str = "POOLSCOPE_WINDOW_TEST_FOLDER";

pub struct Desktop {
    display: String,
    folder: TempDir,
    screen: Child,
    manager: Child,
    program: Option<Child>,
}

impl Desktop {
    /// Starts the screen and the window manager, and waits until both answer.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut screen = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1280x800x24",
                "+extension",
                "GLX",
                "-nolisten",
                "tcp",
                "-noreset",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb");
        let mut number = String::new();
        let output = screen.stdout.as_mut().expect("its output");
        BufReader::new(output).read_line(&mut number).expect("the number of the screen");
        let display = format!(":{}", number.trim());
        let manager = Command::new("openbox")
            .env("DISPLAY", &display)
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("openbox");
        let mut desktop = Self { display, folder, screen, manager, program: None };
        desktop.wait("the window manager answers", Duration::from_secs(20), |desktop| {
            desktop.xdotool(&["get_num_desktops"]).map(drop)
        });
        desktop
    }

    /// Where the test may write; it goes when the desktop goes.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts the program with a home of its own, so that it neither finds nor leaves settings, and without a
    /// message bus, so that it asks zenity for files.
    pub fn launch(&mut self, program: &str) {
        let home = self.folder().join("home");
        let runtime = self.folder().join("run");
        for folder in [&home, &runtime] {
            fs::create_dir(folder).expect("a folder");
            fs::set_permissions(folder, Permissions::from_mode(0o700)).expect("a private folder");
        }
        let log = File::create(self.log_path()).expect("a log");
        let child = Command::new(program)
            .current_dir(&home)
            .env(MARK, self.folder())
            .env("DISPLAY", &self.display)
            .env("HOME", &home)
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_RUNTIME_DIR", &runtime)
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .env("NO_AT_BRIDGE", "1")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("LC_ALL", "C.UTF-8")
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("the log twice"))
            .stderr(log)
            .spawn()
            .expect("the program");
        self.program = Some(child);
    }

    /// Presses keys ("ctrl+o") in the program's window.
    pub fn press(&self, keys: &str) {
        let window =
            self.windows("Poolscope$").pop().unwrap_or_else(|| panic!("no window\n{}", self.state()));
        self.xdotool(&["windowactivate", "--sync", &window]);
        sleep(PACE);
        self.xdotool(&["key", "--clearmodifiers", keys]);
    }

    /// Types into whatever of the program's window takes text now.
    pub fn type_text(&self, text: &str) {
        sleep(PACE);
        self.xdotool(&["type", "--delay", "15", text]);
    }

    /// Chooses a command by its name, and says it again as long as the title does not show that it was heard.
    pub fn choose_command(&mut self, name: &str, limit: Duration, is_heard: impl Fn(&str) -> bool) {
        let mut next_try = Instant::now();
        self.wait("the command is heard", limit, |desktop| {
            let window = desktop.windows("Poolscope$").pop()?;
            if desktop.xdotool(&["getwindowname", &window]).is_some_and(|title| is_heard(&title)) {
                return Some(());
            }
            if Instant::now() >= next_try {
                desktop.press("Escape");
                sleep(PACE);
                desktop.press("ctrl+shift+p");
                // A busy machine draws the list a moment later, and until then nothing takes text.
                sleep(PACE * 4);
                desktop.type_text(name);
                sleep(PACE * 2);
                desktop.press("Return");
                next_try = Instant::now() + Duration::from_secs(10);
            }
            None
        });
    }

    /// Waits for the file dialog and gives it a path; says it again if the dialog was not listening yet.
    pub fn choose_file(&mut self, path: &Path, limit: Duration) {
        let dialog = self.wait("the file dialog is open", limit, |desktop| desktop.dialogs().pop());
        let path = path.to_str().expect("a path in UTF-8");
        let mut next_try = Instant::now();
        self.wait("the file dialog takes the path", limit, |desktop| {
            if Instant::now() >= next_try && desktop.dialogs().contains(&dialog) {
                desktop.xdotool(&["windowactivate", "--sync", &dialog]);
                for keys in ["ctrl+l", "ctrl+a"] {
                    sleep(PACE);
                    desktop.xdotool(&["key", "--clearmodifiers", keys]);
                }
                desktop.xdotool(&["type", "--delay", "15", path]);
                sleep(PACE);
                desktop.xdotool(&["key", "Return"]);
                next_try = Instant::now() + Duration::from_secs(5);
            }
            desktop.dialogs().is_empty().then_some(())
        });
    }

    /// Waits until the window's title is as wanted, and gives the title.
    pub fn wait_for_title(
        &mut self,
        what: &str,
        limit: Duration,
        is_wanted: impl Fn(&str) -> bool,
    ) -> String {
        self.wait(what, limit, |desktop| {
            let window = desktop.windows("Poolscope$").pop()?;
            desktop.xdotool(&["getwindowname", &window]).filter(|title| is_wanted(title))
        })
    }

    /// Waits until the program has ended and no process that descends from it lives.
    pub fn wait_for_end(&mut self, what: &str, limit: Duration) -> ExitStatus {
        let mut program = self.program.take().expect("a program");
        self.wait(what, limit, |desktop| {
            let status = program.try_wait().expect("its status")?;
            desktop.processes().is_empty().then_some(status)
        })
    }

    /// Takes the screen away from the program.
    pub fn lose_screen(&mut self) {
        self.screen.kill().expect("the screen's end");
    }

    /// What the program wrote.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// All that helps to see why a step failed: titles, processes, the log, and where the screenshot is.
    pub fn state(&self) -> String {
        let titles = self.windows(".").into_iter().filter_map(|id| self.xdotool(&["getwindowname", &id]));
        let processes: Vec<_> =
            self.processes().into_iter().map(|(pid, line)| format!("{} {line}", pid.as_raw_pid())).collect();
        let shot = Path::new(env!("CARGO_TARGET_TMPDIR")).join("window-test.png");
        let is_taken = self.command("import").args(["-window", "root"]).arg(&shot).status();
        let shot = if is_taken.is_ok_and(|status| status.success()) { shot } else { PathBuf::from("none") };
        format!(
            "windows: {:?}\nprocesses: {processes:#?}\nscreenshot: {}\nlog:\n{}",
            titles.collect::<Vec<_>>(),
            shot.display(),
            self.log()
        )
    }

    /// Asks until there is an answer; gives up at the limit, or when the program ends meanwhile.
    fn wait<T>(&mut self, what: &str, limit: Duration, mut probe: impl FnMut(&Self) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(found) = probe(self) {
                return found;
            }
            if let Some(status) = self.program.as_mut().and_then(|program| program.try_wait().ok()?) {
                panic!("the program ended ({status}) before: {what}\n{}", self.log());
            }
            assert!(start.elapsed() < limit, "not within {limit:?}: {what}\n{}", self.state());
            sleep(POLL);
        }
    }

    fn log_path(&self) -> PathBuf {
        self.folder().join("program.log")
    }

    fn windows(&self, name: &str) -> Vec<String> {
        self.search("--name", name)
    }

    fn dialogs(&self) -> Vec<String> {
        self.search("--class", "zenity")
    }

    fn search(&self, by: &str, pattern: &str) -> Vec<String> {
        let found = self.xdotool(&["search", "--onlyvisible", by, pattern]).unwrap_or_default();
        found.lines().map(str::to_owned).collect()
    }

    fn xdotool(&self, arguments: &[&str]) -> Option<String> {
        let output = self.command("xdotool").args(arguments).output().expect("xdotool");
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("DISPLAY", &self.display).env("LC_ALL", "C.UTF-8").stderr(Stdio::null());
        command
    }

    /// The processes that carry the mark, with their command lines.
    fn processes(&self) -> Vec<(Pid, String)> {
        let mark = format!("{MARK}={}\0", self.folder().display());
        let holds_mark = |bytes: &[u8]| bytes.windows(mark.len()).any(|part| part == mark.as_bytes());
        fs::read_dir("/proc")
            .expect("/proc")
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .filter(|pid: &i32| {
                fs::read(format!("/proc/{pid}/environ")).is_ok_and(|bytes| holds_mark(&bytes))
            })
            .filter_map(|pid| {
                let line = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
                Some((Pid::from_raw(pid)?, line.replace('\0', " ")))
            })
            .collect()
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for (pid, _) in self.processes() {
            let _ = kill_process(pid, Signal::KILL);
        }
        for child in self.program.iter_mut().chain([&mut self.manager, &mut self.screen]) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
