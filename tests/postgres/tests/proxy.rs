//! What a network does to two who talk over it.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use test_postgres::{Direction, Proxy, contains};

/// Long enough for anything that is on its way to be there.
const NEVER: Duration = Duration::from_millis(200);

/// The server's side, for a test that says what the server does.
struct Server {
    listener: TcpListener,
    proxy: Proxy,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Proxy::start(listener.local_addr().unwrap()).unwrap();
        Self { listener, proxy }
    }

    /// Both ends of a new connection.
    fn connect(&self) -> (TcpStream, TcpStream) {
        let client = TcpStream::connect(self.proxy.address()).unwrap();
        let (server, _) = self.listener.accept().unwrap();
        for stream in [&client, &server] {
            stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        }
        (client, server)
    }
}

fn receive(stream: &mut TcpStream, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    stream.read_exact(&mut bytes).unwrap();
    bytes
}

fn failure(stream: &mut TcpStream) -> ErrorKind {
    stream.read(&mut [0; 64]).unwrap_err().kind()
}

fn nothing_comes(stream: &mut TcpStream) {
    stream.set_read_timeout(Some(NEVER)).unwrap();
    assert_eq!(failure(stream), ErrorKind::WouldBlock);
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
}

#[test]
fn bytes_and_the_end_of_a_stream_pass() {
    let server = Server::start();
    let (mut client, mut other) = server.connect();
    client.write_all(b"ask").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut asked = String::new();
    other.read_to_string(&mut asked).unwrap();
    other.write_all(b"answer").unwrap();
    drop(other);
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert_eq!((asked.as_str(), answer.as_str()), ("ask", "answer"));
}

#[test]
fn more_than_fits_anywhere_arrives_whole() {
    let server = Server::start();
    let (mut client, mut other) = server.connect();
    let bytes: Vec<u8> = (0..8_000_000_u32).map(|number| (number % 251) as u8).collect();
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut client = &client;
            client.write_all(&bytes).unwrap();
        });
        scope.spawn(|| {
            let mut other = &other;
            other.write_all(&bytes).unwrap();
        });
        let mut one = other.try_clone().unwrap();
        let arrived = scope.spawn(move || receive(&mut one, 8_000_000));
        let mut two = client.try_clone().unwrap();
        assert!(receive(&mut two, 8_000_000) == bytes);
        assert!(arrived.join().unwrap() == bytes);
    });
    client.write_all(b"x").unwrap();
    assert_eq!(receive(&mut other, 1), b"x");
}

#[test]
fn a_cut_resets_both_sides_and_takes_new_connections() {
    let server = Server::start();
    let (mut client, mut other) = server.connect();
    server.proxy.cut();
    assert_eq!(server.proxy.connections(), 0);
    assert_eq!(failure(&mut client), ErrorKind::ConnectionReset);
    assert_eq!(failure(&mut other), ErrorKind::ConnectionReset);
    let (mut client, mut other) = server.connect();
    client.write_all(b"again").unwrap();
    assert_eq!(receive(&mut other, 5), b"again");
}

#[test]
fn who_is_refused_is_told_so_and_who_is_there_stays() {
    let server = Server::start();
    let (mut client, mut other) = server.connect();
    for _ in 0..3 {
        server.proxy.refuse();
        let refused = TcpStream::connect(server.proxy.address()).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        server.proxy.mend();
        let _more = server.connect();
    }
    client.write_all(b"still").unwrap();
    assert_eq!(receive(&mut other, 5), b"still");
}

