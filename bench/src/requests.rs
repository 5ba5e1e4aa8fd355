//! What is asked, made while it is asked: a million requests need no memory.

/// A sequence of requests.
pub(crate) type Requests<'a> = &'a (dyn Fn(u64, &mut Vec<u8>) + Sync);

/// Has no divisor in common with any round number, so that a walk in such steps sees everything, in no order.
const STRIDE: u64 = 7_654_321;

/// A request whose text has a number of eight hexadecimal digits somewhere, and perhaps one of two decimal ones.
pub(crate) struct Template {
    text: Vec<u8>,
    number: Option<usize>,
    instance: Option<usize>,
    contacts: u64,
    instances: u64,
}

impl Template {
    /// `########` is where the number goes, and `@@` is where the instance's goes.
    pub(crate) fn new(text: &str) -> Self {
        let (number, instance) = (text.find("########"), text.find("@@"));
        Self { text: text.as_bytes().to_vec(), number, instance, contacts: 1, instances: 1 }
    }

    /// For so many contacts, spread over so many instances.
    pub(crate) fn over(self, contacts: u64, instances: u64) -> Self {
        Self { contacts, instances, ..self }
    }

    /// Writes the request of this number.
    pub(crate) fn write(&self, number: u64, to: &mut Vec<u8>) {
        let begin = to.len();
        to.extend_from_slice(&self.text);
        let contact = number.wrapping_mul(STRIDE) % self.contacts;
        if let Some(at) = self.number {
            let mut rest = 5 * contact;
            for digit in to[begin + at..begin + at + 8].iter_mut().rev() {
                *digit = b"0123456789abcdef"[(rest % 16) as usize];
                rest /= 16;
            }
        }
        if let Some(at) = self.instance {
            let instance = contact % self.instances;
            to[begin + at] = b'0' + (instance / 10) as u8;
            to[begin + at + 1] = b'0' + (instance % 10) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(template: &Template, number: u64) -> String {
        let mut text = Vec::new();
        template.write(number, &mut text);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn numbers_go_where_they_belong_and_all_of_them_occur() {
        let template = Template::new("a@@:x######## y").over(1000, 50);
        assert_eq!(text(&template, 0), "a00:x00000000 y");
        let all: std::collections::BTreeSet<_> = (0..1000).map(|number| text(&template, number)).collect();
        assert_eq!(all.len(), 1000);
        assert!(all.contains("a49:x00001383 y"), "{all:?}");
    }
}
