//! Where an export goes: to a file that can be gone on with, or to standard output.

use std::{
    fs::{File, OpenOptions},
    io::{self, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use providers::Position;

use super::checkpoint::Checkpoint;

/// Where an export goes.
pub(super) struct Output {
    to: To,
    checkpoint: Checkpoint,
}

enum To {
    Stdout(io::Stdout),
    File(File, PathBuf),
}

impl Output {
    /// Begins at `fresh`, or goes on from the file's checkpoint, or where there is none, from one that was noted elsewhere. What was written after it is cut off: it will come again.
    pub(super) fn open(
        path: Option<&Path>,
        fresh: Checkpoint,
        noted: Option<Checkpoint>,
        resume: bool,
    ) -> Result<Self, String> {
        let Some(path) = path else { return Ok(Self { to: To::Stdout(io::stdout()), checkpoint: fresh }) };
        let failed = |error: io::Error| format!("{}: {error}", path.display());
        let known = Checkpoint::read(path).map_err(failed)?;
        if !resume {
            let mut options = OpenOptions::new();
            let file = options.write(true).create_new(true).open(path).map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists if known.is_some() => {
                    format!("{} is an export that was interrupted: go on with --resume, or remove it", path.display())
                }
                io::ErrorKind::AlreadyExists => {
                    format!("{} is there already: remove it, or name another", path.display())
                }
                _ => failed(error),
            })?;
            fresh.write(path).map_err(failed)?;
            return Ok(Self { to: To::File(file, path.to_owned()), checkpoint: fresh });
        }
        let checkpoint = known.or(noted).ok_or_else(|| format!("{} has nothing to resume", path.display()))?;
        if !checkpoint.is_of_the_same(&fresh) {
            return Err(format!("{} was begun with another --provider, --format or --updated-since", path.display()));
        }
        let mut file = OpenOptions::new().write(true).open(path).map_err(failed)?;
        if file.metadata().map_err(failed)?.len() < checkpoint.length {
            return Err(format!("{} is shorter than when it was left: it can't be gone on with", path.display()));
        }
        file.set_len(checkpoint.length).and_then(|()| file.seek(SeekFrom::End(0))).map_err(failed)?;
        Ok(Self { to: To::File(file, path.to_owned()), checkpoint })
    }

    /// How far it has come.
    pub(super) fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    pub(super) fn write(&mut self, text: &[u8]) -> Result<(), String> {
        let written = match &mut self.to {
            To::Stdout(out) => out.write_all(text).and_then(|()| out.flush()),
            To::File(file, _) => file.write_all(text),
        };
        self.checkpoint.length += text.len() as u64;
        written.map_err(|error| self.failed(&error))
    }

    /// What was written so far will not be asked for again: the list goes on from here.
    pub(super) fn mark(&mut self, position: Position, contacts: u64) -> Result<(), String> {
        self.checkpoint.position = Some(position);
        self.checkpoint.written += contacts;
        let marked = match &self.to {
            To::Stdout(_) => Ok(()),
            To::File(file, path) => file.sync_data().and_then(|()| self.checkpoint.write(path)),
        };
        marked.map_err(|error| self.failed(&error))
    }

    /// Everything is there.
    pub(super) fn finish(self) -> Result<(), String> {
        let finished = match &self.to {
            To::Stdout(_) => Ok(()),
            To::File(file, path) => file.sync_all().and_then(|()| Checkpoint::remove(path)),
        };
        finished.map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &io::Error) -> String {
        match &self.to {
            To::Stdout(_) => format!("standard output: {error}"),
            To::File(_, path) => format!("{}: {error}", path.display()),
        }
    }
}
