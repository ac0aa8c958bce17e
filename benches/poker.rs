//! What planning poker costs while teams play: a hundred rooms of ten and one of five hundred, a fifth of whom lose their line and
//! come back every minute.
//!
//! `cargo bench --bench poker`; `POKER_SECONDS=300` for the long run.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "support/plan.rs"]
#[expect(dead_code, reason = "the other benchmarks use the rest of it")]
mod plan;
#[path = "support/process.rs"]
#[expect(dead_code, reason = "the other benchmarks use the rest of it")]
mod process;
#[path = "support/table.rs"]
#[expect(dead_code, reason = "the other benchmarks use the rest of it")]
mod table;

use std::error::Error;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::Client;
use reqwest::header::{COOKIE, SET_COOKIE};
use serde_json::{Value, json};
use tokio::task::JoinSet;

type Fault = Box<dyn Error + Send + Sync>;

const ROOMS: usize = 100;
const SMALL: usize = 10;
const LARGE: usize = 500;
/// Of a hundred people so many lose their line within a minute.
const LOST_PER_MINUTE: u64 = 20;
/// Nobody is waited for longer than this.
const PATIENCE: Duration = Duration::from_secs(10);

/// Numbers that look like chance, and are the same in each run.
struct Dice(AtomicU64);

impl Dice {
    fn below(&self, end: u64) -> u64 {
        let mut number = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (number ^ (number >> 31)) % end
    }
}

struct World {
    address: SocketAddr,
    client: Client,
    dice: Dice,
    until: Instant,
    lost: AtomicUsize,
    votes: AtomicUsize,
    unseen: AtomicUsize,
    reconnects: AtomicUsize,
    small: Mutex<Vec<Duration>>,
    large: Mutex<Vec<Duration>>,
}

/// What the people of a room know in common: which round was revealed, and when that was asked for.
struct Room {
    link: String,
    people: usize,
    asked: Mutex<Option<Instant>>,
    /// The newest round of which somebody asked for the reveal.
    revealed: AtomicI64,
    seen: AtomicUsize,
}

struct Person {
    cookie: String,
    /// Whether they look as a page does, or as a program.
    by_page: bool,
    last_seen: AtomicI64,
    /// The newest round they voted in, and with which card.
    vote: Mutex<(i64, u64)>,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    fn new(address: SocketAddr, lasts: Duration) -> Result<Self, Fault> {
        Ok(Self {
            address,
            client: Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .build()?,
            dice: Dice(AtomicU64::new(7)),
            until: Instant::now() + lasts,
            lost: AtomicUsize::new(0),
            votes: AtomicUsize::new(0),
            unseen: AtomicUsize::new(0),
            reconnects: AtomicUsize::new(0),
            small: Mutex::default(),
            large: Mutex::default(),
        })
    }

    async fn say(&self, room: &Room, cookie: &str, what: &str, body: &Value) -> Result<bool, Fault> {
        let address = format!("http://{}/poker/{}/{what}", self.address, room.link);
        let request = self.client.post(address).header(COOKIE, cookie);
        let request = request.header("sec-fetch-site", "same-origin").json(body);
        let status = request.send().await?.status();
        Ok(status.is_success() || status.is_redirection())
    }
}

