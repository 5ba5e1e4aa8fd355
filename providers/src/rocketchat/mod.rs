//! Rocket.Chat's omnichannel contacts, in both generations of its API.

mod answer;
mod emulator;
mod generation;
mod map;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;

#[cfg(fuzzing)]
pub use self::answer::meanings;
use self::{
    answer::{DIALECT, Reading, knows_route, read},
    generation::{Generation, Generations},
};
use crate::{
    Call, Contact, ContactProvider, Error, ErrorKind, Instance, Kind, LocalId, Rate, Result, Setting, Settings,
    header_text,
    upstream::{Answer, Request, Route, Upstream},
};

/// Rocket.Chat.
pub(crate) const KIND: Kind = Kind {
    name: "rocketchat",
    // API_Enable_Rate_Limiter_Limit_Calls_Default and _Time_Default.
    default_rate: Rate::per_seconds(10, 60),
    settings: SETTINGS,
    recognises: |id| map::is_native(id.as_str()),
    canonical: LocalId::clone,
    connect,
    emulations: &[emulator::MODERN, emulator::LEGACY],
};

const SETTINGS: &[Setting] = &[
    Setting {
        name: "user_id",
        required: true,
        secret: false,
        about: "the id of the user whose token it is; sent as X-User-Id",
        check: header_text,
    },
    Setting {
        name: "auth_token",
        required: true,
        secret: true,
        about: "a personal access token with view-livechat-contact (7.1 and later) or view-l-room; sent as X-Auth-Token",
        check: header_text,
    },
    Setting {
        name: "generation",
        required: false,
        secret: false,
        about: "\"modern\" (7.1 and later), \"legacy\", or \"auto\" (the default), which asks the server",
        check: |value| Generations::parse(value).map(drop),
    },
    Setting {
        name: "webhook_token",
        required: false,
        secret: true,
        about: "the secret token of the server's omnichannel webhook",
        check: header_text,
    },
];

static CONTACTS_GET: Route = Route::new("api/v1/omnichannel/contacts.get");
static CONTACT: Route = Route::new("api/v1/omnichannel/contact");
/// Not under `/api/v1`, and open to everybody.
static INFO: Route = Route::anonymous("api/info");

/// An id that no server has: asked for to see how a server answers.
const PROBE: &str = "contact-gateway";

/// One account at one Rocket.Chat server.
#[derive(Debug)]
struct RocketChat {
    upstream: Upstream,
    generations: Generations,
}

fn connect(instance: Instance, settings: &Settings) -> Result<Arc<dyn ContactProvider>> {
    let mut credentials = HeaderMap::new();
    for (header, setting) in [("x-user-id", "user_id"), ("x-auth-token", "auth_token")] {
        let value = HeaderValue::from_str(settings.text(setting).unwrap_or_default());
        let value =
            value.map_err(|_| Error::new(ErrorKind::RejectedCredentials, "a setting can't stand in a header"))?;
        credentials.insert(HeaderName::from_static(header), value);
    }
    let fixed = Generations::parse(settings.text("generation").unwrap_or("auto"));
    let fixed = fixed.map_err(|wrong| Error::new(ErrorKind::Unsupported, wrong))?;
    Ok(Arc::new(RocketChat {
        upstream: Upstream::new(instance, &DIALECT, credentials)?,
        generations: Generations::new(fixed),
    }))
}

#[async_trait]
impl ContactProvider for RocketChat {
    async fn contact(&self, id: &LocalId, call: &Call) -> Result<Option<Contact>> {
        let generation = self.generations.current(call, async || self.find_out(call).await).await?;
        let reading = match self.ask(generation, id, call).await? {
            Reading::OtherGeneration => {
                let now = self.generations.again(generation, call, async || self.find_out(call).await).await?;
                if now == generation { Reading::OtherGeneration } else { self.ask(now, id, call).await? }
            }
            reading => reading,
        };
        match reading {
            Reading::Found(contact) => Ok(Some(*contact)),
            Reading::Absent => Ok(None),
            Reading::OtherGeneration => {
                Err(Error::new(ErrorKind::InvalidAnswer, "no such route: the base URL or the generation is wrong"))
            }
        }
    }

    async fn prepare(&self, call: &Call) -> Result<()> {
        self.generations.current(call, async || self.find_out(call).await).await.map(drop)
    }

    async fn check(&self, call: &Call) -> Result<()> {
        let generation = self.generations.current(call, async || self.find_out(call).await).await?;
        let answer = self.question(generation, PROBE, call).await?;
        if knows_route(&answer) {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::InvalidAnswer, "no such route: the base URL or the generation is wrong"))
        }
    }

    fn generation(&self) -> Option<&'static str> {
        self.generations.known().map(Generation::name)
    }
}

impl RocketChat {
    async fn ask(&self, generation: Generation, id: &LocalId, call: &Call) -> Result<Reading> {
        let answer = self.question(generation, id.as_str(), call).await?;
        read(generation, &answer, id, self.upstream.instance())
    }

    async fn question(&self, generation: Generation, id: &str, call: &Call) -> Result<Answer> {
        let route = match generation {
            Generation::Modern => &CONTACTS_GET,
            Generation::Legacy => &CONTACT,
        };
        self.upstream.get(call, &Request::get(route).parameter("contactId", id)).await
    }

    /// Asks the server for its version; where that is blocked, sees which of the two routes it has.
    ///
    /// A server that has neither at the moment (a page of maintenance answers everything) has no generation: taken for
    /// legacy, it would have its contacts looked for among the visitors, and not found.
    async fn find_out(&self, call: &Call) -> Result<Generation> {
        // A proxy that swallows the question must leave time for the other one.
        let half = call.until(Instant::now() + call.remaining() / 2);
        let info = self.upstream.get(&half, &Request::get(&INFO)).await;
        if let Some(generation) = info.ok().as_ref().and_then(Generation::from_info) {
            return Ok(generation);
        }
        for generation in [Generation::Modern, Generation::Legacy] {
            if knows_route(&self.question(generation, PROBE, call).await?) {
                return Ok(generation);
            }
        }
        Err(Error::new(
            ErrorKind::InvalidAnswer,
            "neither API is there: the base URL is wrong, or something stands between",
        ))
    }
}
