//! How a Python interpreter is told to be a host: the code that makes it one and what it needs to know, in memory that
//! it inherits.

use std::path::PathBuf;

use super::PythonSpec;
use super::compiled::CompiledDriver;

/// The program that the interpreter is started with, and the descriptors behind it: channel, status page, job. All
/// that is more is in the job, which begins with the sizes of the driver and its parts as the interpreter of a certain
/// build has compiled them, that build, and the size of the driver's text.
pub const BOOTSTRAP: &str = "import marshal,mmap,sys;j=mmap.mmap(int(sys.argv[3]),0,access=1);\
    d,p,b,t=j.readline().split();d,p,t=j.read(int(d)),j.read(int(p)),j.read(int(t));\
    s=b.decode()==\"\".join(sys.version.split());\
    exec(marshal.loads(d)if s else compile(t,\"<poolscope driver>\",\"exec\"),\
    {\"__name__\":\"poolscope_driver\",\"JOB\":j,\"PARTS\":marshal.loads(p)if s else{}})";

/// The files of the driver, the one that runs first before the others.
pub(super) const DRIVER: [(&str, &str); 20] = [
    ("driver", include_str!("../../../assets/python/driver.py")),
    ("protocol", include_str!("../../../assets/python/protocol.py")),
    ("clocks", include_str!("../../../assets/python/clocks.py")),
    ("channel", include_str!("../../../assets/python/channel.py")),
    ("streams", include_str!("../../../assets/python/streams.py")),
    ("host", include_str!("../../../assets/python/host.py")),
    ("standard", include_str!("../../../assets/python/standard.py")),
    ("columns", include_str!("../../../assets/python/columns.py")),
    ("said", include_str!("../../../assets/python/said.py")),
    ("lock", include_str!("../../../assets/python/lock.py")),
    ("lane", include_str!("../../../assets/python/lane.py")),
    ("loading", include_str!("../../../assets/python/loading.py")),
    ("sources", include_str!("../../../assets/python/sources.py")),
    ("running", include_str!("../../../assets/python/running.py")),
    ("stacks", include_str!("../../../assets/python/stacks.py")),
    ("faults", include_str!("../../../assets/python/faults.py")),
    ("slow", include_str!("../../../assets/python/slow.py")),
    ("results", include_str!("../../../assets/python/results.py")),
    ("libraries", include_str!("../../../assets/python/libraries.py")),
    ("failures", include_str!("../../../assets/python/failures.py")),
];

/// More files of it: they decide what of a person's file is run, which hosts need not where that has been done for them.
pub(super) const ANALYSIS: [(&str, &str); 23] = [
    ("tree", include_str!("../../../assets/python/tree.py")),
    ("known", include_str!("../../../assets/python/known.py")),
    ("units", include_str!("../../../assets/python/units.py")),
    ("flow", include_str!("../../../assets/python/flow.py")),
    ("names", include_str!("../../../assets/python/names.py")),
    ("constants", include_str!("../../../assets/python/constants.py")),
    ("sharing", include_str!("../../../assets/python/sharing.py")),
    ("bindings", include_str!("../../../assets/python/bindings.py")),
    ("dangers", include_str!("../../../assets/python/dangers.py")),
    ("calls", include_str!("../../../assets/python/calls.py")),
    ("guards", include_str!("../../../assets/python/guards.py")),
    ("statements", include_str!("../../../assets/python/statements.py")),
    ("reactions", include_str!("../../../assets/python/reactions.py")),
    ("settings", include_str!("../../../assets/python/settings.py")),
    ("contents", include_str!("../../../assets/python/contents.py")),
    ("files", include_str!("../../../assets/python/files.py")),
    ("quiet", include_str!("../../../assets/python/quiet.py")),
    ("sizes", include_str!("../../../assets/python/sizes.py")),
    ("costs", include_str!("../../../assets/python/costs.py")),
    ("keeping", include_str!("../../../assets/python/keeping.py")),
    ("definitions", include_str!("../../../assets/python/definitions.py")),
    ("magics", include_str!("../../../assets/python/magics.py")),
    ("planning", include_str!("../../../assets/python/planning.py")),
];

/// Whether a line is one of a dump of a crashed interpreter that shows the driver: how it came to call the function is
/// no news to the person whose function crashed.
pub fn is_of_driver(line: &str) -> bool {
    line.starts_with("  File \"<poolscope ")
}

/// What a host is told about the run.
#[derive(Debug, Clone)]
pub struct Start {
    pub lanes: u32,
    pub first_worker: u32,
    pub start_ns: u64,
    pub wants_spans: bool,
    /// Each lane has a core of its own.
    pub pins: bool,
    /// Of the wire.
    pub version: u32,
    /// This program's file, which ends what the interpreter has started when the pool is gone.
    pub program: PathBuf,
    /// Which run it is that then ends.
    pub end_arguments: String,
}

impl PythonSpec {
    /// What is run of the file, where that has been decided.
    fn plan(&self) -> Option<&[u8]> {
        let is_plain = !self.is_whole && self.initializer.is_none();
        self.compiled.plan_of(&self.source, &self.function.name).filter(|_| is_plain)
    }

    /// Without what its hosts do not need: each of them is sent the rest.
    pub fn lean(mut self) -> Self {
        if self.plan().is_some() {
            self.compiled = self.compiled.without_analysis();
        }
        self
    }

    /// The job of a host: what [`BOOTSTRAP`] takes, and then fields of a name, a length and that many bytes.
    pub fn job(&self, start: Start) -> Vec<u8> {
        let Start { lanes, first_worker, start_ns, wants_spans, pins, version, program, end_arguments } =
            start;
        let CompiledDriver { build, driver, parts, analysis, .. } = self.compiled.code();
        let [(_, text), texts @ ..] = &DRIVER;
        // No build is called "none".
        let build = if build.is_empty() { "none" } else { build };
        let mut job = format!("{} {} {build} {}\n", driver.len(), parts.len(), text.len()).into_bytes();
        [driver.as_slice(), parts, text.as_bytes()].iter().for_each(|bytes| job.extend_from_slice(bytes));
        let mut put = |name: &str, bytes: &[u8]| {
            job.extend_from_slice(format!("{name} {}\n", bytes.len()).as_bytes());
            job.extend_from_slice(bytes);
        };
        texts.iter().chain(&ANALYSIS).for_each(|(name, text)| put(name, text.as_bytes()));
        let folder = self.source.file.parent().unwrap_or(&self.source.file);
        let cells = self.source.cells.iter().map(|(line, cell)| format!("{line}:{cell}"));
        put("source", self.source.text.as_bytes());
        put("file", self.source.file.as_os_str().as_encoded_bytes());
        put("folder", folder.as_os_str().as_encoded_bytes());
        put("program", program.as_os_str().as_encoded_bytes());
        put("end_arguments", end_arguments.as_bytes());
        put("function", self.function.name.as_bytes());
        let plan = self.plan();
        put("plan", plan.unwrap_or_default());
        put("compiled", if plan.is_some() { &[] } else { analysis });
        put("initializer", self.initializer.as_deref().unwrap_or_default().as_bytes());
        put("cell_lines", cells.collect::<Vec<_>>().join(" ").as_bytes());
        for (name, number) in [
            ("whole", u64::from(self.is_whole)),
            ("lanes", lanes.into()),
            ("first_worker", first_worker.into()),
            ("start_ns", start_ns),
            ("wants_spans", u64::from(wants_spans)),
            ("pins", u64::from(pins)),
            ("version", version.into()),
        ] {
            put(name, number.to_string().as_bytes());
        }
        job
    }
}