#[tokio::main]
async fn main() -> Result<(), Fault> {
    let seconds: u64 = std::env::var("POKER_SECONDS").map_or(Ok(60), |text| text.parse())?;
    let directory = plan::directory().map_err(|error| error.to_string())?;
    let server = process::Server::start(directory.path())
        .await
        .map_err(|error| error.to_string())?;
    let planner = process::browser().map_err(|error| error.to_string())?;
    process::sign_in(&planner, server.address)
        .await
        .map_err(|error| error.to_string())?;
    let rooms = rooms(&planner, server.address).await?;
    let before = server.resident_kilobytes().map_err(|error| error.to_string())?;
    let door = World::new(server.address, Duration::ZERO)?;
    let mut seated = Vec::new();
    for room in &rooms {
        for number in 0..room.people {
            seated.push((Arc::clone(room), Arc::new(join(&door, room, number).await?)));
        }
    }
    // The time begins when everybody sits.
    let world = Arc::new(World::new(server.address, Duration::from_secs(seconds + 20))?);
    let mut all = JoinSet::new();
    for (room, person) in &seated {
        all.spawn(listen(Arc::clone(&world), Arc::clone(room), Arc::clone(person)));
    }
    for room in &rooms {
        let own = seated.iter().filter(|(other, _)| other.link == room.link);
        let people = own.map(|(_, person)| Arc::clone(person)).collect();
        all.spawn(play(
            Arc::clone(&world),
            Arc::clone(room),
            people,
            planner.clone(),
        ));
    }
    let mut most = 0;
    while Instant::now() < world.until {
        tokio::time::sleep(Duration::from_secs(1)).await;
        most = most.max(server.resident_kilobytes().map_err(|error| error.to_string())?);
    }
    while let Some(done) = all.join_next().await {
        done??;
    }
    let kilobytes = most.saturating_sub(before);
    print(&world, kilobytes, seconds);
    server.stop().map_err(|error| error.to_string())?;
    let broken = broken(&world, kilobytes);
    if broken.is_empty() {
        Ok(())
    } else {
        Err(broken.join("; ").into())
    }
}

/// How long the slowest of a hundred may wait in a room of ten until they see a reveal.
const SEEN_WITHIN: Duration = Duration::from_millis(150);
/// How much memory each person may take, in KiB.
const EACH: u64 = 50;

/// Which of the promises were not kept.
fn broken(world: &World, kilobytes: u64) -> Vec<String> {
    let mut broken = Vec::new();
    let lost = world.lost.load(Ordering::Relaxed);
    if lost > 0 {
        broken.push(format!("{lost} votes were lost"));
    }
    let slowest = table::percentile(&lock(&world.small), 99);
    if slowest >= SEEN_WITHIN {
        broken.push(format!("a reveal was seen after {slowest:?} in a room of ten"));
    }
    let each = kilobytes / u64::try_from(ROOMS * SMALL + LARGE).unwrap_or(1);
    if each >= EACH {
        broken.push(format!("each person took {each} KiB"));
    }
    broken
}

/// The rooms, made by one planner, who runs them and sits in none.
async fn rooms(planner: &Client, address: SocketAddr) -> Result<Vec<Arc<Room>>, Fault> {
    let mut rooms = Vec::new();
    for number in 0..=ROOMS {
        let made = planner.post(format!("http://{address}/api/v1/poker"));
        let made = made
            .header("sec-fetch-site", "same-origin")
            .json(&json!({ "autoReveal": false }));
        let made: Value = made.send().await?.error_for_status()?.json().await?;
        rooms.push(Arc::new(Room {
            link: made
                .get("link")
                .and_then(Value::as_str)
                .ok_or("no room was made")?
                .to_owned(),
            people: if number == ROOMS { LARGE } else { SMALL },
            asked: Mutex::default(),
            revealed: AtomicI64::new(0),
            seen: AtomicUsize::new(0),
        }));
    }
    Ok(rooms)
}

async fn join(world: &World, room: &Room, number: usize) -> Result<Person, Fault> {
    let address = format!("http://{}/poker/{}/join", world.address, room.link);
    // A hundred guests an hour come in from one address; a room of five hundred fills from several.
    let [third, _] = u16::try_from(number / 50)?.to_le_bytes();
    let request = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .local_address(std::net::IpAddr::from([127, 0, third, 1]))
        .build()?
        .post(address)
        .header("sec-fetch-site", "same-origin");
    let joined = request
        .form(&[("name", format!("Voter {number}"))])
        .send()
        .await?;
    let cookie = joined
        .headers()
        .get(SET_COOKIE)
        .ok_or("no cookie came")?
        .to_str()?;
    Ok(Person {
        cookie: cookie.split(';').next().unwrap_or_default().to_owned(),
        by_page: number.is_multiple_of(2),
        last_seen: AtomicI64::new(0),
        vote: Mutex::default(),
    })
}

