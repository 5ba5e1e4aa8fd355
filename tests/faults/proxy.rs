//! Stands between the gateway and an upstream, and spoils what passes. How, can be changed at any time.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::{
    certificates::{Certificates, Shown},
    exchange::{self, Exchange},
    fault::{Fault, Places, Step},
};

/// On one machine, a connection comes about in far less, or not at all.
const AT_ONCE: Duration = Duration::from_millis(200);

/// A running proxy.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    fault: watch::Sender<(usize, Fault)>,
    applied: watch::Receiver<usize>,
    met: Arc<watch::Sender<usize>>,
    accepting: JoinHandle<()>,
    /// Keeps the port while nobody listens on it.
    _placeholder: TcpSocket,
}

/// What a connection needs to know.
struct Line {
    upstream: SocketAddr,
    certificates: Option<Arc<Certificates>>,
    places: Places,
    requests: AtomicUsize,
    met: Arc<watch::Sender<usize>>,
}

impl Proxy {
    /// Starts a proxy without a fault. With certificates, it speaks TLS to those who connect.
    pub(crate) fn start(upstream: SocketAddr, certificates: Option<Arc<Certificates>>, places: Places) -> Self {
        let placeholder = shared(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        let address = placeholder.local_addr().unwrap();
        let (fault, faults) = watch::channel((0, Fault::None));
        let (apply, applied) = watch::channel(0);
        let met = Arc::new(watch::Sender::new(0));
        let line = Line { upstream, certificates, places, requests: AtomicUsize::new(0), met: Arc::clone(&met) };
        let first = listen(address);
        let accepting = tokio::spawn(accept(first, address, faults, apply, Arc::new(line)));
        Self { address, fault, applied, met, accepting, _placeholder: placeholder }
    }

    /// Behaves like this from now on. All connections that began before have ended when it returns.
    pub(crate) async fn set(&self, fault: Fault) {
        let number = self.fault.borrow().0 + 1;
        self.fault.send_replace((number, fault));
        self.applied.clone().wait_for(|applied| *applied == number).await.unwrap();
    }

    /// Waits until somebody has met the present fault.
    pub(crate) async fn has_been_met(&self) {
        let _ = self.met.subscribe().wait_for(|met| *met > 0).await;
    }

    /// How often the present fault has been met.
    pub(crate) fn met(&self) -> usize {
        *self.met.borrow()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// A socket on an address that others may have, too.
fn shared(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.set_reuseport(true).unwrap();
    socket.bind(address).unwrap();
    socket
}

fn listen(address: SocketAddr) -> TcpListener {
    shared(address).listen(1024).unwrap()
}

/// A listener whose queue is full: the system drops what else comes, as a firewall does.
async fn full(address: SocketAddr) -> (TcpListener, Vec<TcpStream>) {
    let listener = shared(address).listen(0).unwrap();
    let mut queue = Vec::new();
    while let Ok(stream) = timeout(AT_ONCE, TcpStream::connect(address)).await {
        queue.push(stream.unwrap());
    }
    (listener, queue)
}

async fn accept(
    first: TcpListener,
    address: SocketAddr,
    mut faults: watch::Receiver<(usize, Fault)>,
    apply: watch::Sender<usize>,
    line: Arc<Line>,
) {
    let mut listener = Some(first);
    loop {
        let (number, fault) = *faults.borrow_and_update();
        line.requests.store(0, Ordering::Relaxed);
        line.met.send_replace(0);
        let mut _full = None;
        if matches!(fault, Fault::Refuse | Fault::Swallow) {
            listener = None;
        }
        let listening = match fault {
            Fault::Refuse => None,
            Fault::Swallow => {
                _full = Some(full(address).await);
                None
            }
            _ => Some(&*listener.get_or_insert_with(|| listen(address))),
        };
        apply.send_replace(number);
        let mut connections = JoinSet::new();
        loop {
            let accepted = async {
                match listening {
                    Some(listener) => listener.accept().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                changed = faults.changed() => {
                    connections.shutdown().await;
                    if changed.is_ok() { break } else { return }
                }
                Ok((stream, _)) = accepted => {
                    let line = Arc::clone(&line);
                    connections.spawn(async move { line.serve(stream, fault).await });
                }
                Some(_) = connections.join_next() => {}
            }
        }
    }
}

impl Line {
    /// An error is a peer that has left.
    async fn serve(&self, mut stream: TcpStream, fault: Fault) -> io::Result<()> {
        stream.set_nodelay(true)?;
        if let Fault::Connected(script) = fault {
            self.meet();
            return play(&mut stream, script()).await.map(drop);
        }
        let Some(certificates) = &self.certificates else { return self.relay(stream, fault).await };
        let shown = match fault {
            Fault::Certificate(shown) => {
                self.meet();
                shown
            }
            _ => Shown::Good,
        };
        let acceptor = TlsAcceptor::from(certificates.server(shown));
        self.relay(acceptor.accept(stream).await?, fault).await
    }

    async fn relay(&self, mut stream: impl Connection, fault: Fault) -> io::Result<()> {
        let mut upstream = TcpStream::connect(self.upstream).await?;
        while let Some((head, _)) = exchange::read(&mut stream).await? {
            upstream.write_all(&head).await?;
            let Some((head, body)) = exchange::read(&mut upstream).await? else { return Ok(()) };
            let number = self.requests.fetch_add(1, Ordering::Relaxed);
            let exchange = Exchange { number, head, body, places: self.places };
            let script = if let Fault::Answered(script) = fault {
                self.meet();
                script(&exchange)
            } else {
                vec![Step::Send(exchange.whole())]
            };
            if play(&mut stream, script).await? == Then::End {
                return Ok(());
            }
        }
        Ok(())
    }

    fn meet(&self) {
        self.met.send_modify(|met| *met += 1);
    }
}

#[derive(PartialEq, Eq)]
enum Then {
    GoOn,
    End,
}

async fn play(stream: &mut impl Connection, script: Vec<Step>) -> io::Result<Then> {
    for step in script {
        match step {
            Step::Send(bytes) => stream.write_all(&bytes).await?,
            Step::Drip(bytes, pause) => {
                for byte in bytes {
                    stream.write_all(&[byte]).await?;
                    stream.flush().await?;
                    sleep(pause).await;
                }
            }
            Step::Repeat(bytes) => loop {
                stream.write_all(&bytes).await?;
            },
            Step::Wait(time) => sleep(time).await,
            Step::Hang => std::future::pending().await,
            Step::Close => {
                stream.shutdown().await?;
                return Ok(Then::End);
            }
            Step::Reset => {
                stream.tcp().set_zero_linger()?;
                return Ok(Then::End);
            }
        }
        stream.flush().await?;
    }
    Ok(Then::GoOn)
}

/// TCP, with or without TLS.
trait Connection: AsyncRead + AsyncWrite + Unpin + Send {
    fn tcp(&self) -> &TcpStream;
}

impl Connection for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Connection for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}