#[test]
fn a_delay_moves_everything_and_slows_nothing() {
    let server = Server::start();
    let (mut client, mut other) = server.connect();
    let delay = Duration::from_millis(100);
    server.proxy.delay(delay);
    client.set_nodelay(true).unwrap();
    let begin = Instant::now();
    let bytes: Vec<u8> = (0..100).collect();
    for byte in &bytes {
        client.write_all(&[*byte]).unwrap();
        // So that the proxy gets them one by one.
        thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(receive(&mut other, 100), bytes);
    assert!(begin.elapsed() >= delay);
    assert!(begin.elapsed() < delay * 50, "the delays add up");
    let begin = Instant::now();
    other.write_all(b"x").unwrap();
    receive(&mut client, 1);
    assert!(begin.elapsed() >= delay);
}

#[test]
fn what_is_held_arrives_when_the_network_is_back() {
    let server = Server::start();
    let (mut client, mut other) = server.connect();
    server.proxy.hold(Direction::ToServer);
    client.write_all(b"held").unwrap();
    other.write_all(b"passed").unwrap();
    assert_eq!(receive(&mut client, 6), b"passed");
    nothing_comes(&mut other);
    server.proxy.mend();
    assert_eq!(receive(&mut other, 4), b"held");
}

#[test]
fn what_is_swallowed_is_lost_and_its_connection_does_not_go_on() {
    let server = Server::start();
    let (mut client, mut other) = server.connect();
    let (mut quiet, mut quiet_other) = server.connect();
    server.proxy.swallow(Direction::ToClient);
    other.write_all(b"lost").unwrap();
    client.write_all(b"passed").unwrap();
    assert_eq!(receive(&mut other, 6), b"passed");
    nothing_comes(&mut client);
    server.proxy.mend();
    assert_eq!(failure(&mut client), ErrorKind::ConnectionReset);
    assert_eq!(failure(&mut other), ErrorKind::ConnectionReset);
    quiet_other.write_all(b"whole").unwrap();
    assert_eq!(receive(&mut quiet, 5), b"whole");
}

#[test]
fn a_request_arrives_whole_before_its_connection_is_cut() {
    let server = Server::start();
    let (mut client, mut other) = server.connect();
    client.write_all(b"COMMIT").unwrap();
    receive(&mut other, 6);
    server.proxy.cut_when(Direction::ToServer, contains(b"COMMIT"));
    client.write_all(b"INSERT COM").unwrap();
    receive(&mut other, 10);
    server.proxy.cut_when(Direction::ToServer, contains(b"COMMIT"));
    client.write_all(b"MIT COM").unwrap();
    receive(&mut other, 7);
    assert!(server.proxy.is_armed(), "what was sent before does not count");
    let (mut third, mut third_other) = server.connect();
    client.write_all(b"MIT").unwrap();
    assert_eq!(failure(&mut client), ErrorKind::ConnectionReset);
    assert!(!server.proxy.is_armed());
    other.write_all(b"an answer that nobody gets").unwrap();
    let mut rest = Vec::new();
    other.read_to_end(&mut rest).unwrap();
    assert_eq!(rest, b"MIT");
    // It was the only one.
    third.write_all(b"COMMIT").unwrap();
    assert_eq!(receive(&mut third_other, 6), b"COMMIT");
    third_other.write_all(b"done").unwrap();
    assert_eq!(receive(&mut third, 4), b"done");
}

#[test]
fn an_answer_is_withheld_when_its_connection_is_cut() {
    let server = Server::start();
    let (mut client, mut other) = server.connect();
    server.proxy.cut_when(Direction::ToClient, contains(b"COMMIT"));
    client.write_all(b"COMMIT").unwrap();
    assert_eq!(receive(&mut other, 6), b"COMMIT");
    assert!(server.proxy.is_armed());
    other.write_all(b"COMMIT").unwrap();
    assert_eq!(failure(&mut client), ErrorKind::ConnectionReset);
    assert_eq!(failure(&mut other), ErrorKind::ConnectionReset);
    assert!(!server.proxy.is_armed());
}

#[test]
fn a_server_that_is_down_is_a_reset_and_another_can_take_its_place() {
    let server = Server::start();
    let down: SocketAddr = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    server.proxy.redirect(down);
    let mut client = TcpStream::connect(server.proxy.address()).unwrap();
    assert_eq!(failure(&mut client), ErrorKind::ConnectionReset);
    server.proxy.redirect(server.listener.local_addr().unwrap());
    let (mut client, mut other) = server.connect();
    client.write_all(b"hello").unwrap();
    assert_eq!(receive(&mut other, 5), b"hello");
}

#[test]
fn a_proxy_that_is_dropped_leaves_no_connection() {
    let Server { listener, proxy } = Server::start();
    let address = proxy.address();
    let mut client = TcpStream::connect(address).unwrap();
    let (mut other, _) = listener.accept().unwrap();
    client.write_all(b"x").unwrap();
    receive(&mut other, 1);
    drop(proxy);
    assert_eq!(failure(&mut client), ErrorKind::ConnectionReset);
    assert_eq!(failure(&mut other), ErrorKind::ConnectionReset);
    assert_eq!(TcpStream::connect(address).unwrap_err().kind(), ErrorKind::ConnectionRefused);
}
