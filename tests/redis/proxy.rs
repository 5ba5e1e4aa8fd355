//! A way to Redis that can be slow, and break in the middle of an answer.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, UnixStream},
    task::JoinHandle,
    time::sleep,
};

/// A way to Redis over TCP.
pub(crate) struct Proxy {
    address: SocketAddr,
    spoiling: Arc<Spoiling>,
    task: JoinHandle<()>,
}

/// What is wrong with it.
#[derive(Debug)]
struct Spoiling {
    /// How long each piece of an answer takes, in milliseconds.
    delay: AtomicU64,
    /// After how many bytes of answers a connection ends.
    most: AtomicUsize,
}

impl Proxy {
    /// A way with which nothing is wrong.
    pub(crate) async fn start(redis: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let spoiling = Arc::new(Spoiling { delay: AtomicU64::new(0), most: AtomicUsize::new(usize::MAX) });
        let shared = Arc::clone(&spoiling);
        let task = tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                if let Ok(redis) = UnixStream::connect(&redis).await {
                    tokio::spawn(carry(caller, redis, Arc::clone(&shared)));
                }
            }
        });
        Self { address, spoiling, task }
    }

    /// For `redis.url`.
    pub(crate) fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// Each piece of an answer takes so long from now on.
    pub(crate) fn delay(&self, time: Duration) {
        self.spoiling.delay.store(time.as_millis().try_into().unwrap(), Ordering::Relaxed);
    }

    /// Connections end after so many bytes of answers from now on.
    pub(crate) fn cut_after(&self, bytes: usize) {
        self.spoiling.most.store(bytes, Ordering::Relaxed);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(caller: TcpStream, redis: UnixStream, spoiling: Arc<Spoiling>) {
    let ((mut from_caller, mut to_caller), (mut from_redis, mut to_redis)) = (caller.into_split(), redis.into_split());
    let questions = async { tokio::io::copy(&mut from_caller, &mut to_redis).await.map(drop) };
    let answers = async {
        let (mut piece, mut carried) = (vec![0; 16 << 10], 0);
        loop {
            let count = from_redis.read(&mut piece).await?;
            let left = spoiling.most.load(Ordering::Relaxed).saturating_sub(carried);
            sleep(Duration::from_millis(spoiling.delay.load(Ordering::Relaxed))).await;
            to_caller.write_all(&piece[..count.min(left)]).await?;
            carried += count;
            if count == 0 || count > left {
                return std::io::Result::Ok(());
            }
        }
    };
    let _ = tokio::select! { ended = questions => ended, ended = answers => ended };
}