/// Keeps a line open as a browser does, sees what it tells, asks where it only says that something changed, and loses the line
/// now and then.
async fn listen(world: Arc<World>, room: Arc<Room>, person: Arc<Person>) -> Result<(), Fault> {
    while Instant::now() < world.until {
        // On average after a minute divided by the share of people who lose theirs within one.
        let life = Duration::from_millis(world.dice.below(2 * 60_000 * 100 / LOST_PER_MINUTE));
        let over = (Instant::now() + life).min(world.until);
        let with = if person.by_page { "page" } else { "view" };
        let address = format!("http://{}/poker/{}/events?with={with}", world.address, room.link);
        let request = world.client.get(address).header(COOKIE, &person.cookie);
        let mut events = request.send().await?.error_for_status()?;
        let mut heard = String::new();
        loop {
            let left = over.saturating_duration_since(Instant::now());
            let Ok(Ok(Some(more))) = tokio::time::timeout(left, events.chunk()).await else {
                break;
            };
            heard.push_str(&String::from_utf8_lossy(&more));
            while let Some((event, rest)) = heard.split_once("\n\n") {
                if event.contains("event: room") {
                    let told: Vec<&str> = event
                        .lines()
                        .filter_map(|line| line.strip_prefix("data: "))
                        .collect();
                    see(&world, &room, &person, shown(&told.join("\n"), person.by_page)?);
                } else if event.contains("event: changed") {
                    look(&world, &room, &person).await?;
                }
                heard = rest.to_owned();
            }
        }
        drop(events);
        world.reconnects.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(500 + world.dice.below(1_500))).await;
    }
    Ok(())
}

/// A round that somebody sees revealed, and their own card in it.
type Revealed = Option<(i64, Option<u64>)>;

/// What a page, or the JSON of a view, shows of a revealed round.
fn shown(text: &str, is_page: bool) -> Result<Revealed, Fault> {
    if !is_page {
        let view: Value = serde_json::from_str(text)?;
        let is_open = |round: &&Value| round.get("revealed") == Some(&Value::Bool(true));
        let round = view.get("round").filter(is_open);
        return Ok(round.map(|round| {
            let id = round.get("roundId").and_then(Value::as_i64).unwrap_or(0);
            (id, round.get("own").and_then(Value::as_u64))
        }));
    }
    let named = |text: &str, name: &str| -> Option<u64> {
        let (_, value) = text.rsplit_once(&format!("{name}=\""))?;
        value.split('"').next()?.parse().ok()
    };
    let Some(round) = text.split('>').find_map(|tag| named(tag, "data-revealed")) else {
        return Ok(None);
    };
    let own = text.split_once(" aria-pressed=\"true\"");
    let own = own.and_then(|(before, _)| named(before, "data-card"));
    Ok(Some((i64::try_from(round)?, own)))
}

/// What a browser does where it is only told that something changed: asks what there is to see now.
async fn look(world: &World, room: &Room, person: &Person) -> Result<(), Fault> {
    let address = format!("http://{}/poker/{}", world.address, room.link);
    let request = if person.by_page {
        world.client.get(address).header("x-fragment", "room")
    } else {
        world.client.get(format!("{address}/view"))
    };
    let answer = request.header(COOKIE, &person.cookie).send().await?;
    let text = answer.error_for_status()?.text().await?;
    see(world, room, person, shown(&text, person.by_page)?);
    Ok(())
}

/// Notes that somebody sees a revealed round for the first time.
fn see(world: &World, room: &Room, person: &Person, revealed: Revealed) {
    let Some((id, own)) = revealed else {
        return;
    };
    if id != room.revealed.load(Ordering::Relaxed) || person.last_seen.swap(id, Ordering::Relaxed) == id {
        return;
    }
    let (voted_in, card) = *lock(&person.vote);
    if voted_in == id && own != Some(card) {
        world.lost.fetch_add(1, Ordering::Relaxed);
    }
    if let Some(asked) = *lock(&room.asked) {
        let times = if room.people == LARGE {
            &world.large
        } else {
            &world.small
        };
        lock(times).push(asked.elapsed());
    }
    room.seen.fetch_add(1, Ordering::Relaxed);
}

