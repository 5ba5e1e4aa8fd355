//! One Rocket.Chat server: the generation that it speaks, and the questions for one contact.

use tokio::time::Instant;

use super::{
    answer::{Asked, Failed, invalid, read},
    dialect::DIALECT,
    failure::knows_route,
    generation::{Generation, Generations},
    settings::credentials,
    shape,
};
use crate::{
    Call, Error, ErrorKind, Found, Instance, LocalId, Result, Settings,
    trail::mapping,
    upstream::{Answer, Request, Route, Upstream},
};

static CONTACTS_GET: Route = Route::new("api/v1/omnichannel/contacts.get").shaped(&shape::CONTACT_FOUND);
static CONTACT: Route = Route::new("api/v1/omnichannel/contact").shaped(&shape::VISITOR_FOUND);
/// Not under `/api/v1`, and open to everybody.
static INFO: Route = Route::anonymous("api/info");

/// An id that no server has: asked for to see how a server answers.
const PROBE: &str = "contact-gateway";

/// One account at one Rocket.Chat server.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) upstream: Upstream,
    generations: Generations,
}

impl Server {
    pub(super) fn new(instance: Instance, settings: &Settings) -> Result<Self> {
        let fixed = Generations::parse(settings.text("generation").unwrap_or("auto"));
        let fixed = fixed.map_err(|wrong| Error::new(ErrorKind::Unsupported, wrong))?;
        let upstream = Upstream::new(instance, &DIALECT, credentials(settings)?)?;
        Ok(Self { upstream, generations: Generations::new(fixed) })
    }

    pub(super) fn instance(&self) -> &Instance {
        self.upstream.instance()
    }

    /// The generation, if it is known by now.
    pub(super) fn known(&self) -> Option<Generation> {
        self.generations.known()
    }

    /// The generation, found out if it isn't known.
    pub(super) async fn generation(&self, call: &Call) -> Result<Generation> {
        self.generations.current(call, async || self.find_out(call).await).await
    }

    /// Asks in the words of the server's generation; where the answer shows that it is the other one by now, in those.
    pub(super) async fn ask<T, F>(&self, call: &Call, question: impl Fn(Generation) -> F) -> Result<T>
    where
        F: Future<Output = Asked<T>>,
    {
        let assumed = self.generation(call).await?;
        let mut answer = question(assumed).await;
        if matches!(answer, Err(Failed::OtherGeneration(_))) {
            let now = self.generations.again(assumed, call, async || self.find_out(call).await).await;
            if let Ok(now) = now
                && now != assumed
            {
                answer = question(now).await;
            }
        }
        answer.map_err(Failed::into_error)
    }

    /// The contact with this id.
    pub(super) async fn contact(&self, generation: Generation, id: &LocalId, call: &Call) -> Asked<Option<Found>> {
        let answer = self.question(generation, id.as_str(), call).await?;
        mapping(|| read(generation, &answer, id, self.instance()))
    }

    /// Asks for a contact that isn't there: the account must be allowed to learn that.
    pub(super) async fn check(&self, call: &Call) -> Result<()> {
        let generation = self.generation(call).await?;
        let answer = self.question(generation, PROBE, call).await?;
        if knows_route(&answer) { Ok(()) } else { Err(Failed::no_such_route().into_error()) }
    }

    /// The route by which a contact is read; of a server whose generation is not known, the one that it has most likely.
    pub(super) fn reading(&self) -> &'static Route {
        route(self.known().unwrap_or(Generation::Modern))
    }

    async fn question(&self, generation: Generation, id: &str, call: &Call) -> Result<Answer> {
        self.upstream.send(call, &Request::get(route(generation)).parameter("contactId", id)).await
    }

    /// Asks the server for its version; where that is blocked, sees which of the two routes it has.
    ///
    /// A server that has neither at the moment (a page of maintenance answers everything) has no generation: taken for
    /// legacy, it would have its contacts looked for among the visitors, and not found.
    async fn find_out(&self, call: &Call) -> Result<Generation> {
        // A proxy that swallows the question must leave time for the other one.
        let half = call.until(Instant::now() + call.remaining() / 2);
        let info = self.upstream.send(&half, &Request::get(&INFO)).await;
        if let Some(generation) = info.ok().as_ref().and_then(Generation::from_info) {
            return Ok(generation);
        }
        for generation in [Generation::Modern, Generation::Legacy] {
            if knows_route(&self.question(generation, PROBE, call).await?) {
                return Ok(generation);
            }
        }
        Err(invalid("neither API is there: the base URL is wrong, or something stands between"))
    }
}

fn route(generation: Generation) -> &'static Route {
    match generation {
        Generation::Modern => &CONTACTS_GET,
        Generation::Legacy => &CONTACT,
    }
}
