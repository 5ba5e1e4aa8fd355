//! Accounts that are spread over several of Redis, each of which counts the calls of its own.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// How much more the busiest has than the mean, and which part of the accounts moves when one more is added.
pub(crate) fn simulate(accounts: u32, servers: u32) -> (f64, f64) {
    let mut counts = vec![0_u32; servers as usize];
    let mut moved = 0_u32;
    for account in 0..accounts {
        let server = home(account, servers);
        counts[server as usize] += 1;
        moved += u32::from(home(account, servers + 1) != server);
    }
    let busiest = counts.into_iter().max().unwrap_or(0);
    (f64::from(busiest) * f64::from(servers) / f64::from(accounts), f64::from(moved) / f64::from(accounts))
}

/// The server with the highest hash together with the account: another server takes nothing but its own part.
fn home(account: u32, servers: u32) -> u32 {
    let weight = |server: &u32| {
        let mut hasher = DefaultHasher::new();
        (account, server).hash(&mut hasher);
        hasher.finish()
    };
    (0..servers).max_by_key(weight).unwrap_or(0)
}