/// Rounds one after the other: everybody votes within some seconds, then the facilitator reveals.
async fn play(
    world: Arc<World>,
    room: Arc<Room>,
    people: Vec<Arc<Person>>,
    planner: Client,
) -> Result<(), Fault> {
    let at = |what: &str| format!("http://{}/poker/{}/{what}", world.address, room.link);
    let say = async |what: &str, body: Value| -> Result<(), Fault> {
        let request = planner.post(at(what)).header("sec-fetch-site", "same-origin");
        request.json(&body).send().await?;
        Ok(())
    };
    let span = if room.people == LARGE { 12_000 } else { 6_000 };
    while Instant::now() + Duration::from_secs(20) < world.until {
        let view: Value = planner.get(at("view")).send().await?.json().await?;
        let round = view
            .pointer("/round/roundId")
            .and_then(Value::as_i64)
            .ok_or("no round")?;
        let mut votes = JoinSet::new();
        for person in &people {
            let (world, room, person) = (Arc::clone(&world), Arc::clone(&room), Arc::clone(person));
            votes.spawn(async move {
                tokio::time::sleep(Duration::from_millis(world.dice.below(span))).await;
                let card = world.dice.below(9);
                let body = json!({ "roundId": round, "card": card });
                let taken = world.say(&room, &person.cookie, "vote", &body).await?;
                if taken {
                    *lock(&person.vote) = (round, card);
                    world.votes.fetch_add(1, Ordering::Relaxed);
                }
                Ok::<_, Fault>(taken)
            });
        }
        let mut taken = 0;
        while let Some(done) = votes.join_next().await {
            taken += u64::from(done??);
        }
        room.seen.store(0, Ordering::Relaxed);
        room.revealed.store(round, Ordering::Relaxed);
        *lock(&room.asked) = Some(Instant::now());
        say("reveal", json!({ "roundId": round })).await?;
        let told: Value = planner.get(at("view")).send().await?.json().await?;
        let count = |what: &str| told.pointer(what).and_then(Value::as_u64).unwrap_or(0);
        let kept = count("/round/result/sizes") + count("/round/result/asides");
        world
            .lost
            .fetch_add(usize::try_from(taken.saturating_sub(kept))?, Ordering::Relaxed);
        let asked = Instant::now();
        while room.seen.load(Ordering::Relaxed) < room.people && asked.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let missing = room.people.saturating_sub(room.seen.load(Ordering::Relaxed));
        world.unseen.fetch_add(missing, Ordering::Relaxed);
        // Who was without a line at that moment looks when it is back, which is no matter of how fast the server is.
        *lock(&room.asked) = None;
        tokio::time::sleep(Duration::from_millis(1_000 + world.dice.below(2_000))).await;
        say("rounds", json!({ "roundId": round })).await?;
    }
    Ok(())
}

fn print(world: &World, kilobytes: u64, seconds: u64) {
    let people = ROOMS * SMALL + LARGE;
    let row = |what: &str, figure: String| vec![what.to_owned(), figure];
    let count = |number: &AtomicUsize| number.load(Ordering::Relaxed).to_string();
    let mut rows = vec![
        row("votes taken", count(&world.votes)),
        row("votes lost", count(&world.lost)),
        row("lines lost and opened again", count(&world.reconnects)),
        row(
            "reveals that somebody did not see within 10 s",
            count(&world.unseen),
        ),
    ];
    for (what, times) in [("ten", &world.small), ("five hundred", &world.large)] {
        let times = lock(times);
        for percent in [50, 95, 99] {
            let time = table::milliseconds(table::percentile(&times, percent));
            rows.push(row(
                &format!("a reveal seen in a room of {what}, p{percent} ms"),
                time,
            ));
        }
    }
    let each = kilobytes / u64::try_from(people).unwrap_or(1);
    rows.push(row("memory for each person, KiB at most", each.to_string()));
    table::print(
        &format!("{ROOMS} rooms of {SMALL} and one of {LARGE} for {seconds} s"),
        &["what", "figure"],
        &rows,
        "From sending the reveal to having read what shows it, by everybody who had a line then or came back within 10 s. \
         Memory as the kernel counts it (VmRSS), over the process with the rooms made and nobody in them.",
    );
}
