//! How often somebody may ask.
//!
//! Each has a bucket that empties evenly: so many requests a second, and so many beyond them at once. A bucket is that of an
//! account, or of an address where nobody is signed in; of IPv6 a whole /64 counts as one, since that is what one home gets.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use foldhash::quality::RandomState;
use governor::clock::Clock;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed, StateStore};
use governor::{Quota, RateLimiter};
use ipnet::Ipv6Net;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

/// How many of one kind are remembered; beyond that, who has not asked for longest is forgotten.
const MOST: u64 = 20_000;
/// After this long without a request a bucket is empty again whatever its rate, and is forgotten.
const FORGOTTEN_AFTER: Duration = Duration::from_hours(1);

/// So many a second, and so many at once beyond the one whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many a second, over time.
    pub per_second: NonZeroU32,
    /// How many more at once.
    pub burst: u32,
}

impl Rate {
    /// So many a second, and so many more at once.
    #[must_use]
    pub const fn new(per_second: u32, burst: u32) -> Self {
        let per_second = match NonZeroU32::new(per_second) {
            Some(number) => number,
            None => NonZeroU32::MIN,
        };
        Self { per_second, burst }
    }

    fn quota(self) -> Quota {
        Quota::per_second(self.per_second).allow_burst(NonZeroU32::MIN.saturating_add(self.burst))
    }
}

/// How often somebody may ask, as the settings say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Programs and strangers under `/api`.
    pub api: Rate,
    /// How many at once beyond that under `/graphql`, out of the same bucket.
    pub graphql_burst: u32,
    /// Pages, and what an open page asks by itself.
    pub pages: Rate,
    /// Reports of browsers.
    pub reports: Rate,
}

/// Which limit a request meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// Programs and strangers under `/api`.
    Api,
    /// The same bucket, with more at once.
    Graphql,
    /// Pages, and what an open page asks by itself.
    Pages,
    /// Reports of browsers.
    Reports,
    /// What somebody says in a room, beside what their pages ask.
    Messages,
}

impl Bucket {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Api,
        Self::Graphql,
        Self::Pages,
        Self::Reports,
        Self::Messages,
    ];
}

/// Ten messages a second from one person, and so many more at once: a row of stories that is dragged about is no attack.
const MESSAGES: Rate = Rate::new(10, 30);

/// Whose bucket it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Whose {
    /// A stranger's, by their address.
    Address(IpAddr),
    /// An account's.
    Account(i64),
    /// That of somebody in a room: guests of one office come from one address, and are not one person.
    Seat(i64),
}

impl Whose {
    /// A stranger at `address`: of IPv6 everybody in the same /64.
    #[must_use]
    pub fn stranger(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self::Address(v4.into()),
            IpAddr::V6(v6) => Self::Address(
                Ipv6Net::new(v6, 64)
                    .map_or(v6, |network| network.network())
                    .into(),
            ),
        }
    }
}

/// One state that two limits look at.
#[derive(Clone, Default)]
struct Shared(Arc<InMemoryState>);

impl StateStore for Shared {
    type Key = NotKeyed;

    fn measure_and_replace<T, F, E>(&self, key: &Self::Key, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        self.0.measure_and_replace(key, f)
    }
}

/// What time it is for buckets: a clock that nobody sets.
#[derive(Clone, Debug)]
enum Watch {
    /// It runs.
    Runs,
    /// It stands until a test moves it: since then, by so many milliseconds.
    #[cfg(test)]
    Stands(Instant, Arc<AtomicU64>),
}

impl Clock for Watch {
    type Instant = Instant;

    fn now(&self) -> Instant {
        match self {
            Self::Runs => Instant::now(),
            #[cfg(test)]
            Self::Stands(begun, moved) => *begun + Duration::from_millis(moved.load(Ordering::Relaxed)),
        }
    }
}

type One = RateLimiter<NotKeyed, Shared, Watch>;

/// A bucket, with how much it takes at once here and there.
struct Both {
    narrow: One,
    wide: One,
}

impl Both {
    fn new(narrow: Rate, wide: Rate, watch: &Watch) -> Self {
        let state = Shared::default();
        Self {
            narrow: RateLimiter::new(narrow.quota(), state.clone(), watch.clone()),
            wide: RateLimiter::new(wide.quota(), state, watch.clone()),
        }
    }
}

type Kept = Cache<Whose, Arc<Both>, RandomState>;

/// Who asked how often. Cloning shares it.
#[derive(Clone)]
pub struct Limiter {
    limits: Limits,
    watch: Watch,
    api: Kept,
    pages: Kept,
    reports: Kept,
    messages: Kept,
    refused: Arc<[AtomicU64; 5]>,
}

