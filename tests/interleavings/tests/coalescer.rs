//! What holds however the threads of simultaneous requests interleave.

use interleavings::World;
use shuttle::future::{block_on, spawn};

/// Each time, chance or the wish for rare orders decides who goes on.
fn however(test: fn()) {
    shuttle::check_random(test, 2000);
    shuttle::check_pct(test, 2000, 3);
}

#[test]
fn simultaneous_requests_ask_once_and_get_the_same() {
    however(|| {
        block_on(async {
            let world = World::new();
            let requests: Vec<_> = (0..3).map(|_| spawn(world.clone().request())).collect();
            for request in requests {
                assert_eq!(request.await.unwrap(), Some(0));
            }
            assert_eq!((world.asked(), world.started()), (1, 1));
        });
    });
}

#[test]
fn a_caller_who_leaves_takes_the_answer_from_nobody() {
    however(|| {
        block_on(async {
            let world = World::new();
            let leaving = world.clone();
            let gone = spawn(async { leaving.leave() });
            assert_eq!(spawn(world.clone().request()).await.unwrap(), Some(0));
            gone.await.unwrap();
            assert_eq!(world.request().await, Some(0));
        });
    });
}
