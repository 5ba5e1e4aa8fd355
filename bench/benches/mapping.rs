//! From an upstream's bytes to ours, and nothing else: `cargo bench -p bench`.

use bench::Document;
use criterion::{Criterion, criterion_group, criterion_main};

fn mapping(criterion: &mut Criterion) {
    for (name, document) in [
        ("Periskope, 1.5 kB", Document::periskope()),
        ("Rocket.Chat, 1.5 kB", Document::rocketchat()),
        ("Periskope, 5,000 chats", Document::in_chats(5000)),
    ] {
        criterion.bench_function(name, |bencher| bencher.iter(|| document.render()));
    }
}

criterion_group!(benches, mapping);
criterion_main!(benches);