impl Limiter {
    /// Everybody begins with an empty bucket.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self::with(limits, Watch::Runs)
    }

    fn with(limits: Limits, watch: Watch) -> Self {
        Self {
            limits,
            watch,
            api: kept(),
            pages: kept(),
            reports: kept(),
            messages: kept(),
            refused: Arc::default(),
        }
    }

    /// Takes one request.
    ///
    /// # Errors
    /// In how many seconds the next one is taken, at least 1.
    pub fn take(&self, bucket: Bucket, whose: Whose) -> Result<(), u64> {
        let Limits {
            api,
            graphql_burst,
            pages,
            reports,
        } = self.limits;
        let wide = Rate {
            burst: graphql_burst,
            ..api
        };
        let (kept, narrow, wide) = match bucket {
            Bucket::Api | Bucket::Graphql => (&self.api, api, wide),
            Bucket::Pages => (&self.pages, pages, pages),
            Bucket::Reports => (&self.reports, reports, reports),
            Bucket::Messages => (&self.messages, MESSAGES, MESSAGES),
        };
        let both = kept.get_with(whose, || Arc::new(Both::new(narrow, wide, &self.watch)));
        let one = if bucket == Bucket::Graphql {
            &both.wide
        } else {
            &both.narrow
        };
        one.check().map_err(|until| {
            if let Some(count) = self.refused.get(bucket as usize) {
                count.fetch_add(1, Ordering::Relaxed);
            }
            let wait = until.wait_time_from(self.watch.now());
            wait.as_secs() + u64::from(wait.subsec_nanos() > 0).max(u64::from(wait.is_zero()))
        })
    }

    /// How many requests were refused since the start.
    #[must_use]
    pub fn refused(&self, bucket: Bucket) -> u64 {
        self.refused
            .get(bucket as usize)
            .map_or(0, |count| count.load(Ordering::Relaxed))
    }
}

fn kept() -> Kept {
    Cache::builder()
        .max_capacity(MOST)
        .eviction_policy(EvictionPolicy::lru())
        .time_to_idle(FORGOTTEN_AFTER)
        .build_with_hasher(RandomState::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        api: Rate::new(10, 20),
        graphql_burst: 50,
        pages: Rate::new(50, 300),
        reports: Rate::new(1, 5),
    };

    /// The milliseconds that have gone by.
    struct Moved(Arc<AtomicU64>);

    impl Moved {
        fn advance(&self, by: Duration) {
            let by = u64::try_from(by.as_millis()).unwrap();
            self.0.fetch_add(by, Ordering::Relaxed);
        }
    }

    fn limiter() -> (Limiter, Moved) {
        let moved = Arc::<AtomicU64>::default();
        let watch = Watch::Stands(Instant::now(), Arc::clone(&moved));
        (Limiter::with(LIMITS, watch), Moved(moved))
    }

    fn passed(limiter: &Limiter, bucket: Bucket, whose: Whose, times: u32) -> usize {
        (0..times).filter(|_| limiter.take(bucket, whose).is_ok()).count()
    }

    fn stranger(text: &str) -> Whose {
        Whose::stranger(text.parse().unwrap())
    }

    #[test]
    fn one_and_the_burst_pass_at_once_and_ten_more_each_second() {
        let (limiter, clock) = limiter();
        let who = stranger("203.0.113.9");
        assert_eq!(passed(&limiter, Bucket::Api, who, 31), 21);
        assert_eq!(limiter.refused(Bucket::Api), 10);
        assert_eq!(limiter.take(Bucket::Api, who), Err(1));
        clock.advance(Duration::from_secs(1));
        assert_eq!(passed(&limiter, Bucket::Api, who, 31), 10);
        clock.advance(Duration::from_mins(1));
        assert_eq!(passed(&limiter, Bucket::Api, who, 31), 21);
    }

    #[test]
    fn graphql_takes_more_at_once_out_of_the_same_bucket() {
        let (limiter, clock) = limiter();
        let who = stranger("203.0.113.9");
        assert_eq!(passed(&limiter, Bucket::Graphql, who, 61), 51);
        assert_eq!(passed(&limiter, Bucket::Api, who, 1), 0);
        clock.advance(Duration::from_secs(3));
        assert_eq!(
            passed(&limiter, Bucket::Api, who, 1),
            0,
            "30 of 51 are still in it"
        );
        assert_eq!(passed(&limiter, Bucket::Graphql, who, 60), 30);
        let another = stranger("203.0.113.10");
        assert_eq!(passed(&limiter, Bucket::Api, another, 30), 21);
        assert_eq!(passed(&limiter, Bucket::Graphql, another, 60), 30);
    }

    #[test]
    fn r20_somebody_in_a_room_says_ten_things_a_second() {
        let (limiter, clock) = limiter();
        assert_eq!(passed(&limiter, Bucket::Messages, Whose::Seat(1), 100), 31);
        clock.advance(Duration::from_secs(1));
        assert_eq!(passed(&limiter, Bucket::Messages, Whose::Seat(1), 100), 10);
        assert_eq!(passed(&limiter, Bucket::Messages, Whose::Seat(2), 100), 31);
    }

    #[test]
    fn a_home_is_one_and_an_account_is_one() {
        let (limiter, _) = limiter();
        assert_eq!(stranger("2001:db8:0:1::1"), stranger("2001:db8:0:1:ffff::9"));
        assert_ne!(stranger("2001:db8:0:1::1"), stranger("2001:db8:0:2::1"));
        assert_eq!(stranger("::ffff:203.0.113.9"), stranger("203.0.113.9"));
        assert_ne!(stranger("203.0.113.8"), stranger("203.0.113.9"));
        assert_eq!(passed(&limiter, Bucket::Pages, Whose::Account(1), 400), 301);
        assert_eq!(passed(&limiter, Bucket::Pages, Whose::Account(2), 400), 301);
        assert_eq!(passed(&limiter, Bucket::Api, Whose::Account(1), 400), 21);
    }

    #[test]
    fn what_is_remembered_has_an_end() {
        let (limiter, _) = limiter();
        for number in 0..u32::try_from(MOST).unwrap() + 5_000 {
            let _ = limiter.take(
                Bucket::Reports,
                Whose::stranger(std::net::Ipv4Addr::from(number).into()),
            );
        }
        limiter.reports.run_pending_tasks();
        assert!(limiter.reports.entry_count() <= MOST);
    }
}
