//! Bytes of the fuzzer as small numbers, special floats and short texts.

pub struct U<'a>(&'a [u8]);

impl<'a> U<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Self(data)
    }
    /// The next byte, 0 after the last.
    pub fn b(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }
    pub fn done(&self) -> bool {
        self.0.is_empty()
    }
    pub fn n(&mut self, m: usize) -> usize {
        if m <= 1 {
            return 0;
        }
        if m > 256 { (self.u16() as usize) % m } else { self.b() as usize % m }
    }
    pub fn u16(&mut self) -> u16 {
        u16::from_le_bytes([self.b(), self.b()])
    }
    pub fn u32(&mut self) -> u32 {
        u32::from_le_bytes([self.b(), self.b(), self.b(), self.b()])
    }
    pub fn u64(&mut self) -> u64 {
        (self.u32() as u64) | ((self.u32() as u64) << 32)
    }
    pub fn raw(&mut self) -> f64 {
        f64::from_bits(self.u64())
    }
    pub fn bit(&mut self) -> bool {
        self.b() & 1 == 1
    }
    /// mode 0: small ints; 1: moderate positive; 2: special mix; 3: raw
    pub fn f(&mut self, mode: u8) -> f64 {
        match mode % 5 {
            0 => f64::from(self.b() % 16),
            1 => f64::from(self.u16()) / 64.0,
            2 => {
                let k = self.b();
                if k < 160 { f64::from(k % 32) } else { SPECIAL[k as usize % SPECIAL.len()] }
            }
            3 => self.raw(),
            _ => f64::from(self.b() as i8) / 4.0,
        }
    }
    pub fn text(&mut self) -> String {
        let n = self.n(24).min(self.0.len());
        let (text, rest) = self.0.split_at(n);
        self.0 = rest;
        String::from_utf8_lossy(text).into_owned()
    }
}
pub const SPECIAL: [f64; 30] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    1e-3,
    1e-9,
    1e-15,
    1e-100,
    1e-300,
    5e-324,
    f64::MIN_POSITIVE,
    1e3,
    1e6,
    1e9,
    1e15,
    1e16,
    9007199254740993.0,
    1e100,
    1e154,
    1e155,
    1e300,
    f64::MAX,
    f64::MIN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    180.0,
    90.0,
    -180.0,
];
pub fn close(a: f64, b: f64, tol: f64) -> bool {
    (a.is_nan() && b.is_nan()) || a == b || (a - b).abs() <= tol * a.abs().max(b.abs()).max(1e-9)
}
