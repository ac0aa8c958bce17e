//! How many connections each address has open.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use super::Current;
use crate::web::edge::Proxies;

/// The open connections, in all and by address.
///
/// An office behind one address has six of each browser over HTTP/1.1, and must not stop itself: 64 would be ten people, and
/// so an address may have more by default.
#[derive(Clone)]
pub struct Peers {
    open: Arc<Mutex<Open>>,
    current: Current,
}

#[derive(Default)]
struct Open {
    all: usize,
    by: HashMap<IpAddr, usize>,
}

/// One open connection; dropping it counts it off.
pub struct Counted {
    peers: Peers,
    address: Option<IpAddr>,
}

impl Peers {
    /// Nobody is connected yet.
    pub fn new(current: Current) -> Self {
        Self {
            open: Arc::default(),
            current,
        }
    }

    /// Counts a connection in, unless its address has too many, or all together are.
    pub fn enter(&self, address: IpAddr) -> Option<Counted> {
        let (most, each, many) = {
            let current = self.current.borrow();
            let limits = &current.limits;
            (
                limits.connections,
                limits.each,
                is_many(&current.proxies, address),
            )
        };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.by.get(&address).copied().unwrap_or_default();
        if open.all >= most || (!many && count >= each) {
            return None;
        }
        open.all += 1;
        if !many {
            open.by.insert(address, count + 1);
        }
        drop(open);
        Some(Counted {
            peers: self.clone(),
            address: (!many).then_some(address),
        })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut open = self.peers.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.all = open.all.saturating_sub(1);
        let Some(address) = self.address else { return };
        if let Some(count) = open.by.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                open.by.remove(&address);
            }
        }
    }
}

/// Whether a connection of this address may be many people's: a proxy of ours, or somebody at this machine. Where no
/// proxies are named, every address that is not public may be one.
fn is_many(proxies: &Proxies, address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
        || proxies.trusts(address)
        || (proxies.is_empty() && !is_public(address))
}

fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => !(v4.is_loopback() || v4.is_private() || v4.is_link_local() || v4.is_unspecified()),
        // fc00::/7 is private, as Fly.io's network is; fe80::/10 reaches no further than the link.
        IpAddr::V6(v6) => {
            !(v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_unspecified())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::{Limits, Surface};
    use tokio::sync::watch;

    const EACH: usize = 3;

    fn peers(proxies: Proxies) -> Peers {
        let surface = Surface {
            front: axum::Router::new().into(),
            proxies,
            limits: Limits {
                connections: 100,
                each: EACH,
                ..Limits::default()
            },
        };
        // Peers look at what is current, and nobody changes it here.
        Peers::new(watch::channel(Arc::new(surface)).1)
    }

    #[test]
    fn one_public_address_has_an_end_and_the_places_come_back() {
        let peers = peers(Proxies::default());
        let address: IpAddr = "203.0.113.9".parse().unwrap();
        let mut open: Vec<Counted> = (0..EACH).map(|_| peers.enter(address).unwrap()).collect();
        assert!(peers.enter(address).is_none());
        assert!(peers.enter("203.0.113.10".parse().unwrap()).is_some());
        open.pop();
        assert!(peers.enter(address).is_some());
        drop(open);
        assert!(peers.open.lock().unwrap().by.is_empty());
    }

    #[test]
    fn all_together_have_an_end_too() {
        let peers = peers(Proxies::default());
        let open: Vec<Counted> = (0..200)
            .map_while(|_| peers.enter("127.0.0.1".parse().unwrap()))
            .collect();
        assert_eq!(open.len(), 100);
        drop(open);
        assert_eq!(peers.open.lock().unwrap().all, 0);
    }

    #[test]
    fn where_proxies_are_named_others_of_the_same_network_are_counted() {
        let enter = |peers: &Peers, address: &str| {
            let open: Vec<Counted> = (0..2 * EACH)
                .filter_map(|_| peers.enter(address.parse().unwrap()))
                .collect();
            open.len()
        };
        assert_eq!(enter(&peers(Proxies::default()), "10.0.0.7"), 2 * EACH);
        let named = ["10.0.0.7".to_owned()];
        let peers = peers(Proxies::read(&named, crate::web::edge::Written::XForwardedFor).unwrap());
        assert_eq!(enter(&peers, "10.0.0.7"), 2 * EACH);
        assert_eq!(enter(&peers, "10.0.0.8"), EACH);
        assert_eq!(enter(&peers, "127.0.0.1"), 2 * EACH);
    }
}
