//! The clients: some ask for what everybody asks for, some wander about, and some leave too early.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::{
    catalogue::Catalogue, connection::Connection, dice::Dice, oracle::Oracle, question::Question, tally::Tally,
    weather::Weather,
};

/// What all clients know.
#[derive(Clone)]
pub(crate) struct Load {
    pub(crate) address: SocketAddr,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) weather: Arc<Weather>,
    pub(crate) oracle: Oracle,
    pub(crate) start: Instant,
    pub(crate) until: Instant,
}

/// How a client behaves.
#[derive(Clone, Copy)]
pub(crate) struct Habit {
    /// How many of a thousand requests are for popular contacts.
    pub(crate) popular: usize,
    /// How many of a thousand it doesn't wait for.
    pub(crate) leaves: usize,
    /// The longest pause between two requests in a rush, in milliseconds.
    pub(crate) pause: usize,
    /// How many times longer it is between rushes.
    pub(crate) patience: usize,
}

/// Every so often, everybody is in a rush for a while.
const RUSH_EVERY: Duration = Duration::from_secs(20);
const RUSH: Duration = Duration::from_secs(4);

/// For longer than any answer may take.
const HANGING: Duration = Duration::from_secs(30);

impl Load {
    /// One client, until the end.
    pub(crate) async fn client(self, habit: Habit, mut dice: Dice) -> Tally {
        let mut tally = Tally::default();
        let mut connection = None;
        while Instant::now() < self.until {
            let question = if dice.chance(habit.popular) {
                Question::popular(&self.catalogue, &mut dice)
            } else {
                Question::other(&self.catalogue, &mut dice)
            };
            tally.requests += 1;
            let kept = match connection.take() {
                Some(kept) => Ok(kept),
                None => Connection::open(self.address).await,
            };
            connection = match kept {
                Ok(kept) if dice.chance(habit.leaves) => leave(kept, &question, &mut dice, &mut tally).await,
                Ok(kept) => self.ask(kept, &question, &mut tally).await,
                Err(error) => {
                    tally.wrong(self.complaint(&question, &format!("no connection: {error}")));
                    // Where nobody listens, there is no need to hurry.
                    sleep(Duration::from_millis(100)).await;
                    None
                }
            };
            let patience = if self.is_rush() { 1 } else { habit.patience };
            sleep_until(self.until.min(Instant::now() + dice.time(0..habit.pause * patience))).await;
        }
        tally
    }

    fn is_rush(&self) -> bool {
        let within = self.start.elapsed().as_secs() % RUSH_EVERY.as_secs();
        within >= RUSH_EVERY.as_secs() - RUSH.as_secs()
    }

    async fn ask(&self, mut connection: Connection, question: &Question, tally: &mut Tally) -> Option<Connection> {
        let (asked, entry) = (Instant::now(), question.entry());
        let wrong = match timeout(HANGING, connection.ask(&question.request)).await {
            Err(_) => "no answer at all".to_owned(),
            Ok(Err(error)) => format!("the connection broke: {error}"),
            Ok(Ok(reply)) => match self.oracle.judge(question, entry, &reply, asked.elapsed()) {
                Ok(code) => {
                    question.note(&reply);
                    tally.answer(&reply, code.as_deref().unwrap_or_default(), asked.elapsed());
                    return (reply.header("connection") != Some("close")).then_some(connection);
                }
                Err(wrong) => wrong,
            },
        };
        tally.wrong(self.complaint(question, &wrong));
        None
    }

    fn complaint(&self, question: &Question, wrong: &str) -> String {
        let at = self.start.elapsed().as_secs_f64();
        format!("{at:7.2} s: {} → {wrong} (weather: {})", question.text(), self.weather.now())
    }
}

/// Goes away before the answer, or before the question is complete.
async fn leave(mut kept: Connection, question: &Question, dice: &mut Dice, tally: &mut Tally) -> Option<Connection> {
    tally.left += 1;
    let end = if dice.chance(300) { question.request.len() / 2 } else { question.request.len() };
    // Whether it arrives is not the point.
    let _ = kept.send(&question.request[..end]).await;
    sleep(dice.time(0..20)).await;
    None
}
