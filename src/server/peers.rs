//! How many connections each address has open.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::web::edge::Proxies;

/// How many connections one public address may have open. An office behind one address has six of each browser over HTTP/1.1,
/// and must not stop itself: 64 would be ten people.
const EACH: usize = 256;

/// The open connections by address.
#[derive(Clone, Default)]
pub struct Peers {
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
    proxies: Arc<Proxies>,
}

/// One open connection; dropping it counts it off.
pub struct Counted {
    peers: Peers,
    address: Option<IpAddr>,
}

impl Peers {
    /// Nobody is connected yet.
    pub fn new(proxies: Proxies) -> Self {
        Self {
            open: Arc::default(),
            proxies: Arc::new(proxies),
        }
    }

    /// Whether a connection of this address may be many people's: a proxy of ours, or somebody at this machine. Where no
    /// proxies are named, every address that is not public may be one.
    fn is_many(&self, address: IpAddr) -> bool {
        address.to_canonical().is_loopback()
            || self.proxies.trusts(address)
            || (self.proxies.is_empty() && !is_public(address))
    }

    /// Counts a connection in, unless its address has too many.
    pub fn enter(&self, address: IpAddr) -> Option<Counted> {
        if self.is_many(address) {
            return Some(Counted {
                peers: self.clone(),
                address: None,
            });
        }
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_default();
        if *count >= EACH {
            return None;
        }
        *count += 1;
        drop(open);
        Some(Counted {
            peers: self.clone(),
            address: Some(address),
        })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let Some(address) = self.address else { return };
        let mut open = self.peers.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&address);
            }
        }
    }
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

    #[test]
    fn one_public_address_has_an_end_and_the_places_come_back() {
        let peers = Peers::default();
        let address: IpAddr = "203.0.113.9".parse().unwrap();
        let mut open: Vec<Counted> = (0..EACH).map(|_| peers.enter(address).unwrap()).collect();
        assert!(peers.enter(address).is_none());
        assert!(peers.enter("203.0.113.10".parse().unwrap()).is_some());
        open.pop();
        assert!(peers.enter(address).is_some());
        drop(open);
        assert!(peers.open.lock().unwrap().is_empty());
    }

    #[test]
    fn a_proxy_of_ours_is_not_counted() {
        let peers = Peers::default();
        let open: Vec<Option<Counted>> = (0..2 * EACH)
            .map(|_| peers.enter("10.0.0.7".parse().unwrap()))
            .collect();
        assert!(open.iter().all(Option::is_some));
    }

    #[test]
    fn where_proxies_are_named_others_of_the_same_network_are_counted() {
        let named = ["10.0.0.7".to_owned()];
        let peers = Peers::new(Proxies::read(&named, crate::web::edge::Written::XForwardedFor).unwrap());
        let enter = |address: &str| -> Vec<Counted> {
            (0..2 * EACH)
                .filter_map(|_| peers.enter(address.parse().unwrap()))
                .collect()
        };
        assert_eq!(enter("10.0.0.7").len(), 2 * EACH);
        assert_eq!(enter("10.0.0.8").len(), EACH);
        assert_eq!(enter("127.0.0.1").len(), 2 * EACH);
    }
}
