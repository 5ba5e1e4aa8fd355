//! tmp
use crate::emulator::Emulation;
pub(crate) const EMULATION: Emulation = Emulation{instance:"r",settings:&[],documented:&[],absent:"x",build:|_|unreachable!()};
