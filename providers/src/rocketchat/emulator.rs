//! tmp
use crate::emulator::Emulation;
pub(crate) const MODERN: Emulation = Emulation{instance:"r",settings:&[],documented:&[],absent:"x",build:|_|unreachable!()};
pub(crate) const LEGACY: Emulation = MODERN;
