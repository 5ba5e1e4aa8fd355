//! What was known before the fault is still answered, and says how old it is and why.

use crate::{
    answer::{Answer, FINE},
    promises::{CACHED, in_time},
    row::{Row, UNNOTICED},
    scene::Scene,
};

/// How often is looked whether a provider is left alone: more often than one question is repeated.
const LOOKS: usize = 10;

/// What is known from before the fault: the bodies of one contact in its two instances.
pub(crate) struct Known {
    pub(crate) ailing: String,
    pub(crate) expired: String,
}

/// Asks for contacts that are cached, but may not be answered without asking while all is well.
pub(crate) async fn check(scene: &Scene, row: &Row, known: &Known) {
    let expired = format!("expired:{CACHED}");
    let first = scene.contact(&expired).await;
    is_old(&first, row, &known.expired, "fwd=stale");
    if row.codes != UNNOTICED {
        assert!(is_left_alone(scene, row, &known.expired).await, "each answer asks once more");
    }
    let anew = scene.contact_anew(format!("ailing:{CACHED}")).await;
    is_old(&anew, row, &known.ailing, "fwd=request");
}

/// Whether a provider that has just failed is not asked again at once. What was sent before may still be on its way to it, so
/// that a look proves something only if nothing has arrived meanwhile.
async fn is_left_alone(scene: &Scene, row: &Row, known: &str) -> bool {
    for _ in 0..LOOKS {
        let met = scene.proxy.met();
        let again = scene.contact(&format!("expired:{CACHED}")).await;
        is_old(&again, row, known, "hit; ttl=");
        if scene.proxy.met() == met {
            return true;
        }
    }
    false
}

/// An answer is what is known, and says why it is old; or it is new, where the fault is not noticed.
fn is_old(answer: &Answer, row: &Row, known: &str, how: &str) {
    in_time(answer);
    assert_eq!((answer.code().as_str(), answer.text.as_str()), (FINE, known));
    let status = answer.header("cache-status");
    let detail = status.split_once("; detail=").map_or(FINE, |(_, detail)| detail);
    assert!(row.allows(detail), "{status}");
    if detail != FINE {
        assert!(status.starts_with(&format!("contact-gateway; {how}")), "{status}");
    }
}
