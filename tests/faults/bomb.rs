//! A small body that unpacks to a huge one.

use std::sync::LazyLock;

use bytes::Bytes;

/// How often 258 bytes are repeated: 256 MiB in all, more than the gateway may ever hold.
const REPEATS: usize = (256 << 20) / 258;

static BOMB: LazyLock<Bytes> = LazyLock::new(|| {
    let mut bits = Bits { bytes: vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255], rest: 0, count: 0 };
    // One last block with the fixed codes of RFC 1951, 3.2.6: first a literal zero …
    bits.push(0b011, 3);
    bits.push(0b0000_1100, 8);
    for _ in 0..REPEATS {
        // … then, again and again, the 258 bytes that begin one byte before: length code 285, distance code 0.
        bits.push(0b1010_0011, 8 + 5);
    }
    // The end of the block. The checksum is missing: whoever gets there has unpacked everything.
    bits.push(0, 7 + 8);
    bits.bytes.into()
});

/// 256 MiB of zeros as gzip (RFC 1952), in 2 MiB.
pub(crate) fn gzip() -> Bytes {
    BOMB.clone()
}

/// Bits from the lowest up, as deflate packs them. Codes are written as they lie there: their first bit is the lowest.
struct Bits {
    bytes: Vec<u8>,
    rest: u32,
    count: u32,
}

impl Bits {
    fn push(&mut self, bits: u32, count: u32) {
        self.rest |= bits << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.extend(self.rest.to_le_bytes().first());
            (self.rest, self.count) = (self.rest >> 8, self.count - 8);
        }
    }
}
