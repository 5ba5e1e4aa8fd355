//! The others, as processes: the bare handler, nginx, HAProxy, and an adapter written by hand for Node.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    Outcome,
    process::{Process, free_port},
    upstream,
    world::World,
};

const NGINX: &str = include_str!("../contestants/nginx.conf");
const HAPROXY: &str = include_str!("../contestants/haproxy.cfg");

/// The bare handler, with these bytes.
pub(crate) fn bare(world: &World, cores: &[usize], body: &[u8]) -> Outcome<Process> {
    let (port, mut command) = (free_port()?, Command::new(std::env::current_exe()?));
    let file = world.folder.join("body.json");
    fs::write(&file, body)?;
    command.args(["bare", &port.to_string(), &cores.len().to_string()]).arg(file);
    Process::start(&command, cores, port)
}

/// nginx, a cache before `origin` and a plain reverse proxy before `upstream`.
pub(crate) fn nginx(world: &World, origin: u16, upstream: u16) -> Outcome<Process> {
    let (file, port) = configure(world, "nginx.conf", NGINX, origin, upstream)?;
    let mut command = Command::new("nginx");
    // Debian keeps it where only administrators look.
    command.arg("-p").arg(&world.folder).arg("-e").arg("stderr").arg("-c").arg(file);
    Process::start(&command, &world.cores.measured, port)
}

/// The same for HAProxy.
pub(crate) fn haproxy(world: &World, origin: u16, upstream: u16) -> Outcome<Process> {
    let (file, port) = configure(world, "haproxy.cfg", HAPROXY, origin, upstream)?;
    let mut command = Command::new("haproxy");
    command.arg("-db").arg("-q").arg("-f").arg(file);
    Process::start(&command, &world.cores.measured, port)
}

/// The adapter written by hand, installed in this folder.
pub(crate) fn node(world: &World, folder: &Path, port_of_upstream: u16) -> Outcome<Process> {
    let (port, mut command) = (free_port()?, Command::new("node"));
    let workers = world.cores.measured.len();
    let [user, token] = upstream::credentials()?;
    command.env("USER_ID", user).env("AUTH_TOKEN", token);
    command.arg(folder.join("adapter.js")).args([port.to_string(), port_of_upstream.to_string(), workers.to_string()]);
    Process::start(&command, &world.cores.measured, port)
}

/// Writes a configuration, and says where and for which port.
fn configure(world: &World, name: &str, text: &str, origin: u16, upstream: u16) -> Outcome<(PathBuf, u16)> {
    let (port, file) = (free_port()?, world.folder.join(name));
    let text = text
        .replace("@LISTEN@", &port.to_string())
        .replace("@ORIGIN@", &origin.to_string())
        .replace("@UPSTREAM@", &upstream.to_string())
        .replace("@WORKERS@", &world.cores.measured.len().to_string())
        .replace("@DIR@", &world.folder.to_string_lossy());
    fs::write(&file, text)?;
    Ok((file, port))
}
