//! Where the tools are and their results go.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

const FILES: [&str; 6] =
    ["package.json", "package-lock.json", "requirements.txt", "tsconfig.json", "read.ts", "read.py"];
/// Holds what was installed last.
const STAMP: &str = "installed";

/// A folder with the tools, the description and the sources of the clients.
pub(crate) struct Room(PathBuf);

impl Room {
    /// The one room, with its tools installed.
    pub(crate) fn open() -> &'static Self {
        static ROOM: OnceLock<Room> = OnceLock::new();
        ROOM.get_or_init(Self::prepare)
    }

    fn prepare() -> Self {
        let room = Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join("clients"));
        fs::create_dir_all(&room.0).unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
        for file in FILES {
            fs::copy(source.join(file), room.path(file)).unwrap();
        }
        fs::write(room.path("openapi.json"), contact_gateway::api::openapi::document().to_string()).unwrap();
        let wanted = ["requirements.txt", "package-lock.json"].map(|file| fs::read_to_string(room.path(file)).unwrap());
        let wanted = wanted.concat();
        if fs::read_to_string(room.path(STAMP)).is_ok_and(|installed| installed == wanted) {
            return room;
        }
        let python = "python3 -m venv fails; it is in Debian's package python3-venv, which `make test` installs";
        room.spawn("python3", &["-m", "venv", "--clear", "venv"], python);
        let offline =
            "the tools of this test can't be installed; they come from PyPI and npm, which must be reachable once";
        let pip =
            ["-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary=:all:", "-r", "requirements.txt"];
        room.spawn("python", &pip, offline);
        // No package needs its scripts, and one would report home.
        room.spawn("npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund"], offline);
        fs::write(room.path(STAMP), wanted).unwrap();
        room
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Runs a tool to its good end; returns what it printed.
    pub(crate) fn run(&self, tool: &str, arguments: &[&str]) -> String {
        self.spawn(tool, arguments, "the tool fails")
    }

    /// Runs a tool of an npm package.
    pub(crate) fn npx(&self, tool: &str, arguments: &[&str]) -> String {
        self.run("npx", &[&["--no-install", tool], arguments].concat())
    }

    #[track_caller]
    fn spawn(&self, tool: &str, arguments: &[&str], otherwise: &str) -> String {
        let tools = [self.path("venv/bin")].into_iter();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(tools.chain(std::env::split_paths(&path))).unwrap();
        // Found here, because `Command` looks in the test's own `PATH`.
        let program = std::env::split_paths(&path).map(|folder| folder.join(tool)).find(|file| file.is_file());
        let program = program.unwrap_or_else(|| panic!("{otherwise}: there is no {tool}"));
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.0).env("PATH", path);
        command.env("REDOCLY_TELEMETRY", "off").env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
        let output = command.output().unwrap_or_else(|error| panic!("{otherwise}: {tool}: {error}"));
        let [said, wrong] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        assert!(output.status.success(), "{otherwise}:\n{tool} {}\n{said}\n{wrong}", arguments.join(" "));
        said
    }
}
