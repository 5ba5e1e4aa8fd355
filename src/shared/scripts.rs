//! What Redis carries out in one step. Each script tells the time by Redis's own clock.

use std::sync::LazyLock;

use redis::Script;

macro_rules! scripts {
    ($($name:ident = $file:literal;)*) => {
        $(pub(super) static $name: LazyLock<Script> =
            LazyLock::new(|| Script::new(include_str!(concat!("scripts/", $file))));)*
    };
}

scripts! {
    JOIN = "join.lua";
    BEAT = "beat.lua";
    LEAVE = "leave.lua";
    REPORT = "report.lua";
    BEGIN = "begin.lua";
    SETTLE = "settle.lua";
    LOOK = "look.lua";
    KEEP = "keep.lua";
    RELEASE = "release.lua";
    DROP = "drop.lua";
    CLAIM = "claim.lua";
    CLOSE = "close.lua";
    NOTE = "note.lua";
    RECALL = "recall.lua";
}
