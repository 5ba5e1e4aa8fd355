//! How far an export has come: beside its file, until it is done.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use providers::{Position, Time};
use serde::{Deserialize, Serialize};

use crate::forms::Form;

/// How far an export has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checkpoint {
    provider: String,
    form: String,
    since: Option<Time>,
    /// Where the list goes on.
    #[serde(with = "position")]
    pub(super) position: Option<Position>,
    /// How many bytes of the file belong to what was listed before that.
    pub(super) length: u64,
    /// How many contacts these are.
    pub(super) written: u64,
}

impl Checkpoint {
    /// The beginning.
    pub(super) fn new(provider: &str, form: Form, since: Option<Time>) -> Self {
        let form = form.content_type().to_owned();
        Self { provider: provider.to_owned(), form, since, position: None, length: 0, written: 0 }
    }

    /// Whether this is about the same contacts in the same form.
    pub(super) fn is_of_the_same(&self, other: &Self) -> bool {
        (&self.provider, &self.form, &self.since) == (&other.provider, &other.form, &other.since)
    }

    /// Reads the checkpoint of a file; `None` if there is none.
    pub(super) fn read(of: &Path) -> io::Result<Option<Self>> {
        match fs::read(path(of)) {
            Ok(text) => serde_json::from_slice(&text).map(Some).map_err(io::Error::other),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes it, whole or not at all, whenever the process or the machine ends.
    pub(super) fn write(&self, of: &Path) -> io::Result<()> {
        let (path, new) = (path(of), beside(of, ".resume.new"));
        let file = fs::File::create(&new)?;
        serde_json::to_writer(&file, self)?;
        file.sync_all()?;
        fs::rename(new, path)
    }

    /// There is nothing to resume any more.
    pub(super) fn remove(of: &Path) -> io::Result<()> {
        match fs::remove_file(path(of)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// Where the checkpoint of a file is.
fn path(of: &Path) -> PathBuf {
    beside(of, ".resume")
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(ending);
    name.into()
}

mod position {
    use providers::Position;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    pub(super) fn serialize<S: Serializer>(position: &Option<Position>, serializer: S) -> Result<S::Ok, S::Error> {
        position.as_ref().map(|position| &position.0).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Position>, D::Error> {
        Ok(Option::<String>::deserialize(deserializer)?.map(Position))
    }
}
